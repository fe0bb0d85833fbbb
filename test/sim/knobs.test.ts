/** Each knob, turned by a profile for the whole life and by a fault of a pipeline: a scenario that passes without it fails with it, as its story says. */

import t from 'tap';
import { readProfile } from '../../src/cli/profiles.ts';
import { localBoard } from '../../src/device/local-board.ts';
import type { Board } from '../../src/device/board.ts';
import type { RunEvent } from '../../src/events/event.ts';
import { changedBy, type ProfileChange } from '../../src/sim/profile-change.ts';
import type { SimProfile } from '../../src/sim/profile.ts';
import type { RecoveryFeatures } from '../../src/sim/recovery/profile.ts';
import { knobs } from '../../src/sim/knobs/index.ts';
import type { KnobName } from '../../src/sim/knobs/knob.ts';
import type { KnobValues } from '../../src/sim/knobs/values.generated.ts';
import { planCells } from '../../src/run/plan.ts';
import { parsePipeline, pipelineText, runPipelines } from '../helpers/run.ts';

interface Story<Name extends KnobName> {
  readonly value: KnobValues[Name];
  /** A scenario that a healthy device passes. */
  readonly steps: string;
  /** The step that fails with the knob, counted in `steps`, and the code of its failure. */
  readonly fails: readonly [step: number, code: string];
  /** What is said of it. */
  readonly reason: RegExp;
  /** More inputs. */
  readonly extra?: string;
  /** The device, where it is not the nRF52840 DK, and what it has in other ways. */
  readonly profile?: string;
  readonly change?: ProfileChange;
  /** Where it is not `serial`. */
  readonly transport?: 'ble';
}

const upload = '  - upload: { image: next }\n    timeout: 60s\n';
const request = `${upload}  - mark-pending: { image: next }\n`;
const swap = `${request}  - reset: {}\n  - expect: { active: next, confirmed: false }\n    within: 60s\n`;
const refusedSwap = /next .* is not the running image/;
const tornSwap = `${request}  - reset: {}\n    fault: { at: { flash-op: 40 }, do: power-cut }\n  - expect: { active: next, confirmed: false }\n    within: 60s\n`;
const echo = '  - echo: { d: hello }\n    timeout: 5s\n';
const list = '  - expect: { active: base }\n    timeout: 5s\n';

/** Over a link that is made once the knob is turned. */
const relink = '  - disconnect: {}\n  - connect: { transport: ble }\n';
const advertises = '  - disconnect: {}\n  - wait: { until: { advertising: ble }, timeout: 5s }\n';
const longEcho = `  - echo: { d: ${'x'.repeat(150)} }\n    timeout: 5s\n`;
/** A healthy link has 61 KiB/s. */
const slowUpload = `${relink}  - id: up\n    upload: { image: next }\n    timeout: 120s\n  - expect: { value: '\${{ steps.up.rate }}', at-least: 40 KiB }\n`;
const smallMtu: ProfileChange = { links: { ble: { mtu: 23 } } };

const header = '3db8f396'.padEnd(200, '0');
const toRecovery = '  - reset: { mode: bootloader }\n';
/** Two images in serial recovery, which the application can ask for. */
function withRecovery(overrides: Partial<RecoveryFeatures> = {}): ProfileChange {
  return {
    bootloader: { recovery: { profile: 'mcuboot-2.x', entry: { noApplication: true, request: true }, overrides } },
    server: { overrides: { os: { bootMode: true } } },
  };
}
const dataInput = "  data: { image: { build: { version: '2.0.0', size: 12 KiB } } }";
const twoUploads = `${upload}  - upload: { image: data, target: 1 }\n    timeout: 60s\n`;

