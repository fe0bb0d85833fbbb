/** Follows a value along its schema and finds everything that does not fit. Knows the keywords that the schemas of this project use, and no others. */

import { formats, isFormatName } from './formats.ts';
import type { SchemaError, SchemaNode } from './schema-error.ts';
import type { Path } from './yaml.ts';

/** A place of which the schema says more than its form: it names an image or a package, or is a condition. */
export interface RoleAt {
  readonly role: string;
  readonly path: Path;
  readonly value: unknown;
}

/** Definitions that `$ref` leads to, by name. */
export type Definitions = Readonly<Record<string, SchemaNode>>;

export interface Walked {
  readonly errors: readonly SchemaError[];
  /** Every place that has a role, in the order of the value. */
  readonly roles: readonly RoleAt[];
}

interface Walk {
  readonly definitions: Definitions;
  /** To the place where the walk is; copied where something is found. */
  readonly path: (string | number)[];
  readonly errors: SchemaError[];
  readonly roles: RoleAt[];
}

export function walkSchema(value: unknown, schema: SchemaNode, definitions: Definitions = {}): Walked {
  const walk: Walk = { definitions, path: [], errors: [], roles: [] };
  visit(value, schema, walk);
  return walk;
}

function visit(value: unknown, schema: SchemaNode, walk: Walk): void {
  const { $ref, 'x-role': role } = schema;
  if ($ref !== undefined) return visit(value, walk.definitions[$ref.slice(definitionPrefix.length)]!, walk);
  if (role !== undefined) walk.roles.push({ role, path: [...walk.path], value });
  const wrong = mistakeIn(value, schema);
  if (wrong !== undefined) find(wrong, { value, schema }, walk);
  if (!hasType(value, schema)) return;
  if (Array.isArray(value)) visitItems(value, schema, walk);
  else if (typeof value === 'object' && value !== null) visitProperties(value as Readonly<Record<string, unknown>>, schema, walk);
}

const definitionPrefix = '#/$defs/';

function visitAt(part: string | number, value: unknown, { schema, walk }: { readonly schema: SchemaNode; readonly walk: Walk }): void {
  walk.path.push(part);
  visit(value, schema, walk);
  walk.path.pop();
}

type Found = Pick<SchemaError, 'keyword' | 'key' | 'pair'>;

function find(found: Found, { value, schema }: Pick<SchemaError, 'value' | 'schema'>, { path, errors }: Walk): void {
  errors.push({ ...found, path: [...path], schema, value });
}

function visitItems(list: readonly unknown[], { items }: SchemaNode, walk: Walk): void {
  if (items === undefined) return;
  for (const [index, item] of list.entries()) visitAt(index, item, { schema: items, walk });
}

function visitProperties(map: Readonly<Record<string, unknown>>, schema: SchemaNode, walk: Walk): void {
  const { properties = {}, required = [], propertyNames, additionalProperties } = schema;
  for (const key of required) if (!Object.hasOwn(map, key)) find({ keyword: 'required', key }, { value: map, schema }, walk);
  const keys = Object.keys(map);
  if (propertyNames !== undefined)
    for (const key of keys)
      if (mistakeIn(key, propertyNames) !== undefined) find({ keyword: 'propertyNames', key }, { value: map, schema }, walk);
  for (const key of keys) {
    if (Object.hasOwn(properties, key)) visitAt(key, map[key], { schema: properties[key]!, walk });
    else if (additionalProperties === false) find({ keyword: 'additionalProperties', key }, { value: map, schema }, walk);
    else if (typeof additionalProperties === 'object') visitAt(key, map[key], { schema: additionalProperties, walk });
  }
}

/** What is wrong with a value itself, whatever it holds. */
function mistakeIn(value: unknown, schema: SchemaNode): Found | undefined {
  if (!hasType(value, schema)) return { keyword: 'type' };
  if (schema.const !== undefined && value !== schema.const) return { keyword: 'const' };
  if (schema.enum !== undefined && !schema.enum.includes(value)) return { keyword: 'enum' };
  if (typeof value === 'number') return mistakeInNumber(value, schema);
  if (typeof value === 'string') return mistakeInText(value, schema);
  if (Array.isArray(value)) return mistakeInList(value, schema);
  return typeof value === 'object' && value !== null ? mistakeInMap(Object.keys(value).length, schema) : undefined;
}

function hasType(value: unknown, { type }: SchemaNode): boolean {
  if (type === undefined) return true;
  return typeof type === 'string' ? isOfType(value, type) : type.some((one) => isOfType(value, one));
}

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case 'integer':
      return Number.isInteger(value);
    case 'number':
      return Number.isFinite(value);
    case 'array':
      return Array.isArray(value);
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'null':
      return value === null;
    default:
      return typeof value === type;
  }
}

function mistakeInNumber(value: number, { minimum = -Infinity, maximum = Infinity }: SchemaNode): Found | undefined {
  if (value > maximum) return { keyword: 'maximum' };
  return value < minimum ? { keyword: 'minimum' } : undefined;
}

function mistakeInText(text: string, { minLength = 0, maxLength = Infinity, format, pattern }: SchemaNode): Found | undefined {
  // Lengths count characters, of which some are two units long.
  if (text.length > maxLength && Array.from(text).length > maxLength) return { keyword: 'maxLength' };
  if (text.length < minLength) return { keyword: 'minLength' };
  // Patterns beside a format say the same to editors.
  if (format !== undefined) return isFormatName(format) && formats[format].problem(text) !== undefined ? { keyword: 'format' } : undefined;
  return pattern !== undefined && !expressionOf(pattern).test(text) ? { keyword: 'pattern' } : undefined;
}

const expressions = new Map<string, RegExp>();

function expressionOf(pattern: string): RegExp {
  const known = expressions.get(pattern) ?? new RegExp(pattern, 'u');
  expressions.set(pattern, known);
  return known;
}

function mistakeInList(
  list: readonly unknown[],
  { minItems = 0, maxItems = Infinity, uniqueItems = false, items = {} }: SchemaNode,
): Found | undefined {
  if (list.length > maxItems) return { keyword: 'maxItems' };
  if (list.length < minItems) return { keyword: 'minItems' };
  if (!uniqueItems) return undefined;
  // Items of a wrong type have a mistake of their own.
  const first = list.findLastIndex((item, index) => hasType(item, items) && list.lastIndexOf(item) > index);
  return first < 0 ? undefined : { keyword: 'uniqueItems', pair: [first, list.lastIndexOf(list[first])] };
}

function mistakeInMap(size: number, { minProperties = 0, maxProperties = Infinity }: SchemaNode): Found | undefined {
  if (size > maxProperties) return { keyword: 'maxProperties' };
  return size < minProperties ? { keyword: 'minProperties' } : undefined;
}
