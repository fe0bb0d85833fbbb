/** What the schema objects to, in words for people. One mistake in the file becomes one diagnostic, whatever number of schema errors it causes. */

import type { DiagnosticCode } from './codes.ts';
import type { LanguageDiagnostic } from './diagnostics.ts';
import { formats, isFormatName, type TextFormat } from './formats.ts';
import { compact } from './plain.ts';
import { explainUnknownKey } from './unknown-key.ts';
import type { Locator, Path } from './yaml.ts';
import { code, found, inFlow, list, nameOf, nearest, shorten } from './words.ts';
import type { SchemaError, SchemaNode } from './schema-error.ts';

interface Explanation {
  readonly code: DiagnosticCode;
  readonly message: string;
  readonly hint?: string | undefined;
  /** What is wrong is the key, not its value. */
  readonly part?: 'key';
  readonly path?: Path;
}

export function explainSchemaErrors(errors: readonly SchemaError[], locator: Locator): LanguageDiagnostic[] {
  return withoutRepetition(errors).map((error) => {
    const { code, message, hint, part = 'value', path = error.path } = explain(error, locator);
    return compact<LanguageDiagnostic>({ code, severity: 'error', message, span: locator.locate(path, part), hint });
  });
}

/** A value of the wrong type breaks other rules too; a misspelt key is also a missing one. */
function withoutRepetition(errors: readonly SchemaError[]): SchemaError[] {
  const misspelt = new Set<string>();
  for (const { keyword, key, path, schema } of errors) {
    if (keyword !== 'additionalProperties') continue;
    const meant = nearest(key!, Object.keys(schema.properties ?? {}));
    if (meant !== undefined) misspelt.add(placeKey([...path, meant]));
  }
  const seen = new Set<string>();
  return errors.filter(({ keyword, key, path }) => {
    if (keyword === 'required') return !misspelt.has(placeKey([...path, key!]));
    if (keyword === 'additionalProperties' || keyword === 'propertyNames') return true;
    const place = placeKey(path);
    if (seen.has(place)) return false;
    seen.add(place);
    return true;
  });
}

function placeKey(path: Path): string {
  return JSON.stringify(path);
}

function explain(error: SchemaError, locator: Locator): Explanation {
  switch (error.keyword) {
    case 'additionalProperties':
      return explainUnknownKey(error, error.key!);
    case 'propertyNames':
      return explainKeyName(error);
    case 'required':
      return explainMissingKey(error);
    case 'type':
      return explainType(error, locator);
    case 'enum':
    case 'const':
      return explainChoice(error, locator);
    case 'format':
      return explainFormat(error);
    case 'pattern':
      return { code: 'wrong-type', message: expectation(error, locator), hint: yamlBooleanHint(error.value) ?? exampleHint(error) };
    default:
      return explainLimit(error, locator);
  }
}

function explainKeyName({ path, key: name = '' }: SchemaError): Explanation {
  const message = `${code(shorten(name))} cannot be a name in ${nameOf(path)}: it must be ${formats.name.what}`;
  return { code: 'malformed', message, part: 'key', path: [...path, name] };
}

function explainMissingKey({ path, key: missing = '', schema }: SchemaError): Explanation {
  const [example] = schema.properties?.[missing]?.examples ?? [];
  const hint = example === undefined ? undefined : `for example ${code(`${missing}: ${inFlow(example)}`)}`;
  const owner = path.length === 0 ? `a ${(schema.title ?? 'document').toLowerCase()}` : nameOf(path);
  return { code: 'missing-key', message: `${owner} needs the key ${code(missing)}`, hint, part: 'key' };
}

/** Names of inputs are no texts that lost their quotes. */
const inputRoles: readonly (string | undefined)[] = ['image-input', 'package-input'];

