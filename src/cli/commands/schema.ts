/** `bootproof schema`: the JSON Schemas of the files that users write and of what commands print with `--json`. */

import type { Command } from 'commander';
import doctorSchema from '../../../schemas/output/doctor.schema.json' with { type: 'json' };
import lintSchema from '../../../schemas/output/lint.schema.json' with { type: 'json' };
import listSchema from '../../../schemas/output/list.schema.json' with { type: 'json' };
import planSchema from '../../../schemas/output/plan.schema.json' with { type: 'json' };
import { documentKinds, documentSchemas } from '../../language/validate.ts';
import { suggestion } from '../../language/words.ts';
import { flagError } from '../flags.ts';
import type { CliIo } from '../io.ts';

/** Of outputs, by the command that prints them; `plan` is a kind of file, too. */
const outputSchemas = { doctor: doctorSchema, lint: lintSchema, list: listSchema, 'plan-output': planSchema };
const schemas: Readonly<Record<string, object>> = { ...documentSchemas, ...outputSchemas };

export const schemaNames = Object.keys(schemas);

const examples = `
Examples:
  bootproof schema pipeline > pipeline.schema.json    for an editor
  bootproof schema lint                               of \`bootproof lint --format json\`
  bootproof schema plan-output                        of \`bootproof plan --json\`, while \`plan\` is the file`;

export function registerSchemaCommand(program: Command, io: CliIo): void {
  program
    .command('schema')
    .description('print the JSON Schema of a kind of file, or of what a command prints as JSON')
    .argument('[KIND]', `${documentKinds.join(', ')}; of outputs: ${Object.keys(outputSchemas).join(', ')}; without it all are listed`)
    .addHelpText('after', examples)
    .action((kind: string | undefined) => {
      io.stdout(kind === undefined ? `${schemaNames.join('\n')}\n` : `${JSON.stringify(schemaOf(kind), null, 2)}\n`);
      io.exit(0);
    });
}

function schemaOf(kind: string): object {
  const schema = Object.hasOwn(schemas, kind) ? schemas[kind] : undefined;
  if (schema !== undefined) return schema;
  throw flagError(`there is no schema "${kind}"`, suggestion(kind, schemaNames));
}
