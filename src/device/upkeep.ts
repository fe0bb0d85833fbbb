/** What keeps a board of the lab at work: taking it from others, asking for a sign of life, and bringing it back. */

import type { BoardEntry, CommandEntry, RungEntry } from '../language/model.ts';
import { osReset } from '../smp/groups/os.ts';
import { answeringTransport, answeringTransports } from './answering.ts';
import { placed } from './bench-error.ts';
import type { BoardControl } from './board-control.ts';
import { canCycle } from './command-control.ts';
import { benchCommands } from './bench-command.ts';
import type { BoardSources, HealthOptions, OpenOptions, Rung, Upkeep, UpkeepOptions } from './board.ts';
import { askForLife } from './health.ts';
import { openControl, openRemote, silentBoard } from './remote-device.ts';

const bootMs = 30_000;

export function upkeepOf(entry: BoardEntry, sources: BoardSources): Upkeep {
  const { reserve } = entry;
  const runIf = (command: CommandEntry | undefined, purpose: string, options: UpkeepOptions): Promise<void> =>
    command === undefined ? Promise.resolve() : benchCommands(entry, sources, options).run(command, purpose);
  return {
    claims: [...new Set([...portsOf(entry).map(sources.identify), ...entry.locks])],
    acquire: (options) => runIf(reserve.acquire, 'acquire', options),
    release: (options) => runIf(reserve.release, 'release', options),
    checkHealth: (options) => checkHealth(entry, sources, options),
    rungs: (entry.recover ?? defaultRungs(entry)).map((rung) => rungOf(rung, entry, sources)),
    place: (error) => placed(error, entry.name, entry.span),
    bootMs: entry.bootMs ?? bootMs,
  };
}

/** Adapters are shared by boards, so an address on one stands for the board alone. */
function portsOf({ transports, console, simulator }: BoardEntry): readonly string[] {
  const own = console?.at === 'address' ? [console.address] : [];
  return [...transports.values(), ...own, ...(simulator === undefined ? [] : [simulator])];
}

async function checkHealth(entry: BoardEntry, sources: BoardSources, options: HealthOptions): Promise<void> {
  const { clock, signal, answer, ms, answerMs, transport } = options;
  const { device, noise } = await openRemote(entry, sources, options);
  try {
    await askForLife(device, { clock, signal, answer, ms, answerMs, silent: () => silentBoard(entry, transport, { ms: answerMs, noise }) });
  } finally {
    await device.close();
  }
}

function defaultRungs(entry: BoardEntry): readonly RungEntry[] {
  const { reset, simulator } = entry;
  const resets = [reset.pin, reset.debugger, simulator].some((way) => way !== undefined) || answeringTransports(entry).length > 0;
  const powered = canCycle(entry) || simulator !== undefined;
  return [...(resets ? [{ kind: 'reset' } as const] : []), ...(powered ? [{ kind: 'power' } as const] : [])];
}

function rungOf(rung: RungEntry, entry: BoardEntry, sources: BoardSources): Rung {
  switch (rung.kind) {
    case 'reset':
      return { name: 'reset', climb: (options) => climbReset(entry, sources, options) };
    case 'power':
      return { name: 'power', climb: (options) => climbPower(entry, sources, options) };
    case 'image':
      return { name: `image ${rung.file}`, climb: (options) => climbImage(rung.file, entry, { sources, options }) };
    case 'command':
      return { name: 'command', climb: (options) => benchCommands(entry, sources, options).run(rung.command, 'recover') };
  }
}

async function climbReset(entry: BoardEntry, sources: BoardSources, options: OpenOptions): Promise<void> {
  const line = entry.reset.pin === undefined ? 'debugger' : 'pin';
  if (entry.reset[line] !== undefined || entry.simulator !== undefined)
    return withControl(entry, sources, { options, work: (control) => control.reset?.(line, options.signal) });
  const { device } = await openRemote(entry, sources, {
    ...options,
    transport: answeringTransport(entry, options.transport) ?? options.transport,
  });
  try {
    await device.request(osReset, {}, { signal: options.signal });
  } finally {
    await device.close();
  }
}

function climbPower(entry: BoardEntry, sources: BoardSources, options: OpenOptions): Promise<void> {
  const work = async ({ power }: BoardControl): Promise<void> => {
    for (const action of ['off', 'on'] as const) {
      await power?.(action, options.signal);
      options.emit({ kind: 'power', action });
    }
  };
  return withControl(entry, sources, { options, work });
}

async function withControl(
  entry: BoardEntry,
  sources: BoardSources,
  { options, work }: { readonly options: OpenOptions; readonly work: (control: BoardControl) => Promise<void> | void },
): Promise<void> {
  const { control } = await openControl(entry, sources, options);
  try {
    await work(control);
  } finally {
    await control.close();
  }
}

async function climbImage(
  file: string,
  entry: BoardEntry,
  { sources, options }: { readonly sources: BoardSources; readonly options: OpenOptions },
): Promise<void> {
  const content = { kind: 'image', bytes: sources.readFile(file) } as const;
  const image = { slots: [{ slot: 0, content }], confirmed: true };
  await withControl(entry, sources, { options, work: (control) => control.provision?.(image, options.signal) });
}
