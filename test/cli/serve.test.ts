/** The verb `serve`: the real command is the server, and the device under test is our own client at the other end of a real link. */

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { utf8 } from '../../src/base/bytes.ts';
import { SmpClient, type WirePacket } from '../../src/client/client.ts';
import { SmpRefusal } from '../../src/client/errors.ts';
import { uploadImage } from '../../src/client/upload.ts';
import type { RunEvent } from '../../src/events/event.ts';
import { decodeEvents } from '../../src/events/log.ts';
import { buildImage } from '../../src/mcuboot/build.ts';
import { imageErase, imageStateRead, imageStateWrite } from '../../src/smp/groups/image.ts';
import { osEcho } from '../../src/smp/groups/os.ts';
import { openFramed } from '../../src/transport/framing.ts';
import { openTransport } from '../../src/transport/open.ts';
import type { Transport, TransportEvents } from '../../src/transport/transport.ts';
import { socatIsMissing } from '../transport/pty-pair.ts';
import { failureOf, realClock as clock, realContext, until } from '../transport/support.ts';
import { startBootproof } from './process.ts';

t.setTimeout(280_000);

/** The device under test is a client whose packets are kept, behind an address of the bench. */
interface Dut {
  readonly address: string;
  readonly client: SmpClient;
  readonly passed: readonly WirePacket[];
}

async function startDut(address: string, open: (events: TransportEvents) => Promise<Transport>): Promise<Dut> {
  const passed: WirePacket[] = [];
  return { address, client: await SmpClient.open(open, { clock, observe: (packet) => passed.push(packet) }), passed };
}

