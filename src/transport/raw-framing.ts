/**
 * Bare SMP packets in a byte stream, delimited by the length in their header (Zephyr raw UART, MCUboot
 * BOOT_SERIAL_RAW_PROTOCOL; smp.md 5.3). Nothing marks the start of a packet, so two rules bring the receiver back
 * after damage: a byte that cannot begin a response is text, and so is the first byte of a packet whose rest stays out.
 */

import { concatBytes } from '../base/bytes.ts';
import type { Clock, Timer } from '../base/clock.ts';
import type { Framing, FramingEvents } from './transport.ts';

const headerBytes = 8;
const packetBytesMax = headerBytes + 0xffff;

/** A gap this long inside a packet means that its rest was lost. Busy devices and USB adapters pause for tens of milliseconds. */
export const rawIdleMs = 500;

export function createRawFraming(events: FramingEvents, clock: Clock): Framing {
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  let needed = 1;
  let idle: Timer | undefined;

  const hold = (rest: Uint8Array): void => {
    held = rest.length > 0 ? [rest] : [];
    heldBytes = rest.length;
    needed = sizeAt(rest, 0);
  };

  const scan = (noMore: boolean): void => {
    const bytes = concatBytes(held);
    let at = 0;
    let textFrom = 0;
    const deliverText = (): void => {
      if (textFrom < at) events.text(bytes.subarray(textFrom, at));
    };
    while (at < bytes.length) {
      const end = at + sizeAt(bytes, at);
      const complete = end <= bytes.length;
      if (complete && end > at) {
        deliverText();
        events.packet(bytes.subarray(at, end));
        at = end;
        textFrom = end;
      } else if (end === at || noMore) {
        at += 1;
      } else {
        break;
      }
    }
    deliverText();
    hold(bytes.subarray(at));
  };

  const settle = (): void => {
    idle?.cancel();
    idle = undefined;
    if (heldBytes > 0) scan(true);
  };

  return {
    packetMax: packetBytesMax,
    encode: (packet) => [packet],
    receive: (bytes) => {
      idle?.cancel();
      held.push(bytes);
      heldBytes += bytes.length;
      if (heldBytes >= needed) scan(false);
      idle = heldBytes > 0 ? clock.arm(rawIdleMs, 'the rest of a raw SMP packet', settle) : undefined;
    },
    end: settle,
  };
}

/** The size of the packet that begins at `at`, a header's size while the length is not there yet, or 0 where none can begin. */
function sizeAt(bytes: Uint8Array, at: number): number {
  const first = bytes[at];
  if (first === undefined) return 1;
  // Three reserved bits, two of version, three of operation: 1 and 3 are the responses.
  const mayBeResponse = (first & 0b1110_0101) === 0b001;
  if (!mayBeResponse) return 0;
  const [high, low] = [bytes[at + 2], bytes[at + 3]];
  if (high === undefined || low === undefined) return headerBytes;
  return headerBytes + high * 256 + low;
}
