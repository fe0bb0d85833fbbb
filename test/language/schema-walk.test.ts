/** The walk over schemas finds mistakes exactly where a validator of the whole of JSON Schema finds them. */

import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import t from 'tap';
import { createRng } from '../../src/base/rng.ts';
import { formats } from '../../src/language/formats.ts';
import type { SchemaError, SchemaNode } from '../../src/language/schema-error.ts';
import { walkSchema } from '../../src/language/schema-walk.ts';
import { documentKinds, documentSchemas } from '../../src/language/validate.ts';
import { mutateValue, trees } from './fuzz.ts';

const keywords = [
  ...['$schema', '$comment', '$defs', '$ref', 'title', 'description', 'examples', 'patternErrorMessage', 'x-role'],
  ...['type', 'const', 'enum', 'minimum', 'maximum', 'minLength', 'maxLength', 'format', 'pattern'],
  ...['minItems', 'maxItems', 'uniqueItems', 'items'],
  ...['minProperties', 'maxProperties', 'required', 'propertyNames', 'properties', 'additionalProperties'],
];

/** All keywords at any depth; `$ref` has nothing beside it but words for people. */
function* keywordsOf(schema: unknown): Generator<string> {
  if (typeof schema !== 'object' || schema === null) return;
  for (const [keyword, inside] of Object.entries(schema)) {
    yield '$ref' in schema && !['$ref', 'description', 'examples'].includes(keyword) ? `${keyword} beside $ref` : keyword;
    if (keyword === 'properties' || keyword === '$defs') for (const one of Object.values(inside as object)) yield* keywordsOf(one);
    if (keyword === 'items' || keyword === 'propertyNames' || keyword === 'additionalProperties') yield* keywordsOf(inside);
  }
}

/** Of several mistakes in one value the walk finds the first; each key that is wrong is a mistake of its own. */
function placesByAjv(errors: readonly ErrorObject[]): string[] {
  // The walk takes a pattern beside a format for the same rule, and tells of a key, not of what its schema says.
  const direct = errors.filter(
    ({ propertyName, keyword, parentSchema }) => propertyName === undefined && !(keyword === 'pattern' && 'format' in (parentSchema ?? {})),
  );
  const places = direct.map(({ instancePath, keyword, params }) => {
    const key = (params['missingProperty'] ?? params['additionalProperty'] ?? params['propertyName']) as string | undefined;
    return key === undefined ? instancePath : `${instancePath} ${keyword} ${key}`;
  });
  return [...new Set(places)].sort();
}

function placesOf(errors: readonly SchemaError[]): string[] {
  const pointer = (path: SchemaError['path']): string =>
    path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
  return errors.map(({ path, keyword, key }) => (key === undefined ? pointer(path) : `${pointer(path)} ${keyword} ${key}`)).sort();
}

/** A document with every key of its kind, each with its example. */
function wholeDocument({ properties = {} }: SchemaNode): unknown {
  return Object.fromEntries(Object.entries(properties).map(([key, { examples = [] }]) => [key, examples[0]]));
}

for (const kind of documentKinds) {
  t.test(kind, (t) => {
    const schema = documentSchemas[kind];
    t.same(
      [...new Set(keywordsOf(schema))].filter((keyword) => !keywords.includes(keyword)),
      [],
      'the walk knows every keyword',
    );
    const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true, verbose: true });
    for (const [name, { problem }] of Object.entries(formats)) ajv.addFormat(name, (text: string) => problem(text) === undefined);
    ajv.addVocabulary(['x-role', 'patternErrorMessage']);
    const validate = ajv.compile(schema);
    const rng = createRng(5);
    let wrong = 0;
    const stock = trees.filter((tree) => (tree as { readonly kind: string }).kind === kind);
    for (const tree of [...stock, wholeDocument(schema), wholeDocument(schema)]) {
      for (let round = 0; round < 20; round += 1) {
        const value = round === 0 ? tree : mutateValue(rng, tree);
        const { errors } = walkSchema(value, schema, schema.$defs);
        if (!validate(value)) wrong += 1;
        const [found, expected] = [placesOf(errors), placesByAjv(validate.errors ?? [])];
        if (found.join('\n') !== expected.join('\n')) t.same(found, expected, JSON.stringify(value));
      }
    }
    t.ok(wrong > 10, `${wrong} values with mistakes`);
    t.end();
  });
}

t.test('of items that are equal, the two that stand last', (t) => {
  const schema = { type: 'array', uniqueItems: true, items: { type: 'string' } };
  t.same(walkSchema(['a', 'b', 'a', 'c', 'b', 1, 1], schema).errors[0]?.pair, [1, 4]);
  t.same(walkSchema(['a', 'b'], schema).errors, []);
  t.end();
});
