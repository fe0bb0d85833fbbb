/** The event log as text: one JSON object per line (JSONL), UTF-8, LF. Pure; writing and flushing is the caller's. */

import { BootproofError, messageOf } from '../base/errors.ts';
import { findBadField, isKnownKind } from './shape.ts';
import type { RunEvent } from './event.ts';

type EventLogErrorCode = 'event-log-not-json' | 'event-log-bad-event' | 'event-log-format' | 'event-log-unplanned-cell';

const hints: Readonly<Record<EventLogErrorCode, string>> = {
  'event-log-not-json': 'the other lines are still good; a cell whose end is lost is reported as aborted',
  'event-log-bad-event': 'the other lines are still good; a cell whose end is lost is reported as aborted',
  'event-log-format': 'use the version of bootproof that wrote the log, or a newer one',
  'event-log-unplanned-cell': 'join logs of several runs whole, each with its own run-start and plan',
};

/** A line of an event log that cannot be used. `line` counts from 1. */
export class EventLogError extends BootproofError {
  override readonly name = 'EventLogError';
  override readonly code: EventLogErrorCode;
  readonly line: number;

  constructor(line: number, code: EventLogErrorCode, message: string) {
    super(`event log, line ${line}: ${message}`, { fault: 'input', code, hint: hints[code] });
    this.code = code;
    this.line = line;
  }
}

export interface DecodedLog {
  readonly events: readonly RunEvent[];
  /** The lines that had to be left out, in order. A log with any of them proves nothing good. */
  readonly errors: readonly EventLogError[];
  /** True when the last line is cut off: its writer was killed. Append nothing to such a log before an LF. */
  readonly torn: boolean;
}

/** The event as one line, line end included. */
export function encodeEvent(event: RunEvent): string {
  return `${JSON.stringify(event)}\n`;
}

/**
 * The events of a log, or of several that were joined. Kinds and fields of later versions are tolerated (unknown kinds are
 * left out), and so is a line that a killed writer left unfinished: the last one, or the one before another `run-start`.
 */
export function decodeEvents(log: string | Uint8Array): DecodedLog {
  const decoded: DecodedLine[] = [];
  let number = 0;
  for (const text of typeof log === 'string' ? log.split('\n') : linesOf(log)) {
    const line = decodeLine(text, (number += 1));
    if (line !== undefined) decoded.push(line);
  }
  const events: RunEvent[] = [];
  const errors: EventLogError[] = [];
  const findUnplanned = createPlanCheck();
  for (const [index, item] of decoded.entries()) {
    const error = item.error ?? findUnplanned(item.event, item.line);
    if (error === undefined) events.push(item.event!);
    else if (!isCutOff(error, decoded[index + 1])) errors.push(error);
  }
  const last = decoded.at(-1);
  return { events, errors, torn: last?.error !== undefined && isCutOff(last.error, undefined) };
}

type DecodedLine =
  | { readonly line: number; readonly event: RunEvent; readonly error?: never }
  | { readonly line: number; readonly error: EventLogError; readonly event?: never };

/** One by one, because a log may be longer than any string can be. */
function* linesOf(bytes: Uint8Array): Generator<string> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let start = 0; start < buffer.length;) {
    const end = buffer.indexOf(0x0a, start);
    yield buffer.toString('utf8', start, end < 0 ? buffer.length : end);
    start = end < 0 ? buffer.length : end + 1;
  }
}

/** Undefined for blank lines and unknown kinds. */
function decodeLine(text: string, line: number): DecodedLine | undefined {
  if (text.trim() === '') return undefined;
  const failed = (code: EventLogErrorCode, message: string): DecodedLine => ({ line, error: new EventLogError(line, code, message) });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (thrown) {
    return failed('event-log-not-json', messageOf(thrown));
  }
  if (typeof value !== 'object' || value === null || !('kind' in value) || typeof value.kind !== 'string') {
    return failed('event-log-bad-event', 'not an object with a kind');
  }
  if (!isKnownKind(value.kind)) return undefined;
  const field = findBadField(value.kind, value);
  if (field === 'format') return failed('event-log-format', 'the log has a format that this version cannot read');
  if (field !== undefined) return failed('event-log-bad-event', `${value.kind} without a sound "${field}"`);
  return { line, event: value as RunEvent };
}

function isCutOff(error: EventLogError, next: DecodedLine | undefined): boolean {
  return error.code === 'event-log-not-json' && (next === undefined || next.event?.kind === 'run-start');
}

/** A result outside of the plan would vanish from every report, so it is an error. Without any plan, the lack of it is what reports say. */
function createPlanCheck(): (event: RunEvent, line: number) => EventLogError | undefined {
  const planned = new Set<string>();
  let known = false;
  return (event, line) => {
    if (event.kind === 'plan') {
      known = true;
      for (const { cell } of event.cells) planned.add(cell);
    }
    if (event.kind !== 'cell-end' || !known || planned.has(event.cell)) return undefined;
    return new EventLogError(line, 'event-log-unplanned-cell', `the cell "${event.cell}" ended but was not planned`);
  };
}