/** A serial cable of two pseudo-terminals: the runner's end and the device's. */
async function onSerial(t: Test): Promise<Dut> {
  const folder = mkdtempSync(join(tmpdir(), 'serve-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const [ours, its] = [join(folder, 'runner'), join(folder, 'dut')];
  const child = spawn('socat', [`PTY,rawer,link=${ours}`, `PTY,rawer,link=${its}`], { stdio: 'ignore' });
  t.teardown(() => child.kill());
  await until('socat made two terminals', () => existsSync(ours) && existsSync(its));
  return startDut(`serial:${ours}`, (events) => openTransport(`serial:${its}`, events, realContext()));
}

/** A serial server with the device behind it. What the device sends while nobody is connected is lost, as on any UART. */
async function behindTcp(t: Test): Promise<Dut> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const link = { name: 'the device', framing: 'console', lineGapMs: 0, reliable: true, clock } as const;
  return startDut(`tcp:127.0.0.1:${(server.address() as AddressInfo).port}`, (events) =>
    openFramed(link, events, (channel) => {
      let current: Socket | undefined;
      server.on('connection', (socket) => {
        current = socket.on('error', () => undefined).on('data', (chunk) => channel.bytes(new Uint8Array(chunk)));
      });
      const write = (bytes: Uint8Array): Promise<void> => Promise.resolve(void current?.write(bytes));
      return Promise.resolve({ write, close: () => Promise.resolve() });
    }),
  );
}

const image = buildImage({ version: { major: 1, minor: 1, revision: 0, build: 0 }, body: new Uint8Array(6000).fill(7) });

interface Ran {
  readonly code: number | null;
  readonly events: readonly RunEvent[];
  readonly said: string;
}

function serve(t: Test, address: string, steps: string): Promise<Ran> {
  const folder = t.testdir({
    'lab.bench.yaml': `version: 1
kind: bench
boards:
  dut:
    transports: { link: '${address}' }
    console: link
`,
    'serve.pipeline.yaml': `version: 1
kind: pipeline
id: test.serve
title: A client is served
inputs: { next: { image: { file: next.bin } } }
steps:
${steps}`,
  });
  writeFileSync(join(folder, 'next.bin'), image);
  const out = join(folder, 'out');
  const run = startBootproof(['run', join(folder, 'serve.pipeline.yaml'), '--bench', join(folder, 'lab.bench.yaml'), '--out', out]);
  t.teardown(() => run.child.kill());
  return run.ended.then(({ code, stdout, stderr }) => {
    const { events } = decodeEvents(readFileSync(join(out, 'events.jsonl'), 'utf8'));
    return { code, events, said: `${stdout}${stderr}` };
  });
}

const served = `  - id: served
    serve:
      script:
        - { match: { op: write, group: os, command: 0, payload: { d: late } }, delay: 2s }
        - { match: { group: os, payload: { d: thrice } }, copies: 3 }
        - { match: { group: os, payload: { d: nobody } }, silence: true }
        - { match: { group: os, payload: { d: mine } }, answer: { r: yours } }
        - { match: { group: image, command: 5 }, error: { group: image, code: NO_FREE_SLOT }, times: 1 }
      until: { uploaded: true }
      timeout: 2m
  - expect: { value: '\${{ steps.served.hash }}', equals: '\${{ inputs.next.hash }}' }
  - expect: { value: '\${{ steps.served.version }}', equals: '1.1.0' }
  - expect: { frames: { match: { op: write-response, group: image, command: 5, payload: { err.rc: 9 } }, count: 1 }, since: start }
  - serve: { until: { log: DFU complete }, timeout: 2m }
`;

/** Asks until somebody serves. */
async function meet({ client }: Dut): Promise<void> {
  for (let tries = 0; tries < 40; tries += 1) {
    const answered = await client.request(osEcho, { text: 'hello' }, { timeoutMs: 1000, retries: 0 }).then(
      () => true,
      () => false,
    );
    if (answered) return;
  }
  throw new Error('nobody serves');
}

async function updateOther(t: Test, dut: Dut): Promise<void> {
  const { client, passed } = dut;
  const ask = async (text: string, timeoutMs = 30_000): Promise<string> =>
    (await client.request(osEcho, { text }, { timeoutMs, retries: 0 })).text;
  await meet(dut);
  t.equal((await failureOf(ask('late', 500))).code, 'smp-no-answer', 'the answer is late');
  t.equal(await ask('hello'), 'hello', 'answers come one after the other');
  t.ok(passed.some(({ fate }) => fate === 'late'));
  const from = passed.length;
  t.equal(await ask('thrice'), 'thrice');
  t.equal(await ask('mine'), 'yours');
  t.equal(passed.slice(from).filter(({ direction }) => direction === 'from-device').length, 4, 'three copies, and the answer after them');
  t.equal((await failureOf(ask('nobody', 500))).code, 'smp-no-answer');
  const refused = await failureOf(client.request(imageErase, {}, { retries: 0 }));
  t.match(refused, { failure: { name: 'NO_FREE_SLOT' } });
  t.ok(refused instanceof SmpRefusal);
  await client.request(imageErase, {});
  t.strictSame((await client.request(imageStateRead, undefined)).slots.length, 1);
  const { bytes, match } = await uploadImage(client, image, {});
  t.strictSame([bytes, match], [image.length, true]);
  await meet(dut);
  const again = await failureOf(client.request(imageStateWrite, { hash: new Uint8Array(32).fill(1), confirm: false }));
  t.match(again, { failure: { name: 'HASH_NOT_FOUND' } }, 'each step is a server of its own');
  await client.link.sendText(utf8('DFU complete\r\n'));
}

for (const [name, start, skip] of [
  ['a serial port', onSerial, socatIsMissing],
  ['TCP', behindTcp, false],
] as const) {
  t.test(`a client uploads to the runner over ${name}, and is refused, kept waiting and confused by the script`, { skip }, async (t) => {
    const dut = await start(t);
    const running = serve(t, dut.address, served);
    await updateOther(t, dut);
    const { code, events, said } = await running;
    await dut.client.close();
    t.equal(code, 0, said);
    const results = events.flatMap((event) => (event.kind === 'step-end' ? [event.result] : []));
    t.match(results[0], { bytes: image.length, uploaded: true, version: '1.1.0' });
    const wires = events.flatMap((event) =>
      event.kind === 'wire' ? [`${event.direction} ${event.summary?.replace(/ #.*/, '') ?? ''}`] : [],
    );
    t.ok(
      wires.includes('from-device image upload request') && wires.includes('to-device image upload response'),
      'both ways are in the log',
    );
  });
}

t.test('a device that asks nothing fails the step', async (t) => {
  const { address, client } = await behindTcp(t);
  const { code, events, said } = await serve(t, address, '  - serve: { until: { requests: 1 }, timeout: 1s }\n');
  await client.close();
  t.equal(code, 1, said);
  const codes = events.flatMap((event) => (event.kind === 'step-end' ? event.diagnostics.map((diagnostic) => diagnostic.code) : []));
  t.strictSame(codes, ['serve-unfinished']);
});

t.test('what cannot be turned around is not applicable, with the reason', async (t) => {
  const { events, said } = await serve(t, 'udp:127.0.0.1:9', '  - serve: { until: { requests: 1 }, timeout: 1s }\n');
  t.match(
    events.find(({ kind }) => kind === 'cell-end'),
    { outcome: 'not-applicable', reason: /^dut cannot be served over link: / },
    said,
  );
});
