/**
 * Tells whether parsed JSON is an event that a fold may rely on. Each field of each kind has its check here; a field
 * that is missing, or checked as another type than the event declares, does not compile.
 */

import { cellOutcomes, executionOutcomes } from './outcome.ts';
import type { EventDiagnostic, JsonValue, KnownIssueReference, PlannedCell, RunEvent, SourcePosition } from './event.ts';

type Check<T> = (value: unknown) => value is T;
type Shape<T> = { readonly [F in keyof T]-?: Partial<Pick<T, F>> extends Pick<T, F> ? Check<T[F] | undefined> : Check<T[F]> };
type EventOf<K extends RunEvent['kind']> = Extract<RunEvent, { kind: K }>;

/** Nesting of free values above this is refused, so that no recursion over them can run out of stack. */
const jsonDepthMax = 64;
/** About 300 years. Longer times are damage, and would print with an exponent. */
const msMax = 1e13;

/** True for the kinds that this version knows. */
export function isKnownKind(kind: string): kind is RunEvent['kind'] {
  return Object.hasOwn(shapes, kind);
}

/** The first field that is not as the kind demands, or undefined when the value is a sound event of that kind. */
export function findBadField(kind: RunEvent['kind'], value: object): string | undefined {
  return badField(shapes[kind], value);
}

const text = (value: unknown): value is string => typeof value === 'string';
const flag = (value: unknown): value is boolean => typeof value === 'boolean';
const finite = (value: unknown): value is number => Number.isFinite(value);
const count = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const ms = (value: unknown): value is number => finite(value) && value >= 0 && value <= msMax;
const instant = (value: unknown): value is string =>
  text(value) && /^[12]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(value) && !isNaN(Date.parse(value));
const json = (value: unknown): value is JsonValue => depthWithin(value, jsonDepthMax);

const position = object<SourcePosition>({ file: text, line: count, column: count });

const diagnostic = object<EventDiagnostic>({
  code: text,
  severity: oneOf('error', 'warning', 'info'),
  message: text,
  at: optional(position),
  frame: optional(text),
  hint: optional(text),
  found: optional(json),
  wanted: optional(json),
});

const plannedCell = object<PlannedCell>({
  cell: text,
  pipeline: text,
  title: text,
  file: text,
  line: count,
  board: text,
  axes: record(text),
  tags: list(text),
  properties: optional(record(text)),
});

const issue = object<KnownIssueReference>({ id: text, ticket: text });

const stamp = { seq: count, at: ms };
const inCell = { ...stamp, cell: text, attempt: count };
const maybeInCell = { ...stamp, cell: optional(text), attempt: optional(count) };
const onBoard = { ...maybeInCell, board: text };

const shapes: { readonly [K in RunEvent['kind']]: Shape<Omit<EventOf<K>, 'kind'>> } = {
  'run-start': {
    ...stamp,
    format: oneOf(1),
    run: text,
    seed: finite,
    bootproof: text,
    started: instant,
    virtual: flag,
    host: record(text),
    selection: record(json),
  },
  'run-resume': { ...stamp, started: instant, host: record(text) },
  plan: { ...stamp, cells: list(plannedCell) },
  'file-read': { ...stamp, path: text, beside: optional(text), sha256: text },
  'cell-start': { ...stamp, cell: text },
  'attempt-start': { ...inCell, board: text, transport: text },
  'step-start': {
    ...inCell,
    step: text,
    section: oneOf('setup', 'steps', 'on-failure', 'teardown'),
    verb: text,
    title: text,
    source: optional(position),
  },
  'step-progress': { ...inCell, step: text, done: finite, total: optional(finite), unit: optional(text) },
  'step-end': {
    ...inCell,
    step: text,
    outcome: oneOf(...executionOutcomes),
    durationMs: ms,
    diagnostics: list(diagnostic),
    result: optional(json),
    saved: optional(record(json)),
  },
  console: { ...onBoard, epoch: count, text },
  'boot-epoch': { ...onBoard, epoch: count, cause: text },
  wire: { ...onBoard, direction: oneOf('to-device', 'from-device'), bytes: count, hex: text, summary: optional(text) },
  fault: { ...onBoard, fault: text, phase: oneOf('armed', 'started', 'ended'), detail: optional(text) },
  power: { ...onBoard, action: oneOf('off', 'on', 'cut') },
  command: { ...onBoard, purpose: text, run: list(text), exit: optional(count), durationMs: ms, output: text },
  link: { ...onBoard, link: text, state: oneOf('lost', 'back'), detail: optional(text) },
  recovery: { ...onBoard, rung: text, outcome: oneOf('recovered', 'no-help', 'failed', 'drained'), detail: optional(text) },
  note: { ...maybeInCell, severity: oneOf('error', 'warning', 'info'), text, board: optional(text) },
  artifact: { ...maybeInCell, name: text, path: text, bytes: count },
  'attempt-end': { ...inCell, outcome: oneOf(...executionOutcomes), durationMs: ms },
  'cell-end': {
    ...stamp,
    cell: text,
    outcome: oneOf(...cellOutcomes),
    reason: optional(text),
    diagnostics: list(diagnostic),
    attempts: count,
    durationMs: ms,
    issue: optional(issue),
    properties: optional(record(text)),
  },
  'run-end': { ...stamp, exitCode: count, counts: record(count), cancelled: optional(flag) },
};

function optional<T>(check: Check<T>): Check<T | undefined> {
  return (value): value is T | undefined => value === undefined || check(value);
}

function oneOf<const T extends string | number>(...members: readonly T[]): Check<T> {
  return (value): value is T => members.includes(value as T);
}

function list<T>(check: Check<T>): Check<readonly T[]> {
  return (value): value is readonly T[] => Array.isArray(value) && value.every(check);
}

function record<T>(check: Check<T>): Check<Readonly<Record<string, T>>> {
  return (value): value is Readonly<Record<string, T>> => isObject(value) && Object.values(value).every(check);
}

function object<T>(shape: Shape<T>): Check<T> {
  return (value): value is T => isObject(value) && badField(shape, value) === undefined;
}

function badField(shape: Readonly<Record<string, Check<unknown>>>, value: object): string | undefined {
  const fields = value as Readonly<Record<string, unknown>>;
  return Object.entries(shape).find(([name, check]) => !check(fields[name]))?.[0];
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function depthWithin(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return depth > 0 && Object.values(value).every((inner) => depthWithin(inner, depth - 1));
}
