/** Each parameter of each noun decides: on one state of the board, what it demands holds with one value and does not hold with another. */

import t from 'tap';
import { pipelineText, runText, stepEnds } from '../helpers/run.ts';

/** The expectations that are met after `steps`, of those that are looked at one after another. */
async function metAfter(steps: string, expectations: readonly string[]): Promise<readonly string[]> {
  const judged = expectations.map((args) => `  - expect: { ${args} }\n    severity: warn\n`);
  const first = steps.match(/^ {2}- /gm)?.length ?? 0;
  const ran = await runText(pipelineText(`${steps}${judged.join('')}`, "  word: { type: string, default: 'b7' }"));
  const ends = stepEnds(ran);
  return expectations.filter((_, index) => ends.get(`steps[${first + index}]`)?.outcome === 'passed');
}

interface Case {
  readonly what: string;
  readonly steps: string;
  readonly met: readonly string[];
  readonly unmet: readonly string[];
}

const pending = '  - upload: { image: next }\n  - mark-pending: { image: next }\n';
const flags = ['pending', 'confirmed', 'permanent', 'bootable', 'active'];
const ofSlot = (slot: number, values: readonly boolean[], more: string): readonly string[] =>
  values.map((value, index) => `slots: [{ slot: ${slot}, ${more}${flags[index]}: ${value} }]`);

const cases: readonly Case[] = [
  {
    what: 'an image on its way: pending, and not for good',
    steps: pending,
    met: [
      'active: base',
      'active: 0',
      'active: base, confirmed: true',
      'image: next',
      'image: next, slot: 1',
      'image: 1, slot: 1',
      'image: next, pending: true',
      'image: next, confirmed: false',
      'image: next, permanent: false',
      'image: next, bootable: true',
      'slots: [{ slot: 1, image: next }]',
      'slots: [{ slot: 0 }, { slot: 1 }], exact: true',
      'slots: [{ slot: 1, version: "1.1.0" }]',
      'slots: [{ slot: 1, empty: false }]',
      ...ofSlot(0, [false, true, false, true, true], ''),
      ...ofSlot(1, [true, false, false, true, false], 'image: next, '),
      'state: test',
    ],
    unmet: [
      'active: next',
      'active: 1',
      'active: base, confirmed: false',
      'image: next, slot: 0',
      'image: 1, slot: 0',
      'image: next, pending: false',
      'image: next, confirmed: true',
      'image: next, permanent: true',
      'image: next, bootable: false',
      'image: next, absent: true',
      'slots: [{ slot: 1, image: base }]',
      'slots: [{ slot: 0 }], exact: true',
      'slots: [{ slot: 1, version: "1.0.0" }]',
      'slots: [{ slot: 1, empty: true }]',
      'slots: [{ slot: 1, target: 1, image: next }]',
      ...ofSlot(0, [true, false, true, false, false], ''),
      ...ofSlot(1, [false, true, true, false, true], 'image: next, '),
      'state: normal',
      'state: permanent',
      'state: test, target: 1',
    ],
  },
  {
    what: 'an empty slot, and an image in no slot',
    steps: '',
    met: [
      'slots: [{ slot: 1, empty: true }]',
      'image: next, absent: true',
      'slots: [{ slot: 0, image: base }], exact: true',
      'state: normal',
    ],
    unmet: [
      'slots: [{ slot: 1, empty: false }]',
      'slots: [{ slot: 1, image: next }]',
      'slots: [{ slot: 1, version: "1.1.0" }]',
      'slots: [{ slot: 1, pending: false }]',
      'image: next',
      'image: base, absent: true',
    ],
  },
  {
    what: 'an image for good',
    steps: '  - upload: { image: next }\n  - confirm: { image: next }\n',
    met: ['image: next, permanent: true', 'state: permanent'],
    unmet: ['image: next, permanent: false', 'state: test'],
  },
  {
    what: 'an error, which is of its group',
    steps: '  - erase: { slot: 0 }\n    expect-error: { group: image, code: NO_FREE_SLOT }\n',
    met: ['error: { group: image, code: NO_FREE_SLOT }', 'error: { group: image, code: 9 }'],
    unmet: ['error: { group: image, code: NO_IMAGE }', 'error: { group: settings, code: 9 }', 'error: { code: 9 }', 'response: { r: x }'],
  },
  {
    what: 'a response',
    steps: '  - echo: { d: b7 }\n',
    met: ['response: { r: b7 }'],
    unmet: ['response: { r: b8 }', 'response: { r: b7, rc: 0 }', 'error: { group: image, code: 9 }'],
  },
  {
    what: 'the exit code of a program',
    steps: "  - exec: { run: [node, -e, 'process.exit(3)'], expect: { exit: any } }\n",
    met: ['exit: 3'],
    unmet: ['exit: 0'],
  },
  {
    what: 'values',
    steps: '  - id: up\n    upload: { image: next }\n',
    met: [
      "value: '${{ inputs.word }}', equals: b7",
      "value: '${{ steps.up.bytes }}', at-least: 16 KiB",
      "value: '${{ steps.up.bytes }}', at-most: 17 KiB",
      "value: '${{ inputs.word }}', matches: '^b[0-9]$'",
      "value: '${{ steps.up.bytes }}', matches: '^1[0-9]+$'",
      'value: \'${{ inputs.word == "b7" }}\'',
    ],
    unmet: [
      "value: '${{ inputs.word }}', equals: b8",
      "value: '${{ steps.up.bytes }}', at-least: 17 KiB",
      "value: '${{ steps.up.bytes }}', at-most: 16 KiB",
      "value: '${{ inputs.word }}', matches: '^[0-9]$'",
      'value: \'${{ inputs.word == "b8" }}\'',
      "value: '${{ inputs.word }}'",
    ],
  },
];

for (const { what, steps, met, unmet } of cases) {
  t.test(what, async (t) => {
    t.same(await metAfter(steps, [...met, ...unmet]), met);
  });
}

t.test('an expectation looks at what the action before it was answered, whatever was looked at between', async (t) => {
  const steps = '  - echo: { d: b7 }\n  - expect: { active: base }\n  - expect: { state: normal }\n';
  t.same(await metAfter(steps, ['response: { r: b7 }']), ['response: { r: b7 }']);
});
