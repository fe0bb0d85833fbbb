/** `bootproof explain`, `schema` and `list`: what they print is complete and true. */

import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import t from 'tap';
import { errorPages } from '../../src/cli/error-pages/index.ts';
import { codes } from '../../src/language/codes.ts';
import { documentKinds } from '../../src/language/validate.ts';
import { projectPath } from '../helpers/vectors.ts';
import { runCommand } from './command.ts';

t.test('explain', async (t) => {
  t.same((await runCommand(['explain'])).stdout.trim().split('\n'), [...Object.keys(codes), ...Object.keys(errorPages)]);
  const page = await runCommand(['explain', 'error[unit-missing]:']);
  t.equal(page.status, 0);
  t.match(page.stdout, /^unit-missing\n\n {2}Durations,[^]*\n\nWrong:\n {2}timeout: 90\n\nRight:\n {2}timeout: 90s\n$/);
  t.match(
    (await runCommand(['explain', 'error[port-busy]'])).stdout,
    /^port-busy\n\n {2}Another program[^]*\n\nMend:\n {2}End the program/,
  );
  t.match(await runCommand(['explain', 'unit-mising']), { status: 2, stderr: /did you mean `unit-missing`\?/ });
});

t.test('schema', async (t) => {
  const names = (await runCommand(['schema'])).stdout.trim().split('\n');
  t.same(names, [...documentKinds, 'doctor', 'lint', 'list', 'plan-output']);
  for (const kind of documentKinds) {
    const file = readFileSync(projectPath(`schemas/${kind}.schema.json`), 'utf8');
    t.same(JSON.parse((await runCommand(['schema', kind])).stdout), JSON.parse(file), kind);
  }
  t.match(await runCommand(['schema', 'benhc']), { status: 2, stderr: /did you mean `bench`\?/ });
});

t.test('the output of plan is as its schema says', async (t) => {
  const { stdout } = await runCommand(['plan', projectPath('pipelines/ota/test-then-confirm.pipeline.yaml'), '--json']);
  const validate = new Ajv2020({ allowUnionTypes: true }).compile(
    JSON.parse((await runCommand(['schema', 'plan-output'])).stdout) as object,
  );
  t.ok(validate(JSON.parse(stdout)), JSON.stringify(validate.errors));
  t.notOk(validate({ cells: [] }));
});

t.test('list', async (t) => {
  const listed = await runCommand(['list', projectPath('pipelines'), '--json']);
  const rows = JSON.parse(listed.stdout) as { id: string; tags: string[] }[];
  const validate = new Ajv2020().compile(JSON.parse((await runCommand(['schema', 'list'])).stdout) as object);
  t.ok(validate(rows), JSON.stringify(validate.errors));
  t.ok(rows.some(({ id, tags }) => id === 'ota.test-then-confirm' && tags.includes('smoke')));
  const text = (await runCommand(['list', projectPath('pipelines')])).stdout;
  for (const { id } of rows) t.match(text, new RegExp(`^${id.replaceAll('.', '\\.')} +\\S`, 'm'));
});
