/**
 * `requires:` over the facts of a board. A fact that nobody knows is neither true nor false: it decides nothing, so that
 * `a && b` is false as soon as one of them is, `a || b` true as soon as one of them is, and a requirement that stays undecided is unmet.
 */

import { evaluateExpression, operandsOf, parseExpression, type Expression } from './expression.ts';
import type { ExpressionNode } from './expression-functions.ts';

export type Requirement =
  | { readonly met: true }
  /** `decided` is false where a fact is missing, so that another answer may follow when it is known. */
  | { readonly met: false; readonly decided: boolean; readonly reason: string };

type Truth = 'true' | 'false' | 'unknown';

interface Answer {
  readonly truth: Truth;
  /** What made it so, for people. */
  readonly because: string;
}

/** Never fails: what cannot be evaluated is unmet, with the reason. */
export function evaluateRequires(text: string, facts: Readonly<Record<string, unknown>>): Requirement {
  const parsed = parseExpression(text);
  if (!parsed.ok) return { met: false, decided: true, reason: parsed.problem.message };
  const { truth, because } = answer(parsed.expression.root, text, facts);
  return truth === 'true' ? { met: true } : { met: false, decided: truth === 'false', reason: because };
}

function answer(node: ExpressionNode, text: string, facts: Readonly<Record<string, unknown>>): Answer {
  if (node.op === '!_') {
    const inner = answer(node.args, text, facts);
    return inner.truth === 'unknown'
      ? inner
      : { truth: opposite(inner.truth), because: notHolding(text.slice(node.start, node.end), facts) };
  }
  if (node.op !== '&&' && node.op !== '||') return answerLeaf(text.slice(node.start, node.end), facts);
  const deciding: Truth = node.op === '&&' ? 'false' : 'true';
  const sides = node.args.map((side) => answer(side, text, facts));
  return sides.find((side) => side.truth === deciding) ?? sides.find((side) => side.truth === 'unknown') ?? sides[0]!;
}

function answerLeaf(text: string, facts: Readonly<Record<string, unknown>>): Answer {
  const parsed = parseExpression(text);
  if (!parsed.ok) return { truth: 'unknown', because: parsed.problem.message };
  const { expression } = parsed;
  const unknown = expression.references.find((reference) => !reference.presence && !isKnown(reference.path, facts));
  if (unknown !== undefined) {
    const name = text.slice(unknown.start, unknown.end);
    return { truth: 'unknown', because: `nothing is known about \`${name}\`` };
  }
  return answerKnown(expression, facts);
}

function answerKnown(expression: Expression, facts: Readonly<Record<string, unknown>>): Answer {
  const result = evaluateExpression(expression, facts);
  const because = result.ok ? notHolding(expression.text, facts) : result.problem.message;
  if (result.ok) return { truth: result.value === true ? 'true' : 'false', because };
  // `has(a.b)` fails where even `a` is not there.
  const asksPresence = expression.root.op === 'call' && expression.root.args[0] === 'has';
  return { truth: asksPresence ? 'false' : 'unknown', because };
}

function notHolding(text: string, facts: Readonly<Record<string, unknown>>): string {
  const parsed = parseExpression(text);
  const operands = parsed.ok ? operandsOf(parsed.expression, facts) : '';
  return `\`${text}\` does not hold${operands === '' ? '' : ` (${operands})`}`;
}

function isKnown(path: readonly { readonly name: string }[], facts: unknown): boolean {
  let inside = facts;
  for (const { name } of path) {
    if (typeof inside !== 'object' || inside === null || !Object.hasOwn(inside, name)) return false;
    inside = (inside as Record<string, unknown>)[name];
  }
  return inside !== null && inside !== undefined;
}

function opposite(truth: 'true' | 'false'): Truth {
  return truth === 'true' ? 'false' : 'true';
}
