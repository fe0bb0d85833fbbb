/** Texts with `${{ expression }}` in them: finding the expressions. What they mean is the matter of `expression.ts`. */

/** One `${{ ... }}`. Offsets count from the start of the text that holds it. */
export interface Placeholder {
  /** The expression, without the braces and the blanks inside of them. */
  readonly expression: string;
  /** Where the expression itself begins. */
  readonly expressionStart: number;
  /** Where the `${{` begins and where the `}}` ends. */
  readonly start: number;
  readonly end: number;
}

const opening = '${{';
const closing = '}}';

export type Template =
  | { readonly ok: true; readonly placeholders: readonly Placeholder[] }
  /** A placeholder that is opened at `at` is never closed. */
  | { readonly ok: false; readonly at: number };

/** Finds all expressions of a text. Text without any gives an empty list. */
export function parseTemplate(text: string): Template {
  const placeholders: Placeholder[] = [];
  for (let start = text.indexOf(opening); start >= 0; start = text.indexOf(opening, placeholders.at(-1)!.end)) {
    const close = findClosing(text, start + opening.length);
    if (close === undefined) return { ok: false, at: start };
    const inside = text.slice(start + opening.length, close);
    const expression = inside.trim();
    const expressionStart = start + opening.length + (expression === '' ? 0 : inside.indexOf(expression));
    placeholders.push({ expression, expressionStart, start, end: close + closing.length });
  }
  return { ok: true, placeholders };
}

/** Whether a text consists of one placeholder, so that it takes the type of its value. */
export function isOneExpression(text: string): boolean {
  return solePlaceholder(text) !== undefined;
}

export function solePlaceholder(text: string): Placeholder | undefined {
  const template = parseTemplate(text);
  if (!template.ok || template.placeholders.length !== 1) return undefined;
  const [only] = template.placeholders;
  return only !== undefined && only.start === 0 && only.end === text.length ? only : undefined;
}

/** The expression of a condition, which may be written with or without `${{ }}`, and where it begins. */
export function conditionOf(text: string): Pick<Placeholder, 'expression' | 'expressionStart'> {
  return solePlaceholder(text) ?? { expression: text, expressionStart: 0 };
}

/** The first `}}` that closes neither a text in quotes nor a map literal inside of the expression. */
function findClosing(text: string, from: number): number | undefined {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const character = text[at]!;
    if (character === '"' || character === "'") {
      at = endOfQuote(text, at);
    } else if (character === '{') {
      depth += 1;
    } else if (character === '}') {
      if (depth === 0 && text.startsWith(closing, at)) return at;
      depth = Math.max(0, depth - 1);
    }
  }
  return undefined;
}

/** The offset of the quote that closes the one at `from`; the end of the text when there is none. */
function endOfQuote(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === text[from]) return at;
  }
  return text.length;
}
