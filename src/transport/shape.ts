/**
 * A link that behaves badly on purpose: slow, far, lossy, stalled, gone. It lies around any `Transport`, needs nothing but
 * `Clock` and `Rng`, and can be changed at any moment. The shaper outlives the links opened through it, so that a link
 * which it dropped stays away for as long as it was told.
 */

import { assert } from '../base/assert.ts';
import type { Clock } from '../base/clock.ts';
import { BootproofError } from '../base/errors.ts';
import { formatDuration } from '../base/quantities.ts';
import type { Rng } from '../base/rng.ts';
import { queueBytesMax } from './channel.ts';
import type { LaneShape } from './lane-shape.ts';
import { linkClosed, linkCongested, linkLost } from './link-errors.ts';
import { createShapedLane, type LaneTally, type ShapedLane } from './shaped-lane.ts';
import type { Transport, TransportEvents } from './transport.ts';

export type OpenLink = (events: TransportEvents) => Promise<Transport>;

export interface LinkShaper {
  /** Changes the named traits from now on, in one direction or in both. What is on its way keeps its fate. */
  shape(traits: Partial<LaneShape>, direction?: 'to-device' | 'from-device'): void;
  /** Nothing arrives for `ms`, in either direction; then everything does. */
  stall(ms: number): void;
  /** Breaks the open link, and refuses to open another one for `ms`. */
  drop(ms: number): void;
  /** The link is healthy again: no trait, no stall, no refusal. */
  heal(): void;
  /** What became of the packets so far, in both directions together. */
  readonly tally: LaneTally;
  /** Opens links with `open` and lays this shape over them, one at a time. */
  wrap(open: OpenLink): OpenLink;
}

export interface LinkShaperOptions {
  readonly clock: Clock;
  readonly rng: Rng;
  /** Bytes on the wire for a packet, framing included, which rates need; default its length. */
  readonly wireBytes?: (packet: Uint8Array) => number;
}

export function createLinkShaper({ clock, rng, wireBytes = (packet) => packet.length }: LinkShaperOptions): LinkShaper {
  const toDevice = createShapedLane({ clock, rng: rng.fork('to-device'), name: 'a shaped link to the board' });
  const fromDevice = createShapedLane({ clock, rng: rng.fork('from-device'), name: 'a shaped link from the board' });
  let downUntil = 0;
  let current: ShapedLink | undefined;
  /** A port can be opened again only when it is closed. */
  let closing: Promise<void> = Promise.resolve();

  const checkUp = (): void => {
    const downMs = downUntil - clock.now();
    if (downMs > 0) throw linkDown(downMs);
  };
  return {
    shape: (traits, direction) => {
      if (direction !== 'from-device') toDevice.shape(traits);
      if (direction !== 'to-device') fromDevice.shape(traits);
    },
    stall: (ms) => {
      toDevice.stall(ms);
      fromDevice.stall(ms);
    },
    drop: (ms) => {
      downUntil = Math.max(downUntil, clock.now() + ms);
      if (current !== undefined) closing = current.drop();
    },
    heal: () => {
      downUntil = 0;
      toDevice.heal();
      fromDevice.heal();
    },
    get tally() {
      const [to, from] = [toDevice.tally, fromDevice.tally];
      return { packets: to.packets + from.packets, lost: to.lost + from.lost, twice: to.twice + from.twice, late: to.late + from.late };
    },
    wrap: (open) => async (events) => {
      await closing;
      checkUp();
      assert(current === undefined, 'a shaper has one open link at a time');
      const link = new ShapedLink({ toDevice, fromDevice, wireBytes, events, ended: () => (current = undefined) });
      current = link;
      try {
        await link.open(open);
        checkUp();
        return link;
      } catch (thrown) {
        current = undefined;
        await link.close();
        throw thrown;
      }
    },
  };
}

interface ShapedLinkOptions {
  readonly toDevice: ShapedLane;
  readonly fromDevice: ShapedLane;
  readonly wireBytes: (packet: Uint8Array) => number;
  readonly events: TransportEvents;
  readonly ended: () => void;
}

