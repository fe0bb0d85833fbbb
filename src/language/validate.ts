/** Values against the schemas. Each mistake gives exactly one diagnostic. */

import benchSchema from '../../schemas/bench.schema.json' with { type: 'json' };
import fragmentSchema from '../../schemas/fragment.schema.json' with { type: 'json' };
import knownIssuesSchema from '../../schemas/known-issues.schema.json' with { type: 'json' };
import pipelineSchema from '../../schemas/pipeline.schema.json' with { type: 'json' };
import planSchema from '../../schemas/plan.schema.json' with { type: 'json' };
import policySchema from '../../schemas/policy.schema.json' with { type: 'json' };
import profileSchema from '../../schemas/profile.schema.json' with { type: 'json' };
import type { LanguageDiagnostic } from './diagnostics.ts';
import type { DocumentKind } from './model.ts';
import { explainSchemaErrors } from './schema-errors.ts';
import type { SchemaNode } from './schema-error.ts';
import { walkSchema, type Definitions, type Walked } from './schema-walk.ts';
import type { Locator } from './yaml.ts';

export interface Validation extends Pick<Walked, 'roles'> {
  readonly diagnostics: readonly LanguageDiagnostic[];
}

/** A schema with everything that it refers to. */
interface DocumentSchema extends SchemaNode {
  readonly $defs?: Definitions;
}

/** The JSON Schema of each kind of document. */
export const documentSchemas: Readonly<Record<DocumentKind, DocumentSchema>> = {
  bench: benchSchema,
  fragment: fragmentSchema,
  'known-issues': knownIssuesSchema,
  pipeline: pipelineSchema,
  plan: planSchema,
  policy: policySchema,
  profile: profileSchema,
};

export const documentKinds = Object.keys(documentSchemas) as readonly DocumentKind[];

/** Parts of pipelines that are checked by themselves. */
const { step, 'knob-settings': settings } = pipelineSchema.$defs;

/** What is checked: a document, a single step whose expressions have been replaced by their values, or the settings of a device. */
export type Checked = DocumentKind | 'step' | 'settings';

const schemas: Readonly<Record<Checked, DocumentSchema>> = {
  ...documentSchemas,
  step: { ...step, $defs: pipelineSchema.$defs },
  settings: { ...settings, $defs: pipelineSchema.$defs },
};

export function validate(checked: Checked, value: unknown, locator: Locator): Validation {
  const schema = schemas[checked];
  const { errors, roles } = walkSchema(value, schema, schema.$defs);
  return { diagnostics: explainSchemaErrors(errors, locator), roles };
}
