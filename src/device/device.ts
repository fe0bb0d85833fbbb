/** What a step sees of a board: its console, its SMP client, and the control over power and flash that the bench gives. */

import { abortable, sleep } from '../base/clock.ts';
import type { Clock } from '../base/clock.ts';
import { BootproofError } from '../base/errors.ts';
import { SmpRefusal } from '../client/errors.ts';
import type { SmpClient } from '../client/client.ts';
import type { JsonValue } from '../events/event.ts';
import { groupName } from '../smp/codes.ts';
import { SmpDecodeError } from '../smp/decode-error.ts';
import { readOutcome } from '../smp/message.ts';
import type { SmpCommand, SmpFailure } from '../smp/message.ts';
import { noConsole } from '../transport/link-errors.ts';
import type { LinkShaper } from '../transport/shape.ts';
import type { BoardControl } from './board-control.ts';
import { StandingFaults } from './standing-faults.ts';
import { createMoments } from './moments.ts';
import { createBootOracle } from './oracle/boot-oracle.ts';
import { createListOracle } from './oracle/list-oracle.ts';
import type { UpdateOracle } from './oracle/oracle.ts';
import { declaredTraits } from './oracle/rules.ts';
import type { Console } from './console.ts';
import { jsonFields } from './smp-json.ts';
import { FrameTrace } from './frame-trace.ts';
import { LinkLosses } from './link-losses.ts';
import { createRequestWatch } from './request-watch.ts';
import { openLastingLink } from './server/lasting-link.ts';
import type { ServedLink, ServedLinkEvents } from './server/served-link.ts';
import type { Link, LinkEvents } from './link.ts';

/** The end of an action: the response's fields, the error by its names, or the exit code of a program. */
export type LastAnswer =
  | { readonly kind: 'response'; readonly fields: Readonly<Record<string, JsonValue>> }
  | { readonly kind: 'error'; readonly group: string | undefined; readonly code: number; readonly name: string | undefined }
  | { readonly kind: 'exit'; readonly code: number };

export interface DeviceOptions {
  readonly board: string;
  /** The name of the transport that is used first. */
  readonly transport: string;
  /** Addresses of all transports by name. */
  readonly transports: ReadonlyMap<string, string>;
  /** The names of those over which the board can be asked. */
  readonly answering: readonly string[];
  readonly clock: Clock;
  readonly console: Console;
  readonly control: BoardControl;
  readonly facts: Readonly<Record<string, unknown>>;
  /** How long the erase of a slot may take; undefined where the bench does not say. */
  readonly eraseMs: number | undefined;
  readonly shaper: LinkShaper;
  readonly open: (transport: string, events: LinkEvents, signal: AbortSignal) => Promise<Link>;
  /** Opens a transport with the runner as the server on it. Throws an input error where that cannot be; undefined where it never can. */
  readonly serve: ((transport: string, events: ServedLinkEvents, signal: AbortSignal) => Promise<ServedLink>) | undefined;
  /** Resolves when the board advertises on a transport. Throws an input error where that cannot be, an infra error (`device-not-found`) after `ms`. */
  readonly hear: (transport: string, ms: number, signal: AbortSignal) => Promise<void>;
  /** Opens a transport beside the one in use, and closes it again. */
  readonly probe: (transport: string, signal: AbortSignal) => Promise<void>;
  readonly consoleInput: ConsoleInput;
  readonly closed: () => Promise<void>;
}

/** How bytes get to the console: over a port of its own, over the link where it shares this transport, or not at all. */
export type ConsoleInput =
  | { readonly over: 'port'; readonly send: (bytes: Uint8Array) => Promise<void> }
  | { readonly over: 'link'; readonly shares: (transport: string) => boolean }
  | { readonly over: 'nothing' };

export interface ConnectOptions {
  readonly transport: string | undefined;
  /** How long to try. */
  readonly ms: number;
  readonly signal: AbortSignal;
}

/** A port that vanished with a reset comes back when the board has booted; USB enumeration takes seconds. */
const reopenMsMax = 15_000;
const reopenPauseMs = 250;

