/** The schemas are documentation as much as validation: every property is described, and every example is true. */

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import t from 'tap';
import { formats } from '../../src/language/formats.ts';
import { documentKinds } from '../../src/language/validate.ts';
import { demoKeyNames } from '../../src/mcuboot/demo-keys.ts';
import { projectPath } from '../helpers/vectors.ts';

interface Schema {
  readonly [key: string]: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly description?: string;
  readonly examples?: readonly unknown[];
}

const folder = projectPath('schemas');
const kinds = readdirSync(folder)
  .filter((file) => file.endsWith('.schema.json'))
  .map((file) => file.replace('.schema.json', ''));

function read(kind: string): Schema & { readonly $defs: Readonly<Record<string, Schema>> } {
  return JSON.parse(readFileSync(`${folder}/${kind}.schema.json`, 'utf8')) as never;
}

/** All properties at any depth, with the JSON pointer that leads to them. */
function* propertiesOf(schema: unknown, path: string): Generator<readonly [path: string, schema: Schema]> {
  if (typeof schema !== 'object' || schema === null) return;
  for (const [key, part] of Object.entries(schema)) {
    if (key === 'examples' || key === 'enum') continue;
    const inside = `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (key === 'properties')
      for (const [name, property] of Object.entries(part as object)) yield [`${inside}/${name}`, property as Schema];
    yield* propertiesOf(part, inside);
  }
}

t.same(kinds, documentKinds);

for (const kind of kinds) {
  t.test(kind, (t) => {
    const root = read(kind);
    const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
    for (const [name, { problem }] of Object.entries(formats)) ajv.addFormat(name, (text: string) => problem(text) === undefined);
    ajv.addVocabulary(['x-role', 'patternErrorMessage']);
    t.ok(ajv.validateSchema(root), 'is a valid schema');
    // Whole, so that what several properties refer to is compiled once.
    ajv.addSchema({ ...root, $id: kind });
    for (const [path, property] of propertiesOf(root, `${kind}#`)) {
      t.match(property.description ?? '', /^[A-Z`].*\.$/s, `${path} is described in sentences`);
      t.ok((property.examples?.length ?? 0) > 0, `${path} has an example`);
      const validate = ajv.getSchema(encodeURI(path))!;
      for (const example of property.examples ?? [])
        t.ok(validate(example), `${path}: ${JSON.stringify(example)} ${ajv.errorsText(validate.errors)}`);
    }
    t.end();
  });
}

t.test('bundles and types are what the sources say', (t) => {
  execFileSync(process.execPath, [projectPath('scripts/generate.js'), '--check']);
  t.end();
});

t.test('the demo keys of the schema are those that exist', (t) => {
  const build = (read('pipeline').$defs['image-origin']?.properties?.['build']?.properties ?? {})['key'];
  t.same([...(build?.['enum'] as string[])].sort(), [...demoKeyNames, 'none'].sort());
  t.end();
});
