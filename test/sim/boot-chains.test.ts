/** What comes before and beside MCUboot: the immutable first stage, the network core, the firmware loader. And the stock pipelines about them. */

import { readdirSync } from 'node:fs';
import t from 'tap';
import { createRng } from '../../src/base/rng.ts';
import { createBoards } from '../../src/cli/boards.ts';
import { loadFile } from '../../src/cli/documents.ts';
import type { Bench, Pipeline } from '../../src/language/model.ts';
import { buildBootloader } from '../../src/mcuboot/bootloader-build.ts';
import { buildImage } from '../../src/mcuboot/build.ts';
import { demoKey } from '../../src/mcuboot/demo-keys.ts';
import { loadPrivateKey } from '../../src/mcuboot/keys.ts';
import { rawPublicKey } from '../../src/mcuboot/raw-ecdsa.ts';
import { planCells } from '../../src/run/plan.ts';
import { bootConfig, bootOnce, setPending } from '../../src/sim/bootloader/index.ts';
import type { BootAreas, BootConfig, BootResult, McubootRelease } from '../../src/sim/bootloader/index.ts';
import { runFirstStage } from '../../src/sim/first-stage/first-stage.ts';
import type { FirstStage } from '../../src/sim/first-stage/first-stage.ts';
import { createFlash, flashArea } from '../../src/sim/flash.ts';
import type { FlashArea } from '../../src/sim/flash.ts';
import { runPipelines } from '../helpers/run.ts';
import { projectPath } from '../helpers/vectors.ts';

const kib = 1024;
const bootloaderKey = demoKey('ecdsa-p256');
const version = { major: 1, minor: 0, revision: 0, build: 0 };