class ShapedLink implements Transport {
  readonly #options: ShapedLinkOptions;
  #link: Transport | undefined;
  #end: BootproofError | undefined;

  constructor(options: ShapedLinkOptions) {
    this.#options = options;
  }

  async open(open: OpenLink): Promise<void> {
    const { events, wireBytes } = this.#options;
    this.#link = await open({
      packet: (packet) => this.#arrive('packet', wireBytes(packet), () => events.packet(packet)),
      text: (bytes) => this.#arrive('text', bytes.length, () => events.text(bytes)),
      lost: (error) => this.#lose(error),
      note: (text) => events.note?.(text),
    });
  }

  get name(): string {
    return this.#open.name;
  }

  get packetMax(): number | undefined {
    const { packetMax } = this.#open;
    return packetMax === undefined ? undefined : Math.min(packetMax, this.#options.toDevice.traits.packetMax);
  }

  get mtu(): number | undefined {
    const { mtu } = this.#open;
    return mtu === undefined ? undefined : Math.min(mtu, this.#options.toDevice.traits.packetMax);
  }

  get wholeMax(): number | undefined {
    return this.#open.wholeMax;
  }

  get reliable(): boolean {
    return this.#open.reliable;
  }

  get paceLines(): Transport['paceLines'] {
    return this.#open.paceLines;
  }

  get pieces(): Transport['pieces'] {
    return this.#open.pieces;
  }

  send(packet: Uint8Array): Promise<void> {
    return this.#depart('packet', this.#options.wireBytes(packet), () => this.#open.send(packet));
  }

  sendText(bytes: Uint8Array): Promise<void> {
    return this.#depart('text', bytes.length, () => this.#open.sendText(bytes));
  }

  async close(): Promise<void> {
    await this.#link?.close();
    this.#options.fromDevice.flush();
    this.#over(linkClosed(this.#link?.name ?? 'the link'));
  }

  /** Resolves when the link below is closed. */
  drop(): Promise<void> {
    if (this.#link === undefined) return Promise.resolve();
    this.#options.fromDevice.cut();
    this.#lose(linkLost(this.name, 'the link was dropped on purpose', { code: 'link-dropped', hint: onPurpose }));
    return this.#link.close();
  }

  get #open(): Transport {
    assert(this.#link !== undefined, 'the shaped link is open');
    return this.#link;
  }

  #arrive(kind: 'packet' | 'text', bytes: number, deliver: () => void): void {
    const { fromDevice, events } = this.#options;
    if (this.#end !== undefined || fromDevice.put({ kind, bytes, deliver })) return;
    events.note?.(`${this.name}: output of the board is dropped, too much waits`);
  }

  async #depart(kind: 'packet' | 'text', bytes: number, send: () => Promise<void>): Promise<void> {
    const { toDevice } = this.#options;
    if (this.#end !== undefined) throw this.#end;
    let sending: Promise<void> | undefined;
    const deliver = (): void => {
      sending = send();
      // What fails later than this call is told by the link below as its loss.
      sending.catch(() => undefined);
    };
    if (!toDevice.put({ kind, bytes, deliver })) throw linkCongested(this.name, queueBytesMax);
    await sending;
    await toDevice.drained();
  }

  #lose(error: BootproofError): void {
    if (this.#end !== undefined) return;
    this.#options.fromDevice.flush();
    this.#over(error);
    this.#options.events.lost(error);
  }

  #over(error: BootproofError): void {
    if (this.#end !== undefined) return;
    this.#end = error;
    this.#options.toDevice.cut();
    this.#options.fromDevice.cut();
    this.#options.ended();
  }
}

const onPurpose = 'a fault of the pipeline did it';

function linkDown(ms: number): BootproofError {
  return new BootproofError(`the link was dropped on purpose and stays away for another ${formatDuration(ms)}`, {
    fault: 'infra',
    code: 'link-down',
    hint: onPurpose,
  });
}
