/** `run --resume`: what an unfinished run was, and whether all that it depends on is still as it was. */

import packageJson from '../../package.json' with { type: 'json' };
import { toHex } from '../base/bytes.ts';
import { BootproofError } from '../base/errors.ts';
import type { FileRead, RunEnd, RunEvent, RunStart } from '../events/event.ts';
import type { DecodedLog } from '../events/log.ts';
import { hash } from '../mcuboot/hash.ts';
import { readPast } from '../run/past.ts';
import type { Past } from '../run/past.ts';
import { readBeside } from './documents.ts';
import { readSelection } from './run-selection.ts';
import type { Selection } from './run-selection.ts';

export interface BegunRun {
  readonly start: RunStart;
  readonly events: readonly RunEvent[];
  readonly selection: Selection;
  readonly past: Past;
  /** Of a run that has nothing left to do. */
  readonly end: RunEnd | undefined;
}

/** Throws an input error for a log that no run can go on from, and when a file that results depend on has changed. */
export function readBegunRun({ events, errors }: DecodedLog): BegunRun {
  const [start] = events;
  if (errors[0] !== undefined) throw errors[0];
  const past = readPast(events);
  if (start?.kind !== 'run-start' || past === undefined) throw cannotResume('it was ended before it had a plan', 'run it anew');
  if (events.filter(({ kind }) => kind === 'run-start').length > 1) throw cannotResume('its log holds several runs', 'resume each of them');
  const { bootproof } = start;
  if (bootproof !== packageJson.version)
    throw cannotResume(`it was begun by version ${bootproof} of bootproof, and this is ${packageJson.version}`, `use ${bootproof}`);
  const selection = readSelection(start);
  if (selection === undefined) throw cannotResume('its log does not say with which flags it was begun', 'run it anew');
  return { start, events, selection, past, end: endOf(events) };
}

/** A run that was cancelled can go on. */
function endOf(events: readonly RunEvent[]): RunEnd | undefined {
  const last = events.at(-1);
  return last?.kind === 'run-end' && last.cancelled !== true ? last : undefined;
}

export function checkFiles(events: readonly RunEvent[]): void {
  const read = events.filter((event) => event.kind === 'file-read');
  const changed = [...new Set(read.flatMap((file) => (isSame(file) ? [] : [file.path])))];
  if (changed.length === 0) return;
  const more = changed.length > 1 ? `, and ${changed.length - 1} more` : '';
  throw cannotResume(
    `${changed[0]} is not what it was when the run began${more}`,
    'results of different files do not belong in one run: run it anew; or resume it where it was started',
  );
}

function isSame({ path, beside, sha256 }: FileRead): boolean {
  try {
    return toHex(hash('sha256', readBeside(path, beside))) === sha256;
  } catch {
    return false;
  }
}

function cannotResume(why: string, hint: string): BootproofError {
  return new BootproofError(`the run cannot be resumed: ${why}`, { fault: 'input', code: 'cannot-resume', hint });
}
