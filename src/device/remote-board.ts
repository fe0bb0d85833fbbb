/** A board that is reached over links: hardware, or a `bootproof sim` process. */

import type { Clock } from '../base/clock.ts';
import { BootproofError } from '../base/errors.ts';
import type { BoardEntry, CommandEntry } from '../language/model.ts';
import type { ProvisionOptions } from '../sim/device.ts';
import { openTransport } from '../transport/open.ts';
import { createLinkShaper } from '../transport/shape.ts';
import type { Transport, TransportEvents } from '../transport/transport.ts';
import type { BoardControl } from './board-control.ts';
import type { Board, BoardSources, OpenOptions } from './board.ts';
import { runCommand } from './command.ts';
import { createEventConsole } from './console-events.ts';
import type { Console } from './console.ts';
import { Device } from './device.ts';
import { factsOf } from './facts.ts';
import { openLink } from './link.ts';
import { remoteControl } from './sim-control.ts';

interface Context {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export function remoteBoard(entry: BoardEntry, sources: BoardSources): Board {
  return {
    name: entry.name,
    labels: entry.labels,
    transports: [...entry.transports.keys()],
    local: false,
    offers: offersOf(entry),
    facts: (context) => readFacts(entry, context),
    open: (options) => openRemote(entry, sources, options),
  };
}

function offersOf({ console, simulator, provision, power }: BoardEntry): ReadonlySet<string> {
  if (simulator !== undefined) return new Set(['provision', 'power', 'corrupt', ...(console === undefined ? [] : ['console'])]);
  const powered = [power.cycle, power.off].some((command) => command !== undefined);
  return new Set([console && 'console', provision && 'provision', powered && 'power'].filter((offer) => typeof offer === 'string'));
}

async function readFacts(entry: BoardEntry, context: Context): Promise<Readonly<Record<string, unknown>>> {
  if (entry.simulator === undefined) return entry.facts;
  const { control, facts } = await remoteControl(entry.simulator, context);
  await control.close();
  return factsOf(facts, entry.facts);
}

async function openRemote(entry: BoardEntry, sources: BoardSources, options: OpenOptions): Promise<Device> {
  const { transport: name, clock, rng, emit } = options;
  const address = entry.transports.get(name) ?? '';
  const console = createEventConsole(clock, emit);
  const { control, facts } = await openControl(entry, sources, options);
  const consolePort = await openConsole(entry, console, options).catch(async (thrown: unknown) => {
    await control.close();
    throw thrown;
  });
  const shaper = createLinkShaper({ clock, rng: rng.fork('link') });
  const sharesLink = entry.console?.at === 'transport' && entry.console.transport === name;
  const open = (events: TransportEvents, signal: AbortSignal): Promise<Transport> => openTransport(address, events, { clock, signal });
  return new Device({
    board: entry.name,
    link: `${name} (${address})`,
    clock,
    console,
    control,
    facts,
    shaper,
    open: (lost, signal) =>
      openLink((events) => open(events, signal), { clock, console: sharesLink ? console : undefined, shaper, emit, lost }),
    closed: async () => {
      await consolePort?.close();
      await control.close();
    },
  });
}

/** A simulator's control port, or what the bench's programs can do. */
async function openControl(
  entry: BoardEntry,
  sources: BoardSources,
  options: OpenOptions,
): Promise<{ readonly control: BoardControl; readonly facts: Readonly<Record<string, unknown>> }> {
  if (entry.simulator === undefined) return { control: commandControl(entry, sources, options), facts: entry.facts };
  const { control, facts } = await remoteControl(entry.simulator, options);
  return { control, facts: factsOf(facts, entry.facts) };
}

/** The console on a port of its own. Its loss is no failure by itself: what is looked for there will be missed. */
async function openConsole(entry: BoardEntry, console: Console, options: OpenOptions): Promise<Transport | undefined> {
  if (entry.console?.at !== 'address') return undefined;
  const events = {
    packet: () => undefined,
    text: (bytes: Uint8Array) => console.write(bytes),
    lost: () => console.openEpoch('console lost'),
  };
  return openTransport(entry.console.address, events, options);
}

const commandMs = 120_000;

/** What the bench's programs can do. */
function commandControl({ name, provision, power }: BoardEntry, sources: BoardSources, { clock, signal }: Context): BoardControl {
  const execute = async (command: CommandEntry, image = ''): Promise<void> => {
    const run = command.run.map((argument) => argument.replaceAll('{image}', image).replaceAll('{board}', name));
    const timeoutMs = command.timeoutMs ?? commandMs;
    const done = await clock.external(runCommand({ run, env: command.env, timeoutMs, signal }));
    if (done.exit !== 0) throw commandFailed(run, done.exit, done.stderr || done.stdout);
  };
  const switchPower = async (action: 'on' | 'off' | 'cut' | 'reset'): Promise<void> => {
    const command = { on: power.on ?? power.cycle, off: power.off, cut: power.off, reset: power.cycle }[action];
    if (command !== undefined) await execute(command);
  };
  return {
    ...(provision === undefined ? {} : { provision: (options) => execute(provision, sources.writeImage(onlyImage(name, options))) }),
    ...(power.cycle === undefined && power.off === undefined ? {} : { power: switchPower }),
    close: () => Promise.resolve(),
  };
}

/** A programmer writes one image to the primary slot; every other state is for simulated boards. */
function onlyImage(board: string, { slots = [], state }: ProvisionOptions): Uint8Array {
  const images = slots.filter(({ content }) => content.kind !== 'empty');
  const [first] = images;
  if (first?.content.kind === 'image' && first.slot === 0 && images.length === 1 && (state ?? 'normal') === 'normal')
    return first.content.bytes;
  throw new BootproofError(`the provision command of board ${board} can only write one image to slot 0`, {
    fault: 'input',
    code: 'provision-unsupported',
    hint: 'run this pipeline on a simulated board, or reach the state by steps',
  });
}

function commandFailed(run: readonly string[], exit: number, output: string): BootproofError {
  const said = output.trim().split('\n').at(-1) ?? '';
  return new BootproofError(`${run[0] ?? 'the command'} ended with exit code ${exit}${said === '' ? '' : `: ${said}`}`, {
    fault: 'infra',
    code: 'command-failed',
    hint: `run it by hand: ${run.join(' ')}`,
  });
}
