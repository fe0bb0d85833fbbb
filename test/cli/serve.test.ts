/** The verb `serve`: the real command is the server, and the device under test is our own client at the other end of a real link. */

import { spawn, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { utf8 } from '../../src/base/bytes.ts';
import { SmpClient, type SmpClientOptions, type WirePacket } from '../../src/client/client.ts';
import { SmpRefusal } from '../../src/client/errors.ts';
import { uploadImage } from '../../src/client/upload.ts';
import type { JsonValue, RunEvent } from '../../src/events/event.ts';
import { decodeEvents } from '../../src/events/log.ts';
import { buildImage } from '../../src/mcuboot/build.ts';
import { imageErase, imageStateRead, imageStateWrite } from '../../src/smp/groups/image.ts';
import { osEcho } from '../../src/smp/groups/os.ts';
import { openFramed } from '../../src/transport/framing.ts';
import { openTransport } from '../../src/transport/open.ts';
import { createTelnetReader, telnetData, telnetOption, telnetSubnegotiation } from '../../src/transport/telnet.ts';
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

async function startDut(
  address: string,
  open: (events: TransportEvents) => Promise<Transport>,
  options: Partial<SmpClientOptions> = {},
): Promise<Dut> {
  const passed: WirePacket[] = [];
  return { address, client: await SmpClient.open(open, { clock, observe: (packet) => passed.push(packet), ...options }), passed };
}

interface Cable {
  /** The runner's end and the device's. */
  readonly ends: readonly [string, string];
  /** The terminals vanish, and others of the same names come. */
  readonly replug: () => Promise<void>;
}

/** A serial cable of two pseudo-terminals. */
async function startCable(t: Test): Promise<Cable> {
  const folder = mkdtempSync(join(tmpdir(), 'serve-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const ends = [join(folder, 'runner'), join(folder, 'dut')] as const;
  const plug = async (): Promise<ChildProcess> => {
    const child = spawn(
      'socat',
      ends.map((end) => `PTY,rawer,link=${end}`),
      { stdio: 'ignore' },
    );
    await until('socat made two terminals', () => ends.every((end) => existsSync(end)));
    return child;
  };
  let child = await plug();
  t.teardown(() => child.kill());
  const replug = async (): Promise<void> => {
    const gone = once(child, 'exit');
    child.kill();
    await gone;
    child = await plug();
  };
  return { ends, replug };
}

async function onSerial(t: Test): Promise<Dut> {
  const [ours, its] = (await startCable(t)).ends;
  return startDut(`serial:${ours}`, (events) => openTransport(`serial:${its}`, events, realContext()));
}

/** The near side of a serial server: what comes from the runner to the device, and back. */
type PortServer = (socket: Socket, device: { readonly bytes: (bytes: Uint8Array) => void }) => (bytes: Uint8Array) => void;

const bare: PortServer = (socket, device) => {
  socket.on('data', (chunk: Buffer) => device.bytes(new Uint8Array(chunk)));
  return (bytes) => void socket.write(bytes);
};

/** Agrees to COM-PORT control, and says of every setting that it holds (RFC 2217). */
const telnetting: PortServer = (socket, device) => {
  const read = createTelnetReader({
    data: device.bytes,
    option: (verb, option) => {
      if (verb === 'will') socket.write(telnetOption('do', option));
    },
    subnegotiation: (option, [command = 0, ...value]) => void socket.write(telnetSubnegotiation(option, [command + 100, ...value])),
  });
  socket.on('data', (chunk: Buffer) => read(new Uint8Array(chunk)));
  return (bytes) => void socket.write(telnetData(bytes));
};

interface ServerDut extends Dut {
  /** Breaks the connection to the runner; new ones are taken, if `again`. */
  readonly hangUp: (options: { readonly again: boolean }) => void;
}

/** A serial server with the device behind it. What the device sends while nobody is connected is lost, as on any UART. */
async function behindServer(t: Test, scheme: 'tcp' | 'rfc2217', options: Partial<SmpClientOptions> = {}): Promise<ServerDut> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  let current: Socket | undefined;
  const link = { name: 'the device', framing: 'console', lineGapMs: 0, reliable: true, clock } as const;
  const open = (events: TransportEvents): Promise<Transport> =>
    openFramed(link, events, (channel) => {
      let send: ((bytes: Uint8Array) => void) | undefined;
      server.on('connection', (socket) => {
        const own = (scheme === 'tcp' ? bare : telnetting)(socket, channel);
        send = own;
        current = socket.on('error', () => undefined);
        // The next connection may be there before this one is known to be closed.
        socket.on('close', () => {
          if (send === own) send = undefined;
        });
      });
      return Promise.resolve({ write: (bytes) => Promise.resolve(send?.(bytes)), close: () => Promise.resolve() });
    });
  const dut = await startDut(`${scheme}:127.0.0.1:${(server.address() as AddressInfo).port}`, open, options);
  const hangUp: ServerDut['hangUp'] = ({ again }) => {
    if (!again) server.close();
    current?.destroy();
  };
  return { ...dut, hangUp };
}

/** A device in the network, whose server is a port of this host. */
async function overUdp(): Promise<Dut> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  const address = `udp:127.0.0.1:${port}`;
  return startDut(`${address}?listen=on`, (events) => openTransport(address, events, realContext()));
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
  ['TCP', (t: Test) => behindServer(t, 'tcp'), false],
  ['RFC 2217', (t: Test) => behindServer(t, 'rfc2217'), false],
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
  const { address, client } = await behindServer(t, 'tcp');
  const { code, events, said } = await serve(t, address, '  - serve: { until: { requests: 1 }, timeout: 1s }\n');
  await client.close();
  t.equal(code, 1, said);
  const codes = events.flatMap((event) => (event.kind === 'step-end' ? event.diagnostics.map((diagnostic) => diagnostic.code) : []));
  t.strictSame(codes, ['serve-unfinished']);
});

