/** The schemas as the pages of the reference need them. */

import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

export interface Schema {
  readonly title?: string;
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly format?: string;
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly 'x-role'?: string;
  readonly 'x-result'?: Schema;
  readonly 'x-verbs'?: readonly string[];
}

export type FragmentFolder = 'verbs' | 'nouns' | 'faults' | 'knobs';

/** The fragments of a folder of `schemas/source/`, by name. */
export function readFragments(root: string, folder: FragmentFolder): ReadonlyMap<string, Schema> {
  const path = join(root, 'schemas', 'source', folder);
  return new Map(
    readdirSync(path)
      .sort()
      .map((file) => [basename(file, '.json'), readJson(join(path, file))]),
  );
}

/** The bundled schema of each kind of document. */
export function readKinds(root: string): ReadonlyMap<string, Schema> {
  const suffix = '.schema.json';
  const path = join(root, 'schemas');
  const files = readdirSync(path).filter((file) => file.endsWith(suffix));
  return new Map(files.sort().map((file) => [file.slice(0, -suffix.length), readJson(join(path, file))]));
}

export function withRefs(root: string, schema: Schema): Schema {
  const resolve = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(resolve);
    if (typeof node !== 'object' || node === null) return node;
    const { $ref, ...own } = Object.fromEntries(
      Object.entries(node).map(([key, value]) => [key, key === 'examples' ? (value as unknown) : resolve(value)]),
    );
    const [file, name] = typeof $ref === 'string' ? $ref.split('#/$defs/') : [];
    if (file === undefined || name === undefined) return $ref === undefined ? own : { $ref, ...own };
    return { ...readJson(join(root, 'schemas', 'source', file)).$defs?.[name], ...own };
  };
  return resolve(schema) as Schema;
}

function readJson(path: string): Schema {
  return JSON.parse(readFileSync(path, 'utf8')) as Schema;
}
