/** Reading a document that may be wrong everywhere: a place that is not there, or is something else, reads as nothing. */

import type { DiagnosticCode } from './codes.ts';
import type { LanguageDiagnostic } from './diagnostics.ts';
import type { Span } from './source.ts';
import type { Path, YamlTree } from './yaml.ts';

/** One place in a document and what stands there. */
export interface Cursor {
  readonly tree: YamlTree;
  readonly path: Path;
  readonly value: unknown;
}

/** A place that holds a text. */
export interface Text extends Cursor {
  readonly value: string;
}

/** Tells of a mistake; an error unless `more` says otherwise. */
export type Report = (code: DiagnosticCode, span: Span, message: string, more?: ReportMore) => void;

export interface ReportMore {
  readonly severity?: LanguageDiagnostic['severity'];
  readonly hint?: string | undefined;
  readonly related?: LanguageDiagnostic['related'];
}

export function cursorAt(tree: YamlTree): Cursor {
  return { tree, path: [], value: tree.value };
}

/** The place below, which may hold nothing. */
export function child({ tree, path, value }: Cursor, key: string): Cursor {
  return { tree, path: [...path, key], value: isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined };
}

/** The place at a path below, which may hold nothing. */
export function below(cursor: Cursor, path: Path): Cursor {
  return path.reduce((place: Cursor, part) => (typeof part === 'string' ? child(place, part) : item(place, part)), cursor);
}

function item({ tree, path, value }: Cursor, index: number): Cursor {
  return { tree, path: [...path, index], value: Array.isArray(value) ? (value[index] as unknown) : undefined };
}

export function has(cursor: Cursor, key: string): boolean {
  return isRecord(cursor.value) && Object.hasOwn(cursor.value, key);
}

/** The keys of a map; none of anything else. */
export function keysOf({ value }: Cursor): string[] {
  return isRecord(value) ? Object.keys(value) : [];
}

/** The items of a list; none of anything else. */
export function itemsOf({ tree, path, value }: Cursor): Cursor[] {
  return Array.isArray(value) ? value.map((item: unknown, index) => ({ tree, path: [...path, index], value: item })) : [];
}

export function textOf({ value }: Cursor): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function spanOf({ tree, path }: Cursor): Span {
  return tree.locate(path);
}

/** Where the key of this place is written. */
export function keySpanOf({ tree, path }: Cursor): Span {
  return tree.locate(path, 'key');
}

/** All text scalars at and below a place, apart from places to leave out. Keys of maps are not among them. */
export function* textsBelow(cursor: Cursor, leaveOut: (place: Cursor) => boolean = () => false): Generator<Text> {
  const { value } = cursor;
  if (leaveOut(cursor)) return;
  if (typeof value === 'string') yield { ...cursor, value };
  for (const item of itemsOf(cursor)) yield* textsBelow(item, leaveOut);
  for (const key of keysOf(cursor)) yield* textsBelow(child(cursor, key), leaveOut);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
