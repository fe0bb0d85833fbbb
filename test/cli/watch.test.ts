/** `run --watch`: each save gives a verdict, mistakes can be mended, Ctrl-C ends it cleanly. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { bootproof, startBootproof } from './process.ts';

t.setTimeout(300_000);

const pipeline = (word: string): string => `version: 1
kind: pipeline
id: watch.echo
title: Echo
steps:
  - call: { fragment: ../shared/echo.fragment.yaml }
  - echo: { d: hello }
  - expect: { response: { r: ${word} } }
`;

const fragment = (word: string): string => `version: 1
kind: fragment
steps:
  - echo: { d: shared }
  - expect: { response: { r: ${word} } }
`;

t.test('saves give verdicts until Ctrl-C', async (t) => {
  const folder = t.testdir({
    pipelines: { 'a.pipeline.yaml': pipeline('hello') },
    shared: { 'echo.fragment.yaml': fragment('shared') },
  });
  const path = join(folder, 'pipelines', 'a.pipeline.yaml');
  const { child, ended } = startBootproof(['run', '--watch', '--report', 'tap'], { cwd: folder });
  let [out, told, rounds] = ['', '', 0];
  child.stdout?.on('data', (text: string) => (out += text));
  child.stderr?.on('data', (text: string) => (told += text));
  const afterSave = async (file?: string, text = ''): Promise<string> => {
    [out, rounds] = ['', rounds + 1];
    // A save may come before the watcher has attached to a file that was only just read; like a person, the test then saves again.
    for (let waited = 0; told.split('Watching:').length <= rounds && child.exitCode === null; waited += 20) {
      if (file !== undefined && waited % 5000 === 0) writeFileSync(file, text);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return out;
  };
  t.match(await afterSave(), /^ok 1 - /m, 'at once');
  t.match(await afterSave(path, pipeline('goodbye')), /^not ok 1 - /m, 'a failure');
  await afterSave(path, pipeline('hello').replace('- echo:', '- ehco:'));
  t.match(told, /did you mean `echo`/, 'a mistake');
  t.match(await afterSave(path, pipeline('hello')), /^ok 1 - /m, 'mended');
  t.match(await afterSave(join(folder, 'shared', 'echo.fragment.yaml'), fragment('other')), /^not ok 1 - /m, 'a fragment');
  const other = pipeline('hello').replace('watch.echo', 'watch.other');
  t.match(await afterSave(join(folder, 'pipelines', 'b.pipeline.yaml'), other), /^not ok 2 - /m, 'a new pipeline');
  child.kill('SIGINT');
  const { code, stderr } = await ended;
  t.equal(code, 130);
  t.notMatch(stderr, /\bat .*\.js:/, 'no stack trace');
});

t.test('hardware is not run at each save', (t) => {
  const folder = t.testdir({
    pipelines: { 'a.pipeline.yaml': pipeline('hello').replace(/.*call.*\n/, '') },
    'lab.bench.yaml': 'version: 1\nkind: bench\nboards: {dk: {transports: {udp: "udp:192.0.2.1:1337"}}}\n',
  });
  const { status, stderr } = bootproof(['run', '--watch', '--bench', 'lab.bench.yaml'], { cwd: folder });
  t.equal(status, 2);
  t.match(stderr, /--watch .*\bdk\b/);
  t.end();
});
