import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import t from 'tap';
import { concatBytes, utf8 } from '../../src/base/bytes.ts';
import { createRealClock } from '../../src/base/clock-real.ts';
import { awaitLine } from '../../src/device/console-wait.ts';
import { openConsolePort } from '../../src/device/console-port.ts';
import { Console } from '../../src/device/console.ts';

interface Heard {
  readonly console: Console;
  /** `EPOCH: text` for each chunk, and `EPOCH cause` for each epoch. */
  readonly told: string[];
}

function listen(): Heard {
  const told: string[] = [];
  const console = new Console({
    now: () => 0,
    onChunk: (bytes, epoch) => told.push(`${epoch}: ${Buffer.from(bytes).toString('latin1')}`),
    onEpoch: (epoch, cause) => told.push(`${epoch} ${cause}`),
  });
  return { console, told };
}

const boot = [
  '*** Booting MCUboot v2.1.0 ***',
  'I: Starting bootloader',
  'I: Jumping to the first image slot',
  '*** Booting Zephyr OS build v4.2.0 ***',
];
const oldBoot = ['*** Booting Zephyr OS build v2.6.0 ***', 'I: Starting bootloader', '*** Booting Zephyr OS build v2.6.0 ***'];

for (const [name, lines] of [
  ['MCUboot that greets by its name', boot],
  ['MCUboot of old releases, which greets as Zephyr does', oldBoot],
  ['no log of the bootloader', [boot[3]!]],
] as const) {
  t.test(`a boot is one epoch, and one that nobody asked for opens the next: ${name}`, (t) => {
    const { console } = listen();
    const say = (text: string): void => console.write(utf8(`${text}\r\n`));
    lines.forEach(say);
    t.equal(console.epoch, 0, 'a board that boots when it is opened');
    say('app: hello');
    console.openEpoch('reset');
    say('app: the last words of the boot before');
    lines.forEach(say);
    t.equal(console.epoch, 1, 'a reset that was asked for');
    say('app: FATAL ERROR');
    lines.forEach(say);
    t.equal(console.epoch, 2, 'a crash');
    t.same(
      console.since(console.epochStart).map(({ text, epoch }) => `${epoch} ${text}`),
      lines.map((line) => `2 ${line}`),
    );
    t.end();
  });
}

t.test('the banner of a chunk goes to the boot that it begins', (t) => {
  const { console, told } = listen();
  console.write(utf8('up\nI: Star'));
  console.write(utf8('ting bootloader\nx\nI: Starting bootloader\ny'));
  t.same(told, ['0: up\nI: Star', '1 banner', '1: ting bootloader\nx\n', '2 banner', '2: I: Starting bootloader\ny']);
  t.end();
});

t.test('whatever is said comes out again, in order and whole', (t) => {
  const words = fc.constantFrom(
    'I: Starting bootloader\n',
    '*** Booting MCUboot v1 ***\n',
    '*** Booting Zephyr OS ***\n',
    'x',
    '\n',
    '\r\n',
    '\u001b[0m',
  );
  fc.assert(
    fc.property(fc.array(fc.array(words, { maxLength: 5 })), (writes) => {
      const chunks: Uint8Array[] = [];
      const epochs: number[] = [];
      const console = new Console({
        now: () => 0,
        onChunk: (bytes, epoch) => (chunks.push(bytes.slice()), epochs.push(epoch)),
        onEpoch: () => undefined,
      });
      for (const write of writes) console.write(utf8(write.join('')));
      const sorted = epochs.every((epoch, index) => index === 0 || epoch >= epochs[index - 1]!);
      return sorted && Buffer.from(concatBytes(chunks)).toString() === writes.flat().join('');
    }),
    { seed: 1 },
  );
  t.end();
});

t.test('a console that is gone proves nothing, until it is back', async (t) => {
  const clock = createRealClock();
  const { signal } = new AbortController();
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { console } = listen();
  const opened = await openConsolePort({ address: `tcp:127.0.0.1:${port}`, console, clock, signal, emit: () => undefined });
  const hear = (text: string, ms: number): ReturnType<typeof awaitLine> => awaitLine({ console, clock, signal }, text, { since: 0, ms });
  await t.rejects(hear('hello', 1), { fault: 'product', code: 'log-missing' }, 'a board that is silent');
  server.close();
  while (sockets.length === 0) await once(server, 'connection');
  sockets[0]!.destroy();
  while (console.away === undefined) await pause(5);
  await t.rejects(hear('hello', 1), { fault: 'infra', code: 'console-lost', message: /gone.*127\.0\.0\.1/ }, 'a board that nobody hears');
  const again = createServer((socket) => socket.write('hello\n')).listen(port, '127.0.0.1');
  t.match(await hear('hello', 20_000), { text: 'hello' });
  t.equal(console.away, undefined);
  await opened.close();
  again.close();
});