/** `elsewhere`: shown by the field reports (`npm run prove`), or by the tests of the part that has the defect. */
const stories: { readonly [Name in KnobName]: Story<Name> | 'elsewhere' } = {
  'app.hook': { value: { chunk: { rc: 6 } }, steps: upload, fails: [0, 'smp-refused'], reason: /EBADSTATE/ },
  'app.log-state-queries': {
    value: true,
    steps: `${echo}${list}  - expect: { log: { none: 'Swap type: none' }, since: step, for: 1s }\n`,
    fails: [2, 'log-forbidden'],
    reason: /Swap type/,
  },
  'app.trailer-offset-delta': { value: { secondary: 4096 }, steps: swap, fails: [3, 'active-differs'], reason: refusedSwap },
  'boot.boot-time': {
    value: '20s',
    steps: '  - reset: {}\n  - expect: { active: base }\n    within: 10s\n',
    fails: [1, 'board-silent'],
    reason: /did not answer for 10 s/,
  },
  'boot.counter-bug': {
    value: true,
    extra: `  first: { image: { build: { version: '1.0.0', size: 16 KiB, security-counter: 1 } } }
  second: { image: { build: { version: '1.1.0', size: 16 KiB, security-counter: 2 } } }`,
    steps: `  - fault: { do: knob, set: { bootloader.rollback-counter: true } }
  - provision: { image: first, confirmed: true }
  - upload: { image: second }
  - mark-pending: { image: second }
  - reset: {}
  - expect: { active: second, confirmed: false }
    within: 60s
  - reset: {}
  - expect: { active: first, confirmed: true }
    within: 60s
`,
    fails: [7, 'oracle-not-reverted'],
    reason: /an image on trial that nobody confirms is gone/,
  },
  'boot.downgrade-bug': {
    value: true,
    extra: "  older: { image: { build: { version: '0.9.0', size: 16 KiB } } }",
    steps: `  - fault: { do: knob, set: { bootloader.downgrade-prevention: version } }
  - upload: { image: older }
  - confirm: { image: older }
  - reset: {}
  - expect: { active: base }
    within: 60s
`,
    fails: [4, 'active-differs'],
    reason: /base .* is not the running image/,
  },
  'boot.max-swappable': { value: '8 KiB', steps: swap, fails: [3, 'active-differs'], reason: refusedSwap },
  'boot.resume-bug': {
    value: 'lost-swap',
    steps: tornSwap,
    fails: [3, 'oracle-bricked'],
    reason: /after every boot the old image or the new one runs/,
  },
  'boot.scramble-interrupt': {
    value: true,
    steps: `  - upload: { image: next }
    fault: { do: corrupt, at: { offset: 8 KiB } }
  - mark-pending: { image: next }
  - reset: {}
  - expect: { active: base }
    within: 60s
  - reset: {}
  - expect: { log: { none: 'Swap type: test' }, until: { active: base } }
`,
    fails: [5, 'log-forbidden'],
    reason: /Swap type: test/,
  },
  'boot.sees-secondary': { value: false, steps: swap, fails: [3, 'active-differs'], reason: refusedSwap },
  'boot.swap-policy': { value: 'refuse-clear', steps: swap, fails: [3, 'active-differs'], reason: refusedSwap },
  'boot.swap-time': {
    value: '5m',
    steps: swap,
    fails: [3, 'board-silent'],
    reason: /did not answer for 1 m/,
  },
  'boot.watchdog': {
    value: '200ms',
    steps: swap.replace('within: 60s', 'within: 5s'),
    fails: [3, 'board-silent'],
    reason: /did not answer for 5 s/,
  },
  'bt.adv-restart': { value: false, transport: 'ble', steps: advertises, fails: [1, 'advertising-missing'], reason: /advertis/ },
  'bt.phantom-conn': { value: '100s', transport: 'ble', steps: advertises, fails: [1, 'advertising-missing'], reason: /advertis/ },
  'addr.rotate': 'elsewhere',
  'bond.drop-on': 'elsewhere',
  'bt.tx-buffers': {
    value: 3,
    transport: 'ble',
    change: smallMtu,
    steps: `${relink}${longEcho}${echo}`,
    fails: [2, 'step-timeout'],
    reason: /not done after 5 s/,
  },
  'bt.tx-contexts': {
    value: 3,
    transport: 'ble',
    change: smallMtu,
    steps: `${relink}${longEcho}`,
    fails: [2, 'step-timeout'],
    reason: /not done after 5 s/,
  },
  'gatt.handles-shift': 'elsewhere',
  'link.asym-mtu': {
    value: '60 B',
    transport: 'ble',
    steps: `${relink}${longEcho}`,
    fails: [2, 'step-timeout'],
    reason: /not done after 5 s/,
  },
  'link.conn-params': {
    value: [{ at: '0s', interval: '200ms' }],
    transport: 'ble',
    steps: slowUpload,
    fails: [3, 'value-differs'],
    reason: /at least/,
  },
  'link.degrade': {
    value: { from: '20 KiB/s', to: '1 KiB/s', over: '1s' },
    transport: 'ble',
    steps: slowUpload,
    fails: [3, 'value-differs'],
    reason: /at least/,
  },
  'link.dle': { value: '27 B', transport: 'ble', steps: slowUpload, fails: [3, 'value-differs'], reason: /at least/ },
  'link.phy': 'elsewhere',
  'link.phy-reply': 'elsewhere',
  'link.mtu-late': 'elsewhere',
  'endpoint.identity': {
    value: 'Zephyr other-board',
    steps: '  - smp: { group: os, command: 7, op: read, payload: { format: s } }\n  - expect: { response: { output: Zephyr } }\n',
    fails: [1, 'response-differs'],
    reason: /differs in output/,
  },
  'endpoint.two-servers': { value: true, steps: list, fails: [0, 'active-differs'], reason: /is not the running image/ },
  'flash.corrupt': { value: { 'bytes-per-error': 100 }, steps: swap, fails: [1, 'smp-refused'], reason: /HASH_NOT_FOUND/ },
  'flash.and-semantics': 'elsewhere',
  'flash.erase-align-strict': {
    value: '64 KiB',
    steps: `${upload}  - erase: { slot: 1 }\n`,
    fails: [1, 'smp-refused'],
    reason: /FLASH_ERASE_FAILED/,
  },
  'flash.erase-asserts': 'elsewhere',
  'flash.ext': 'elsewhere',
  'flash.radio-blocking': 'elsewhere',
  'flash.write-error': { value: { count: 1 }, steps: upload, fails: [0, 'smp-refused'], reason: /FLASH_WRITE_FAILED/ },
  'groups.unsupported': { value: ['1/0'], steps: list, fails: [0, 'smp-refused'], reason: /ENOTSUP/ },
  'list.hash-source': {
    value: 'computed',
    steps: `  - upload: { image: next }
    fault: { do: corrupt, at: { offset: 8 KiB } }
  - expect: { image: next, slot: 1 }
`,
    fails: [1, 'image-differs'],
    reason: /next .* is in no slot/,
  },
  'list.omit-slots': {
    value: [1],
    steps: `${upload}  - expect: { image: next, slot: 1 }\n`,
    fails: [1, 'image-differs'],
    reason: /next .* is in no slot/,
  },
  'list.style': {
    value: 'empty',
    steps: '  - expect: { image: base, slot: 0 }\n',
    fails: [0, 'image-differs'],
    reason: /base .* is in no slot/,
  },
  'multi.net-update-fails': {
    profile: 'nrf5340dk',
    value: true,
    steps: `${twoUploads}  - mark-pending: { image: next }\n  - mark-pending: { image: data }\n  - reset: {}\n  - expect: { log: { none: Network core update failed }, since: step, for: 30s }\n`,
    extra: dataInput,
    fails: [5, 'log-forbidden'],
    reason: /Network core update failed/,
  },
  'multi.order-sensitive': {
    profile: 'two-images',
    value: true,
    steps: `${twoUploads}  - mark-pending: { image: next }
  - mark-pending: { image: data }
  - reset: {}
  - expect: { slots: [{ slot: 0, image: next }, { slot: 2, image: data }] }
    within: 60s
`,
    extra: dataInput,
    fails: [5, 'slots-differ'],
    reason: /slot 2/,
  },
  'os.reset': {
    value: 'ignore',
    steps: '  - reset: {}\n  - expect: { log: { match: Booting MCUboot } }\n    within: 20s\n',
    fails: [1, 'log-missing'],
    reason: /did not say "Booting MCUboot"/,
  },
  'params.claims': {
    value: { 'buf-count': 9 },
    steps: '  - smp: { group: os, command: 6, op: read }\n  - expect: { response: { buf_count: 4 } }\n',
    fails: [1, 'response-differs'],
    reason: /buf_count/,
  },
  'recovery.net': {
    value: 'hang',
    profile: 'two-images',
    change: withRecovery(),
    extra: dataInput,
    steps: `${toRecovery}  - upload: { image: next }\n    timeout: 60s\n  - upload: { image: data, target: 1 }\n    timeout: 60s\n`,
    fails: [2, 'step-timeout'],
    reason: /not done after 1 m/,
  },
  'rsp.delay': { value: { group: 1, by: '10s' }, steps: list, fails: [0, 'step-timeout'], reason: /not done after 5 s/ },
  'rsp.drop': { value: { group: 1 }, steps: list, fails: [0, 'step-timeout'], reason: /not done after 5 s/ },
  'rsp.dup': 'elsewhere',
  'rsp.reorder': {
    value: {},
    steps: '  - echo: { d: hello }\n    timeout: 500ms\n'.repeat(2),
    fails: [0, 'step-timeout'],
    reason: /not done after 500 ms/,
  },
  'rsp.script': { value: [{ match: { group: 1 }, answer: { rc: 6 } }], steps: list, fails: [0, 'smp-refused'], reason: /EBADSTATE/ },
  'rsp.truncate': { value: { group: 1 }, steps: list, fails: [0, 'smp-malformed'], reason: /packet shorter than/ },
  'rsp.wrong-seq': { value: { group: 1 }, steps: list, fails: [0, 'step-timeout'], reason: /not done after 5 s/ },
  'rx.corrupt-over': {
    value: '100 B',
    steps: `${upload}  - expect: { image: next, slot: 1 }\n`,
    fails: [0, 'step-timeout'],
    reason: /not done after 1 m/,
  },
  'rx.overflow': 'elsewhere',
  'rx.partial-restart': 'elsewhere',
  'rx.partial-timeout': 'elsewhere',
  'serial.echo': 'elsewhere',
  'serial.interleave': 'elsewhere',
  'serial.tx-truncate': 'elsewhere',
  'state.any-hash': {
    value: true,
    steps: `${upload}  - mark-pending: { image: "${'00'.repeat(32)}" }\n    expect-error: { group: image, code: HASH_NOT_FOUND }\n`,
    fails: [1, 'error-missing'],
    reason: /the device did it, but image: HASH_NOT_FOUND was expected/,
  },
  'state.revert-confirm-other': {
    value: 'error',
    steps: `${swap}  - confirm: { image: base }\n`,
    fails: [4, 'smp-refused'],
    reason: /IMAGE_CONFIRMATION_DENIED/,
  },
  'upload.accept-floor': {
    value: '16 B',
    steps: `  - smp: { group: image, command: 1, op: write, payload: { off: 0, len: 1000, data: { hex: "${header}" } } }
  - expect: { response: { off: 100 } }
`,
    fails: [1, 'response-differs'],
    reason: /differs in off/,
  },
  'upload.autopend': {
    value: true,
    steps: `${upload}  - expect: { image: next, slot: 1, pending: false }\n`,
    fails: [1, 'image-differs'],
    reason: /pending/,
  },
  'upload.busy': { value: 1000, steps: upload, fails: [0, 'smp-refused'], reason: /EBUSY/ },
  'upload.duplicate-first': 'elsewhere',
  'upload.fail-after-swap': {
    value: true,
    steps: `${swap}  - confirm: {}\n  - upload: { image: base }\n`,
    fails: [5, 'smp-refused'],
    reason: /EUNKNOWN/,
  },
  'upload.persist': 'elsewhere',
  'upload.rewind': {
    value: '8 KiB',
    steps: `  - id: up
    upload: { image: next }
    timeout: 60s
  - expect: { image: next, slot: 1 }
  - expect: { value: "\${{ steps.up.retransmitted }}", at-most: 0 B }
`,
    fails: [2, 'value-differs'],
    reason: /not at most 0 B/,
  },
  'upload.silent-first': {
    value: '50s',
    steps: '  - upload: { image: next }\n    timeout: 30s\n',
    fails: [0, 'step-timeout'],
    reason: /not done after 30 s/,
  },
  'upload.single-secondary': {
    profile: 'two-images',
    value: true,
    steps: '  - upload: { image: data, target: 1 }\n    timeout: 60s\n  - expect: { image: data, slot: 3 }\n',
    extra: dataInput,
    fails: [1, 'image-differs'],
    reason: /data .* is not in slot 3/,
  },
  'upload.stale-resume': {
    value: true,
    steps: `  - upload: { image: next, stop-at: 40% }
  - erase: { slot: 1 }
  - upload: { image: next, resume: true }
  - expect: { image: next, slot: 1 }
`,
    fails: [3, 'image-differs'],
    reason: /next .* is in no slot/,
  },
};

