/** A link on which the runner is the SMP server; its frames and text become events of the run as those of any link do. */

import type { WirePacket } from '../../client/client.ts';
import { decodeHeader } from '../../smp/header.ts';
import type { OpenLink } from '../../transport/shape.ts';
import type { LinkEvents } from '../device.ts';
import { wireEvent, type LinkOptions } from '../link.ts';

export interface ServedLinkEvents extends LinkEvents {
  /** A packet of the device came, whatever it is. */
  readonly request: (packet: Uint8Array) => void;
}

export interface ServedLink {
  /** Rejects with an infra error when the link is gone. */
  send(packet: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

export async function openServedLink(open: OpenLink, options: LinkOptions & ServedLinkEvents): Promise<ServedLink> {
  const { clock, console, shaper, emit, lost, packet: seen, request } = options;
  const tell = (direction: WirePacket['direction'], packet: Uint8Array): void => {
    const passed: WirePacket = { direction, packet, at: clock.now(), header: decodeHeader(packet), fate: 'sent' };
    seen(passed);
    emit(wireEvent(passed));
  };
  const transport = await shaper.wrap(open)({
    packet: (packet) => {
      tell('from-device', packet);
      request(packet);
    },
    text: (bytes) => console?.write(bytes),
    lost,
  });
  return {
    send: (packet) => {
      tell('to-device', packet);
      return transport.send(packet);
    },
    close: () => transport.close(),
  };
}
