/** `bootproof sim` as users run it: a process with real pseudo-terminals and sockets, in real time. */

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import t, { type Test } from 'tap';
import { BootproofError } from '../../src/base/errors.ts';
import type { SmpClient } from '../../src/client/client.ts';
import { uploadImage } from '../../src/client/upload.ts';
import { exampleBench, registerSimCommand } from '../../src/cli/commands/sim.ts';
import { loadDocument } from '../../src/language/load.ts';
import { parseImage } from '../../src/mcuboot/image.ts';
import { imageStateWrite } from '../../src/smp/groups/image.ts';
import { osEcho, osReset } from '../../src/smp/groups/os.ts';
import { openTransport } from '../../src/transport/open.ts';
import { failureOf, pause, realClock, realContext, recordEvents, until } from '../transport/support.ts';
import {
  addressOf,
  childrenOf,
  connectClient,
  connectControl,
  isRunning,
  listImages,
  readConsole,
  signedImage,
  spawnSim,
  startSim,
} from './sim-process.ts';

function emptyFolder(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'bootproof-sim-test-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** From the application's banner to its server, and for a boot without a swap. Where a machine is slower, requests are repeated. */
const serverMs = 100;
const bootMs = 400;

const demo = '0: 1.0.0 active confirmed';

t.test('every face is a way to the same device, and none is left behind', async (t) => {
  const folder = emptyFolder(t);
  const link = join(folder, 'board');
  const raw = join(folder, 'board-raw');
  const sockets = ['--tcp', '127.0.0.1:0', '--tcp', '[::1]:0', '--udp', '127.0.0.1:0', '--console', '127.0.0.1:0'];
  const sim = await startSim(t, ['--serial', link, '--serial-raw', raw, ...sockets]);
  const { tcp = [], udp = [], ...others } = sim.faces;
  t.match(sim, { ready: true, profile: 'nrf52840dk', pid: sim.child.pid });
  t.match(others, { serial: [`serial:${link}`], 'serial-raw': [`serial:${raw}?framing=raw`], console: [/^tcp:127\.0\.0\.1:\d+$/] });
  t.match([...tcp, ...udp], [/^tcp:127\.0\.0\.1:\d+$/, /^tcp:\[::1\]:\d+$/, /^udp:127\.0\.0\.1:\d+$/]);

  const readers = await Promise.all([1, 2].map(() => readConsole(t, addressOf(sim, 'console'))));
  for (const address of [`serial:${link}`, `serial:${raw}?framing=raw`, ...tcp, ...udp]) {
    const client = await connectClient(t, address);
    t.same(await client.request(osEcho, { text: 'héllo' }), { text: 'héllo' }, address);
    t.same(await listImages(client), [demo]);
    await client.close();
  }
  const client = await connectClient(t, udp[0]!);
  await client.request(osReset, {});
  await until('the device boots again', () => readers.every((text) => text().includes('*** Booting Zephyr')));
  t.match(readers[0]!(), /^\*\*\* Booting MCUboot[^]*I: Starting bootloader\r\n[^]*\*\*\* Booting Zephyr/, 'console text and nothing else');

  const children = childrenOf(sim.pid);
  t.ok(children.length >= 2, 'each terminal has its process');
  const told = realClock.now();
  sim.child.kill('SIGTERM');
  t.same(await sim.ended, { code: 0, signal: null });
  t.ok(realClock.now() - told < 15_000);
  t.same(sim.stdout().split('\n').length, 2, 'one line on stdout');
  t.same(children.filter(isRunning), []);
  t.same(readdirSync(folder), [], 'no link');
  for (const address of [...tcp, addressOf(sim, 'console')])
    t.match(await failureOf(openTransport(address, recordEvents(), realContext())), { code: 'connection-refused' });
});

t.test('clients at the same time get their own answers', async (t) => {
  const sim = await startSim(t, ['--tcp', '127.0.0.1:0', '--udp', '127.0.0.1:0']);
  const addresses = [addressOf(sim, 'tcp'), addressOf(sim, 'tcp'), addressOf(sim, 'udp')];
  const clients = await Promise.all(addresses.map((address) => connectClient(t, address)));
  const talk = async (client: SmpClient, name: number): Promise<void> => {
    for (let turn = 0; turn < 30; turn += 1) {
      const text = `client ${name}, turn ${turn}`;
      const answer = await client.request(osEcho, { text });
      if (answer.text !== text) t.fail(`${text} was answered by ${answer.text}`);
    }
  };
  await Promise.all(clients.map(talk));
  t.same(
    clients.map(({ dropped }) => dropped),
    clients.map(() => ({ late: 0, foreign: 0 })),
  );
});

t.test('a complete update over UDP, kept in the flash file through kill -9', async (t) => {
  const folder = emptyFolder(t);
  const flash = join(folder, 'board.bin');
  const start = (): ReturnType<typeof startSim> => startSim(t, ['--udp', '127.0.0.1:0', '--console', '127.0.0.1:0', '--flash', flash]);
  const image = signedImage(2, 8000);
  const { hash } = parseImage(image);

  const first = await start();
  t.match(first.stderr(), /the flash is new and holds a demo image, version 1\.0\.0/);
  const uploader = await connectClient(t, addressOf(first, 'udp'));
  await uploadImage(uploader, image);
  await pause(1000);
  first.child.kill('SIGKILL');
  t.same(await first.ended, { code: null, signal: 'SIGKILL' });
  t.equal(statSync(flash).size, 1024 * 1024);

  const second = await start();
  t.equal(second.stderr(), '', 'the flash is not new');
  const client = await connectClient(t, addressOf(second, 'udp'));
  const console = await readConsole(t, addressOf(second, 'console'));
  t.same(await listImages(client), [demo, '1: 2.0.0']);
  await client.request(imageStateWrite, { hash: hash!.digest, confirm: true });
  await client.request(osReset, {});
  for (let waited = 0; waited < 20_000 && !console().includes('*** Booting Zephyr'); waited += 50) await pause(50);
  await pause(serverMs);
  t.match(console(), /Swap type: perm/);
  t.same(await listImages(client), ['0: 2.0.0 active confirmed', '1: 1.0.0']);
  second.child.kill('SIGTERM');
  t.same(await second.ended, { code: 0, signal: null });

  const third = await start();
  t.same(await listImages(await connectClient(t, addressOf(third, 'udp'))), ['0: 2.0.0 active confirmed', '1: 1.0.0']);
  third.child.kill('SIGTERM');
  await third.ended;
  t.same(readdirSync(folder), ['board.bin']);
});

t.test('the flash file is whole whenever the process is killed', async (t) => {
  const flash = join(emptyFolder(t), 'board.bin');
  const image = signedImage(3, 60_000);
  for (const ms of [50, 350, 650]) {
    const sim = await startSim(t, ['--udp', '127.0.0.1:0', '--flash', flash]);
    const client = await connectClient(t, addressOf(sim, 'udp'));
    t.match(await listImages(client), [demo], 'what was confirmed runs');
    const upload = uploadImage(client, image).catch(() => undefined);
    await pause(ms);
    sim.child.kill('SIGKILL');
    await sim.ended;
    await client.close();
    await upload;
    t.equal(statSync(flash).size, 1024 * 1024, `after ${ms} ms`);
  }
});

t.test('the control port provisions, switches the power, and injects faults', async (t) => {
  const sim = await startSim(t, ['--udp', '127.0.0.1:0', '--control', '127.0.0.1:0', '--console', '127.0.0.1:0']);
  const control = await connectControl(t, addressOf(sim, 'control'));
  const client = await connectClient(t, addressOf(sim, 'udp'));
  const console = await readConsole(t, addressOf(sim, 'console'));
  t.match(await control.ask({ call: 'facts' }), { ok: true, facts: { profile: 'nrf52840dk', images: 1 } });

  const content = { kind: 'image', bytes: signedImage(3, 300_000) } as const;
  t.same(await control.ask({ call: 'provision', options: { slots: [{ slot: 0, content }], confirmed: true } }), { ok: true });
  await until('it boots', () => console().includes('*** Booting Zephyr'));
  await pause(serverMs);
  t.same(await listImages(client), ['0: 3.0.0 active confirmed']);

  const echo = (): Promise<unknown> => client.request(osEcho, { text: 'x' });
  const silence = async (): Promise<void> => {
    t.match(await failureOf(client.request(osEcho, { text: 'x' }, { timeoutMs: 300, retries: 0 })), { code: 'no-answer' });
  };
  const fault = { call: 'inject-fault', fault: { kind: 'change', set: { 'rsp.drop': {} } } } as const;
  t.same(await control.ask(fault), { ok: true, fault: 1 });
  await silence();
  t.same(await control.ask({ call: 'clear-fault', fault: 1 }), { ok: true });
  t.same(await echo(), { text: 'x' });
  await control.ask(fault);
  await silence();
  await control.close();
  await pause(50);
  t.same(await echo(), { text: 'x' }, 'faults end with the connection');

  const again = await connectControl(t, addressOf(sim, 'control'));
  await again.ask({ call: 'power', action: 'off' });
  await silence();
  await again.ask({ call: 'power', action: 'on' });
  await pause(bootMs);
  t.same(await echo(), { text: 'x' });
});

t.test('how it ends', async (t) => {
  const folder = emptyFolder(t);
  const link = join(folder, 'board');
  const flash = join(folder, 'board.bin');
  const image = signedImage(2, 1000);
  const interrupted = await startSim(t, ['--udp', '127.0.0.1:0', '--flash', flash]);
  await uploadImage(await connectClient(t, addressOf(interrupted, 'udp')), image);
  interrupted.child.kill('SIGINT');
  t.same(await interrupted.ended, { code: 130, signal: null });
  t.ok(readFileSync(flash).includes(Buffer.from(image)), 'the last bytes were saved');

  const stopped = await startSim(t, ['--serial', link]);
  const terminals = childrenOf(stopped.pid);
  for (const pid of terminals) process.kill(pid, 'SIGSTOP');
  const told = realClock.now();
  stopped.child.kill('SIGTERM');
  t.same(await stopped.ended, { code: 3, signal: null });
  t.ok(realClock.now() - told < 15_000, 'nobody can make it wait');
  t.match(stopped.stderr(), /error: the device could not be put away in time \(.+\)\n$/);
  for (const pid of terminals) if (isRunning(pid)) process.kill(pid, 'SIGKILL');

  const twice = await startSim(t, ['--serial', link]);
  const others = childrenOf(twice.pid);
  for (const pid of others) process.kill(pid, 'SIGSTOP');
  twice.child.kill('SIGTERM');
  await pause(100);
  twice.child.kill('SIGTERM');
  t.same(await twice.ended, { code: 143, signal: null }, 'the second signal ends it at once');
  for (const pid of others) if (isRunning(pid)) process.kill(pid, 'SIGKILL');
});

t.test('a face that breaks ends it with a reason', async (t) => {
  const folder = emptyFolder(t);
  const sim = await startSim(t, ['--serial', join(folder, 'board'), '--udp', '127.0.0.1:0']);
  rmSync(folder, { recursive: true });
  for (const pid of childrenOf(sim.pid)) process.kill(pid, 'SIGKILL');
  t.same(await sim.ended, { code: 3, signal: null });
  t.match(sim.stderr(), /^note: .+\nerror: cannot open serial:\S+: .+ \(create the folder for the link first\)\n$/);

  const other = emptyFolder(t);
  const keeper = await startSim(t, ['--udp', '127.0.0.1:0', '--flash', join(other, 'board.bin')]);
  rmSync(other, { recursive: true });
  await uploadImage(await connectClient(t, addressOf(keeper, 'udp')), signedImage(2, 1000)).catch(() => undefined);
  t.same(await keeper.ended, { code: 3, signal: null });
  t.match(keeper.stderr(), /error: cannot keep the flash in \S+: ENOENT.+ \(choose a file in a folder that exists.+\)\n$/);
});

t.test('mistakes are told in one line', async (t) => {
  const folder = emptyFolder(t);
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const short = join(folder, 'short.bin');
  writeFileSync(short, 'x');
  const file = join(folder, 'file');
  writeFileSync(file, '');
  const udp = ['--udp', '127.0.0.1:0'];
  const cases: readonly (readonly [readonly string[], 'input' | 'infra', RegExp, RegExp])[] = [
    [[], 'input', /needs a face/, /--serial, --serial-raw, --shell, --tcp, --udp, --ble, --console, --control/],
    [['--tcp', '4001'], 'input', /--tcp: "4001" is not HOST:PORT/, /127\.0\.0\.1:4001/],
    [['--udp', 'a:99999'], 'input', /--udp: "a:99999" is not HOST:PORT/, /./],
    [['--profile', 'nrf52480dk', ...udp], 'input', /no profile "nrf52480dk"/, /did you mean nrf52840dk\?/],
    [['--profile', 'esp32', ...udp], 'input', /no profile "esp32"/, /there are: direct-xip, .*nrf52840dk, /],
    [['--profile', 'toString', ...udp], 'input', /no profile "toString"/, /./],
    [['--seed', '-1', ...udp], 'input', /"-1" is not a whole number/, /^/],
    [['--flash', short, ...udp], 'input', /short\.bin has 1 bytes, but the flash of nrf52840dk has 1048576 bytes/, /profile/],
    [['--flash', folder, ...udp], 'input', /is no file/, /./],
    [['--flash', join(folder, 'none', 'x.bin'), ...udp], 'infra', /cannot keep the flash in .+: ENOENT/, /folder that exists/],
    [['--console', `127.0.0.1:${port}`, ...udp], 'infra', /cannot open tcp:127\.0\.0\.1:\d+: listen EADDRINUSE/, /another port/],
    [['--serial', join(folder, 'none', 'board')], 'infra', /cannot open serial:\S+: ENOENT/, /create the folder/],
    [['--serial', file], 'infra', /cannot open serial:\S+: a file that is no symbolic link/, /another name/],
  ];
  const handlers = process.listenerCount('SIGTERM');
  await failureOf(runHere(['--flash', short, ...udp]));
  t.equal(process.listenerCount('SIGTERM'), handlers, 'signals are not listened to any more');
  for (const [args, fault, message, hint] of cases) {
    const error = await failureOf(runHere(args));
    t.match({ fault: error.fault, message: error.message, hint: error.hint ?? '' }, { fault, message, hint }, args.join(' '));
  }
  taken.close();

  const usage = spawnSim([]);
  t.same(await usage.ended, { code: 2, signal: null });
  t.match([usage.stdout(), usage.stderr()], ['', /^error: the device needs a face \(give at least one of .+\)\n$/]);
  const noSocat = spawnSim(['--serial', join(folder, 'x')], { PATH: folder });
  t.same(await noSocat.ended, { code: 3, signal: null });
  t.match(noSocat.stderr(), /error: a serial face needs the program socat, which was not found \(install it: .+\)\n$/);
  t.same(readdirSync(folder).sort(), ['file', 'short.bin'], 'nothing was left behind');
});

t.test('the help shows a bench that loads', async (t) => {
  const { document, diagnostics } = loadDocument(exampleBench, { name: 'sim.bench.yaml' });
  t.same(diagnostics, []);
  t.match(document, { kind: 'bench' });
  let help = '';
  await runHere(['--help'], (text) => (help += text)).catch(() => undefined);
  for (const line of exampleBench.trim().split('\n')) t.ok(help.includes(`  ${line}\n`), line);
  t.match(help, /--flash <FILE>[^]*Examples:\n {2}bootproof sim --serial/);
});

/** The command in this process, for those that end before anything serves. */
async function runHere(args: readonly string[], stdout: (text: string) => unknown = () => undefined): Promise<void> {
  const quiet = (): void => undefined;
  const refuse = (): never => {
    throw new BootproofError('not for this command', { fault: 'input', code: 'test' });
  };
  const program = new Command('bootproof').exitOverride().configureOutput({ writeOut: stdout, writeErr: quiet });
  registerSimCommand(program, { terminal: false, stdout: refuse, stderr: quiet, readFile: refuse, writeFile: refuse, exit: refuse });
  for (const command of program.commands) command.exitOverride().copyInheritedSettings(program);
  await program.parseAsync(['sim', ...args], { from: 'user' });
}