function boardOf(story: Story<KnobName>, knobs: NonNullable<SimProfile['knobs']>): Board {
  const { profile: profileName = 'nrf52840dk', change = {}, transport = 'serial' } = story;
  const profile = { ...changedBy(readProfile(profileName), change), knobs };
  const entry = { name: 'sick', labels: [], facts: {}, transports: new Map([[transport, 'sim:sick']]), power: {}, locks: [] };
  return localBoard(entry as unknown as Parameters<typeof localBoard>[0], profile);
}

interface End {
  readonly outcome: string;
  readonly reason?: string;
  /** Of the first step that failed. */
  readonly step?: string;
  readonly code?: string;
}

async function endOf(text: string, board: Board): Promise<End> {
  const { events } = await runPipelines([], {
    cells: planCells({ pipelines: [parsePipeline(text)], boards: { all: [board], chosen: [board] } }),
  });
  const [end] = events.filter((event): event is Extract<RunEvent, { kind: 'cell-end' }> => event.kind === 'cell-end');
  const failed = events.find((event) => event.kind === 'step-end' && event.outcome !== 'passed') as Extract<RunEvent, { kind: 'step-end' }>;
  const { outcome = 'nothing', reason = '' } = end ?? {};
  return outcome === 'passed' ? { outcome } : { outcome, reason, step: failed.step, code: failed.diagnostics[0]?.code ?? '' };
}

