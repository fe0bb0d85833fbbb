/** Profile files: what they become, whether the shipped ones work, and that the schema knows what the simulator knows. */

import { readFileSync, readdirSync } from 'node:fs';
import t from 'tap';
import { sleep } from '../../src/base/clock.ts';
import { createVirtualClock } from '../../src/base/clock-virtual.ts';
import { BootproofError } from '../../src/base/errors.ts';
import { createRng } from '../../src/base/rng.ts';
import { createBoards } from '../../src/cli/boards.ts';
import { loadFile } from '../../src/cli/documents.ts';
import { readProfile } from '../../src/cli/profiles.ts';
import { formatDiagnostic } from '../../src/language/diagnostics.ts';
import { loadDocument } from '../../src/language/load.ts';
import type { Bench, Pipeline, Profile } from '../../src/language/model.ts';
import { generateBody } from '../../src/mcuboot/body.ts';
import { buildImage } from '../../src/mcuboot/build.ts';
import { demoKey } from '../../src/mcuboot/demo-keys.ts';
import { imageFlag } from '../../src/mcuboot/header.ts';
import { planCells } from '../../src/run/plan.ts';
import { mcubootReleases } from '../../src/sim/bootloader/release.ts';
import { createSimDevice } from '../../src/sim/machine.ts';
import { defaultProfile } from '../../src/sim/profile.ts';
import { recoveryProfiles } from '../../src/sim/recovery/releases.ts';
import { serverProfiles } from '../../src/sim/server/releases.ts';
import { runPipelines } from '../helpers/run.ts';
import { projectPath } from '../helpers/vectors.ts';

const folder = projectPath('pipelines/profiles');
const suffix = '.profile.yaml';
const shipped = readdirSync(folder)
  .filter((file) => file.endsWith(suffix))
  .map((file) => file.slice(0, -suffix.length));
/** Those whose updates are swaps, which is what the stock pipelines of `ota` are about. */
const swapping = [
  'nrf52840dk',
  'nrf52840dk-qspi',
  'nrf52840dk-spi',
  'nrf9160dk',
  'nrf54l15dk',
  'stm32-128k',
  'ncs-1.7',
  'ncs-1.9',
  'ncs-2.6',
  'ncs-3.x',
  'ncs-1.9-b0',
  'ncs-3.4-b0',
  'nrf5340dk-one-slot',
  'two-images',
];

/** Where stock pipelines fail, and rightly so: old servers number the refusal otherwise, and the file was linked for a device without first stage. */
const failing = [
  { pipeline: 'no-free-slot', on: ['ncs-1.7', 'ncs-1.9', 'ncs-1.9-b0', 'nrf5340dk-one-slot'], reason: 'rc: ENOENT' },
  { pipeline: 'test-then-confirm', on: ['ncs-1.9-b0', 'ncs-3.4-b0'], reason: 'is not the running image' },
];

/** Every kind of value that the loader changes. */
const everything = `
version: 1
kind: profile
name: everything
about: all of it
flash:
  mram:
    sectors: [{size: 16 KiB, count: 4}, {size: 128 KiB, count: 2}]
    write-size: 16
    erased-value: 0
    erase-required: false
    times: {erase-sector: 1.5s, program-unit: 20us, read-byte: 0.05us}
images:
  - primary: {flash: mram, offset: 0x10000, size: 128 KiB, address: 0x10010000}
    secondary: {flash: mram, offset: 192 KiB, size: 131072}
storage: {flash: mram, offset: 0, size: 16 KiB}
bootloader:
  release: head
  mode: overwrite
  key: none
  max-sectors: 4
  max-align: 16
  validate-primary: false
  downgrade-prevention: version
  executable-ram: {start: 0x20000000, size: 64 KiB}
  banner: [hello]
  start: 7ms
  recovery: {profile: mcuboot-1.x, no-application: true, receive-size: 2 KiB, echo: answered}
server:
  profile: z4.2
  groups: [os, image, zephyr-basic]
  buffers: {count: 2, exhausted: block}
  lines: {max: 96, burst: 2, poll: 10ms}
  refused: [{group: fs, command: 0, op: write, rc: 11}]
  request-time: 250us
  os: {params: false, reset-delay: 10ms}
  image: {frugal-list: true, block-size: 256 B}
  protocol: {answered-version: zero, canonical: true}
  settings: {roots: [app, bt]}
  fs: {mount: /ram, path-max: 32}
  shell: {output-max: 300}
application:
  confirm: 30s
  versions:
    1.1.0: {fault: {do: crash, after: 2s}}
    1.2.0.4: {confirm: at-boot, fault: {do: hang, after: 100ms}}
console: serial
links: {serial: {baud: 1000000}, ble: {mtu: 498}}
knobs: {app.trailer-offset-delta: {primary: 4 KiB}, rx.partial-restart: true, flash.corrupt: {flash: mram, write-rate: 5 KiB/s}}
`;

/** What this file reads of the bundled schema. */
interface BundledSchema {
  readonly $defs: {
    readonly bootloader: { readonly properties: { readonly release: { readonly enum: readonly string[] } } };
    readonly recovery: { readonly properties: { readonly profile: { readonly enum: readonly string[] } } };
    readonly 'smp-server': { readonly properties: { readonly profile: { readonly enum: readonly string[] } } };
  };
}

