/** The open device of a board that is reached over links, and the control over it. */

import { BootproofError } from '../base/errors.ts';
import { formatDuration } from '../base/quantities.ts';
import type { Clock } from '../base/clock.ts';
import type { BoardEntry } from '../language/model.ts';
import { awaitAdvertising, canServe, isAdvertised, openTransport } from '../transport/open.ts';
import { createLinkShaper } from '../transport/shape.ts';
import type { Transport, TransportEvents } from '../transport/transport.ts';
import { answeringTransports } from './answering.ts';
import { placed } from './bench-error.ts';
import type { BoardControl } from './board-control.ts';
import type { BoardSources, OpenOptions } from './board.ts';
import { commandControl } from './command-control.ts';
import { openConsolePort, type ConsolePort } from './console-port.ts';
import { createEventConsole } from './console-events.ts';
import { Device, notAdvertised, notServed, type ConsoleInput } from './device.ts';
import type { LinkEvents, LinkOptions } from './link.ts';
import { factsOf } from './facts.ts';
import { NoiseMeter } from './health.ts';
import { openLink } from './link.ts';
import { openServedLink } from './server/served-link.ts';
import { remoteControl } from './sim-control.ts';

export async function readFacts(
  entry: BoardEntry,
  context: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<Readonly<Record<string, unknown>>> {
  if (entry.simulator === undefined) return entry.facts;
  const { control, facts } = await simulatorOf(entry, entry.simulator, context);
  await control.close();
  return facts;
}

export interface Opened {
  readonly device: Device;
  /** What came over the link apart from SMP. */
  readonly noise: NoiseMeter;
}

export async function openRemote(entry: BoardEntry, sources: BoardSources, options: OpenOptions): Promise<Opened> {
  const { transport: first, clock, rng, emit } = options;
  const console = createEventConsole(clock, emit);
  const { control, facts } = await openControl(entry, sources, options);
  const consolePort = await openConsole(entry, console, options).catch(async (thrown: unknown) => {
    await control.close();
    throw thrown;
  });
  const noise = new NoiseMeter();
  const shaper = createLinkShaper({ clock, rng: rng.fork('link') });
  const links = new Map([...entry.transports.keys()].map((name) => [name, watchedLink(entry, name, { options, noise, console })]));
  const common = (name: string): Omit<LinkOptions, keyof LinkEvents> => ({
    clock,
    console: sharesConsole(entry, name) ? console : undefined,
    shaper,
    emit,
  });
  const device = new Device({
    board: entry.name,
    transport: first,
    transports: entry.transports,
    answering: answeringTransports(entry),
    clock,
    console,
    control,
    facts,
    eraseMs: entry.eraseMs,
    shaper,
    open: (name, seen, signal) => openLink((events) => links.get(name)!(events, signal), { ...common(name), ...seen }),
    serve: (name, seen, signal) => {
      if (!canServe(entry.transports.get(name) ?? '')) throw notServed(entry.name, name);
      return openServedLink((events) => links.get(name)!(events, signal), { ...common(name), ...seen });
    },
    hear: async (name, ms, within) => {
      const address = entry.transports.get(name) ?? '';
      if (!isAdvertised(address)) throw notAdvertised(entry.name, name);
      await awaitAdvertising(address, ms, { clock, signal: within });
    },
    probe: async (name, within) => {
      const ignored = { packet: () => undefined, text: () => undefined, lost: () => undefined };
      await (await openTransport(entry.transports.get(name) ?? '', ignored, { clock, signal: within })).close();
    },
    consoleInput: inputOf(entry, consolePort),
    closed: async () => {
      await consolePort?.close();
      await control.close();
    },
  });
  return { device, noise };
}

function sharesConsole({ console }: BoardEntry, transport: string): boolean {
  return console?.at === 'transport' && console.transport === transport;
}

function inputOf(entry: BoardEntry, port: ConsolePort | undefined): ConsoleInput {
  if (port !== undefined) return { over: 'port', send: (bytes) => port.send(bytes) };
  return entry.console === undefined ? { over: 'nothing' } : { over: 'link', shares: (transport) => sharesConsole(entry, transport) };
}

type OpenWatched = (events: TransportEvents, signal: AbortSignal) => Promise<Transport>;

/** The link to the board, whose losses and returns are told, and whose noise is measured. */
function watchedLink(
  entry: BoardEntry,
  name: string,
  { options, noise, console }: { readonly options: OpenOptions } & Pick<Opened, 'noise'> & { readonly console: Device['console'] },
): OpenWatched {
  const { clock, emit } = options;
  let loss: Loss | undefined;
  return async (events, signal) => {
    const watched: TransportEvents = {
      ...events,
      text: (bytes) => {
        noise.hear(bytes);
        events.text(bytes);
      },
      note: (text) => {
        noise.note = text;
        events.note?.(text);
      },
      lost: (error) => {
        loss = { at: clock.now(), error };
        emit({ kind: 'link', link: name, state: 'lost', detail: error.message });
        // A port on USB belongs to the board itself, and comes anew with each boot.
        if (error.code === 'port-vanished') console.openEpoch('port vanished');
        events.lost(error);
      },
    };
    try {
      const transport = await openTransport(entry.transports.get(name) ?? '', watched, { clock, signal });
      if (loss !== undefined) emit({ kind: 'link', link: name, state: 'back', detail: `after ${formatDuration(clock.now() - loss.at)}` });
      loss = undefined;
      return transport;
    } catch (thrown) {
      throw placed(loss === undefined ? thrown : notBack(thrown, loss, clock), entry.name, entry.locate(['transports', name]));
    }
  };
}

interface Loss {
  readonly at: number;
  readonly error: BootproofError;
}

/** That a link cannot be opened is the smaller news when it was open before. */
function notBack(thrown: unknown, { at, error }: Loss, clock: Clock): unknown {
  if (!(thrown instanceof BootproofError) || thrown.fault !== 'infra') return thrown;
  const text = `${error.message}, and was not back after ${formatDuration(clock.now() - at)}: ${thrown.message}`;
  const hint = error.hint ?? thrown.hint;
  return new BootproofError(text, { fault: 'infra', code: error.code, cause: thrown, ...(hint !== undefined && { hint }) });
}

/** A simulator's control port, or what the bench's programs can do. */
export async function openControl(
  entry: BoardEntry,
  sources: BoardSources,
  options: OpenOptions,
): Promise<{ readonly control: BoardControl; readonly facts: Readonly<Record<string, unknown>> }> {
  if (entry.simulator === undefined) return { control: commandControl(entry, sources, options), facts: entry.facts };
  return simulatorOf(entry, entry.simulator, options);
}

async function simulatorOf(
  entry: BoardEntry,
  address: string,
  context: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<{ readonly control: BoardControl; readonly facts: Readonly<Record<string, unknown>> }> {
  try {
    const { control, facts } = await remoteControl(address, context);
    return { control, facts: factsOf(facts, entry.facts) };
  } catch (thrown) {
    throw placed(thrown, entry.name, entry.locate(['simulator']));
  }
}

async function openConsole(
  entry: BoardEntry,
  console: ReturnType<typeof createEventConsole>,
  { clock, signal, emit }: OpenOptions,
): Promise<ConsolePort | undefined> {
  if (entry.console?.at !== 'address') return undefined;
  try {
    return await openConsolePort({ address: entry.console.address, console, clock, signal, emit });
  } catch (thrown) {
    throw placed(thrown, entry.name, entry.locate(['console']));
  }
}

/** What to say of a board that does not answer: why it may be, and where its link is written. */
export function silentBoard(
  entry: BoardEntry,
  transport: string,
  { ms, noise }: { readonly ms: number; readonly noise: NoiseMeter },
): BootproofError {
  const address = entry.transports.get(transport) ?? '';
  const serial = address.startsWith('serial:');
  const said = noise.note === undefined ? '' : `; the link says: ${noise.note.replace(`${address}: `, '')}`;
  const error = noise.garbled
    ? new BootproofError(`${address} gives bytes that are no text: the baud rate is probably wrong`, {
        fault: 'infra',
        code: 'baud-suspect',
        hint: 'set `?baud=` to the speed of the board: 115200 and 1000000 are common',
      })
    : new BootproofError(`${address} opens, but nothing answers within ${formatDuration(ms)}${said}`, {
        fault: 'infra',
        code: 'board-silent',
        hint: `check that the board is powered and that its firmware has an SMP server on this transport${serial ? ', with this baud rate' : ''}`,
      });
  return placed(error, entry.name, entry.locate(['transports', transport]));
}
