/** Values against the schemas: the one file that knows the ajv package. Each mistake gives exactly one diagnostic. */

import { Ajv, type ErrorObject } from 'ajv';
import type { DataValidationCxt, ValidateFunction } from 'ajv/dist/types/index.js';
import { callRef } from 'ajv/dist/vocabularies/core/ref.js';
import benchSchema from '../../schemas/bench.schema.json' with { type: 'json' };
import fragmentSchema from '../../schemas/fragment.schema.json' with { type: 'json' };
import knownIssuesSchema from '../../schemas/known-issues.schema.json' with { type: 'json' };
import pipelineSchema from '../../schemas/pipeline.schema.json' with { type: 'json' };
import planSchema from '../../schemas/plan.schema.json' with { type: 'json' };
import policySchema from '../../schemas/policy.schema.json' with { type: 'json' };
import profileSchema from '../../schemas/profile.schema.json' with { type: 'json' };
import { assert } from '../base/assert.ts';
import type { LanguageDiagnostic } from './diagnostics.ts';
import { formats } from './formats.ts';
import type { DocumentKind } from './model.ts';
import { explainSchemaErrors, type SchemaError, type SchemaNode } from './schema-errors.ts';
import type { Path, YamlTree } from './yaml.ts';

/** What the schema says about a place beyond its form. */
export type Role = 'image' | 'image-input' | 'package-input' | 'condition';

export interface Validation {
  readonly diagnostics: readonly LanguageDiagnostic[];
  /** Every place that has a role, in the order of the value. */
  readonly roles: readonly { readonly role: Role; readonly path: Path; readonly value: unknown }[];
}

/** What is checked: a document, a single step whose expressions have been replaced by their values, or the settings of a device. */
export type Checked = DocumentKind | keyof typeof parts;

/** Parts of documents that are checked by themselves. */
const parts = { step: 'pipeline#/$defs/step', settings: 'pipeline#/$defs/knob-settings' } as const;

/** Where diagnostics point to; a whole tree, or the part of one that a step came from. */
export type Locator = Pick<YamlTree, 'locate' | 'plainText'>;

/** The JSON Schema of each kind of document. */
export const documentSchemas: Readonly<Record<DocumentKind, object>> = {
  bench: benchSchema,
  fragment: fragmentSchema,
  'known-issues': knownIssuesSchema,
  pipeline: pipelineSchema,
  plan: planSchema,
  policy: policySchema,
  profile: profileSchema,
};

export const documentKinds = Object.keys(documentSchemas) as readonly DocumentKind[];

/** Made when something is checked for the first time, since that takes a while. */
let ajv: Ajv | undefined;
/** Filled by the keyword `x-role` while a validator runs; that is synchronous. */
let collected: { role: Role; path: Path; value: unknown }[] = [];

export function validate(checked: Checked, value: unknown, locator: Locator): Validation {
  ajv ??= createAjv();
  const validator = ajv.getSchema(checked in parts ? parts[checked as keyof typeof parts] : checked);
  assert(validator !== undefined, `no schema for ${checked}`);
  collected = [];
  void validator(value);
  const errors = (validator.errors ?? []).filter(isDirect).map((error) => neutral(error, value));
  return { diagnostics: explainSchemaErrors(errors, locator), roles: collected };
}

function createAjv(): Ajv {
  // Optimized validators take twice as long to make, and hardly less to run.
  const code = { optimize: false };
  const made = new Ajv({ strict: true, allowUnionTypes: true, allErrors: true, verbose: true, validateSchema: false, code });
  for (const [name, format] of Object.entries(formats))
    made.addFormat(name, { validate: (text: string) => format.problem(text) === undefined });
  made.addKeyword({
    keyword: 'x-role',
    schemaType: 'string',
    errors: false,
    validate: (role: Role, value: unknown, _parent: unknown, context?: DataValidationCxt) => {
      if (context !== undefined) collected.push({ role, path: pathOf(context.instancePath, context.rootData), value });
      return true;
    },
  });
  made.removeKeyword('$ref');
  made.addKeyword({
    keyword: '$ref',
    schemaType: 'string',
    code: (use) => callRef(use, use.gen.scopeValue('validate', { ref: lazily(made, `${use.it.baseId}${use.schema as string}`) })),
  });
  // For editors only.
  made.addVocabulary(['patternErrorMessage']);
  for (const [kind, schema] of Object.entries(documentSchemas)) made.addSchema(inParts(schema), kind);
  return made;
}

/** The maps within definitions become definitions of their own: a step has one for each verb, and is written with one of them. */
function inParts({ $defs = {}, ...root }: { readonly $defs?: Readonly<Record<string, SchemaNode>> }): object {
  const parts = Object.entries($defs).flatMap(([name, definition]): [string, object][] => {
    const maps = Object.entries(definition.properties ?? {}).filter(([, property]) => 'properties' in property);
    if (maps.length === 0) return [[name, definition]];
    const references = maps.map(([key]) => [key, { $ref: `#/$defs/${name}.${key}` }] as const);
    const outer = { ...definition, properties: { ...definition.properties, ...Object.fromEntries(references) } };
    return [[name, outer], ...maps.map(([key, map]): [string, object] => [`${name}.${key}`, map])];
  });
  return { ...root, $defs: Object.fromEntries(parts) };
}

/** Made when a value first needs it: a document uses little of the language, and nothing takes longer to make than all of it. */
function lazily(ajv: Ajv, reference: string): Pick<ValidateFunction, 'errors'> {
  const validator: { (value: unknown, context: DataValidationCxt): boolean; errors?: ErrorObject[] | null } = (value, context) => {
    const made = ajv.getSchema(reference) as ValidateFunction | undefined;
    assert(made !== undefined, `no schema for ${reference}`);
    const valid = made(value, context);
    validator.errors = made.errors ?? null;
    return valid;
  };
  return validator;
}

/** The errors of a key's own schema repeat what `propertyNames` says about the key; patterns beside a format say the same to editors. */
function isDirect({ propertyName, keyword, parentSchema }: ErrorObject): boolean {
  return propertyName === undefined && !(keyword === 'pattern' && 'format' in (parentSchema ?? {}));
}

function neutral(error: ErrorObject, root: unknown): SchemaError {
  return {
    path: pathOf(error.instancePath, root),
    keyword: error.keyword,
    params: error.params,
    schema: (error.parentSchema ?? {}) as SchemaNode,
    value: error.data,
  };
}

/** A JSON pointer as a path; indexes of lists become numbers. */
function pathOf(pointer: string, root: unknown): Path {
  let inside = root;
  return pointer
    .split('/')
    .slice(1)
    .map((escaped) => {
      const key = escaped.replaceAll('~1', '/').replaceAll('~0', '~');
      const part = Array.isArray(inside) ? Number(key) : key;
      inside = (inside as Record<string | number, unknown>)[part];
      return part;
    });
}