function parseProfile(text: string): Profile {
  const { document, diagnostics } = loadDocument(text, { name: 'x.profile.yaml' });
  t.equal(diagnostics.map(formatDiagnostic).join('\n'), '');
  return document as Profile;
}

t.test('a profile becomes what the simulator takes', (t) => {
  const { profile } = parseProfile(everything);
  t.same(profile, {
    name: 'everything',
    flash: [
      {
        name: 'mram',
        sectors: [
          [16384, 4],
          [131072, 2],
        ],
        writeSize: 16,
        erasedValue: 0,
        eraseRequired: false,
        costs: { eraseSectorUs: 1_500_000, programUnitUs: 20, readByteUs: 0.05 },
      },
    ],
    images: [
      {
        primary: { flash: 'mram', offset: 0x10000, size: 131072, address: 0x1001_0000 },
        secondary: { flash: 'mram', offset: 0x30000, size: 131072 },
      },
    ],
    storage: { flash: 'mram', offset: 0, size: 16384 },
    bootloader: {
      config: {
        release: 'head',
        mode: 'overwrite',
        maxSectors: 4,
        maxAlign: 16,
        validatePrimary: false,
        downgradePrevention: 'version',
        executableRam: { start: 0x2000_0000, size: 65536 },
      },
      key: 'none',
      banner: ['hello'],
      startMs: 7,
      recovery: {
        profile: 'mcuboot-1.x',
        entry: { noApplication: true, request: false },
        overrides: { receiveSize: 2048, echo: 'answered' },
      },
    },
    server: {
      profile: 'z4.2',
      overrides: {
        groups: [0, 1, 63],
        buffers: { count: 2, exhausted: 'block' },
        lines: { max: 96, burst: 2, pollMs: 10 },
        refused: [{ group: 8, command: 0, op: 'write', rc: 11 }],
        requestUs: 250,
        os: { params: false, resetDelayMs: 10 },
        protocol: { answeredVersion: 'zero', decoder: { library: 'zcbor', canonical: true } },
        settings: { roots: ['app', 'bt'] },
        files: { mount: '/ram', pathMax: 32 },
        shell: { outputMax: 300 },
        image: { frugalList: true, blockSize: 256 },
      },
    },
    application: {
      lines: [],
      startMs: 10,
      serverMs: 40,
      confirm: { afterMs: 30_000 },
      versions: {
        '1.1.0': { fault: { kind: 'crash', afterMs: 2000, lines: [], restart: true } },
        '1.2.0.4': { confirm: 'at-boot', fault: { kind: 'hang', afterMs: 100 } },
      },
    },
    console: 'serial',
    links: { serial: { baud: 1_000_000 }, udp: { datagramMax: 1500 }, ble: { mtu: 498, reassembly: true } },
    knobs: {
      'app.trailer-offset-delta': { primary: '4 KiB' },
      'rx.partial-restart': true,
      'flash.corrupt': { flash: 'mram', 'write-rate': '5 KiB/s' },
    },
  });
  t.ok(Object.isFrozen(profile) && Object.isFrozen(profile.images[0]?.primary), 'and is frozen');
  t.end();
});

t.test('the schema names what the simulator has', (t) => {
  const schema = JSON.parse(readFileSync(projectPath('schemas/profile.schema.json'), 'utf8')) as BundledSchema;
  const { bootloader, recovery, 'smp-server': server } = schema.$defs;
  t.same(bootloader.properties.release.enum, mcubootReleases);
  t.same([...server.properties.profile.enum].sort(), Object.keys(serverProfiles).sort());
  t.same(recovery.properties.profile.enum, Object.keys(recoveryProfiles));
  const { diagnostics } = loadDocument(everything.replace('z4.2', 'z4.2.0'), { name: 'x.profile.yaml' });
  t.same(
    diagnostics.map(({ code, hint }) => [code, hint]),
    [['wrong-value', 'did you mean `z4.2`?']],
  );
  t.same(parseProfile(readFileSync(`${folder}/nrf52840dk.profile.yaml`, 'utf8')).profile, defaultProfile);
  t.end();
});

t.test('each shipped profile boots what it was provisioned with', async (t) => {
  for (const name of shipped) {
    const path = `${folder}/${name}${suffix}`;
    const loaded = loadFile(path);
    t.equal(loaded.diagnostics.map(formatDiagnostic).join('\n'), '', `${name} has no mistakes`);
    t.equal((loaded.document as Profile).name, name);
    const { text, state } = await boot(path);
    t.equal(state, 'running', name);
    const { bootloader, application } = readProfile(path);
    t.match(text, [...bootloader.banner, ''].join('\r\n'), `${name}: ${text}`);
    t.match(text, application.lines[0]!);
    t.notMatch(text, /^[EW]: /m, `${name}: nothing to complain about`);
  }
});

