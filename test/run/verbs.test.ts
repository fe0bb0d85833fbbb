/** The parameters of verbs do what they say: pipelines that only pass, or only fail, where a parameter is heard. */

import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import type { RunEvent } from '../../src/events/event.ts';
import { complaintOf, parsePipeline, pipelineText, runPipelines, runText, stepEnds } from '../helpers/run.ts';
import type { Ran } from '../helpers/run.ts';

/** What went wrong in a pipeline with these steps, if anything did. */
async function check(t: Test, cases: Readonly<Record<string, RegExp | undefined>>): Promise<void> {
  for (const [steps, complaint] of Object.entries(cases)) {
    const found = await complaintOf(steps.replace(/^(?=.)/gm, '  '));
    if (complaint === undefined) t.equal(found, undefined, steps);
    else t.match(found, complaint, steps);
  }
}

function resultOf(ran: Ran, step: string): Readonly<Record<string, unknown>> {
  return (stepEnds(ran).get(step)?.result ?? {}) as Readonly<Record<string, unknown>>;
}

t.test('upload: where the image must end up', (t) =>
  check(t, {
    '- upload: { image: next, slot: 1 }\n': undefined,
    // A server with one image ignores the number (smp.md 4.6).
    '- upload: { image: next, slot: 3 }\n': /was uploaded, and is not in slot 3$/,
    '- upload: { image: next, slot: 0 }\n': /was uploaded, and is not in slot 0$/,
    '- upload: { image: next, target: 1 }\n- expect: { frames: { match: { group: image, command: 1, payload: { image: 1 } } } }\n':
      undefined,
    '- upload: { image: next, slot: 1 }\n- expect: { frames: { match: { group: image, command: 1, payload: { image: 0 } } } }\n': undefined,
  }),
);

t.test('upload: what a server may refuse', (t) =>
  check(t, {
    '- upload: { image: base }\n': undefined,
    '- upload: { image: base, upgrade-only: true }\n': /CURRENT_VERSION_IS_NEWER/,
  }),
);

t.test('echo: the text must come back as it was sent', (t) =>
  check(t, {
    '- echo: { d: hello }\n': undefined,
    '- fault: { do: knob, set: { rsp.script: [{ match: { group: 0, command: 0 }, answer: { payload: { r: other } }, times: 1 }] } }\n- echo: { d: hello }\n':
      /^the echo came back changed$/,
  }),
);

t.test('upload: how much goes in one request, and how many wait', async (t) => {
  const requests = '- expect: { frames: { match: { op: write, group: image, command: 1 }, at-least: 130 }, since: step }\n';
  await check(t, {
    [`- upload: { image: next, chunk: 128 B }\n${requests}`]: undefined,
    [`- upload: { image: next }\n${requests}`]: /of \d+ SMP packets match, not at least 130/,
  });
  t.equal(await mostWaiting('window: 1'), 1);
  t.equal(await mostWaiting('window: 3'), 3);
});

/** The most requests that waited for their answers at the same time during an upload. */
async function mostWaiting(args: string): Promise<number> {
  const ran = await runText(pipelineText(`  - upload: { image: next, chunk: 128 B, ${args} }`));
  const packets = ran.events.filter((event): event is Extract<RunEvent, { kind: 'wire' }> => event.kind === 'wire');
  let waiting = 0;
  let most = 0;
  for (const { direction, summary = '' } of packets) {
    if (!summary.includes('image upload')) continue;
    waiting += direction === 'to-device' ? 1 : -1;
    most = Math.max(most, waiting);
  }
  return most;
}

t.test('upload: where it stops, and whether it goes on there', async (t) => {
  const bytesOf = async (first: string, second: string): Promise<readonly number[]> => {
    const ran = await runText(pipelineText(`  - upload: { image: next, ${first} }\n  - upload: { image: next, ${second} }`));
    return ['steps[0]', 'steps[1]'].map((step) => Number(resultOf(ran, step)['bytes']));
  };
  const [half = 0, rest = 0] = await bytesOf('stop-at: 50%', 'resume: true');
  const whole = half + rest;
  t.ok(whole > 16 * 1024 && whole < 18 * 1024, String(whole));
  t.equal(half, whole / 2);
  t.same(await bytesOf('stop-at: 4 KiB', 'sha: true'), [4096, whole - 4096]);
  t.same(await bytesOf('stop-at: 4 KiB', 'resume: false'), [4096, whole]);
  t.same(await bytesOf('stop-at: 4 KiB, sha: false', 'sha: false'), [4096, whole], 'without its SHA-256 nobody knows it again');
});

t.test('images by slot number and by hash', async (t) => {
  await check(t, {
    "- expect: { active: '${{ inputs.base.hash }}' }\n": undefined,
    "- expect: { active: '${{ inputs.next.hash }}' }\n": /is not the running image/,
    '- upload: { image: next }\n- mark-pending: { image: 1 }\n- expect: { image: next, pending: true }\n': undefined,
    "- upload: { image: next }\n- mark-pending: { image: '${{ inputs.next.hash }}' }\n- expect: { image: next, pending: true }\n":
      undefined,
  });
  const ran = await runText(pipelineText("  - echo: { d: '${{ inputs.base.hash }}' }"));
  const hash = String(resultOf(ran, 'steps[0]')['r']).toUpperCase();
  t.match(hash, /^[0-9A-F]{64}$/);
  t.equal(await complaintOf(`  - expect: { active: '${hash}' }`), undefined, 'in capitals, too');
});

