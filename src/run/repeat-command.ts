/** The command that runs one cell again, for people to copy. */

import type { JsonValue } from '../events/event.ts';
import type { Board } from '../device/board.ts';
import type { Cell } from './cell.ts';

export interface RepeatOptions {
  readonly seed: number;
  readonly set: ReadonlyMap<string, string>;
  /** What the user asked for, as `run-start` tells it. */
  readonly selection: Readonly<Record<string, JsonValue>>;
}

/** One line for a POSIX shell. */
export function repeatCommand({ pipeline, board, axes }: Cell, { seed, set, selection }: RepeatOptions): string {
  const { bench, plan } = selection;
  const words = [
    ['bootproof', 'run', pipeline.source.name],
    typeof plan === 'string' ? ['--plan', plan] : [],
    typeof bench === 'string' ? ['--bench', bench, ...onFlags(board)] : [],
    Object.entries(axes).flatMap(([axis, value]) => ['--axis', `${axis}=${value}`]),
    [...set].flatMap(([name, value]) => ['--set', `${name}=${value}`]),
    ['--seed', String(seed)],
  ];
  return words.flat().map(quoted).join(' ');
}

function onFlags({ name, members }: Board): readonly string[] {
  if (members === undefined) return ['--on', name];
  return [...members].flatMap(([role, board]) => ['--on', `${role}=${board.name.replace(/\/.*$/, '')}`]);
}

function quoted(word: string): string {
  return /^[\w./=:@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
