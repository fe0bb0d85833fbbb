/** How messages speak about values and keys, so that all of them sound alike. */

import { closestMatch } from 'leven';

/** `a`, `b` and `c`; with `or` in place of `and` on request. */
export function list(words: readonly string[], conjunction: 'and' | 'or' = 'and'): string {
  const quoted = words.map(code);
  const last = quoted.pop() ?? '';
  return quoted.length === 0 ? last : `${quoted.join(', ')} ${conjunction} ${last}`;
}

export function code(word: string | number): string {
  return `\`${word}\``;
}

/** The nearest known word, when it is near enough to be what was meant. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  return closestMatch(word, known, { maxDistance: word.length <= 3 ? 1 : Math.min(3, Math.ceil(word.length / 3)) });
}

/** A hint that offers the nearest word, or all of them when they are few. */
export function suggestion(word: string, known: readonly string[]): string | undefined {
  const near = nearest(word, known);
  if (near !== undefined) return `did you mean ${code(near)}?`;
  if (known.length === 0) return undefined;
  return known.length <= 16 ? `there ${known.length === 1 ? 'is' : 'are'} ${list(known)}` : undefined;
}

/** What was found, with its kind: "the number 90", "a list", "nothing". `written` is the text of the file where that is known. */
export function found(value: unknown, written?: string): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  if (typeof value === 'string') return value === '' ? 'an empty text' : `the text ${code(shorten(value))}`;
  const shown = code(shorten(written ?? JSON.stringify(value)));
  return typeof value === 'number' ? `the number ${shown}` : shown;
}

/** A value as YAML in one line, in its plainest form. */
export function inFlow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inFlow).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .map(([key, item]) => `${key}: ${inFlow(item)}`)
      .join(', ')}}`;
  }
  const plain = typeof value === 'string' && /^[A-Za-z0-9][\w./ -]*[A-Za-z%]$/.test(value) && Number.isNaN(Number(value));
  return plain ? value : JSON.stringify(value);
}

export function shorten(text: string, lengthMax = 60): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > lengthMax ? `${line.slice(0, lengthMax - 3)}...` : line;
}

/** The innermost key of a path; items of lists are counted from 1, as people do. */
export function nameOf(path: readonly (string | number)[]): string {
  const last = path.at(-1);
  if (last === undefined) return 'the document';
  return typeof last === 'string' ? code(last) : `item ${last + 1} of ${nameOf(path.slice(0, -1))}`;
}