t.test('erase and reset', (t) => {
  const saved = '- settings: { write: { name: app/kept, text: x } }\n- settings: { save: {} }\n';
  const read = '- reset: {}\n- wait: { for: 30s }\n- settings: { read: { name: app/kept } }\n';
  const asked = (fields: string): string =>
    `- expect: { frames: { match: { op: write, group: os, command: 5, payload: { ${fields} } } }, since: start }\n`;
  return check(t, {
    [saved + read]: undefined,
    [`${saved}- erase: { storage: true }\n${read}`]: /KEY_NOT_FOUND/,
    '- upload: { image: next }\n- erase: { slot: 1 }\n- expect: { image: next, absent: true }\n': undefined,
    [`- reset: { force: true }\n${asked('force: true')}`]: undefined,
    [`- reset: {}\n${asked('force: true')}`]: /^0 of/,
    [`- reset: { mode: bootloader }\n${asked('boot_mode: 1')}`]: undefined,
    [`- reset: { via: pin }\n- expect: { frames: { match: { group: os, command: 5 }, count: 0 }, since: start }\n`]: undefined,
  });
});

t.test('exec: its environment, and the code that it must end with', (t) =>
  check(t, {
    '- exec: { run: [node, -e, \'process.exit(process.env.WORD === "x" ? 0 : 3)\'], env: { WORD: x } }\n': undefined,
    "- exec: { run: [node, -e, 'process.exit(3)'], expect: { exit: 3 } }\n": undefined,
    "- exec: { run: [node, -e, ''], expect: { exit: 3 } }\n": /ended with exit code 0/,
  }),
);

t.test('exec runs in the folder of its document', async (t) => {
  const folder = t.testdir({ 'here.txt': '' });
  const text = pipelineText('  - exec: { run: [node, -e, \'process.exit(require("fs").existsSync("here.txt") ? 0 : 3)\'] }');
  t.same((await runPipelines([parsePipeline(text, join(folder, 'a.pipeline.yaml'))])).outcomes, ['passed']);
});

t.test('reset by power takes the power away', async (t) => {
  const ran = await runText(pipelineText('  - reset: { via: power }\n  - expect: { active: base }\n    within: 60s'));
  t.same(
    ran.events.flatMap((event) => (event.kind === 'power' ? [event.action] : [])),
    ['off', 'on'],
  );
});

t.test('retry: what the lab did is tried again, as often and with the pause that is said', async (t) => {
  const tried = async (run: string): Promise<readonly [notes: number, seconds: number]> => {
    const ran = await runText(pipelineText(`  - exec: { run: ${run} }\n    retry: { max: 3, delay: 2s }`));
    const notes = ran.events.filter((event) => event.kind === 'note' && event.text.startsWith('try ')).length;
    return [notes, Math.round((stepEnds(ran).get('steps[0]')?.durationMs ?? 0) / 1000)];
  };
  t.same(await tried('[no-such-program-here]'), [3, 6]);
  t.same(await tried("[node, -e, 'process.exit(3)']"), [0, 0], 'what the product did is not');
});

t.test('expect-error: only a refusal is one', (t) =>
  check(t, {
    '- exec: { run: [no-such-program-here] }\n  expect-error: { code: EINVAL }\n': /^no-such-program-here could not be run/,
    '- erase: { slot: 0 }\n  expect-error: { group: settings, code: 9 }\n': /refused for another reason/,
    '- erase: { slot: 0 }\n  expect-error: { group: image, code: 9 }\n': undefined,
  }),
);

t.test('settings: what each command does', (t) => {
  const write = '- settings: { write: { name: app/kept, text: abc } }\n- settings: { save: {} }\n';
  const read = "- { id: r, settings: { read: { name: app/kept } } }\n- expect: { value: '${{ steps.r.text }}', equals: abc }\n";
  const reset = '- reset: {}\n- wait: { for: 30s }\n';
  const asked = (command: number): string =>
    `- expect: { frames: { match: { op: write, group: settings, command: ${command} } }, since: start }\n`;
  return check(t, {
    [write + read]: undefined,
    [`${write}- settings: { delete: { name: app/kept } }\n${reset}${read}`]: /KEY_NOT_FOUND/,
    [`${write}${reset}${read}`]: undefined,
    [`- settings: { commit: {} }\n${asked(2)}`]: undefined,
    [`- settings: { load: {} }\n- expect: { frames: { match: { op: read, group: settings, command: 3 } }, since: start }\n`]: undefined,
    [`${write}- settings: { read: { name: app/kept, max-size: 1 } }\n- expect: { frames: { match: { payload: { max_size: 1 } } }, since: step }\n`]:
      undefined,
  });
});

t.test('collect: what it keeps', async (t) => {
  const ran = await runText(pipelineText('  - collect: [image-list, reset-reason, console-tail]'));
  t.match(JSON.parse(ran.kept.get('image-list.json') ?? '[]'), [{ slot: 0, version: '1.0.0', active: true }]);
  t.match(ran.kept.get('reset-reason.txt'), /Starting bootloader/);
  t.match(ran.kept.get('console-tail.txt'), /Jumping to the first/);
});

t.test('waits, connections and power cuts end when they are told to', async (t) => {
  const secondsOf = async (steps: string, step: string): Promise<number> =>
    Math.round((stepEnds(await runText(pipelineText(steps))).get(step)?.durationMs ?? 0) / 1000);
  t.equal(await secondsOf('  - wait: { until: { log: no such line }, timeout: 3s }', 'steps[0]'), 3);
  const dropped = '    fault: { do: link-drop, for: 20s }\n';
  t.equal(await secondsOf(`  - disconnect: {}\n  - connect: { timeout: 3s }\n${dropped}`, 'steps[1]'), 3);
  t.equal(await secondsOf('  - power: { cut: { after: 1s }, for: 5s }\n  - expect: { bricked: false }', 'steps[0]'), 6);
  await check(t, { '- wait: { until: { log: no such line }, timeout: 3s }\n': /did not say "no such line" within 3 s/ });
});
