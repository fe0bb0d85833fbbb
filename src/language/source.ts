/** Texts that were read and places in them. Offsets count UTF-16 units; lines and columns count from 1. */

/** A text with the name that messages call it by: its path as the user gave it. */
export interface Source {
  readonly name: string;
  /** Without a byte order mark. */
  readonly text: string;
  /** The offset at which each line begins. */
  readonly lineStarts: readonly number[];
}

/** A piece of a source, from `start` up to but not including `end`. */
export interface Span {
  readonly source: Source;
  readonly start: number;
  readonly end: number;
}

export interface Position {
  readonly line: number;
  readonly column: number;
}

const byteOrderMark = '\ufeff';

export function createSource(name: string, read: string): Source {
  const text = read.startsWith(byteOrderMark) ? read.slice(1) : read;
  const lineStarts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lineStarts.push(at + 1);
  return { name, text, lineStarts };
}

export function positionAt(source: Source, offset: number): Position {
  const line = lineIndexAt(source, offset);
  return { line: line + 1, column: offset - source.lineStarts[line]! + 1 };
}

/** A line without its end, by its number from 1; empty beyond the text. */
export function lineText(source: Source, line: number): string {
  const start = source.lineStarts[line - 1];
  if (start === undefined) return '';
  const end = source.lineStarts[line] ?? source.text.length + 1;
  return source.text.slice(start, end - 1).replace(/\r$/, '');
}

/** The last line that begins at or before `offset`. */
function lineIndexAt(source: Source, offset: number): number {
  let low = 0;
  let high = source.lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (source.lineStarts[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
