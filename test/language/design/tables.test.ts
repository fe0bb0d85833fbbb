/** The tables of the design against the schemas: steps, verbs, nouns, faults, outcomes. */

import t from 'tap';
import { readFragments, type Schema } from '../../../scripts/docs/schemas.ts';
import { cellOutcomes } from '../../../src/events/outcome.ts';
import stepSource from '../../../schemas/source/step.json' with { type: 'json' };
import faultSource from '../../../schemas/source/fault.json' with { type: 'json' };
import { documentSchemas } from '../../../src/language/validate.ts';
import { projectPath } from '../../helpers/vectors.ts';

const root = projectPath('.');

const verbs: Readonly<Record<string, readonly string[]>> = {
  provision: ['image', 'confirmed', 'erase', 'slots', 'state'],
  connect: ['transport', 'timeout'],
  disconnect: [],
  upload: ['image', 'slot', 'target', 'window', 'chunk', 'rate', 'sha', 'upgrade-only', 'resume', 'stop-at'],
  'mark-pending': ['image'],
  confirm: ['image'],
  erase: ['slot', 'storage'],
  reset: ['mode', 'via', 'force'],
  power: ['off', 'on', 'cycle', 'cut'],
  echo: ['d'],
  settings: [],
  files: [],
  shell: ['argv'],
  smp: ['group', 'command', 'op', 'payload', 'raw', 'expect'],
  upgrade: ['as', 'mode', 'images', 'package'],
  serve: ['script', 'until'],
  send: ['text', 'hex'],
  wait: ['for', 'until', 'timeout'],
  collect: [],
  exec: ['run', 'env', 'expect', 'parse'],
  call: ['fragment', 'inputs'],
  parallel: [],
  repeat: ['count'],
  prompt: ['text'],
};

const nouns: Readonly<Record<string, readonly string[]>> = {
  active: ['active', 'confirmed'],
  image: ['image', 'slot', 'pending', 'confirmed', 'permanent', 'bootable', 'absent'],
  slots: ['slots', 'exact'],
  state: ['state'],
  log: ['log', 'since', 'until', 'for'],
  boot: ['boot'],
  bricked: ['bricked'],
  error: ['error'],
  response: ['response'],
  value: ['value', 'equals', 'at-least', 'at-most', 'matches'],
  frames: ['frames'],
  link: ['link'],
  exit: ['exit'],
};

for (const [folder, table] of [
  ['verbs', verbs],
  ['nouns', nouns],
] as const) {
  t.test(`${folder} and their parameters`, (t) => {
    const fragments = new Map(readFragments(root, folder));
    for (const [name, parameters] of Object.entries(table)) {
      const schema = fragments.get(name) as (Schema & { readonly properties?: object }) | undefined;
      t.ok(schema, `${name} has a schema`);
      const missing = parameters.filter((key) => !Object.hasOwn(schema?.properties ?? {}, key));
      t.same(missing, [], name);
    }
    t.end();
  });
}

t.test('a step is a flat object', (t) => {
  const common = 'id name when timeout within stays retry save severity expect-error device fault'.split(' ');
  t.same(Object.keys(stepSource.properties).sort(), [...common].sort());
  const step = (documentSchemas.pipeline as { $defs: Record<string, Record<string, unknown>> }).$defs['step'] ?? {};
  const keys = Object.keys(step['properties'] ?? {});
  const verbNames = [...readFragments(root, 'verbs')].map(([name]) => name);
  t.same(keys.sort(), [...common, ...verbNames, 'expect'].sort(), 'the verbs are plain properties of it');
  t.equal(step['additionalProperties'], false);
  t.notOk('oneOf' in step || 'anyOf' in step || 'allOf' in step, 'no branches, which editors report one of');
  t.end();
});

t.test('faults, their moments and what they do', (t) => {
  const moments = Object.keys(faultSource.properties.at.properties);
  t.same(
    ['progress', 'offset', 'flash-op', 'log', 'boot-phase', 'step'].filter((moment) => !moments.includes(moment)),
    [],
  );
  const effects = new Map(readFragments(root, 'faults'));
  const named = ['power-cut', 'link-drop', 'loss', 'delay', 'duplicate', 'reorder', 'corrupt', 'stall', 'low-mtu'];
  t.same(
    named.filter((effect) => !effects.has(effect)),
    [],
  );
  t.end();
});

t.test('outcomes', (t) => {
  const named = 'passed failed infra broken skipped not-applicable xfailed xpassed flaky not-run aborted';
  t.same([...cellOutcomes].sort(), named.split(' ').sort());
  t.end();
});
