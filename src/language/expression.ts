/**
 * Expressions: with `expression-functions.ts`, which extends it, the one place that knows the CEL package. An expression has no side effects and always ends: its size and the loops
 * in it are limited, and regular expressions that may run away are refused.
 */

import { Environment } from '@marcbachmann/cel-js';
import { addFunctions, isDuration, secondsOf, ValueError, type ExpressionNode } from './expression-functions.ts';
import { findCostProblem, findReferences, type Reference } from './expression-tree.ts';

export interface Expression {
  readonly text: string;
  readonly root: ExpressionNode;
  /** What it reads from the scope, in the order of the text. */
  readonly references: readonly Reference[];
}

/** What is wrong with an expression. Offsets count from the start of its text. */
export interface ExpressionProblem {
  readonly code: 'expression-syntax' | 'expression-type' | 'expression-cost' | 'expression-failed';
  readonly message: string;
  readonly start: number;
  readonly end: number;
  readonly hint?: string;
}

export type ParsedExpression =
  { readonly ok: true; readonly expression: Expression } | { readonly ok: false; readonly problem: ExpressionProblem };

export type Evaluation = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: ExpressionProblem };

/** The static type of everything that an expression can read: a CEL type (`double`, `string`, `bool`, `dyn`, ...) or an object of them. */
export interface Shape {
  readonly [name: string]: string | Shape;
}

const textLengthMax = 1000;
const resultLengthMax = 65_536;

const language = new Environment({
  unlistedVariablesAreDyn: true,
  homogeneousAggregateLiterals: false,
  limits: { maxAstNodes: 200, maxDepth: 16, maxListElements: 100, maxMapEntries: 100, maxCallArguments: 8 },
});
addFunctions(language);
const runtime = language.clone();

/** Checks the syntax and the cost. */
export function parseExpression(text: string): ParsedExpression {
  if (text.length > textLengthMax) {
    const message = `the expression is longer than ${textLengthMax} characters`;
    return { ok: false, problem: { code: 'expression-cost', message, start: 0, end: text.length } };
  }
  try {
    const root = runtime.parse(text).ast;
    const cost = findCostProblem(root);
    if (cost !== undefined) return { ok: false, problem: { code: 'expression-cost', ...cost } };
    return { ok: true, expression: { text, root, references: findReferences(root) } };
  } catch (thrown) {
    return { ok: false, problem: problemOf('expression-syntax', thrown, text) };
  }
}

/** Gives the type of an expression, or what keeps it from having one. */
export type TypeCheck = (expression: Expression) => { readonly type?: string; readonly problem?: ExpressionProblem };

/** A check of types against what the scope will hold, made once for many expressions. */
export function createTypeCheck(shape: Shape): TypeCheck {
  // Most documents have no expressions.
  let environment: Environment | undefined;
  return ({ text }) => {
    environment ??= environmentOf(shape);
    const { valid, type, error } = environment.check(text);
    return valid && type !== undefined ? { type } : { problem: problemOf('expression-type', error, text) };
  };
}

function environmentOf(shape: Shape): Environment {
  const environment = language.clone({ unlistedVariablesAreDyn: false });
  for (const [name, type] of Object.entries(shape)) {
    if (typeof type === 'string') environment.registerVariable(name, type);
    else environment.registerVariable(name, { schema: type });
  }
  return environment;
}

/** The value as plain JSON-able data. A failure names the values of everything that the expression read. */
export function evaluateExpression(expression: Expression, scope: Readonly<Record<string, unknown>>): Evaluation {
  try {
    const value: unknown = runtime.evaluate(expression.text, { ...scope });
    return { ok: true, value: plainValue(value) };
  } catch (thrown) {
    const problem = problemOf('expression-failed', thrown, expression.text);
    const operands = operandsOf(expression, scope);
    return { ok: false, problem: operands === '' ? problem : { ...problem, message: `${problem.message} (${operands})` } };
  }
}

/** What the expression read and what it found there, for messages: `steps.up.rate = 3041.2, inputs.slow is not there`. */
export function operandsOf(expression: Expression, scope: Readonly<Record<string, unknown>>): string {
  const shown = new Map<string, string>();
  for (const { path, start, end } of expression.references) {
    const value = path.reduce<unknown>((inside, { name }) => ownProperty(inside, name), scope);
    shown.set(expression.text.slice(start, end), value === undefined ? ' is not there' : ` = ${shorten(JSON.stringify(value))}`);
  }
  return [...shown].map(([name, value]) => `${name}${value}`).join(', ');
}

function ownProperty(inside: unknown, name: string): unknown {
  return typeof inside === 'object' && inside !== null && Object.hasOwn(inside, name)
    ? (inside as Record<string, unknown>)[name]
    : undefined;
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function plainValue(value: unknown): unknown {
  switch (typeof value) {
    case 'bigint':
      if (value > BigInt(Number.MAX_SAFE_INTEGER) || value < BigInt(Number.MIN_SAFE_INTEGER))
        throw new ValueError('the number is too large');
      return Number(value);
    case 'string':
      if (value.length > resultLengthMax) throw new ValueError(`the text has more than ${resultLengthMax} characters`);
      return value;
    case 'number':
    case 'boolean':
      return value;
    default:
  }
  if (value === null) return null;
  if (isDuration(value)) return secondsOf(value);
  if (Array.isArray(value)) return value.map(plainValue);
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, item]) => [String(key), plainValue(item)]));
  if (typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plainValue(item)]));
  }
  throw new ValueError('the value is of a kind that has no place in a pipeline; turn it into a text with string()');
}

function problemOf(code: ExpressionProblem['code'], thrown: unknown, text: string): ExpressionProblem {
  const { summary, range } = (thrown ?? {}) as { summary?: string; range?: { start: number; end: number } };
  const said = summary ?? (thrown instanceof Error ? thrown.message : String(thrown));
  const start = Math.min(range?.start ?? 0, Math.max(0, text.length - 1));
  const end = Math.max(start + 1, range?.end ?? text.length);
  return { code, start, end, ...worded(said) };
}

/** The package's words for the mistakes that happen most, in ours. */
function worded(summary: string): { readonly message: string; readonly hint?: string } {
  if (/got EOF|token: EOF/.test(summary)) return { message: 'the expression ends too early' };
  const key = /^(?:No such key|Unknown variable): (.*)$/.exec(summary)?.[1];
  if (key !== undefined) return { message: `there is no \`${key}\`` };
  const overload = /^no such overload: (.*)$/.exec(summary)?.[1];
  if (overload === undefined) return { message: summary.slice(0, 1).toLowerCase() + summary.slice(1) };
  const operation = overload
    .replace(/dyn<(\w+)>/g, '$1')
    .replace(/\b(?:double|int)\b/g, 'number')
    .replace(/\bstring\b/g, 'text');
  const message = `the types do not fit together: ${operation}`;
  const mixed = overload.includes('string') && /double|int/.test(overload);
  return mixed
    ? { message, hint: 'quantity("2 KiB/s") turns a text with a unit into a number, string(3) a number into a text' }
    : { message };
}
