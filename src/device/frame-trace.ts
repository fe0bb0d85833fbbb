/** The SMP packets that passed the link of a device, for expectations about them. */

import type { WirePacket } from '../client/client.ts';

export interface TracedFrame extends WirePacket {
  /** Counts all packets of the attempt from 0; windows are ranges of it. */
  readonly index: number;
  readonly epoch: number;
}

/** Several uploads of a large image; older packets are dropped beyond this. */
const bytesMax = 8 * 1024 * 1024;

export class FrameTrace {
  readonly #frames: TracedFrame[] = [];
  #bytes = 0;
  #next = 0;

  /** Index that the next packet will get: the start of a window that begins now. */
  get position(): number {
    return this.#next;
  }

  /** Index of the first packet that is still held. */
  get held(): number {
    return this.#frames[0]?.index ?? this.#next;
  }

  add(packet: WirePacket, epoch: number): void {
    this.#frames.push({ ...packet, index: this.#next, epoch });
    this.#next += 1;
    this.#bytes += packet.packet.length;
    if (this.#bytes <= bytesMax) return;
    const dropped = this.#frames.splice(0, Math.ceil(this.#frames.length / 4));
    this.#bytes -= dropped.reduce((sum, frame) => sum + frame.packet.length, 0);
  }

  /** Index of the first packet of a boot epoch. */
  startOf(epoch: number): number {
    return this.#frames.find((frame) => frame.epoch >= epoch)?.index ?? this.#next;
  }

  /** The packets from an index on that are still held. */
  since(index: number): readonly TracedFrame[] {
    return this.#frames.slice(Math.max(0, index - this.held));
  }
}
