/** A bench without mistakes as its model. */

import { parseDuration } from '../../base/quantities.ts';
import type { Board, Command } from '../grammar.generated.ts';
import type { Bench, BoardEntry, CommandEntry, ConsoleEntry } from '../model.ts';
import { compact, frozen } from '../plain.ts';
import type { YamlTree } from '../yaml.ts';

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
  const { about, labels = [], facts = {}, transports, console, simulator, locks = [], power = {} } = board;
  const command = (path: readonly string[], value: Command | undefined): CommandEntry | undefined =>
    value === undefined ? undefined : buildCommand(value, tree.locate(['boards', name, ...path], 'key'));
  return compact<BoardEntry>({
    name,
    about,
    labels,
    facts,
    transports: new Map(Object.entries(transports)),
    console: console === undefined ? undefined : buildConsole(console),
    simulator,
    provision: command(['provision'], board.provision),
    recover: command(['recover'], board.recover),
    power: compact<BoardEntry['power']>({
      off: command(['power', 'off'], power.off),
      on: command(['power', 'on'], power.on),
      cycle: command(['power', 'cycle'], power.cycle),
    }),
    locks,
    span: tree.locate(['boards', name], 'key'),
  });
}

function buildConsole(text: string): ConsoleEntry {
  return text.includes(':') ? { at: 'address', address: text } : { at: 'transport', transport: text };
}

function buildCommand({ run, env = {}, timeout }: Command, span: CommandEntry['span']): CommandEntry {
  const timeoutMs = timeout === undefined ? undefined : parseDuration(timeout);
  return { run, env, ...(timeoutMs === undefined ? {} : { timeoutMs }), span };
}
