/** Every row of the list of knobs is answered by something that exists. */

import { readFileSync } from 'node:fs';
import t from 'tap';
import { faultKeys, faultMoments } from '../../src/language/grammar.generated.ts';
import { knobs } from '../../src/sim/knobs/index.ts';
import { runCommand } from '../cli/command.ts';
import { projectPath } from '../helpers/vectors.ts';
import { rows } from './knob-rows.ts';
import type { Answer } from './knob-rows.ts';

type Schema = Readonly<Record<string, unknown>> & {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly enum?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
};

function read(file: string): Schema {
  return JSON.parse(readFileSync(projectPath(`schemas/source/${file}`), 'utf8')) as Schema;
}

/** Whether the schema has a value at that path; `*` steps into lists and into maps with names of the author's own. */
function has(schema: Schema | undefined, path: readonly string[]): boolean {
  const { $ref } = schema ?? {};
  if ($ref !== undefined && !$ref.includes('#')) return has(read($ref), path);
  const [key, ...rest] = path;
  if (schema === undefined || key === undefined) return schema !== undefined;
  const { additionalProperties: others } = schema;
  const inside = key === '*' ? (schema.items ?? (typeof others === 'object' ? others : undefined)) : schema.properties?.[key];
  return has(inside, rest);
}

function hasVerb(path: string): boolean {
  const [verb, ...keys] = path.split('.');
  return has(read(`verbs/${verb}.json`), keys);
}

function hasFault({ fault, with: part, value }: Extract<Answer, { fault: string }>): boolean {
  if (!(fault in faultKeys)) return false;
  if (part !== undefined && value !== undefined) return read(`faults/${fault}.json`).properties?.[part]?.enum?.includes(value) === true;
  const parts: readonly string[] = [...faultKeys[fault as keyof typeof faultKeys], ...faultMoments[fault as keyof typeof faultMoments]];
  return part === undefined || parts.includes(part);
}

const help: Readonly<Record<string, string>> = {
  run: (await runCommand(['run', '--help'])).stdout,
  sim: (await runCommand(['sim', '--help'])).stdout,
};

function hasOption(line: string): boolean {
  const [command = '', option = ''] = line.split(' ');
  return help[command]?.includes(`${option} `) === true;
}

function exists(answer: Answer): boolean {
  if ('knob' in answer) return answer.knob in knobs;
  if ('profile' in answer) return has(read('profile.json'), answer.profile.split('.'));
  if ('verb' in answer) return hasVerb(answer.verb);
  if ('fault' in answer) return hasFault(answer);
  if ('image' in answer) return has(read('image-origin.json'), ['build', answer.image]);
  return hasOption(answer.option);
}

for (const [row, answers] of Object.entries(rows)) {
  t.test(row, (t) => {
    t.ok(answers.length > 0);
    for (const answer of answers) t.ok(exists(answer), JSON.stringify(answer));
    t.end();
  });
}

t.test('a value that no profile has is found out', (t) => {
  for (const path of ['server.image.no-such', 'flash.*.no-such', 'no-such']) t.notOk(exists({ profile: path }), path);
  t.notOk(exists({ verb: 'provision.no-such' }));
  t.notOk(exists({ fault: 'power-cut', with: 'share' }));
  t.notOk(exists({ fault: 'power-cut', with: 'when', value: 'no-such' }));
  t.notOk(exists({ image: 'no-such' }));
  t.notOk(exists({ option: 'run --no-such' }));
  t.end();
});

t.test('every knob belongs to a row, or is one of those that the field reports brought', (t) => {
  const named = new Set(Object.values(rows).flatMap((answers) => answers.flatMap((one) => ('knob' in one ? [one.knob as string] : []))));
  const others = Object.keys(knobs).filter((name) => !named.has(name));
  t.strictSame(others, ['app.log-state-queries', 'rx.partial-restart', 'state.any-hash']);
  t.end();
});