export class Device {
  readonly board: string;
  readonly clock: Clock;
  readonly console: Console;
  readonly frames = new FrameTrace();
  readonly losses = new LinkLosses();
  readonly control: BoardControl;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly eraseMs: number | undefined;
  /** Makes the link misbehave. */
  readonly shaper: LinkShaper;
  /** Undefined where nobody knows how the bootloader works. */
  readonly oracle: UpdateOracle | undefined;
  readonly requests = createRequestWatch();
  /** What the steps do, for faults that wait for it. */
  readonly moments = createMoments();
  /** What the verb `fault` began. */
  readonly faults = new StandingFaults();
  readonly #options: DeviceOptions;
  #transport: string;
  /** The pipeline closed the link, and has not opened it again. */
  #parted = false;
  /** The device is the client on the link. */
  #serving = false;
  #link: Promise<Link> | undefined;
  #wasOpen = false;
  #lastAnswer: LastAnswer | undefined;

  constructor(options: DeviceOptions) {
    this.#options = options;
    this.board = options.board;
    this.#transport = options.transport;
    this.clock = options.clock;
    this.console = options.console;
    this.control = options.control;
    this.facts = options.facts;
    this.eraseMs = options.eraseMs;
    this.shaper = options.shaper;
    this.oracle = oracleOf(options);
  }

  /** The name of the transport and its address, for messages. */
  get link(): string {
    return `${this.#transport} (${this.#options.transports.get(this.#transport) ?? ''})`;
  }

  /** A link is there, as far as anybody noticed. */
  get linked(): boolean {
    return this.#link !== undefined;
  }

  get parted(): boolean {
    return this.#parted;
  }

  /** How the last SMP request or program ended. */
  get lastAnswer(): LastAnswer | undefined {
    return this.#lastAnswer;
  }

