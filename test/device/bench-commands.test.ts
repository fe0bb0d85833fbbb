/** The command lines of a bench, as the programs themselves receive them: each one is a small program on the PATH that writes down its arguments. */

import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { createRealClock } from '../../src/base/clock-real.ts';
import { createRng } from '../../src/base/rng.ts';
import { BenchError } from '../../src/device/bench-error.ts';
import type { Board, OpenOptions } from '../../src/device/board.ts';
import type { BoardEvent } from '../../src/device/board-event.ts';
import { createBoards } from '../../src/cli/boards.ts';
import { loadFile } from '../../src/cli/documents.ts';
import { formatDiagnostic } from '../../src/language/diagnostics.ts';
import { encodeIntelHex } from '../../src/mcuboot/intel-hex.ts';
import { isRunning } from '../cli/sim-process.ts';

/** Asked before the tests put programs of their own on the PATH. */
const installed = new Set(['uhubctl', 'openocd'].filter((program) => spawnSync(program, ['--version']).error === undefined));

interface Lab {
  readonly board: Board;
  readonly options: OpenOptions;
  readonly events: BoardEvent[];
  /** What ran: the name of the program and its arguments; texts of files in place of their paths. */
  readonly ran: () => readonly (readonly string[])[];
}

/** Writes down its name, its arguments, and the content of arguments that are files. */
const recorder = `#!${process.execPath}
Promise.all([import('node:fs'), import('node:path')]).then(([{ appendFileSync, existsSync, readFileSync, statSync }, { basename }]) => {
  const named = (word) => '<' + basename(word).replace(/^\\d+-/, '') + '> ' + readFileSync(word, 'latin1');
  const shown = (word) => (existsSync(word) && statSync(word).isFile() ? named(word) : word);
  appendFileSync(process.env.RECORD, JSON.stringify([basename(process.argv[1]), ...process.argv.slice(2).map(shown)]) + '\\n');
});
`;

const programs = ['nrfutil', 'west', 'pyocd', 'openocd', 'JLinkExe', 'uhubctl', 'labgrid-client'];

function createLab(t: Test, entry: string): Lab {
  const folder = t.testdir(Object.fromEntries(programs.map((name) => [name, recorder])));
  for (const name of programs) chmodSync(join(folder, name), 0o755);
  const record = join(folder, 'record.jsonl');
  const before = { PATH: process.env['PATH'], RECORD: process.env['RECORD'] };
  Object.assign(process.env, { PATH: `${folder}${delimiter}${before.PATH ?? ''}`, RECORD: record });
  t.teardown(() => void Object.assign(process.env, before));
  const bench = join(folder, 'lab.bench.yaml');
  writeFileSync(
    bench,
    `version: 1\nkind: bench\nboards:\n  dk:\n    transports: { udp: 'udp:127.0.0.1:9' }\n${entry.replace(/^/gm, '    ')}\n`,
  );
  writeFileSync(join(folder, 'golden.bin'), 'GOLD');
  const { document, diagnostics } = loadFile(bench);
  if (document?.kind !== 'bench') throw new Error(diagnostics.map(formatDiagnostic).join('\n'));
  const events: BoardEvent[] = [];
  const options: OpenOptions = {
    transport: 'udp',
    clock: createRealClock(),
    rng: createRng(1),
    signal: new AbortController().signal,
    emit: (event) => void events.push(event),
  };
  const lines = (): string[] => (existsSync(record) ? readFileSync(record, 'utf8').trim().split('\n') : []);
  return { board: createBoards(document)[0]!, options, events, ran: () => lines().map((line) => JSON.parse(line) as string[]) };
}

/** What a board must run for its provisioning, its rungs, and its reservation, in this order. */
async function runAll({ board, options }: Lab): Promise<void> {
  const device = await board.open(options);
  await device.control.provision?.({ slots: [{ slot: 0, content: { kind: 'image', bytes: Uint8Array.of(1, 2, 3, 4) } }] });
  await device.close();
  await board.upkeep?.acquire(options);
  for (const rung of board.upkeep?.rungs ?? []) await rung.climb(options);
  await board.upkeep?.release(options);
}

const hex = '<image.hex> :020000040000FA\n:04C0000001020304 32\n:00000001FF\n'.replace(' 32', '32');
const bin = '<image.bin> \u0001\u0002\u0003\u0004';

