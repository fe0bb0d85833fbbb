/** A bench without mistakes as its model. */

import { parseDuration } from '../../base/quantities.ts';
import type { Board, Command, Rung } from '../grammar.generated.ts';
import type { Bench, BoardEntry, CommandEntry, ConsoleEntry, RungEntry } from '../model.ts';
import { compact, frozen } from '../plain.ts';
import { changeOf } from '../profile/device.ts';
import type { Span } from '../source.ts';
import type { YamlTree } from '../yaml.ts';
import { expandTemplate } from './expand.ts';
import { commandRecipes, powerRecipes, reserveRecipes } from './recipes.ts';
import type { CommandUse, Recipe } from './recipes.ts';

interface BenchFile {
  readonly about?: string;
  readonly boards: Readonly<Record<string, Board>>;
}

export function buildBench(tree: YamlTree): Bench {
  const { about, boards } = tree.value as BenchFile;
  const bench = compact<Bench>({
    kind: 'bench',
    about,
    boards: new Map(Object.entries(boards).map(([name, board]) => [name, buildBoard(name, board, tree)])),
    source: tree.source,
    span: tree.locate([]),
  });
  return frozen(bench);
}

function buildBoard(name: string, board: Board, tree: YamlTree): BoardEntry {
  const { about, labels = [], facts = {}, transports, console, simulator, locks = [] } = board;
  const locate = (path: readonly (string | number)[], part?: 'key'): Span => tree.locate(['boards', name, ...path], part);
  const command = (use: CommandUse, value: Command | undefined, path = [use as string]): CommandEntry | undefined =>
    value === undefined ? undefined : buildCommand(value, use, locate(path, 'key'));
  return compact<BoardEntry>({
    name,
    about,
    labels,
    facts,
    transports: new Map(Object.entries(transports)),
    console: console === undefined ? undefined : buildConsole(console),
    bootMs: board['boot-time'] === undefined ? undefined : parseDuration(board['boot-time']),
    eraseMs: board['erase-time'] === undefined ? undefined : parseDuration(board['erase-time']),
    simulator,
    set: board.set === undefined ? undefined : changeOf(board.set),
    provision: command('provision', board.provision),
    reset: compact({
      pin: command('reset', board.reset?.pin, ['reset', 'pin']),
      debugger: command('reset', board.reset?.debugger, ['reset', 'debugger']),
    }),
    power: buildGroup(board.power ?? {}, {
      recipes: powerRecipes,
      keys: ['off', 'on', 'cycle'],
      locate: (key) => locate(['power', key], 'key'),
    }),
    reserve: buildGroup(board.reserve ?? {}, {
      recipes: reserveRecipes,
      keys: ['acquire', 'release'],
      locate: (key) => locate(['reserve', key], 'key'),
    }),
    recover: board.recover?.map((rung, index) => buildRung(rung, locate(['recover', index]))),
    locks,
    span: locate([], 'key'),
    locate,
  });
}

function buildConsole(text: string): ConsoleEntry {
  return text.includes(':') ? { at: 'address', address: text } : { at: 'transport', transport: text };
}

function buildRung(rung: Rung, span: Span): RungEntry {
  if (typeof rung === 'string') return { kind: rung === 'power' ? 'power' : 'reset' };
  if (rung.image !== undefined) return { kind: 'image', file: rung.image };
  return { kind: 'command', command: buildCommand(rung.command ?? {}, 'recover', span) };
}

function buildCommand(command: Command, use: CommandUse, span: Span): CommandEntry {
  const { run = [], shell, recipe, env = {}, timeout, address, script } = command;
  const template = recipe === undefined ? undefined : commandRecipes[recipe][use];
  const expanded = template === undefined ? { run, script } : expandTemplate(template, parametersOf(command));
  return compact<CommandEntry>({
    run: shell === undefined ? expanded.run : { shell },
    env,
    timeoutMs: timeout === undefined ? undefined : parseDuration(timeout),
    address: address === undefined ? undefined : Number(address),
    script: expanded.script,
    span,
  });
}

/** Commands of one purpose, each by itself or all from one recipe. */
function buildGroup<Key extends string>(
  group: Readonly<Record<string, unknown>>,
  { recipes, keys, locate }: { recipes: Readonly<Record<string, Recipe<Key>>>; keys: readonly Key[]; locate: (key: string) => Span },
): Partial<Record<Key, CommandEntry>> {
  const recipe = typeof group['recipe'] === 'string' ? recipes[group['recipe']] : undefined;
  const entries = keys.flatMap((key): (readonly [Key, CommandEntry])[] => {
    const template = recipe?.[key];
    if (template !== undefined) return [[key, { ...expandTemplate(template, parametersOf(group)), env: {}, span: locate('recipe') }]];
    const written = group[key] as Command | undefined;
    return written === undefined ? [] : [[key, buildCommand(written, 'recover', locate(key))]];
  });
  return Object.fromEntries(entries) as Partial<Record<Key, CommandEntry>>;
}

/** Durations are seconds to programs; addresses are written as `0x...`. */
function parametersOf(owner: object): Readonly<Record<string, string>> {
  const texts = Object.entries(owner).flatMap(([key, value]: readonly [string, unknown]) => {
    if (typeof value !== 'string' && typeof value !== 'number') return [];
    if (key === 'delay') return [[key, String((parseDuration(String(value)) ?? 0) / 1000)] as const];
    return [[key, key === 'address' ? `0x${Number(value).toString(16)}` : String(value)] as const];
  });
  return Object.fromEntries(texts);
}