/** Of P-256, and nobody trusts it. */
const otherKey = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgaEEctHcHczhJfUC9
/ndT2ThSY5/22LkRoFPGItpWx/ehRANCAAQmzxF92HSuhqsxf197MSyWnNT0i2Th
1eQ8b8CYH3puCgiJp/AdQSDboFtB90HMQ9dfpGyKJ2XF+aQDTlTqhCyd
-----END PRIVATE KEY-----`;

/** S0, S1, and two slots of one image on one flash. */
function chip(): { readonly s0: FlashArea; readonly s1: FlashArea; readonly primary: FlashArea; readonly secondary: FlashArea } {
  const flash = createFlash({ name: 'internal', sectors: [[4096, 64]], writeSize: 4 });
  const area = (name: string, offset: number, size: number): FlashArea =>
    flashArea(flash, { name, offset: offset * kib, size: size * kib });
  return { s0: area('S0', 16, 32), s1: area('S1', 48, 32), primary: area('primary', 80, 64), secondary: area('secondary', 144, 64) };
}

/** MCUboot for a slot, as an image with the usual header before it. */
function mcubootFor(
  slot: { readonly address: number },
  build: { readonly version: number; readonly release?: string; readonly key?: typeof bootloaderKey },
): Uint8Array {
  const { release = 'v2.2.0', key = bootloaderKey } = build;
  const address = slot.address + 0x200;
  const banner = [`*** Booting MCUboot ${release} ***`];
  const body = buildBootloader({ size: 8 * kib, version: build.version, address, banner, rng: createRng(build.version) }, key);
  return buildImage({ version, body, loadAddress: address });
}

function firstStage(slots: readonly [FlashArea, FlashArea], logs = false): FirstStage {
  let value = 0;
  return {
    slots,
    logs,
    point: rawPublicKey(bootloaderKey.publicKey)!,
    counter: {
      get value() {
        return value;
      },
      raise: (to) => void (value = to),
    },
  };
}

void t.test('the first stage starts the newer valid copy', async (t) => {
  const { s0, s1 } = chip();
  const stage = firstStage([s0, s1]);
  t.same(runFirstStage(stage), {
    slot: undefined,
    lines: [
      'Attempting to boot slot 0.',
      'No fw_info struct found.',
      'Attempting to boot slot 1.',
      'No fw_info struct found.',
      'No bootable image found. Aborting boot.',
    ],
  });
  s0.load(0, mcubootFor(s0, { version: 1 }));
  const { slot, lines } = runFirstStage(stage);
  t.equal(slot, 0);
  t.equal(lines[1], 'Attempting to boot from address 0x4200.');
  t.match(lines[3], /^Hash: 0x[0-9a-f]{2}\.\.\.[0-9a-f]{2}$/);
  t.same(
    lines.filter((_, index) => index !== 3),
    [
      'Attempting to boot slot 0.',
      'Attempting to boot from address 0x4200.',
      'Verifying signature against key 0.',
      'Firmware signature verified.',
      'Firmware version 1',
      'Setting monotonic counter (version: 1, slot: 0)',
    ],
  );
  s1.load(0, mcubootFor(s1, { version: 1 }));
  t.equal(runFirstStage(stage).slot, 0, 'of two alike the first');
  s1.load(0, new Uint8Array(s1.size).fill(0xff));
  s1.load(0, mcubootFor(s1, { version: 3 }));
  t.equal(runFirstStage(stage).slot, 1);
  t.equal(stage.counter.value, 3);
});

void t.test('a copy that is not valid is given up for ever', async (t) => {
  const other = loadPrivateKey(otherKey);
  const faults: readonly [what: string, line: string, spoil: (s1: FlashArea, s0: FlashArea) => void][] = [
    ['a flipped bit', 'E: Firmware validation failed with error -102.', (s1) => s1.flash.flipBits(s1.offset + 0x1000, 1)],
    ['another key', 'E: Failed to validate signature.', (s1) => s1.load(0, mcubootFor(s1, { version: 2, key: other }))],
    ['the other address', "E: The firmware doesn't belong at destination addr.", (s1, s0) => s1.load(0, mcubootFor(s0, { version: 2 }))],
    ['no signature', 'E: Could not find valid firmware validation info.', (s1) => s1.load(0x200 + 8 * kib, new Uint8Array(300).fill(0xff))],
  ];
  for (const [what, line, spoil] of faults) {
    const { s0, s1 } = chip();
    const stage = firstStage([s0, s1], true);
    s0.load(0, mcubootFor(s0, { version: 1 }));
    s1.load(0, mcubootFor(s1, { version: 2 }));
    spoil(s1, s0);
    const first = runFirstStage(stage);
    t.equal(first.slot, 0, what);
    t.ok(first.lines.includes(line), `${what}: ${first.lines.join(' | ')}`);
    t.ok(first.lines.includes('Failed to validate, permanently invalidating!'), what);
    if (!what.startsWith('the other')) t.ok(runFirstStage(stage).lines.includes('E: Firmware has been invalidated: 0x91020000.'), what);
  }
  const { s0, s1 } = chip();
  const stage = firstStage([s0, s1], true);
  stage.counter.raise(5);
  s0.load(0, mcubootFor(s0, { version: 4 }));
  t.ok(runFirstStage(stage).lines.includes('E: Firmware version (4) is smaller than monotonic counter (5).'), 'no way back');
});

interface Chain {
  readonly areas: BootAreas;
  readonly config: BootConfig;
  readonly s0: FlashArea;
  readonly s1: FlashArea;
  readonly secondary: FlashArea;
}

/** MCUboot runs from S0, an application from the primary slot, and the given candidate is asked for. */
function chain(release: McubootRelease, candidate: (slots: ReturnType<typeof chip>) => Uint8Array): Chain {
  const slots = chip();
  const config = bootConfig({ mode: 'move', release });
  slots.primary.load(0, buildImage({ version, body: vectorsAt(slots.primary.address + 0x200) }));
  slots.secondary.load(0, candidate(slots));
  const areas = { images: [slots], bootloader: { active: slots.s0, inactive: slots.s1 } };
  setPending(areas, config, { permanent: false });
  return { areas, config, ...slots };
}

function vectorsAt(address: number): Uint8Array {
  const body = new Uint8Array(2000).fill(7);
  new DataView(body.buffer).setUint32(4, address | 1, true);
  return body;
}

function textsOf(result: BootResult): string[] {
  return result.log.map(({ text }) => text);
}

void t.test('MCUboot copies a newer copy of itself into the other slot', async (t) => {
  for (const [release, outcome] of [
    ['v2.1.0', 'boot'],
    ['v2.1.0-ncs5', 'boot'],
    ['ncs-v3.4.0', 'restart'],
  ] as const) {
    const candidate = ({ s1 }: ReturnType<typeof chip>): Uint8Array => mcubootFor(s1, { version: 2 });
    const { areas, config, s0, s1, secondary } = chain(release, candidate);
    const result = bootOnce(areas, config);
    t.equal(result.outcome, outcome, release);
    const stage = firstStage([s0, s1]);
    t.equal(runFirstStage(stage).slot, 1, `${release}: it is whole`);
    t.ok(secondary.isErased(0, s1.size), `${release}: and used up`);
    t.ok(textsOf(result).includes('I: Image index: 1, Swap type: test'), release);
    t.ok(textsOf(result).includes(`I: Starting swap using ${release === 'v2.1.0' ? 'move' : 'nsib'} algorithm.`), release);
    t.notOk(textsOf(result).includes('I: Image index: 0, Swap type: test'), `${release}: the application is not asked`);
    t.equal(bootOnce(areas, config).outcome, 'boot', `${release}: once`);
  }
});

void t.test('MCUboot refuses what was linked for its own place, and passes over what it does not know', async (t) => {
  const wrong = chain('v2.1.0', ({ s0 }) => mcubootFor(s0, { version: 2 }));
  const refused = bootOnce(wrong.areas, wrong.config);
  t.equal(refused.outcome, 'boot');
  t.ok(textsOf(refused).includes('E: Image in slot is for wrong s0/s1 image'));
  t.ok(textsOf(refused).includes('E: Cleaned-up secondary slot of image 0'));
  t.ok(wrong.secondary.isErased(0, wrong.secondary.size) && wrong.s1.isErased(0, wrong.s1.size));

  const foreign = chain('v2.1.0', () => buildImage({ version: { ...version, major: 2 }, body: vectorsAt(0x0100_0000) }));
  const passed = bootOnce(foreign.areas, foreign.config);
  t.match(passed, { outcome: 'boot', image: { version: { major: 1 } } }, 'an image for no place that is known is not installed');
  t.notOk(foreign.secondary.isErased(0, 4096), 'and stays');

  const damaged = chain('v2.1.0', ({ s1 }) => mcubootFor(s1, { version: 2 }).fill(0, 3000, 3010));
  t.ok(textsOf(bootOnce(damaged.areas, damaged.config)).includes('E: Image in the secondary slot is not valid!'));
  t.ok(damaged.s1.isErased(0, damaged.s1.size), 'a damaged copy never gets there');
});

void t.test('a power cut at every operation of such an update leaves a bootloader that starts', async (t) => {
  const candidate = ({ s1 }: ReturnType<typeof chip>): Uint8Array => mcubootFor(s1, { version: 2 });
  const boot = (cut: number): { readonly outcome: string; readonly slot: 0 | 1 | undefined; readonly operations: number } => {
    const { areas, config, s0, s1, secondary } = chain('ncs-v3.4.0', candidate);
    s0.load(0, mcubootFor(s0, { version: 1 }));
    let operations = 0;
    secondary.flash.setHooks({ write: () => (operations++ === cut ? 'cut-torn' : 'proceed') });
    const { outcome } = bootOnce(areas, config);
    secondary.flash.setHooks({});
    return { outcome, slot: runFirstStage(firstStage([s0, s1])).slot, operations };
  };
  const { operations } = boot(-1);
  t.ok(operations > 40);
  for (let cut = 0; cut < operations; cut += 1) {
    const { outcome, slot } = boot(cut);
    t.equal(outcome, 'power-cut');
    t.not(slot, undefined, `cut at ${cut}`);
  }
});

void t.test('the network core gets what is meant for it', async (t) => {
  const { primary, secondary } = chip();
  const network = createFlash({ name: 'network', sectors: [[2048, 32]], writeSize: 4 });
  const networkCore = flashArea(network, { name: 'network core', offset: 0, size: 64 * kib, address: 0x0100_8800 });
  const program = vectorsAt(0x0100_8900);
  primary.load(0, buildImage({ version, body: vectorsAt(primary.address + 0x200) }));
  const areas = { images: [{ primary, secondary }], networkCore };
  const update = (defects: BootConfig['defects']): BootResult => {
    const config = bootConfig({ mode: 'move', release: 'v1.8.0', defects });
    secondary.load(0, new Uint8Array(secondary.size).fill(0xff));
    secondary.load(0, buildImage({ version, body: program }));
    setPending(areas, config, { permanent: false });
    return bootOnce(areas, config);
  };
  const failed = textsOf(update({ networkCoreFails: true }));
  t.same(failed.slice(-3), ['I: Starting network core update', 'I: Turned on network core', 'E: Network core update failed']);
  t.ok(networkCore.isErased(0, 4096));
  const done = update({});
  t.match(done, { outcome: 'boot', image: { version: { major: 1 } } });
  t.ok(done.elapsedUs >= 1_000_000, 'the bootloader waits');
  t.same([...networkCore.read(0, program.length)], [...program], 'the program without its header');

  const pair = { primary: networkCore, secondary };
  const both = { images: [{ primary }, pair], networkCore };
  const config = bootConfig({ mode: 'overwrite', maxSectors: 64, defects: { networkCoreFails: true } });
  secondary.load(0, new Uint8Array(secondary.size).fill(0xff));
  secondary.load(0, buildImage({ version, body: program }));
  setPending(both, config, { permanent: true, image: 1 });
  t.equal(bootOnce(both, config).outcome, 'panic', 'one that does not take its update stops the bootloader at every boot');
  t.equal(bootOnce(both, config).outcome, 'panic');
  t.equal(bootOnce(both, { ...config, defects: {} }).outcome, 'boot');
});

void t.test('firmware loader mode', async (t) => {
  const { primary, secondary } = chip();
  const areas = { images: [{ primary, secondary }] };
  const started = (entry: BootConfig['loaderEntry'], asked: boolean): string => {
    const config = bootConfig({ mode: 'firmware-loader', loaderEntry: entry });
    const host = { readSecurityCounter: () => 0, writeSecurityCounter: () => undefined, loaderRequested: asked };
    const result = bootOnce(areas, config, host);
    return result.outcome === 'boot' ? result.image.slot : result.outcome;
  };
  const always = { request: true, noApplication: true };
  const never = { request: false, noApplication: false };
  t.equal(started(always, true), 'no-image');
  secondary.load(0, buildImage({ version, body: vectorsAt(0) }));
  t.same([started(always, false), started(never, false)], ['secondary', 'no-image'], 'without an application');
  primary.load(0, buildImage({ version, body: vectorsAt(0) }));
  t.same([started(always, false), started(always, true), started(never, true)], ['primary', 'secondary', 'primary']);
  secondary.load(0x300, Uint8Array.of(1, 2, 3));
  t.equal(started(always, true), 'primary', 'a damaged loader is not started');
});

void t.test('stock pipelines', async (t) => {
  const bench = loadFile(projectPath('pipelines/profiles/all.bench.yaml')).document as Bench;
  const boards = createBoards(bench);
  const folders = ['pipelines/bootloader', 'pipelines/multi-image'];
  const files = folders.flatMap((folder) => readdirSync(projectPath(folder)).map((file) => projectPath(`${folder}/${file}`)));
  const pipelines = files.map((file) => loadFile(file).document as Pipeline);
  const { events } = await runPipelines(pipelines, { cells: planCells({ pipelines, boards: { all: boards, chosen: boards } }) });
  const ends = events.flatMap((event) => (event.kind === 'cell-end' ? [event] : []));
  const passed = ends.filter(({ outcome }) => outcome === 'passed').map(({ cell }) => cell);
  t.same(
    ends.flatMap(({ outcome, cell, reason }) => (outcome === 'passed' || outcome === 'not-applicable' ? [] : [`${cell}: ${reason}`])),
    [],
  );
  t.same(passed.sort(), [
    'bootloader.firmware-loader@firmware-loader',
    'bootloader.updates-itself@ncs-1.9-b0',
    'bootloader.updates-itself@ncs-3.4-b0',
    'bootloader.wrong-variant-is-refused@ncs-1.9-b0',
    'bootloader.wrong-variant-is-refused@ncs-3.4-b0',
    'multi-image.dependency@two-images',
    'multi-image.network-core-shares-slot@nrf5340dk-one-slot',
    'multi-image.nrf5340-application-first@nrf5340dk',
    'multi-image.nrf5340-network-first@nrf5340dk',
  ]);
});