for (const name of Object.keys(knobs) as KnobName[]) {
  const story = stories[name];
  if (story === 'elsewhere') continue;
  t.test(name, async (t) => {
    const fault = `  - fault: ${JSON.stringify({ do: 'knob', set: { [name]: story.value } })}\n`;
    const { fails } = story;
    const [step, code] = fails;
    const healthy = await endOf(pipelineText(story.steps, story.extra), boardOf(story, {}));
    t.strictSame(healthy, { outcome: 'passed' }, 'a healthy device passes');
    const byFault = await endOf(pipelineText(fault + story.steps, story.extra), boardOf(story, {}));
    t.match(byFault, { outcome: 'failed', reason: story.reason, step: `steps[${step + 1}]`, code }, 'by a fault');
    const byProfile = await endOf(pipelineText(story.steps, story.extra), boardOf(story, { [name]: story.value }));
    t.match(byProfile, { outcome: 'failed', reason: story.reason, step: `steps[${step}]`, code }, 'by the profile');
  });
}

t.test('a knob of a chip that the device does not have is refused, and the device stays as it was', async (t) => {
  for (const knob of ['flash.corrupt', 'flash.write-error']) {
    const turned = `  - fault: ${JSON.stringify({ do: 'knob', set: { [knob]: { flash: 'mx25r64' } } })}\n`;
    const board = boardOf({ value: false, steps: '', fails: [0, ''], reason: /./ }, {});
    t.match(await endOf(pipelineText(turned), board), { outcome: 'broken', step: 'steps[0]', code: 'chip-unknown', reason: /mx25r64/ });
  }
});