function explainType(error: SchemaError, locator: Locator): Explanation {
  const { value, schema, path } = error;
  const format = formatOf(schema);
  const written = locator.plainText(path);
  if (typeof value === 'number' && format?.unit !== undefined) return explainUnit(error, format, written ?? String(value));
  const wantsText = (schema.type === 'string' && !inputRoles.includes(schema['x-role'])) || schema['x-role'] === 'image';
  if (wantsText && written !== undefined && (typeof value === 'number' || typeof value === 'boolean')) {
    return explainUnquoted(error, value, written);
  }
  const wantsMap = schema.type === 'object' && (value === null || value === true || typeof value === 'string');
  const hint = wantsMap ? mapHint(error) : typeof value === 'string' ? yamlBooleanHint(value) : undefined;
  return { code: 'wrong-type', message: expectation(error, locator), hint: hint ?? exampleHint(error) };
}

/** The first example of the schema, as it would stand in the file. */
function exampleHint({ path, schema }: SchemaError): string | undefined {
  const name = path.at(-1);
  const [example] = schema.examples ?? [];
  if (typeof name !== 'string' || example === undefined) return undefined;
  return `for example ${code(shorten(`${name}: ${inFlow(example)}`, exampleWidthMax))}`;
}

const exampleWidthMax = 100;

function explainUnit({ path }: SchemaError, format: TextFormat, number: string): Explanation {
  const message = `${nameOf(path)} has no unit: it must be ${format.what}`;
  return { code: 'unit-missing', message, hint: `write it with its unit, for example ${code(`${number}${format.unit}`)}` };
}

function explainUnquoted({ path, schema }: SchemaError, value: number | boolean, written: string): Explanation {
  const what = schema['x-role'] === 'image' ? 'an image' : 'a text';
  const message = `${nameOf(path)} must be ${what}, but without quotes YAML reads ${code(written)} as ${yamlReading(value, written)}`;
  return { code: 'unquoted-scalar', message, hint: `put it in quotes: ${code(`"${written}"`)}` };
}

/** What YAML made of a scalar that was meant as a text. */
function yamlReading(value: number | boolean, written: string): string {
  if (typeof value === 'boolean') return `the truth value ${code(String(value))}`;
  if (!Number.isFinite(value)) return 'infinity';
  return String(value) === written ? 'a number' : `the number ${code(value)}`;
}

function mapHint({ path, value, schema }: SchemaError): string | undefined {
  if (schema.title === 'Step' && typeof value === 'string') return `write ${code(`- ${value.trim()}: {}`)}`;
  const name = path.at(-1);
  if (typeof name !== 'string') return undefined;
  if (value === null) return `write ${code(`${name}: {}`)} if it has nothing to say`;
  if (value === true) return Object.keys(schema.properties ?? {}).length === 0 ? `write ${code(`${name}: {}`)}` : undefined;
  return typeof value === 'string' ? wordHint(name, value.trim(), schema) : undefined;
}

/** A word in the place of a map is one of its keys: `power: off`. */
function wordHint(name: string, word: string, { properties = {} }: SchemaNode): string | undefined {
  const [example] = (Object.hasOwn(properties, word) && properties[word]?.examples) || [];
  return example === undefined ? undefined : `write ${code(shorten(`${name}: ${inFlow({ [word]: example })}`, exampleWidthMax))}`;
}

function explainChoice(error: SchemaError, locator: Locator): Explanation {
  const { value, schema } = error;
  const words = (schema.enum ?? [schema.const]).map(String);
  const message = `${nameOf(error.path)} must be ${list(words, 'or')}; found ${found(value, locator.plainText(error.path))}`;
  const near = typeof value === 'string' ? nearest(value, words) : undefined;
  return { code: 'wrong-value', message, hint: near === undefined ? undefined : `did you mean ${code(near)}?` };
}

function explainFormat({ path, value, schema }: SchemaError): Explanation {
  const format = formatOf(schema)!;
  const text = String(value);
  if (format.unit !== undefined && /^\s*\d+(\.\d+)?\s*$/.test(text)) return explainUnit({ path } as SchemaError, format, text.trim());
  const reason = format.problem(text);
  const message = `${nameOf(path)} must be ${format.what}; ${reason === '' || reason === undefined ? `found ${found(text)}` : `${code(shorten(text))} is not: ${reason}`}`;
  return { code: 'malformed', message, hint: format.meant?.(text) ?? (format.example && `for example ${code(format.example)}`) };
}