const uploaded = `  - id: served
    serve: { until: { uploaded: true }, timeout: 2m }
  - expect: { value: '\${{ steps.served.hash }}', equals: '\${{ inputs.next.hash }}' }
`;

function resultOf({ events }: Ran): JsonValue {
  const [served] = events.flatMap((event) => (event.kind === 'step-end' ? [event.result ?? {}] : []));
  return served ?? {};
}

t.test('over UDP the device finds the runner on a port of this host', async (t) => {
  const dut = await overUdp();
  const running = serve(t, dut.address, uploaded);
  await meet(dut);
  t.match(await uploadImage(dut.client, image, {}), { bytes: image.length, match: true });
  const ran = await running;
  await dut.client.close();
  t.equal(ran.code, 0, ran.said);
  t.match(resultOf(ran), { bytes: image.length, uploaded: true });
});

t.test('a client of SMP v1 is refused in the codes of v1', async (t) => {
  const dut = await behindServer(t, 'tcp', { version: 1 });
  const script = '[{ match: { group: image, command: 5 }, error: { group: image, code: NO_FREE_SLOT }, times: 1 }]';
  const running = serve(t, dut.address, `  - serve: { script: ${script}, until: { uploaded: true }, timeout: 2m }\n`);
  await meet(dut);
  const refused = await failureOf(dut.client.request(imageErase, {}, { retries: 0 }));
  t.match(refused, { failure: { group: undefined, code: 6, name: 'EBADSTATE' } }, 'as Zephyr translates it');
  const unknown = await failureOf(dut.client.request(imageStateWrite, { hash: new Uint8Array(32).fill(1), confirm: false }));
  t.match(unknown, { failure: { group: undefined } }, 'the usual answers, too');
  t.ok(
    dut.passed.every(({ header }) => header?.version === 0),
    'every packet is one of v1',
  );
  await uploadImage(dut.client, image, {});
  const { code, said } = await running;
  await dut.client.close();
  t.equal(code, 0, said);
});