const recipes: readonly [name: string, entry: string, ran: readonly (readonly string[])[]][] = [
  [
    'nrfutil',
    `provision: { recipe: nrfutil, serial: '000683534322', address: 0xc000 }
reset: { debugger: { recipe: nrfutil, serial: '000683534322' } }
recover: [reset, { command: { recipe: nrfutil, serial: '000683534322' } }]`,
    [
      [
        ...['nrfutil', 'device', 'program', '--firmware', hex, '--serial-number', '000683534322'],
        ...['--options', 'chip_erase_mode=ERASE_RANGES_TOUCHED_BY_FIRMWARE,verify=VERIFY_READ,reset=RESET_SYSTEM'],
      ],
      ['nrfutil', 'device', 'reset', '--serial-number', '000683534322'],
      ['nrfutil', 'device', 'recover', '--serial-number', '000683534322'],
    ],
  ],
  [
    'west',
    `provision: { recipe: west, build-dir: ../build, serial: '1050', address: '0xc000' }
reset: { debugger: { run: [uhubctl] } }
recover: [reset]`,
    [['west', 'flash', '--skip-rebuild', '--build-dir', '../build', '--dev-id', '1050', '--hex-file', hex], ['uhubctl']],
  ],
  [
    'pyocd',
    `provision: { recipe: pyocd, serial: '0240', target: nrf52840, address: 0xc000 }
reset: { debugger: { recipe: pyocd, serial: '0240', target: nrf52840 } }
recover: [reset, { command: { recipe: pyocd, serial: '0240', target: nrf52840 } }]`,
    [
      ['pyocd', 'load', '--probe', '0240', '--target', 'nrf52840', '--base-address', '0xc000', '--format', 'bin', bin],
      ['pyocd', 'reset', '--probe', '0240', '--target', 'nrf52840'],
      ['pyocd', 'erase', '--chip', '--probe', '0240', '--target', 'nrf52840'],
    ],
  ],
  [
    'openocd',
    `provision: { recipe: openocd, config: board/nordic_nrf52_dk.cfg, serial: '0240', address: 0xc000 }
reset: { debugger: { recipe: openocd, config: board/nordic_nrf52_dk.cfg } }
recover: [reset]`,
    [
      [
        ...['openocd', '-f', 'board/nordic_nrf52_dk.cfg', '-c', 'adapter serial 0240'],
        ...['-c', 'program "PATH" verify reset exit 0xc000'],
      ],
      ['openocd', '-f', 'board/nordic_nrf52_dk.cfg', '-c', 'init; reset run; shutdown'],
    ],
  ],
  [
    'jlink',
    `provision: { recipe: jlink, serial: '683', target: nRF52840_xxAA, address: 0xc000, speed: 4000 }
recover: [{ image: golden.bin }, { command: { recipe: jlink, serial: '683', target: nRF52840_xxAA } }]`,
    [
      [
        ...['JLinkExe', '-NoGui', '1', '-ExitOnError', '1', '-SelectEmuBySN', '683', '-Device', 'nRF52840_xxAA', '-If', 'SWD'],
        ...['-Speed', '4000', '-AutoConnect', '1', '-CommandFile', '<script.txt> r\nh\nloadfile PATH 0xc000\nr\ng\nexit\n'],
      ],
      [
        ...['JLinkExe', '-NoGui', '1', '-ExitOnError', '1', '-SelectEmuBySN', '683', '-Device', 'nRF52840_xxAA', '-If', 'SWD'],
        ...['-Speed', '4000', '-AutoConnect', '1', '-CommandFile', '<script.txt> r\nh\nloadfile PATH 0xc000\nr\ng\nexit\n'],
      ],
      [
        ...['JLinkExe', '-NoGui', '1', '-ExitOnError', '1', '-SelectEmuBySN', '683', '-Device', 'nRF52840_xxAA', '-If', 'SWD'],
        ...['-AutoConnect', '1', '-CommandFile', '<script.txt> r\nh\nerase\nr\nexit\n'],
      ],
    ],
  ],
  [
    'uhubctl',
    `power: { recipe: uhubctl, location: 1-1.4, port: 2, delay: 1500ms }
recover: [power]`,
    [
      ['uhubctl', '-l', '1-1.4', '-p', '2', '-a', 'off'],
      ['uhubctl', '-l', '1-1.4', '-p', '2', '-a', 'on'],
    ],
  ],
  [
    'uhubctl, as a reset',
    `power: { recipe: uhubctl, location: 1-1.4, port: 2, delay: 1500ms }
reset: { debugger: { run: [uhubctl, '{board}', '{{x}}'], env: { A: b } } }
recover: [reset]`,
    [['uhubctl', 'dk', '{x}']],
  ],
  [
    'labgrid places',
    `reserve: { recipe: labgrid, place: dk-7 }
power: { recipe: labgrid, place: dk-7 }
recover: [power]`,
    [
      ['labgrid-client', '-p', 'dk-7', 'acquire'],
      ['labgrid-client', '-p', 'dk-7', 'power', 'off'],
      ['labgrid-client', '-p', 'dk-7', 'power', 'on'],
      ['labgrid-client', '-p', 'dk-7', 'release'],
    ],
  ],
  [
    'a shell, where the bench says so',
    `reset: { pin: { shell: 'uhubctl a | cat; uhubctl "{board}"' } }\nrecover: [reset]`,
    [
      ['uhubctl', 'a'],
      ['uhubctl', 'dk'],
    ],
  ],
];

