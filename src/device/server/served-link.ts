/** A link on which the runner is the SMP server; its frames and text become events of the run as those of any link do. */

import type { WirePacket } from '../../client/client.ts';
import { decodeHeader } from '../../smp/header.ts';
import type { OpenLink } from '../../transport/shape.ts';
import type { LinkEvents } from '../link.ts';
import { wireEvent, type LinkOptions } from '../link.ts';

/** A packet of the device, whatever it is. */
export interface ServedRequest {
  readonly packet: Uint8Array;
  /** Sends an answer over the link that asked. False when that link is gone, and the answer with it. Rejects with an infra error. */
  reply(answer: Uint8Array): Promise<boolean>;
}

export interface ServedLinkEvents extends LinkEvents {
  readonly request: (request: ServedRequest) => void;
}

export interface ServedLink {
  close(): Promise<void>;
}

export async function openServedLink(open: OpenLink, options: LinkOptions & ServedLinkEvents): Promise<ServedLink> {
  const { clock, console, shaper, emit, lost, packet: seen, request } = options;
  const tell = (direction: WirePacket['direction'], packet: Uint8Array): void => {
    const passed: WirePacket = { direction, packet, at: clock.now(), header: decodeHeader(packet), fate: 'sent' };
    seen(passed);
    emit(wireEvent(passed));
  };
  let gone = false;
  const reply = async (answer: Uint8Array): Promise<boolean> => {
    const transport = await opening;
    if (gone) return false;
    tell('to-device', answer);
    await transport.send(answer).catch((thrown: unknown) => {
      if (!gone) throw thrown;
    });
    return !gone;
  };
  const opening = shaper.wrap(open)({
    packet: (packet) => {
      tell('from-device', packet);
      request({ packet, reply });
    },
    text: (bytes) => console?.write(bytes),
    lost: (error) => {
      gone = true;
      lost(error);
    },
  });
  const transport = await opening;
  return { close: () => transport.close() };
}
