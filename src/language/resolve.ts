/** Steps at run time: expressions are replaced by their values, and the values are checked as the file was. */

import { parseDuration } from '../base/quantities.ts';
import type { LanguageDiagnostic } from './diagnostics.ts';
import { evaluateExpression, operandsOf, parseExpression } from './expression.ts';
import { isReadLater } from './inner-steps.ts';
import type { AnyStep, Fault, Fragment, Step, Verb, VerbArgs } from './model.ts';
import { compact } from './plain.ts';
import type { Span } from './source.ts';
import { parseTemplate, solePlaceholder } from './template.ts';
import { validate } from './validate.ts';
import type { Path } from './yaml.ts';

/** What expressions can read, as JSON-able values. */
export interface Scope {
  /** By name: texts, numbers, booleans; of an image an object with `name`, `version`, `hash`, `size`. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** The results of the steps that have run, by step id. */
  readonly steps: Readonly<Record<string, unknown>>;
  /** What steps saved, by name. */
  readonly saved: Readonly<Record<string, unknown>>;
  /** Within a loop: the `index` of the round, from 0. */
  readonly repeat?: { readonly index: number };
  /** `id`, `board`, `transport`, `axes`, `seed` of the cell. */
  readonly cell: Readonly<Record<string, unknown>>;
  /** The facts of the board. */
  readonly facts: Readonly<Record<string, unknown>>;
}

export type Resolution<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly diagnostics: readonly LanguageDiagnostic[] };

/** A step whose expressions have been replaced by their values. */
export interface ResolvedStep<V extends Verb> {
  readonly verb: V;
  readonly args: VerbArgs[V];
  readonly timeoutMs?: number;
  readonly withinMs?: number;
  readonly staysMs?: number;
  readonly retry?: { readonly max: number; readonly delayMs: number };
  readonly fault?: Fault;
  /** What its expressions read and what they found there, for messages; empty without expressions. */
  readonly operands: string;
}

/** Fails with diagnostics that point at the expression, when one cannot be evaluated or gives a value that has no place there. */
export function resolveStep<V extends Verb>(step: Step<V>, scope: Scope): Resolution<ResolvedStep<V>> {
  const diagnostics: LanguageDiagnostic[] = [];
  const { verb, args, timeout, within, stays, retry, fault } = step;
  // The verb comes last: it may be `fault`, which is no disturbance of itself.
  const written = compact({ timeout, within, stays, retry, fault, [verb]: args });
  const replaced: Replaced = { count: 0, operands: new Set() };
  const values = interpolate(written, [], { step, scope, diagnostics, replaced }) as ResolvedValues<V>;
  if (diagnostics.length > 0) return { ok: false, diagnostics };
  const locate = (path: Path): Span => step.locate(path);
  // What stands in the file was checked with the file.
  const mistakes = replaced.count === 0 ? [] : validate('step', values, { locate, plainText: () => undefined }).diagnostics;
  if (mistakes.length > 0) return { ok: false, diagnostics: mistakes };
  const value = compact<ResolvedStep<V>>({
    verb,
    args: values[verb],
    timeoutMs: milliseconds(values.timeout),
    withinMs: milliseconds(values.within),
    staysMs: milliseconds(values.stays),
    retry: values.retry && { max: values.retry.max, delayMs: milliseconds(values.retry.delay) ?? 0 },
    fault: verb === 'fault' ? undefined : values.fault,
    operands: [...replaced.operands].join(', '),
  });
  return { ok: true, value };
}

/** Whether the step's `when` holds; true without one. */
export function isWanted(step: AnyStep, scope: Scope): Resolution<boolean> {
  return step.when === undefined ? { ok: true, value: true } : resolveCondition(step, { text: step.when, path: ['when'] }, scope);
}

/** An expression of a step that decides something. `path` says where in the step it stands. */
export interface Condition {
  /** Without `${{ }}`. */
  readonly text: string;
  readonly path: Path;
}

