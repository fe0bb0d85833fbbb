/**
 * Patterns for console lines: plain text that a line must contain, or a regular expression between slashes. Regular expressions that
 * could take exponential time are refused, since the device decides what they are matched against.
 */

/** What a pattern found in a line. */
export interface PatternMatch {
  readonly start: number;
  readonly end: number;
  /** The text of the named groups that took part. */
  readonly groups: Readonly<Record<string, string>>;
}

export interface LinePattern {
  /** As written. */
  readonly text: string;
  find(line: string): PatternMatch | undefined;
}

const patternLengthMax = 500;
/** Of a line, only so much is given to a regular expression: the worst that is accepted takes time with the third power of it. */
const subjectLengthMax = 1000;

/** The text must be free of problems (`linePatternProblem`), as every pattern of a loaded document is. */
export function compilePattern(text: string): LinePattern {
  const expression = expressionBetweenSlashes(text);
  if (expression === undefined) return { text, find: (line) => findText(line, text) };
  return compileExpression(expression.source, expression.flags);
}

/** A regular expression without slashes. It must be free of problems (`regularExpressionProblem`). Only the first 1000 characters are searched. */
export function compileExpression(source: string, flags = ''): LinePattern {
  const regExp = new RegExp(source, flags);
  return { text: source, find: (line) => findExpression(line, regExp) };
}

/** Why a text is no pattern for lines; undefined when it is one. */
export function linePatternProblem(text: string): string | undefined {
  const expression = expressionBetweenSlashes(text);
  if (text.length > patternLengthMax) return tooLong;
  return expression === undefined ? undefined : regularExpressionProblem(expression.source);
}

/** Why a text is no regular expression that can be run on any input; undefined when it is one. */
export function regularExpressionProblem(source: string): string | undefined {
  if (source.length > patternLengthMax) return tooLong;
  try {
    new RegExp(source);
  } catch (thrown) {
    return thrown instanceof SyntaxError
      ? `it is no regular expression (${thrown.message.replace(/^.*: /s, '').toLowerCase()})`
      : undefined;
  }
  return costProblem(source);
}

const tooLong = `it is longer than ${patternLengthMax} characters`;

function expressionBetweenSlashes(text: string): { readonly source: string; readonly flags: string } | undefined {
  const match = /^\/(.+)\/(i?)$/s.exec(text);
  return match === null ? undefined : { source: match[1]!, flags: match[2]! };
}

function findText(line: string, text: string): PatternMatch | undefined {
  const start = line.indexOf(text);
  return start < 0 ? undefined : { start, end: start + text.length, groups: {} };
}

function findExpression(line: string, regExp: RegExp): PatternMatch | undefined {
  const match = regExp.exec(line.slice(0, subjectLengthMax));
  if (match === null) return undefined;
  const named = Object.entries(match.groups ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return { start: match.index, end: match.index + match[0].length, groups: Object.fromEntries(named) };
}

/** One character, class or escape of an expression, with how often it may come. */
interface Atom {
  readonly source: string;
  readonly optional: boolean;
  readonly repeated: boolean;
}

/**
 * What makes backtracking explode: a repeated group that holds a repetition or an alternative, a reference back, and
 * several repetitions that can divide the same run of one character among themselves in many ways.
 */
function costProblem(source: string): string | undefined {
  /** Whether the text of each open group can be matched in several ways. */
  const open: boolean[] = [false];
  const atoms: Atom[] = [];
  let closed = false;
  for (const [, token = '', quantifier = ''] of source.matchAll(tokenShape)) {
    const repeated = isRepetition(quantifier);
    if (/^\\(?:[1-9]|k<)/.test(token)) return 'it refers back to a group, which can take very long';
    if (token.startsWith('(')) open.push(false);
    if (token === ')') closed = open.pop() ?? false;
    if (token === ')' && closed && repeated)
      return 'it repeats a group that holds a repetition or an alternative, which can take very long';
    if (quantifier !== '' || token === '|' || (token === ')' && closed)) open[open.length - 1] = true;
    if (!/^(?:\(.*|[)|^$])$/s.test(token)) atoms.push({ source: token, optional: /^[*?]|^\{0/.test(quantifier), repeated });
  }
  return isAmbiguous(atoms) ? `more than ${ambiguousMax} of its repetitions can match the same text, which can take very long` : undefined;
}

/** A token and the quantifier behind it: an escape or a class as a whole, a group opening with its kind, or a single character. */
const tokenShape =
  /(\\k<|\\(?:u[\da-f]{4}|x[\da-f]{2}|c[a-z]|.)|\[(?:\\.|[^\]\\])*\]|\((?:\?(?:<?[=!]|:|<[^>]*>))?|[^])((?:[*+?]|\{\d+(?:,\d*)?\})\??)?/gi;

/** Without a limit, or with one that is as bad. */
function isRepetition(quantifier: string): boolean {
  const limit = /^\{\d+(,?)(\d*)\}/.exec(quantifier);
  if (limit === null) return /^[*+]/.test(quantifier);
  return limit[1] === ',' && (limit[2] === '' || Number(limit[2]) > 20);
}

function isAmbiguous(atoms: readonly Atom[]): boolean {
  const tests = new Map(atoms.map(({ source }) => [source, new RegExp(`^(?:${source})$`)]));
  return printableCharacters.some((character) => {
    let repetitions = 0;
    return atoms.some(({ source, optional, repeated }) => {
      if (tests.get(source)!.test(character)) repetitions += repeated ? 1 : 0;
      else if (!optional) repetitions = 0;
      return repetitions > ambiguousMax;
    });
  });
}

/** Repetitions that may compete for one run of characters; each of them costs a factor of the length of the line. */
const ambiguousMax = 2;
const printableCharacters = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index));
