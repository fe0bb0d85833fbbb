/** Walks over parsed expressions: what they read from the scope, and whether they are cheap enough to run on any data. */

import type { ExpressionNode } from './expression-functions.ts';
import { regularExpressionProblem } from './pattern.ts';

/** A name of the scope and what is read below it, such as `steps.up.rate`. Offsets count from the start of the expression. */
export interface Reference {
  readonly path: readonly { readonly name: string; readonly start: number; readonly end: number }[];
  readonly start: number;
  readonly end: number;
  /** The expression only asks whether it exists, with `has()`. */
  readonly presence: boolean;
}

interface Place {
  readonly message: string;
  readonly start: number;
  readonly end: number;
  readonly hint?: string;
}

/** Loops over lists; the first argument names the variable that stands for the element. */
const loops = ['all', 'exists', 'exists_one', 'map', 'filter'];
const loopDepthMax = 2;

export function findReferences(root: ExpressionNode): Reference[] {
  const found: Reference[] = [];
  collect(root, { bound: [], presence: false, found });
  return found;
}

/** Why an expression could take too long on some data; undefined when it cannot. */
export function findCostProblem(node: ExpressionNode, loopDepth = 0): Place | undefined {
  const { start, end } = node;
  const depth = loopVariable(node) === undefined ? loopDepth : loopDepth + 1;
  if (depth > loopDepthMax) return { message: `loops are nested more than ${loopDepthMax} deep`, start, end };
  if (node.op === 'rcall' && node.args[0] === 'bind') return { message: 'bind() is not available', start, end };
  if (node.op === 'rcall' && node.args[0] === 'matches') {
    const problem = matchProblem(node.args[2][0]);
    if (problem !== undefined) return { ...problem, start, end };
  }
  for (const child of childrenOf(node)) {
    const problem = findCostProblem(child, depth);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function matchProblem(pattern: ExpressionNode | undefined): { readonly message: string; readonly hint?: string } | undefined {
  if (pattern?.op !== 'value' || typeof pattern.args !== 'string') return { message: 'the pattern of matches() must be a text in quotes' };
  const problem = regularExpressionProblem(pattern.args);
  return problem === undefined ? undefined : { message: `the pattern of matches() cannot be used: ${problem}` };
}

interface Collecting {
  readonly bound: readonly string[];
  readonly presence: boolean;
  readonly found: Reference[];
}

function collect(node: ExpressionNode, state: Collecting): void {
  const path = pathOf(node);
  if (path !== undefined) {
    if (!state.bound.includes(path[0]!.name)) state.found.push({ path, start: node.start, end: node.end, presence: state.presence });
    return;
  }
  const variable = loopVariable(node);
  if (variable !== undefined && node.op === 'rcall') {
    collect(node.args[1], state);
    const inside = { ...state, bound: [...state.bound, variable] };
    for (const part of node.args[2].slice(1)) collect(part, inside);
    return;
  }
  const presence = node.op === 'call' && node.args[0] === 'has';
  for (const child of childrenOf(node)) collect(child, presence ? { ...state, presence } : state);
}

/** The names from the root of the scope down to a node like `a.b["c"]`; undefined for nodes of any other form. */
function pathOf(node: ExpressionNode): Reference['path'] | undefined {
  if (node.op === 'id') return [{ name: node.args, start: node.start, end: node.end }];
  if (node.op === '.') {
    const inside = pathOf(node.args[0]);
    const name = node.args[1];
    return inside && [...inside, { name, start: node.end - name.length, end: node.end }];
  }
  if (node.op === '[]') {
    const [object, index] = node.args;
    if (index.op !== 'value' || typeof index.args !== 'string') return undefined;
    const inside = pathOf(object);
    return inside && [...inside, { name: index.args, start: index.start, end: index.end }];
  }
  return undefined;
}

function loopVariable(node: ExpressionNode): string | undefined {
  if (node.op !== 'rcall' || !loops.includes(node.args[0])) return undefined;
  const [variable] = node.args[2];
  return variable?.op === 'id' ? variable.args : undefined;
}

function childrenOf(node: ExpressionNode): readonly ExpressionNode[] {
  switch (node.op) {
    case 'value':
    case 'id':
      return [];
    case '.':
    case '.?':
      return [node.args[0]];
    case 'call':
      return node.args[1];
    case 'rcall':
      return [node.args[1], ...node.args[2]];
    case 'map':
      return node.args.flat();
    case '!_':
    case '-_':
      return [node.args];
    default:
      return node.args;
  }
}
