/** A lab in which things are wrong: each is one diagnostic with the board, the line of the bench and the mend, and the other boards go on. */

import { spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import t from 'tap';
import type { Test } from 'tap';
import { createHostClaims } from '../../src/cli/host-claims.ts';
import type { EventDiagnostic, RunEvent } from '../../src/events/event.ts';
import { decodeEvents } from '../../src/events/log.ts';
import { realClock, until } from '../transport/support.ts';
import { bootproof, startBootproof } from './process.ts';
import { addressOf, startSim } from './sim-process.ts';

const hasSocat = spawnSync('socat', ['-V']).status === 0;
const skip = hasSocat ? false : 'socat is not installed';

const pipeline = (id: string, more = ''): string =>
  `version: 1\nkind: pipeline\nid: ${id}\ntitle: echo\n${more}steps:\n  - echo: { d: hello }\n`;

interface Lab {
  readonly folder: string;
  readonly bench: string;
  run(args?: readonly string[]): Promise<Ran>;
}

interface Ran {
  readonly code: number | null;
  readonly stderr: string;
  readonly events: readonly RunEvent[];
  /** By board and pipeline, as `dk-1 lab.echo`. */
  readonly ends: ReadonlyMap<string, Extract<RunEvent, { kind: 'cell-end' }>>;
}

/** Boards as lines of YAML below their names. Claims of this lab are its own. */
function createLab(t: Test, boards: Readonly<Record<string, string>>, pipelines: Readonly<Record<string, string>> = {}): Lab {
  // A second `testdir` would empty the first.
  const folder = existsSync(t.testdirName) ? t.testdirName : t.testdir();
  for (const [name, text] of Object.entries({ 'echo.pipeline.yaml': pipeline('lab.echo'), ...pipelines }))
    writeFileSync(join(folder, name), text);
  process.env['BOOTPROOF_CLAIMS'] = join(folder, 'claims');
  const bench = join(folder, 'lab.bench.yaml');
  const entries = Object.entries(boards).map(([name, lines]) => `  ${name}:\n${lines.trim().replace(/^/gm, '    ')}\n`);
  writeFileSync(bench, `version: 1\nkind: bench\nboards:\n${entries.join('')}`);
  let runs = 0;
  const run = async (args: readonly string[] = []): Promise<Ran> => {
    const out = join(folder, `run-${(runs += 1)}`);
    const { code, stderr } = await startBootproof(['run', folder, '--bench', bench, '--out', out, ...args]).ended;
    const log = join(out, 'events.jsonl');
    const { events } = existsSync(log) ? decodeEvents(readFileSync(log, 'utf8')) : { events: [] };
    const ends = events.flatMap((event) => {
      if (event.kind !== 'cell-end') return [];
      const [id = '', board = ''] = event.cell.split('@');
      return [[`${board} ${id}`, event] as const];
    });
    return { code, stderr, events, ends: new Map(ends) };
  };
  return { folder, bench, run };
}

/** The text of the bench that a diagnostic points to. */
function lineOf({ bench }: Lab, diagnostic: EventDiagnostic | undefined): string {
  if (diagnostic?.at?.file !== bench) return `not in the bench: ${JSON.stringify(diagnostic)}`;
  return readFileSync(bench, 'utf8').split('\n')[diagnostic.at.line - 1]!.trim();
}

/** A port that nothing listens on. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

/** A terminal on which a program speaks, as a shell line for socat. */
async function startTerminal(t: Test, link: string, program: string): Promise<void> {
  const child = spawn('socat', [`PTY,link=${link},rawer,wait-slave,pty-interval=0.02`, `SYSTEM:${program}`], { stdio: 'ignore' });
  t.teardown(() => child.kill('SIGKILL'));
  await until('the terminal is there', () => existsSync(link));
}

t.test('each sick board is told of at its line, and the others go on', { timeout: 240_000, skip }, async (t) => {
  const sim = await startSim(t, ['--tcp', '127.0.0.1:0']);
  const folder = t.testdir();
  const busy = join(folder, 'busy');
  const noisy = join(folder, 'noisy');
  await startTerminal(t, busy, '"cat >/dev/null"');
  const holder = spawn('cat', [busy], { stdio: 'ignore' });
  t.teardown(() => holder.kill('SIGKILL'));
  await startTerminal(t, noisy, '"cat >/dev/null & while sleep 0.1 && head -c 64 /dev/urandom; do :; done"');
  const closed = await freePort();
  const sick = `transports: { tcp: 'tcp:127.0.0.1:${closed}' }`;
  const lab = createLab(t, {
    good: `transports: { tcp: '${addressOf(sim, 'tcp')}' }`,
    missing: `boot-time: 300ms\ntransports:\n  serial: 'serial:/dev/no-such-port'`,
    busy: `boot-time: 300ms\ntransports:\n  serial: 'serial:${busy}'`,
    baud: `boot-time: 300ms\ntransports:\n  serial: 'serial:${noisy}?baud=9600'`,
    adapter: `boot-time: 300ms\ntransports:\n  ble: 'ble:Zephyr?adapter=h4:tcp:127.0.0.1:${closed}'`,
    'power-fails': `boot-time: 300ms\n${sick.replace(String(closed), String(await freePort()))}\npower:\n  cycle: { shell: 'echo hub is gone >&2; exit 7' }`,
    'power-hangs': `boot-time: 300ms\n${sick.replace(String(closed), String(await freePort()))}\npower:\n  cycle: { run: [sleep, '100'], timeout: 400ms }`,
  });
  const { code, ends, events, stderr } = await lab.run();
  t.equal(code, 3, stderr);
  t.match(ends.get('good lab.echo'), { outcome: 'passed' });
  const cases: readonly (readonly [board: string, code: string, line: RegExp])[] = [
    ['missing', 'port-missing', /^serial: 'serial:\/dev\/no-such-port'$/],
    ['busy', 'port-busy', /^serial: 'serial:.*busy'$/],
    ['baud', 'baud-suspect', /^serial: 'serial:.*noisy\?baud=9600'$/],
    ['adapter', 'connection-refused', /^ble: 'ble:Zephyr/],
    ['power-fails', 'command-failed', /^cycle: \{ shell: 'echo hub is gone/],
    ['power-hangs', 'command-timeout', /^cycle: \{ run: \[sleep/],
  ];
  for (const [board, code, line] of cases) {
    const end = ends.get(`${board} lab.echo`);
    t.match(end, { outcome: 'infra', diagnostics: [{ code, message: new RegExp(`^board ${board}: `), hint: /./ }] }, board);
    t.equal(end?.diagnostics.length, 1, `${board}: one diagnostic`);
    t.match(lineOf(lab, end?.diagnostics[0]), line, board);
  }
  const rungs = events.flatMap((event) =>
    event.kind === 'recovery' ? [`${event.board} ${event.rung} ${event.outcome}: ${event.detail ?? ''}`] : [],
  );
  t.match(rungs, [], 'the ladder is in the log');
  t.ok(
    rungs.some((text) => /^power-fails power failed: .*exit code 7: hub is gone/.test(text)),
    rungs.join('\n'),
  );
  t.ok(rungs.some((text) => /^power-hangs power failed: .*sleep did not end within 400 ms and was killed/.test(text)));
  t.equal(rungs.filter((text) => text.includes(' drain drained')).length, cases.length);
  t.notMatch(stderr, /\n\s+at .*\.js:/, 'no stack trace');
  t.match(
    stderr,
    /^error: \S*lab\.bench\.yaml:\d+:\d+: board busy: .*cat \(process \d+\) has it open \(end it: .*; the board gets no more work in this run$/m,
  );
  t.match(
    ends.get('power-fails lab.echo')?.diagnostics[0]?.message,
    /exit code 7: hub is gone; it was to bring the board back: cannot open tcp:\S+ connect ECONNREFUSED/,
  );
});

t.test('two boards on one port are refused before anything runs, and so is a link to the port of another', async (t) => {
  const port = join(t.testdir({ port: '' }), 'port');
  const lab = createLab(t, {
    one: `transports: { serial: 'serial:${port}' }`,
    two: `transports: { serial: 'serial:${join(port, '..', '.', 'port')}?baud=9600' }`,
  });
  const { status, stderr } = bootproof(['run', lab.folder, '--bench', lab.bench]);
  t.equal(status, 2);
  t.match(stderr, /lab\.bench\.yaml:7:\d+ error\[port-shared\]: boards `one` and `two` are on one port/);
});

t.test('a board that is given up hands its cells to another of its kind, or they are not run', { timeout: 120_000 }, async (t) => {
  const sim = await startSim(t, ['--tcp', '127.0.0.1:0']);
  const boards = {
    dead: `labels: [dk]\nboot-time: 200ms\ntransports: { tcp: 'tcp:127.0.0.1:${await freePort()}' }`,
    alive: `labels: [dk]\ntransports: { tcp: '${addressOf(sim, 'tcp')}' }`,
  };
  const lab = createLab(t, boards, { 'more.pipeline.yaml': pipeline('lab.more') });
  const moved = await lab.run(['--retry-board', 'other', '--on', 'dead', '--on', 'alive']);
  t.equal(moved.code, 0, moved.stderr);
  for (const end of moved.ends.values()) t.match(end, { outcome: 'passed', attempts: 1 }, end.cell);
  const ran = moved.events.flatMap((event) => (event.kind === 'attempt-start' ? [event.board] : []));
  t.same(ran, ['alive', 'alive', 'alive', 'alive'], 'the log says which board it was');

  const kept = await lab.run();
  t.equal(kept.code, 3);
  t.match(kept.ends.get('dead lab.echo'), { outcome: 'infra' });
  t.match(kept.ends.get('dead lab.more'), { outcome: 'not-run', reason: /^its board was given up: board dead: .*ECONNREFUSED/ });
  t.match(kept.ends.get('alive lab.more'), { outcome: 'passed' });
});

t.test('a rung that helps brings the board back', { timeout: 120_000 }, async (t) => {
  const port = await freePort();
  const folder = t.testdir();
  const asSource = import.meta.url.endsWith('.ts');
  const main = fileURLToPath(new URL(`../../src/cli/main.${asSource ? 'ts' : 'js'}`, import.meta.url));
  const program = [process.execPath, ...(asSource ? process.execArgv : []), main, 'sim', '--tcp', `127.0.0.1:${port}`].join(' ');
  const pid = join(folder, 'pid');
  const lab = createLab(t, {
    sleeper: `transports: { tcp: 'tcp:127.0.0.1:${port}' }\nrecover:\n  - reset\n  - command: { shell: 'setsid ${program} >/dev/null 2>&1 & echo $! > ${pid}' }`,
  });
  const { code, ends, events, stderr } = await lab.run();
  // Now, because the folder is gone before any teardown runs.
  const started = Number(readFileSync(pid, 'utf8'));
  t.teardown(() => process.kill(started, 'SIGKILL'));
  t.equal(code, 0, stderr);
  t.match(ends.get('sleeper lab.echo'), { outcome: 'passed', attempts: 1 });
  t.match(
    events.filter(({ kind }) => kind === 'recovery'),
    [
      { rung: 'reset', outcome: 'failed' },
      { rung: 'command', outcome: 'recovered' },
    ],
  );
});

t.test('a board that another process uses is waited for, and then told of with its owner', { timeout: 120_000 }, async (t) => {
  const sims = [await startSim(t, ['--tcp', '127.0.0.1:0']), await startSim(t, ['--tcp', '127.0.0.1:0'])];
  const lab = createLab(t, {
    taken: `transports: { tcp: '${addressOf(sims[0]!, 'tcp')}' }\nlocks: ['usb-hub:2']`,
    free: `transports: { tcp: '${addressOf(sims[1]!, 'tcp')}' }`,
  });
  const free = await createHostClaims('run nightly').claim(['usb-hub:2'], {
    waitMs: 0,
    clock: realClock,
    signal: new AbortController().signal,
  });
  const { code, ends } = await lab.run(['--wait', '300ms']);
  t.equal(code, 3);
  const end = ends.get('taken lab.echo');
  t.match(end, {
    outcome: 'infra',
    diagnostics: [{ code: 'board-busy', message: /^board taken: usb-hub:2 is in use by run nightly \(process \d+\)/ }],
  });
  t.match(lineOf(lab, end?.diagnostics[0]), /^taken:/);
  t.match(ends.get('free lab.echo'), { outcome: 'passed' });
  free();
  t.equal((await lab.run(['--wait', '300ms'])).code, 0);
});

t.test('the doctor proves what is true, and mends what is not', { timeout: 120_000 }, async (t) => {
  const sim = await startSim(t, ['--tcp', '127.0.0.1:0', '--console', '127.0.0.1:0', '--control', '127.0.0.1:0']);
  const lab = createLab(t, {
    good: `transports: { tcp: '${addressOf(sim, 'tcp')}' }\nconsole: '${sim.faces['console']?.[0]}'\nsimulator: '${sim.faces['control']?.[0]}'`,
    refused: `transports: { udp: 'udp:127.0.0.1:${(await udpPorts(t)).free}' }`,
    bad: `transports: { serial: 'serial:/dev/no-such-port' }\nconsole: 'tcp:127.0.0.1:${await freePort()}'\nprovision: { run: [no-such-programmer, '{image}'] }`,
  });
  const { code, stdout } = await startBootproof(['doctor', '--bench', lab.bench, '--power', '--json']).ended;
  t.equal(code, 3);
  const report = JSON.parse(stdout) as { boards: { board: string; findings: object[] }[]; host: object[] };
  const isReport = new Ajv2020().compile(JSON.parse(bootproof(['schema', 'doctor']).stdout) as object);
  t.ok(isReport(report), JSON.stringify(isReport.errors));
  const { boards, host } = report;
  t.ok(host.length > 0);
  t.match(boards[0], {
    board: 'good',
    findings: [
      { subject: 'transports.tcp', state: 'ok', message: /^answers in .*Zephyr.*; slot 0: 1\.0\.0 active confirmed/ },
      { subject: 'console', state: 'ok' },
      { subject: 'power', state: 'ok' },
    ],
  });
  t.match(boards[1]?.findings[0], {
    state: 'error',
    code: 'board-silent',
    message: /; the link says: datagrams are refused, .*ECONNREFUSED$/,
  });
  t.match(boards[2], {
    board: 'bad',
    findings: [
      { subject: 'transports.serial', state: 'error', code: 'port-missing', at: { line: 11 } },
      { subject: 'console', state: 'error', code: 'connection-refused', at: { line: 12 } },
      { subject: 'provision', state: 'error', code: 'program-missing', at: { line: 13 }, hint: /PATH/ },
      { subject: 'power', state: 'error', code: 'power-missing' },
    ],
  });
  const plain = await startBootproof(['doctor']).ended;
  t.equal(plain.code, 0, 'useful without a bench');
  t.match(plain.stdout, /^this host\n {2}\w+ +serial port/);
});

/** A UDP port of this host that a program listens on, and one that none does. */
async function udpPorts(t: Test): Promise<{ readonly taken: number; readonly free: number }> {
  const [taken, free] = [createSocket('udp4').bind(0, '127.0.0.1'), createSocket('udp4').bind(0, '127.0.0.1')];
  await Promise.all([once(taken, 'listening'), once(free, 'listening')]);
  const ports = { taken: taken.address().port, free: free.address().port };
  t.teardown(() => taken.close());
  await new Promise<void>((resolve) => free.close(() => resolve()));
  return ports;
}

t.test(
  'of a port where a board is waited for, the doctor proves that it is free, and nobody asks there',
  { timeout: 120_000 },
  async (t) => {
    const { taken, free } = await udpPorts(t);
    const lab = createLab(t, {
      waits: `transports: { link: 'udp:127.0.0.1:${free}?listen=on' }\npower: { cycle: { run: ['true'] } }`,
      taken: `transports: { link: 'udp:127.0.0.1:${taken}?listen=on' }`,
    });
    const { code, stdout } = await startBootproof(['doctor', '--bench', lab.bench, '--json', '--power']).ended;
    const { boards } = JSON.parse(stdout) as { boards: readonly { board: string; findings: readonly object[] }[] };
    t.equal(code, 3);
    t.match(boards[0]?.findings, [
      { subject: 'transports.link', state: 'ok', message: /^the port is free to listen on/ },
      { subject: 'power.cycle', state: 'ok' },
      { subject: 'power', state: 'ok', message: /^went off and on; whether the board is back/ },
    ]);
    t.match(boards[1]?.findings[0], { state: 'error', code: 'address-in-use', at: { line: 8 }, hint: /another program listens there/ });
    const ran = await lab.run();
    t.match(ran.ends.get('waits lab.echo'), { outcome: 'not-applicable', reason: /listens? for it to ask|cannot be asked over link/ });
  },
);