t.test('a single slot without an image leaves the device to serial recovery', async (t) => {
  const clock = createVirtualClock();
  const profile = readProfile(`${folder}/serial-recovery-only.profile.yaml`);
  const device = createSimDevice({ profile, clock, rng: createRng(1) });
  device.powerOn();
  await clock.drive(sleep(clock, 1000, 'boot'));
  t.equal(device.state, 'recovery');
});

t.test('a profile that is damaged anywhere is refused, or still makes a device', (t) => {
  const damages = ['', '[]', '{}', '-1', 'null', '"${{ a }}"', '1e99', 'no', '3 KiB'];
  const accepted = new Set<string>();
  const places = [...everything.matchAll(/(?<=[:[{,] ?)[\w.-]+( KiB)?(?=[,\]}]|$)/gm)];
  t.ok(places.length > 70, String(places.length));
  // Each place is damaged in two ways, and all places together in all ways.
  for (const [index, place] of places.entries()) {
    for (const damage of [damages[index % damages.length]!, damages[(index + 4) % damages.length]!]) {
      const damaged = everything.slice(0, place.index) + damage + everything.slice(place.index + place[0].length);
      const { document } = loadDocument(damaged, { name: 'x.profile.yaml' });
      if (document?.kind !== 'profile') continue;
      createSimDevice({ profile: document.profile, clock: createVirtualClock(), rng: createRng(1) });
      accepted.add(damage);
    }
  }
  t.ok(accepted.has('3 KiB'), 'some of them are no mistakes');
  t.notOk(accepted.has('"${{ a }}"'));
  t.end();
});

async function boot(path: string): Promise<{ readonly text: string; readonly state: string }> {
  const clock = createVirtualClock();
  const profile = readProfile(path);
  const device = createSimDevice({ profile, clock, rng: createRng(1) });
  const { mode, executableRam } = profile.bootloader.config;
  const ram = mode === 'ramload' ? { flags: imageFlag.ramLoad, loadAddress: executableRam!.start } : {};
  const version = { major: 1, minor: 2, revision: 3, build: 0 };
  const bytes = buildImage({ version, body: generateBody(16_384, createRng(2)), ...ram }, demoKey('ed25519'));
  device.provision({ slots: profile.images.map((_, image) => ({ slot: 2 * image, content: { kind: 'image', bytes } })), confirmed: true });
  let text = '';
  device.openPort('console', (bytes) => (text += Buffer.from(bytes).toString('latin1')));
  device.powerOn();
  await clock.drive(sleep(clock, 10_000, 'boot'));
  return { text, state: device.state };
}

t.test('stock pipelines pass on all of them that swap, and say why they do not apply to the others', async (t) => {
  const bench = loadFile(`${folder}/all.bench.yaml`).document as Bench;
  t.same([...bench.boards.keys()].sort(), [...shipped].sort(), 'the bench has a board for each');
  const boards = createBoards(bench);
  const stock = readdirSync(projectPath('pipelines/ota')).filter((file) => !file.startsWith('power-cut'));
  const pipelines = stock.map((file) => loadFile(projectPath(`pipelines/ota/${file}`)).document as Pipeline);
  const cells = planCells({ pipelines, boards: { all: boards, chosen: boards } });
  const { events } = await runPipelines(pipelines, { cells });
  const ends = events.filter((event) => event.kind === 'cell-end');
  const cellOf = new Map(cells.map((cell) => [cell.id, cell]));
  t.equal(ends.length, cells.length);
  for (const end of ends) {
    const {
      board: { name: board, transports },
      transport,
    } = cellOf.get(end.cell)!;
    if (!transports.includes(transport)) {
      t.match(end, { outcome: 'not-applicable', reason: `has no transport ${transport}` });
      continue;
    }
    const swaps = swapping.includes(board);
    const reason = failing.find(({ pipeline, on }) => end.cell.startsWith(`ota.${pipeline}@`) && on.includes(board))?.reason;
    const expected = reason !== undefined ? 'failed' : swaps ? 'passed' : 'not-applicable';
    t.equal(end.outcome, expected, `${end.cell}: ${end.reason ?? ''}`);
    if (reason !== undefined) t.match(end.reason, reason);
    if (!swaps) t.match(end.reason, /bootloader\.swap/);
  }
});

t.test('profiles are found by name, by path, and beside a bench', (t) => {
  t.equal(readProfile('nrf52840dk'), defaultProfile);
  t.equal(readProfile('ncs-1.7.profile.yaml', `${folder}/all.bench.yaml`).name, 'ncs-1.7');
  for (const name of shipped) t.equal(readProfile(name).name, name);
  const refusal = (name: string): string => {
    try {
      readProfile(name);
    } catch (thrown) {
      if (thrown instanceof BootproofError && thrown.fault === 'input') return `${thrown.message} ${thrown.hint ?? ''}`;
    }
    return 'nothing';
  };
  t.match(refusal('nrf52840k'), 'did you mean nrf52840dk?');
  t.match(refusal('./none.profile.yaml'), 'no such file');
  t.match(refusal(`${folder}/all.bench.yaml`), 'it is a bench');
  t.match(refusal(projectPath('test/failing/profile-areas.yaml')), /profile-areas\.yaml:\d+:\d+ error\[area-misaligned\]/);
  t.end();
});
