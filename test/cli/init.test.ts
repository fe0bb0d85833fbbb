/** `bootproof init` as a new user meets it: the project passes at once, its CI snippets hold commands that work, and nothing is overwritten. */

import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
import { startEditor } from '../editors/language-server.ts';
import { documentKinds } from '../../src/language/validate.ts';
import { runCommand } from './command.ts';

const empty = t.testdir({});
const project = join(empty, 'my-proof');

t.test('a new project', async (t) => {
  const { status, stdout, stderr } = await runCommand(['init', 'my-proof'], { cwd: empty });
  t.equal(status, 0, stderr);
  const written = [...stdout.matchAll(/^wrote (.*)$/gm)].map((match) => match[1] ?? '');
  const present = readdirSync(project, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  t.equal(present.length, written.length);
  for (const path of written) t.ok(existsSync(join(empty, path)), path);
  t.match(stdout, /Next:\n {2}cd my-proof\n {2}bootproof run /);
  const ran = await runCommand(['run'], { cwd: project });
  t.equal(ran.status, 0, ran.stderr);
  t.match(ran.stdout, /^ok 1 - .*\(update\.first@sim\)/m);
  const linted = await runCommand(['lint', '.'], { cwd: project });
  t.equal(linted.status, 0, linted.stdout + linted.stderr);
  const planned = await runCommand(
    ['run', '--plan', 'nightly.plan.yaml', '--bench', 'lab.bench.yaml', '--known-issues', 'lab.known-issues.yaml'],
    { cwd: project },
  );
  t.equal(planned.status, 0, planned.stdout + planned.stderr);
  t.equal(planned.stdout.match(/^ok /gm)?.length, 2, 'two bases');
});

t.test('the commands of the CI snippets work, and leave what these collect', async (t) => {
  const snippets = ['github-actions.yml', 'gitlab-ci.yml', 'Jenkinsfile'];
  t.same(readdirSync(join(project, 'ci')).sort(), [...snippets].sort());
  for (const snippet of snippets) {
    const text = readFileSync(join(project, 'ci', snippet), 'utf8');
    if (snippet.endsWith('.yml')) t.type(parse(text), 'object');
    const commands = [...text.matchAll(/(?:run: |- |sh ')(bootproof [^'\n]+)/g)].map((match) => (match[1] ?? '').split(' ').slice(1));
    t.equal(commands.length, 2, snippet);
    rmSync(join(project, 'reports'), { recursive: true, force: true });
    for (const command of commands) t.equal((await runCommand(command, { cwd: project })).status, 0, `${snippet}: ${command.join(' ')}`);
    for (const [path] of text.matchAll(/reports\/[\w./-]*\w/g)) t.ok(existsSync(join(project, path)), `${snippet}: ${path}`);
  }
});

t.test('editors find the schemas', async (t) => {
  const editor = await startEditor(project);
  t.teardown(() => editor.close());
  const path = join(project, 'pipelines', 'first-update.pipeline.yaml');
  const text = readFileSync(path, 'utf8');
  t.same(await editor.open(path, text), []);
  t.match(await editor.open(join(project, 'pipelines', 'other.pipeline.yaml'), text.replace('upload:', 'uplaod:')), [
    { message: /uplaod is not allowed/ },
  ]);
  const settings = JSON.parse(readFileSync(join(project, '.vscode', 'settings.json'), 'utf8')) as {
    'yaml.schemas': Record<string, string>;
  };
  t.same(Object.keys(settings['yaml.schemas']).sort(), [...documentKinds].map((kind) => `./schemas/${kind}.schema.json`).sort());
  for (const schema of Object.keys(settings['yaml.schemas'])) t.ok(existsSync(join(project, schema)), schema);
});

t.test('nothing is overwritten', async (t) => {
  const folder = t.testdir({ 'lab.bench.yaml': 'mine' });
  const refused = await runCommand(['init'], { cwd: folder });
  t.match(refused, { status: 2, stderr: /nothing was written.*lab\.bench\.yaml.*another folder/ });
  t.same(readdirSync(folder), ['lab.bench.yaml']);
  t.equal(readFileSync(join(folder, 'lab.bench.yaml'), 'utf8'), 'mine');
  writeFileSync(join(folder, 'file'), '');
  t.match(await runCommand(['init', 'file'], { cwd: folder }), { status: 2, stderr: /cannot write .*(no folder|there is one)/ });
});