export function resolveCondition(step: AnyStep, { text, path }: Condition, scope: Scope): Resolution<boolean> {
  const diagnostics: LanguageDiagnostic[] = [];
  const locate = (): Span => step.locate(path);
  const value = evaluate(text, { scope, diagnostics, locate });
  if (diagnostics.length > 0) return { ok: false, diagnostics };
  if (typeof value === 'boolean') return { ok: true, value };
  const message = `\`${String(path.at(-1))}\` must be true or false, and its value is ${JSON.stringify(value)}`;
  return { ok: false, diagnostics: [{ code: 'expression-failed', severity: 'error', message, span: locate() }] };
}

/** The outputs of a fragment whose steps have run. */
export function resolveOutputs({ outputs }: Fragment, scope: Scope): Resolution<Readonly<Record<string, unknown>>> {
  const diagnostics: LanguageDiagnostic[] = [];
  const values = [...outputs].map(([name, { text, locate }]) => [name, evaluate(text, { scope, diagnostics, locate })] as const);
  return diagnostics.length > 0 ? { ok: false, diagnostics } : { ok: true, value: Object.fromEntries(values) };
}

/** What an expression read and what it found there, for messages; empty when it read nothing. */
export function describeOperands(text: string, scope: Scope): string {
  const parsed = parseExpression(text);
  return parsed.ok ? operandsOf(parsed.expression, { ...scope }) : '';
}

type ResolvedValues<V extends Verb> = { readonly [K in V]: VerbArgs[V] } & {
  readonly timeout?: string;
  readonly within?: string;
  readonly stays?: string;
  readonly retry?: { readonly max: number; readonly delay?: string };
  readonly fault?: Fault;
};

function milliseconds(duration: string | undefined): number | undefined {
  return duration === undefined ? undefined : parseDuration(duration);
}

interface Interpolation {
  readonly step: Pick<AnyStep, 'locate' | 'locateText'>;
  readonly scope: Scope;
  readonly diagnostics: LanguageDiagnostic[];
  readonly replaced: Replaced;
}

/** The expressions that were replaced by their values, and what they read. */
interface Replaced {
  count: number;
  readonly operands: Set<string>;
}

/** A text that is one expression takes its value as it is; expressions among other text become text. */
function interpolate(written: unknown, path: Path, context: Interpolation): unknown {
  if (isReadLater(path)) return written;
  if (typeof written === 'string') return interpolateText(written, path, context);
  if (Array.isArray(written)) return written.map((item, index) => interpolate(item, [...path, index], context));
  if (typeof written !== 'object' || written === null) return written;
  return Object.fromEntries(Object.entries(written).map(([key, value]) => [key, interpolate(value, [...path, key], context)]));
}

function interpolateText(text: string, path: Path, { step, scope, diagnostics, replaced }: Interpolation): unknown {
  const evaluateAt = (expression: string, offset: number): unknown => {
    replaced.count += 1;
    const read = describeOperands(expression, scope);
    if (read !== '') replaced.operands.add(read);
    return evaluate(expression, { scope, diagnostics, locate: (start, end) => step.locateText(path, offset + start, offset + end) });
  };
  const sole = solePlaceholder(text);
  if (sole !== undefined) return evaluateAt(sole.expression, sole.expressionStart);
  const template = parseTemplate(text);
  if (!template.ok) return text;
  let [joined, from] = ['', 0];
  for (const { expression, expressionStart, start, end } of template.placeholders) {
    joined += text.slice(from, start) + asText(evaluateAt(expression, expressionStart));
    from = end;
  }
  return joined + text.slice(from);
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}

interface EvaluationContext {
  readonly scope: Scope;
  readonly diagnostics: LanguageDiagnostic[];
  /** From offsets in the expression to places in the file. */
  readonly locate: (start: number, end: number) => Span;
}

/** The value; undefined after a failure, which is then among the diagnostics. */
function evaluate(text: string, { scope, diagnostics, locate }: EvaluationContext): unknown {
  const parsed = parseExpression(text);
  const evaluation = parsed.ok ? evaluateExpression(parsed.expression, { ...scope }) : parsed;
  if (evaluation.ok) return evaluation.value;
  const { code, message, start, end, hint } = evaluation.problem;
  diagnostics.push(compact<LanguageDiagnostic>({ code, severity: 'error', message, span: locate(start, end), hint }));
  return undefined;
}
