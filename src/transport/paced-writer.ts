/**
 * Writes pieces one at a time with a pause after each, for receivers that lose lines which arrive back to back
 * (Zephyr's UART_MCUMGR_RX_BUF_COUNT is 2; a real UART paces itself, a pty or a TCP connection does not).
 */

import { sleep, type Clock } from '../base/clock.ts';
import { queueBytesMax, type Channel } from './channel.ts';
import { linkCongested } from './link-errors.ts';

export function createPacedWriter(
  channel: Channel,
  { name, clock, gapMs }: { readonly name: string; readonly clock: Clock; readonly gapMs: () => number },
): (pieces: readonly Uint8Array[]) => Promise<void> {
  let before: Promise<unknown> = Promise.resolve();
  let waitingBytes = 0;

  const writeAll = async (pieces: readonly Uint8Array[]): Promise<void> => {
    for (const piece of pieces) {
      await channel.write(piece);
      if (gapMs() > 0) await sleep(clock, gapMs(), `the gap between lines to ${name}`);
    }
  };

  return (pieces) => {
    const size = pieces.reduce((total, piece) => total + piece.length, 0);
    if (waitingBytes + size > queueBytesMax) return Promise.reject(linkCongested(name, queueBytesMax));
    waitingBytes += size;
    const written = before.then(() => writeAll(pieces)).finally(() => (waitingBytes -= size));
    before = written.catch(() => undefined);
    return written;
  };
}
