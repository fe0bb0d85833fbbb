/** Reading flags that more than one command has. All throw input errors. */

import type { Command } from 'commander';
import { BootproofError } from '../base/errors.ts';
import { parseDuration } from '../base/quantities.ts';
import { reporterNames } from '../report/index.ts';
import type { ReporterName } from '../report/index.ts';

/** For commander: gathers the values of an option that may be repeated. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** The flags that say which cells there are: alike for all commands that plan. */
export function addPlanningFlags(command: Command): Command {
  return command
    .option('--plan <FILE>', 'which pipelines run on which boards with which axes; paths narrow it')
    .option('--bench <FILE>', 'the boards of the lab; without it there is one simulated board, sim')
    .option('--on <BOARD|LABEL>', 'only these boards (repeatable)', collect, [])
    .option('--set <NAME=VALUE>', 'set an input, for images a path (repeatable)', collect, [])
    .option('--axis <NAME=VALUE>', 'only cells with this value of an axis (repeatable)', collect, [])
    .option('--tag <TAG>', 'only pipelines with this tag (repeatable)', collect, [])
    .option('--not-tag <TAG>', 'no pipelines with this tag (repeatable)', collect, [])
    .option('--seed <N>', 'seed of all chance in the run, also of `reduce`', wholeNumber('--seed'), 1);
}

/** Reads the value of `flag`, which the error names. */
export function wholeNumber(flag: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff) return value;
    throw flagError(`${flag}: "${text}" is not a whole number from 0 to 4294967295`);
  };
}

/** In milliseconds. */
export function durationFlag(flag: string): (text: string) => number {
  return (text) => {
    const ms = parseDuration(text);
    if (ms !== undefined) return ms;
    throw flagError(`${flag}: "${text}" is no duration`, 'such as 90s or 10m');
  };
}

export interface ReportRequest {
  readonly name: ReporterName;
  /** `-` is stdout. */
  readonly file: string;
}

/** `NAME` or `NAME=FILE`. */
export function readReportFlag(text: string): ReportRequest {
  const [name, file] = splitOnce(text);
  const known = reporterNames.find((one) => one === name);
  if (known !== undefined) return { name: known, file: file ?? '-' };
  throw flagError(`there is no report "${name}"`, `reports: ${reporterNames.join(', ')}`);
}

/** `NAME=VALUE` of the flag `flag`. */
export function readSetting(flag: string, text: string): readonly [name: string, value: string] {
  const [name, value] = splitOnce(text);
  if (name !== '' && value !== undefined) return [name, value];
  throw flagError(`"${text}" sets nothing`, `write ${flag} NAME=VALUE`);
}

function splitOnce(text: string): readonly [string, string | undefined] {
  const equals = text.indexOf('=');
  return equals < 0 ? [text, undefined] : [text.slice(0, equals), text.slice(equals + 1)];
}

export function flagError(message: string, hint?: string): BootproofError {
  return new BootproofError(message, { fault: 'input', code: 'usage', ...(hint === undefined ? {} : { hint }) });
}

/** `I/N`: the I-th of N shares. */
export function readShard(text: string): { readonly index: number; readonly count: number } {
  const [, index = 0, count = 0] = (/^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? []).map(Number);
  if (index >= 1 && index <= count) return { index, count };
  throw flagError(`"${text}" is no share of a run`, 'write it as I/N, such as --shard 1/4');
}
