/** `boot`: the bootloader's lines in each mode and of old and new releases, and the number of boots. */

import t from 'tap';
import { lastBoot, swapOf, verdictOf } from '../../src/device/boot-lines.ts';
import { planCells } from '../../src/run/plan.ts';
import type { BootMode } from '../../src/sim/bootloader/index.ts';
import { boardOf, profileOf } from '../helpers/boards.ts';
import type { BootloaderConfig } from '../helpers/boards.ts';
import { complaintOf, parsePipeline, pipelineText, runPipelines } from '../helpers/run.ts';

async function outcomeOn(config: BootloaderConfig, steps: string): Promise<readonly string[]> {
  const board = boardOf(profileOf(config));
  const pipelines = [parsePipeline(pipelineText(steps).replaceAll('16 KiB', '8 KiB'))];
  const ran = await runPipelines([], { cells: planCells({ pipelines, boards: { all: [board], chosen: [board] } }) });
  const complaints = ran.events.flatMap((event) => ('diagnostics' in event ? event.diagnostics.map(({ message }) => message) : []));
  return [...ran.outcomes, ...complaints];
}

const asked = '  - upload: { image: next }\n  - mark-pending: { image: next }\n';
const boots = (what: string): string => `  - reset: {}\n  - expect: { boot: ${what} }\n    within: 60s\n`;

t.test('a trial and the way back, in each mode that swaps and by releases that print otherwise', async (t) => {
  for (const mode of ['move', 'scratch', 'offset'] satisfies BootMode[])
    for (const release of ['head', ...(mode === 'offset' ? [] : (['v1.7.2'] as const))] as const) {
      const steps =
        boots('{ swap: none, verdict: booted }') +
        asked +
        boots('{ swap: test, verdict: booted }') +
        boots('{ swap: revert }') +
        boots('{ swap: none }');
      t.strictSame(await outcomeOn({ mode, release }, steps), ['passed'], `${mode} ${release}`);
    }
});

t.test('an image for good, and one that is copied over the old one', async (t) => {
  const confirmed = `  - upload: { image: next }\n  - confirm: { image: next }\n${boots('{ swap: permanent }')}`;
  t.strictSame(await outcomeOn({ mode: 'move', release: 'head' }, confirmed), ['passed']);
  for (const release of ['head', 'v1.7.2'] as const) {
    const outcome = await outcomeOn(
      { mode: 'overwrite', release },
      asked + boots('{ swap: test, verdict: booted }') + boots('{ swap: none }'),
    );
    t.strictSame(outcome, ['passed'], release);
  }
});

t.test('a swap that a power cut interrupted goes on', async (t) => {
  const cut = '  - reset: {}\n    fault: { at: { flash-op: 20 }, do: power-cut, for: 1s }\n';
  const steps = `${asked}${cut}  - expect: { boot: { swap: test } }\n    within: 60s\n`;
  for (const mode of ['move', 'scratch'] satisfies BootMode[])
    t.strictSame(await outcomeOn({ mode, release: 'head' }, steps), ['passed'], mode);
});

t.test('what the bootloader refuses or passes over is no swap', async (t) => {
  const policy = (name: string): string => `  - fault: { do: knob, set: { boot.swap-policy: ${name} } }\n${asked}`;
  t.equal(await complaintOf(policy('invalid-scramble') + boots('{ swap: none, verdict: refused }')), undefined);
  t.equal(await complaintOf(policy('refuse-keep-pending') + boots('{ swap: none, verdict: booted }')), undefined);
  t.match(await complaintOf(policy('invalid-scramble') + boots('{ verdict: booted }')), /^the boot ended with refused, not booted/);
  t.match(await complaintOf(asked + boots('{ swap: permanent }')), /^the bootloader's swap was test, not permanent/);
});

t.test('boots are counted in a window', async (t) => {
  const twice =
    '  - reset: {}\n    id: first\n  - expect: { active: base }\n    within: 60s\n  - reset: {}\n  - expect: { active: base }\n    within: 60s\n';
  const count = (what: string, since: string): Promise<string | undefined> =>
    complaintOf(`${twice}  - expect: { boot: ${what}, since: ${since} }\n`);
  t.equal(await count('{ count: 1 }', 'step'), undefined);
  t.equal(await count('{ count: 2 }', 'mark.first'), undefined);
  t.equal(await count('{ at-most: 2 }', 'mark.first'), undefined);
  t.equal(await count('{ count: 1 }', 'mark.first'), 'the device booted 2 times, not 1');
  t.equal(await count('{ at-most: 1 }', 'mark.first'), 'the device booted 2 times, not at most 1');
  t.equal(await count('{ count: 0 }', 'step'), 'the device booted 1 time, not 0');
});

t.test('boots that end without an image, as MCUboot prints them', (t) => {
  const none = ['I: Starting bootloader', 'I: Image index: 0, Swap type: none', 'E: Unable to find bootable image'];
  t.equal(verdictOf(lastBoot(none)), 'no-image');
  t.equal(verdictOf(lastBoot([...none, 'I: Enter the serial recovery mode'])), 'recovery');
  t.equal(verdictOf(lastBoot(['I: Starting bootloader', 'E: panic!'])), 'panic');
  t.equal(verdictOf(lastBoot(['I: Starting bootloader', 'I: Boot source: none'])), undefined, 'it is still at work');
  const [first, second] = ['I: Image index: 0, Swap type: none', 'I: Image index: 1, Swap type: perm'];
  const two = ['I: Starting bootloader', first, second, 'I: Starting swap using move algorithm.'];
  t.same([swapOf(two, 0), swapOf(two, 1)], ['none', 'permanent'], 'images are told apart');
  const work = 'I: Starting swap using move algorithm.';
  const invalid = 'E: Image in the secondary slot is not valid!';
  const test = (image: number): string => `I: Image index: ${image}, Swap type: test`;
  const end = 'I: Bootloader chainload address offset: 0x0';
  const refusedFirst = ['I: Starting bootloader', test(0), invalid, test(1), work, end];
  t.same([swapOf(refusedFirst, 0), swapOf(refusedFirst, 1)], ['none', 'test'], 'a refusal is of the image that was looked at');
  t.same([verdictOf(refusedFirst, 0), verdictOf(refusedFirst, 1), verdictOf(refusedFirst)], ['refused', 'booted', 'refused']);
  const refusedSecond = ['I: Starting bootloader', test(0), test(1), invalid, work, end];
  t.same([swapOf(refusedSecond, 0), swapOf(refusedSecond, 1)], ['test', 'none']);
  t.same([swapOf([test(0), test(1), work, work, end], 0), swapOf([test(0), test(1), work, work, end], 1)], ['test', 'test']);
  t.equal(swapOf([test(0), test(1), work, end], 0), undefined, 'one swap of two: nobody says of which');
  t.equal(swapOf(['I: Starting Direct-XIP bootloader', 'I: Image 0 loaded from the primary slot'], 0), undefined);
  t.end();
});
