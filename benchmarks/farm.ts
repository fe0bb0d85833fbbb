/**
 * `npm run bench:farm [BOARDS]`: simulated boards in real time in one process, on all kinds of links at once. Targets: they take
 * less than one core together, and no cell takes more than 1.2 times as long as on a board of its kind that is alone.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRealClock } from '../src/base/clock-real.ts';
import { createRng } from '../src/base/rng.ts';
import { createBoards } from '../src/cli/boards.ts';
import { openFaces } from '../src/cli/commands/sim-faces.ts';
import type { FaceRequest } from '../src/cli/commands/sim-faces.ts';
import { readBeside } from '../src/cli/documents.ts';
import { readProfile } from '../src/cli/profiles.ts';
import type { Board } from '../src/device/board.ts';
import type { RunEvent } from '../src/events/event.ts';
import { loadDocument } from '../src/language/load.ts';
import { planCells } from '../src/run/plan.ts';
import { run } from '../src/run/run.ts';
import { provisionDemoImage } from '../src/sim/demo-image.ts';
import { createSimDevice } from '../src/sim/machine.ts';
import { parsePipeline } from '../test/helpers/run.ts';

const count = Number(process.argv[2] ?? 64);
const coresMax = 1;
const slowdownMax = 1.2;

const pipeline = parsePipeline(`version: 1
kind: pipeline
id: bench.farm
title: An update, as a farm does it
inputs:
  base: { image: { build: { version: '1.0.0', size: 32 KiB } } }
  next: { image: { build: { version: '1.1.0', size: 32 KiB } } }
setup:
  - provision: { image: base, confirmed: true }
steps:
  - upload: { image: next }
  - mark-pending: { image: next }
  - reset: {}
  - expect: { active: next, confirmed: false }
    within: 120s
  - confirm: {}
  - expect: { active: next, confirmed: true }
`);

/** In this process, reached through memory at the speed of the link, or through this host: the face that is opened for it. */
const faces = {
  serial: undefined,
  'serial-raw': undefined,
  shell: undefined,
  udp: undefined,
  'tcp-socket': 'tcp',
  'udp-socket': 'udp',
  pty: 'serial',
  'ble-hci': 'ble',
} as const;
type Kind = keyof typeof faces;
const kinds = Object.keys(faces) as Kind[];

const folder = mkdtempSync(join(tmpdir(), 'farm-'));
let links = 0;
const closers: (() => Promise<void>)[] = [];

async function entryOf(kind: Kind): Promise<string> {
  const face = faces[kind];
  if (face === undefined) return `{ transports: { ${kind}: 'sim:nrf52840dk' } }`;
  const clock = createRealClock();
  const device = createSimDevice({ profile: readProfile('nrf52840dk'), clock, rng: createRng(1) });
  provisionDemoImage(device, createRng(2));
  const port = { host: '127.0.0.1', port: 0 };
  const failed = (error: Error): void => {
    throw error;
  };
  const requests: FaceRequest[] = [
    face === 'serial' ? { face, link: join(folder, `board-${(links += 1)}`) } : { face, ...port },
    { face: 'control', ...port },
  ];
  const opened = await openFaces(requests, { device, clock, hostClock: clock, failed });
  device.powerOn();
  closers.push(async () => {
    device.powerOff();
    await opened.close();
  });
  const { addresses } = opened;
  return `{ transports: { ${face}: '${addresses[face]![0]}' }, simulator: '${addresses.control![0]}' }`;
}

async function makeBoards(names: ReadonlyMap<string, Kind>): Promise<readonly Board[]> {
  const entries = await Promise.all([...names].map(async ([name, kind]) => `  ${name}: ${await entryOf(kind)}\n`));
  const { document, diagnostics } = loadDocument(`version: 1\nkind: bench\nboards:\n${entries.join('')}`, { name: 'farm.bench.yaml' });
  if (document?.kind !== 'bench') throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return createBoards(document);
}

interface Measured {
  /** By board. */
  readonly durations: ReadonlyMap<string, number>;
  readonly bad: readonly string[];
  readonly wallMs: number;
  readonly cpuMs: number;
}

async function measure(boards: readonly Board[]): Promise<Measured> {
  const durations = new Map<string, number>();
  const bad: string[] = [];
  const write = (event: RunEvent): void => {
    if (event.kind !== 'cell-end') return;
    durations.set(event.cell.split('@')[1]!, event.durationMs);
    if (event.outcome !== 'passed') bad.push(`${event.cell}: ${event.outcome}: ${event.reason ?? ''}`);
  };
  const startedAt = performance.now();
  const cpu = process.cpuUsage();
  await run({
    id: 'farm',
    seed: 1,
    version: '0.0.0',
    host: {},
    selection: {},
    cells: planCells({ pipelines: [pipeline], boards: { all: boards, chosen: boards } }),
    set: new Map(),
    jobs: boards.length,
    realTime: true,
    bail: false,
    readFile: readBeside,
    keepFile: (_, name) => name,
    write,
    signal: new AbortController().signal,
  });
  const { user, system } = process.cpuUsage(cpu);
  return { durations, bad, wallMs: performance.now() - startedAt, cpuMs: (user + system) / 1000 };
}

const named: ReadonlyMap<string, Kind> = new Map(
  Array.from({ length: count }, (_, index) => [`b${index}`, kinds[index % kinds.length]!] as const),
);
// The first run of all warms the code up.
await measure(await makeBoards(new Map([['warm', 'serial' as const]])));
const alone = new Map<Kind, number>();
for (const kind of kinds) {
  const { durations, bad } = await measure(await makeBoards(new Map([['alone', kind]])));
  for (const text of bad) console.log(`alone, ${kind}: ${text}`);
  alone.set(kind, durations.get('alone')!);
}
const farm = await measure(await makeBoards(named));
await Promise.all(closers.map((close) => close()));
rmSync(folder, { recursive: true, force: true });

for (const text of farm.bad) console.log(text);
let worst = 0;
for (const kind of kinds) {
  const times = [...farm.durations].flatMap(([board, ms]) => (named.get(board) === kind ? [ms] : [])).sort((a, b) => a - b);
  const single = alone.get(kind)!;
  const slowest = times.at(-1) ?? 0;
  worst = Math.max(worst, slowest / single);
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
  console.log(
    `${kind.padEnd(11)} alone ${seconds(single)}, ${times.length} at once: median ${seconds(times[times.length >> 1] ?? 0)}, slowest ${seconds(slowest)}`,
  );
}
const cores = farm.cpuMs / farm.wallMs;
const targets = [
  [`${count - farm.bad.length} of ${count} cells passed`, farm.bad.length === 0],
  [`${cores.toFixed(2)} cores (at most ${coresMax})`, cores < coresMax],
  [`the slowest cell takes ${worst.toFixed(2)} times as long as alone (at most ${slowdownMax})`, worst <= slowdownMax],
] as const;
for (const [text, met] of targets) console.log(`${met ? 'met   ' : 'MISSED'} ${text}`);
const met = targets.filter(([, good]) => good).length;
console.log(`${met} of ${targets.length} targets met`);
process.exitCode = met === targets.length ? 0 : 1;
