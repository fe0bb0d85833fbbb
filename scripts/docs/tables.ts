/** Schemas in words: the type of a value, and tables of keys. */

import { formats, isFormatName } from '../../src/language/formats.ts';
import { inFlow, list } from '../../src/language/words.ts';
import type { Schema } from './schemas.ts';

/** One row for each key, then those of maps inside of them. */
export function keyTable(schema: Schema): string {
  const rows = rowsOf(schema, '');
  if (rows.length === 0) return 'It takes no keys.\n';
  return ['| key | value | meaning | example |', '| --- | --- | --- | --- |', ...rows].join('\n') + '\n';
}

function rowsOf({ properties = {}, required = [] }: Schema, prefix: string): string[] {
  return Object.entries(properties).flatMap(([key, property]) => {
    const name = `\`${prefix}${key}\`${required.includes(key) ? ' (needed)' : ''}`;
    const example = property.examples?.[0];
    const cells = [name, typeOf(property), property.description ?? '', example === undefined ? '' : `\`${inFlow(example)}\``];
    const inner = property.properties === undefined ? (property.items ?? {}) : property;
    const below = property.properties === undefined ? `${prefix}${key}[].` : `${prefix}${key}.`;
    return [`| ${cells.map(cell).join(' | ')} |`, ...rowsOf(inner, below)];
  });
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replace(/\s+/g, ' ');
}

const roles: Readonly<Record<string, string>> = {
  image: 'an image: the name of an input, a slot number, or a hash in quotes',
  'image-input': 'the name of an image input',
  'package-input': 'the name of a package input',
  condition: 'an expression',
};

const typeNames: Readonly<Record<string, string>> = {
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: '`true` or `false`',
  array: 'a list',
  object: 'a map',
  null: 'nothing',
};

export function typeOf(schema: Schema): string {
  const { enum: choices, format, items, type = [], $ref } = schema;
  if (schema['x-role'] !== undefined) return roles[schema['x-role']] ?? schema['x-role'];
  if (schema.const !== undefined) return `\`${inFlow(schema.const)}\``;
  if (choices !== undefined) return list(choices.map(String), 'or');
  if (format !== undefined && isFormatName(format)) return formats[format].what;
  if ($ref !== undefined) return `a map, see \`${$ref.replace(/^#\/\$defs\/|\.json$/g, '')}\``;
  if (items !== undefined) return `a list, each item ${typeOf(items)}`;
  const types = [type].flat().filter((one) => one !== 'string' || schema.pattern === undefined);
  return types.map((one) => typeNames[one] ?? one).join(' or ');
}