  /** The SMP client over an open link. A link that was lost is opened again, with patience; the first opening has none. */
  async client(signal: AbortSignal): Promise<SmpClient> {
    if (this.#serving) throw linkServing(this.board);
    if (this.#parted) throw linkParted(this.board);
    return this.#linkUp(this.#wasOpen ? reopenMsMax : 0, signal);
  }

  /** Opens the link, over another transport where one is named, and tries for `ms`. Throws an input error for an unknown transport. */
  async connect({ transport = this.#transport, ms, signal }: ConnectOptions): Promise<void> {
    this.#demand(transport);
    if (transport !== this.#transport) await this.disconnect();
    this.#transport = transport;
    this.#parted = false;
    await this.#linkUp(ms, signal);
  }

  /** The names of the transports over which the board can be asked, the one in use first. */
  get answering(): readonly string[] {
    const { answering } = this.#options;
    return [...answering.filter((name) => name === this.#transport), ...answering.filter((name) => name !== this.#transport)];
  }

  /** Does `work` with the link over `transport`. Afterwards the device is on the transport that was in use, parted if it was so. */
  async over<T>(transport: string, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const [before, parted] = [this.#transport, this.#parted];
    try {
      await this.connect({ transport, ms: 0, signal });
      return await work();
    } finally {
      if (parted || transport !== before) await this.disconnect();
      [this.#transport, this.#parted] = [before, parted];
    }
  }

  /** Closes the link until `connect` or `rejoin`; requests are refused meanwhile. */
  async part(): Promise<void> {
    this.#parted = true;
    await this.disconnect();
  }

  /** Steps may open the link again. */
  rejoin(): void {
    this.#parted = false;
  }

  /** Whether a link over a transport can be opened now. Throws an input error for an unknown transport. */
  async reaches(transport: string, signal: AbortSignal): Promise<boolean> {
    this.#demand(transport);
    const isOwn = transport === this.#transport;
    if (isOwn && this.linked) return true;
    const { open, probe } = this.#options;
    try {
      // Through the faults of the link, where it is this one.
      if (isOwn) await (await open(transport, { lost: () => undefined, packet: () => undefined }, signal)).close();
      else await probe(transport, signal);
      return true;
    } catch (thrown) {
      if (thrown instanceof BootproofError && thrown.fault === 'infra' && !signal.aborted) return false;
      throw thrown;
    }
  }

  /** Resolves when the board advertises on a transport. Throws input errors for one on which it cannot, an infra error (`device-not-found`) after `ms`. */
  async hear(transport: string, ms: number, signal: AbortSignal): Promise<void> {
    this.#demand(transport);
    await this.#options.hear(transport, ms, signal);
  }

  #demand(transport: string): void {
    const known = [...this.#options.transports.keys()];
    if (!known.includes(transport)) throw unknownTransport(this.board, transport, known);
  }

  async #linkUp(patienceMs: number, signal: AbortSignal): Promise<SmpClient> {
    this.#link ??= this.#open(patienceMs, signal);
    try {
      const link = await abortable(this.#link, signal);
      this.#wasOpen = true;
      return link.client;
    } catch (thrown) {
      this.#link = undefined;
      throw thrown;
    }
  }

  /**
   * The runner is the server on the link while `work` lasts, and `request` takes what the device asks. A link that breaks is opened
   * again; `lost` is told of one that does not come back.
   */
  async serve<T>(
    { request, lost, signal }: Pick<ServedLinkEvents, 'request' | 'lost'> & { readonly signal: AbortSignal },
    work: () => Promise<T>,
  ): Promise<T> {
    const { serve } = this.#options;
    if (serve === undefined) throw notServed(this.board, this.#transport);
    await this.disconnect();
    this.#serving = true;
    try {
      const open = (broke: () => void, within: AbortSignal): Promise<ServedLink> => {
        const events: ServedLinkEvents = {
          request,
          packet: (packet) => this.frames.add(packet, this.console.epoch),
          lost: (error) => {
            this.losses.lost(error, this.clock.now());
            broke();
          },
        };
        return this.#openPatiently(() => serve(this.#transport, events, within), reopenMsMax, within);
      };
      const link = await openLastingLink({ open, lost, clock: this.clock, signal });
      return await work().finally(() => link.close());
    } finally {
      this.#serving = false;
    }
  }

  /** One SMP request to its end. Throws `SmpRefusal` for an error answer, infra errors for a silent or broken link. */
  async request<Request, Reply>(
    command: SmpCommand<Request, Reply>,
    request: Request,
    options: { readonly signal: AbortSignal; readonly timeoutMs?: number },
  ): Promise<Reply> {
    const client = await this.client(options.signal);
    const noting: SmpCommand<Request, Reply> = {
      ...command,
      decode: (reply) => {
        this.#lastAnswer = { kind: 'response', fields: jsonFields(reply) };
        return command.decode(reply);
      },
    };
    try {
      return await client.request(noting, request, options);
    } catch (thrown) {
      this.noteRefusal(thrown);
      throw thrown;
    }
  }

  /** Sends bytes to the console. Throws an input error where they cannot get there, and infra errors for a broken link. */
  async sendText(bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    const { consoleInput } = this.#options;
    if (consoleInput.over === 'port') return abortable(consoleInput.send(bytes), signal);
    if (consoleInput.over === 'nothing' || !consoleInput.shares(this.#transport)) throw noConsole(this.link);
    const { link } = await this.client(signal);
    await abortable(link.sendText(bytes), signal);
  }

  /** Remembers the refusal of a request that was made past `request`, such as those of an upload. */
  noteRefusal(thrown: unknown): void {
    if (!(thrown instanceof SmpRefusal)) return;
    this.#lastAnswer = errorOf(thrown.failure);
  }

  /** Remembers how a program of the pipeline ended. */
  noteExit(code: number): void {
    this.#lastAnswer = { kind: 'exit', code };
  }

  /** Remembers what came back for raw bytes, and gives it: undefined for silence, and for a packet that is no SMP answer. */
  noteAnswer(packet: Uint8Array | undefined): LastAnswer | undefined {
    this.#lastAnswer = packet === undefined ? undefined : answerIn(packet);
    return this.#lastAnswer;
  }

  /** The board boots anew: another server may answer, in another version of SMP. */
  async rebooted(): Promise<void> {
    (await this.#link)?.client.forgetVersion();
  }

  async disconnect(): Promise<void> {
    const link = this.#link;
    this.#link = undefined;
    this.#wasOpen = false;
    await link?.then(
      (open) => open.close(),
      () => undefined,
    );
  }

  async close(): Promise<void> {
    await this.faults.clear('all');
    await this.disconnect();
    await this.#options.closed();
  }

  #open(patienceMs: number, signal: AbortSignal): Promise<Link> {
    const events: LinkEvents = {
      lost: (error) => this.#linkLost(error),
      packet: (packet) => this.frames.add(packet, this.console.epoch),
    };
    return this.#openPatiently(() => this.#options.open(this.#transport, events, signal), patienceMs, signal);
  }

  async #openPatiently<T>(open: () => Promise<T>, patienceMs: number, signal: AbortSignal): Promise<T> {
    const { clock } = this.#options;
    const giveUpAt = clock.now() + patienceMs;
    for (;;) {
      try {
        const link = await open();
        this.losses.opened(clock.now());
        return link;
      } catch (thrown) {
        const infra = thrown instanceof BootproofError && thrown.fault === 'infra';
        if (!infra || clock.now() + reopenPauseMs > giveUpAt) throw thrown;
        await sleep(clock, reopenPauseMs, `opening ${this.link} again`, signal);
      }
    }
  }

  #linkLost(error: BootproofError): void {
    this.#link = undefined;
    this.losses.lost(error, this.clock.now());
  }
}

function linkParted(board: string): BootproofError {
  return new BootproofError(`the pipeline has disconnected ${board}`, {
    fault: 'input',
    code: 'link-parted',
    hint: 'add `connect` before this step',
  });
}

function linkServing(board: string): BootproofError {
  return new BootproofError(`${board} is being served, and cannot be asked`, {
    fault: 'input',
    code: 'link-serving',
    hint: 'beside `serve`, in a branch of `parallel`, only do what needs no link',
  });
}

/** `transport` is its name. */
export function notServed(board: string, transport: string): BootproofError {
  return new BootproofError(`${board} cannot be served over ${transport}`, {
    fault: 'input',
    code: 'serve-not-possible',
    hint: 'serve over a serial port, TCP, RFC 2217, or a UDP port of this host (udp:HOST:PORT?listen=on)',
  });
}

/** `transport` is its name. */
export function notAdvertised(board: string, transport: string): BootproofError {
  return new BootproofError(`${board} does not advertise on ${transport}`, {
    fault: 'input',
    code: 'advertising-not-possible',
    hint: 'name a transport over BLE; `port` waits for ports of all kinds',
  });
}

function unknownTransport(board: string, transport: string, known: readonly string[]): BootproofError {
  return new BootproofError(`board ${board} has no transport ${transport}`, {
    fault: 'input',
    code: 'transport-unknown',
    hint: `it has ${known.join(', ')}`,
  });
}

function errorOf({ group, code, name }: SmpFailure): LastAnswer {
  return { kind: 'error', group: group === undefined ? undefined : (groupName(group) ?? String(group)), code, name };
}

function answerIn(packet: Uint8Array): LastAnswer | undefined {
  try {
    const outcome = readOutcome(packet);
    return outcome.ok ? { kind: 'response', fields: jsonFields(outcome.payload) } : errorOf(outcome.failure);
  } catch (thrown) {
    if (thrown instanceof SmpDecodeError) return undefined;
    throw thrown;
  }
}

function oracleOf({ control, facts, console }: DeviceOptions): UpdateOracle | undefined {
  if (control.sim !== undefined) return createBootOracle(control.sim);
  const traits = declaredTraits(facts['bootloader']);
  const consoleLines = (): readonly string[] => console.since(console.epochStart).map(({ text }) => text);
  return traits === undefined ? undefined : createListOracle({ traits, consoleLines });
}