t.test('a connection that breaks in the middle of an upload is made again, and the upload goes on', async (t) => {
  const dut = await behindServer(t, 'tcp');
  const running = serve(t, dut.address, uploaded);
  await meet(dut);
  let broken = false;
  const progress = (offset: number): void => {
    if (broken || offset < image.length / 2) return;
    broken = true;
    dut.hangUp({ again: true });
  };
  const { bytes } = await uploadImage(dut.client, image, { progress, chunk: 256 });
  const ran = await running;
  await dut.client.close();
  t.equal(ran.code, 0, ran.said);
  t.ok(broken);
  t.equal(bytes, image.length);
  t.match(resultOf(ran), { bytes: image.length, uploaded: true }, 'nothing was taken twice');
  const states = ran.events.flatMap((event) => (event.kind === 'link' ? [event.state] : []));
  t.strictSame(states, ['lost', 'back']);
});

t.test('an answer dies with the connection that asked for it', async (t) => {
  const dut = await behindServer(t, 'tcp');
  const { client, passed } = dut;
  const script = '[{ match: { group: os, payload: { d: late } }, delay: 4s }]';
  const running = serve(t, dut.address, `  - id: served\n    serve: { script: ${script}, until: { log: bye }, timeout: 2m }\n`);
  await meet(dut);
  const from = passed.length;
  t.equal((await failureOf(client.request(osEcho, { text: 'late' }, { timeoutMs: 500, retries: 0 }))).code, 'smp-no-answer');
  dut.hangUp({ again: true });
  await meet(dut);
  const fates = passed.slice(from).flatMap(({ direction, fate }) => (direction === 'from-device' ? [fate] : []));
  t.ok(fates.includes('answer'), 'the new connection is served');
  t.ok(
    passed.slice(from).every(({ direction, packet }) => direction === 'to-device' || !Buffer.from(packet).includes('late')),
    `what was asked over the old one is not answered there: ${fates.join(' ')}`,
  );
  await client.link.sendText(utf8('bye\r\n'));
  const ran = await running;
  await client.close();
  t.equal(ran.code, 0, ran.said);
  const { requests, answers } = resultOf(ran) as { requests: number; answers: number };
  t.ok(answers < requests, `${answers} answers to ${requests} requests`);
});

t.test('a device that resets takes its serial port with it, and is served when it is back', { skip: socatIsMissing }, async (t) => {
  const { ends, replug } = await startCable(t);
  const boot = (): Promise<Dut> => startDut(`serial:${ends[0]}`, (events) => openTransport(`serial:${ends[1]}`, events, realContext()));
  const first = await boot();
  const running = serve(t, first.address, uploaded);
  await meet(first);
  await uploadImage(first.client, image, { stopAt: { fraction: 0.5 }, chunk: 256 });
  await first.client.close();
  await replug();
  const second = await boot();
  await meet(second);
  const { bytes } = await uploadImage(second.client, image, { chunk: 256 });
  t.ok(bytes < image.length, 'the server knows what it had');
  const ran = await running;
  await second.client.close();
  t.equal(ran.code, 0, ran.said);
  t.match(resultOf(ran), { bytes: image.length, uploaded: true });
});

t.test('a device that does not come back ends the step with how its link was lost', async (t) => {
  const dut = await behindServer(t, 'tcp');
  const running = serve(t, dut.address, uploaded);
  await meet(dut);
  dut.hangUp({ again: false });
  const { code, events, said } = await running;
  await dut.client.close();
  t.equal(code, 3, said);
  const [diagnostic] = events.flatMap((event) => (event.kind === 'step-end' ? event.diagnostics : []));
  t.match(diagnostic, { code: 'connection-lost', message: /closed.*and was not back after 1\d(?:\.\d+)? s/ });
});

t.test('what cannot be turned around is not applicable, with the reason', async (t) => {
  const { events, said } = await serve(t, 'udp:127.0.0.1:9', '  - serve: { until: { requests: 1 }, timeout: 1s }\n');
  t.match(
    events.find(({ kind }) => kind === 'cell-end'),
    { outcome: 'not-applicable', reason: /^dut cannot be served over link: / },
    said,
  );
});