function explainLimit({ path, keyword, pair, schema, value }: SchemaError, locator: Locator): Explanation {
  const name = nameOf(path);
  const limit = Number(schema[keyword]);
  const known = Object.keys(schema.properties ?? {});
  switch (keyword) {
    case 'minimum':
    case 'maximum': {
      const written = locator.plainText(path);
      // No device has that many slots: it is a hash of nothing but digits.
      const isHash = keyword === 'maximum' && schema['x-role'] === 'image' && written !== undefined;
      if (isHash) return explainUnquoted({ path, schema } as SchemaError, value as number, written);
      const side = keyword === 'minimum' ? 'at least' : 'at most';
      return { code: 'out-of-range', message: `${name} must be ${side} ${limit}; found ${found(value, written)}` };
    }
    case 'minLength':
      return { code: 'out-of-range', message: `${name} must not be empty` };
    case 'minItems':
    case 'maxItems': {
      const side = keyword === 'minItems' ? 'at least' : 'at most';
      const items = limit === 1 ? 'one item' : `${limit} items`;
      return { code: 'out-of-range', message: `${name} must have ${side} ${items}; found ${(value as unknown[]).length}` };
    }
    case 'minProperties':
      return {
        code: 'missing-key',
        message: `${name} is empty: it needs at least one key`,
        hint: known.length === 0 ? undefined : `it takes ${list(known)}`,
        part: 'key',
      };
    case 'maxProperties':
      return { code: 'keys-exclude', message: `${name} takes only one of ${list(known)}`, hint: 'keep one of them', part: 'key' };
    case 'uniqueItems': {
      const [first, second] = pair!;
      return {
        code: 'duplicate-item',
        message: `items ${first + 1} and ${second + 1} of ${name} are equal`,
        path: [...path, second],
        hint: 'remove one of them',
      };
    }
    default:
      return { code: 'malformed', message: `${name} breaks the rule ${code(keyword)}` };
  }
}

function expectation({ path, schema, value }: SchemaError, locator: Locator): string {
  return `${schema.title === 'Step' ? 'a step' : nameOf(path)} must be ${expected(schema)}; found ${found(value, locator.plainText(path))}`;
}

/** In words, what a schema wants. */
function expected(schema: SchemaNode): string {
  const format = formatOf(schema);
  if (schema.title === 'Step') return 'a map with exactly one verb';
  if (schema['x-role'] === 'image-input') return 'the name of an image input';
  if (schema['x-role'] === 'package-input') return 'the name of a package input';
  if (schema['x-role'] === 'image') return 'an image: the name of an input, a slot number, or a hash in quotes';
  if (format !== undefined) return format.example === undefined ? format.what : `${format.what}, such as ${code(format.example)}`;
  const types = [schema.type ?? []].flat();
  if (schema.pattern === undefined) return types.map(typeName).join(' or ');
  return `${types
    .filter((type) => type !== 'string')
    .map(typeName)
    .join(' or ')} (or one expression \`\${{ ... }}\`)`;
}

function typeName(type: string): string {
  const names: Readonly<Record<string, string>> = {
    string: 'a text',
    integer: 'a whole number',
    number: 'a number',
    boolean: '`true` or `false`',
    array: 'a list',
    object: 'a map',
    null: 'nothing',
  };
  return names[type] ?? type;
}

function formatOf(schema: SchemaNode): TextFormat | undefined {
  return schema.format !== undefined && isFormatName(schema.format) ? formats[schema.format] : undefined;
}

/** Other YAML versions read these as truth values, and so do people. */
const formerBooleans: ReadonlyMap<string, string> = new Map([
  ['yes', 'true'],
  ['on', 'true'],
  ['no', 'false'],
  ['off', 'false'],
]);

function yamlBooleanHint(value: unknown): string | undefined {
  const meaning = typeof value === 'string' ? formerBooleans.get(value.toLowerCase()) : undefined;
  return meaning === undefined ? undefined : `write ${code(meaning)}: YAML 1.2 reads ${code(String(value))} as a text`;
}