t.test('recipes become the command lines of their programs', { timeout: 120_000 }, async (t) => {
  for (const [name, entry, ran] of recipes) {
    await t.test(name, async (t) => {
      const lab = createLab(t, entry);
      await runAll(lab);
      const withoutPaths = lab.ran().map((words) => words.map((word) => word.replace(/[\w./-]*\/\d+-image\.bin/g, 'PATH')));
      t.same(withoutPaths, ran);
      const commands = lab.events.filter(({ kind }) => kind === 'command');
      t.equal(commands.length, name.startsWith('a shell') ? 1 : ran.length, 'each one is in the event log');
      t.ok(commands.every((event) => event.kind === 'command' && event.exit === 0));
    });
  }
});

t.test('a command that fails, hangs or is missing is an infra error at its line of the bench', { timeout: 60_000 }, async (t) => {
  const meet = async (t: Test, reset: string): Promise<{ readonly error: BenchError; readonly lab: Lab }> => {
    const lab = createLab(t, `reset: { pin: ${reset} }\nrecover: [reset]`);
    const thrown = await lab.board.upkeep!.rungs[0]!.climb(lab.options).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (!(thrown instanceof BenchError)) throw new Error(`no BenchError: ${String(thrown)}`);
    t.equal(thrown.fault, 'infra');
    const { source, start } = thrown.span;
    t.equal(source.text.slice(0, start).split('\n').length, 6, 'the line of the reset command');
    return { error: thrown, lab };
  };
  await t.test('fails', async (t) => {
    const { error, lab } = await meet(t, `{ shell: 'echo first; echo no hub >&2; echo see --help >&2; exit 3' }`);
    t.match(error, { code: 'command-failed', message: 'board dk: the shell command ended with exit code 3: no hub / see --help' });
    t.match(lab.events, [{ kind: 'command', purpose: 'reset by pin', exit: 3, output: 'first\nno hub\nsee --help\n' }]);
  });
  await t.test('is missing', async (t) => {
    const { error } = await meet(t, '{ run: [no-such-program, x] }');
    t.match(error, { code: 'command-not-started', message: 'board dk: no-such-program could not be run: there is no such program' });
  });
  await t.test('hangs, and takes its children along', async (t) => {
    const { error, lab } = await meet(t, `{ shell: 'sleep 300 & echo $!; trap "" TERM; sleep 301', timeout: 500ms }`);
    t.match(error, { code: 'command-timeout', message: /did not end within 500 ms and was killed/ });
    const [event] = lab.events;
    t.match(event, { kind: 'command', exit: undefined });
    const pids = spawnSync('pgrep', ['-f', '^sleep 30[01]$'], { encoding: 'utf8' }).stdout.trim().split('\n').map(Number);
    t.same(
      pids.filter((pid) => pid > 0 && isRunning(pid)),
      [],
      'no child is left',
    );
  });
});

t.test('Intel HEX', (t) => {
  // The second record of the format's own description (Intel, 1988), and a crossing of 64 KiB.
  const line = Uint8Array.from(Buffer.from('214601360121470136007EFE09D21901', 'hex'));
  t.match(encodeIntelHex(line, 0x0100), ':10010000214601360121470136007EFE09D2190140\n');
  t.equal(
    encodeIntelHex(Uint8Array.of(1, 2, 3, 4), 0x1_fffe),
    [':020000040001F9', ':02FFFE000102FE', ':020000040002F8', ':020000000304F7', ':00000001FF', ''].join('\n'),
  );
  const objcopy = spawnSync('objcopy', ['--version']).status === 0;
  if (!objcopy) return t.end();
  const folder = t.testdir();
  const bytes = Uint8Array.from({ length: 70_001 }, (_, index) => (index * 7) & 0xff);
  writeFileSync(join(folder, 'x.hex'), encodeIntelHex(bytes, 0xfff3));
  spawnSync('objcopy', ['-I', 'ihex', '-O', 'binary', join(folder, 'x.hex'), join(folder, 'x.bin')]);
  t.ok(readFileSync(join(folder, 'x.bin')).equals(bytes), 'objcopy reads the same bytes');
  t.end();
});

for (const [program, words, wanted] of [
  ['uhubctl', ['-l', '1-1.4', '-p', '2', '-a', 'cycle', '-d', '1.5'], /No compatible devices detected/],
  [
    'openocd',
    [
      '-c',
      'adapter serial 0240',
      '-c',
      'proc program {args} {echo "args: $args"}',
      '-c',
      'program "a b" verify reset exit 0xc000',
      '-c',
      'shutdown',
    ],
    /args: \{a b\} verify reset exit 0xc000/,
  ],
] as const) {
  t.test(`${program} itself takes the words`, { skip: installed.has(program) ? false : `${program} is not installed` }, (t) => {
    const { stdout, stderr } = spawnSync(program, words, { encoding: 'utf8' });
    t.match(`${stdout}${stderr}`, wanted);
    t.end();
  });
}
