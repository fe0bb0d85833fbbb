/** What a run is made of, apart from files: flags that the log keeps, so that a run that goes on is the same run. */

import type { JsonValue, RunStart } from '../events/event.ts';
import type { RunFlags } from './run-flags.ts';

type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === 'string';
const flag: Check = (value) => typeof value === 'boolean';
const texts: Check = (value) => Array.isArray(value) && value.every(text);
const amount: Check = (value) => typeof value === 'number';
const share: Check = (value) => typeof value === 'object' && value !== null && 'index' in value && 'count' in value;

/** Those that are always there, and those that may be absent. */
const always = { on: texts, set: texts, axis: texts, tag: texts, notTag: texts, retryOn: texts, realTime: flag } as const;
const maybe = { plan: text, bench: text, knownIssues: text, shard: share, retry: amount, retryBoard: text } as const;

type KeptFlag = keyof typeof always | keyof typeof maybe;
const kept = [...Object.keys(always), ...Object.keys(maybe)] as readonly KeptFlag[];

/** As `run-start` has it. */
export function selectionOf(paths: readonly string[], flags: RunFlags): Readonly<Record<string, JsonValue>> {
  const given = Object.fromEntries(kept.map((name) => [name, flags[name]]));
  // Flags that were not given are left out.
  return JSON.parse(JSON.stringify({ paths, ...given })) as Readonly<Record<string, JsonValue>>;
}

export interface Selection {
  readonly paths: readonly string[];
  readonly flags: Pick<RunFlags, KeptFlag | 'seed'>;
}

/** Undefined when the log is of a run that kept other flags than this version needs. */
export function readSelection({ selection, seed }: RunStart): Selection | undefined {
  const { paths, ...flags } = selection;
  const isSound =
    texts(paths) &&
    Object.entries(always).every(([name, check]) => check(flags[name])) &&
    Object.entries(maybe).every(([name, check]) => flags[name] === undefined || check(flags[name]));
  // Each flag has been looked at.
  return isSound ? { paths: paths as readonly string[], flags: { ...(flags as unknown as Selection['flags']), seed } } : undefined;
}
