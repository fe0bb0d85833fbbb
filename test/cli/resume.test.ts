/** A 200 KiB upload over real links: every byte arrives, and a client that was killed half way goes on where the device says. */

import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { createRng } from '../../src/base/rng.ts';
import { decodeEvents } from '../../src/events/log.ts';
import { generateBody } from '../../src/mcuboot/body.ts';
import { buildImage } from '../../src/mcuboot/build.ts';
import { demoKey } from '../../src/mcuboot/demo-keys.ts';
import { defaultProfile } from '../../src/sim/profile.ts';
import { runCommand } from './command.ts';
import { startBootproof } from './process.ts';
import { startSim } from './sim-process.ts';

const image = buildImage(
  { version: { major: 1, minor: 1, revision: 0, build: 0 }, body: generateBody(200 * 1024, createRng(5)) },
  demoKey('ed25519'),
);
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const pipeline = `version: 1
kind: pipeline
id: test.upload
title: upload
inputs:
  next: { image: { file: next.bin } }
steps:
  - id: up
    upload: { image: next, rate: 100 KiB/s }
  - expect: { image: next, slot: 1, pending: false }
`;

/** The result of the upload step, once it has ended. */
function uploadOf(out: string): Readonly<Record<string, unknown>> | undefined {
  const { events } = decodeEvents(readFileSync(join(out, 'events.jsonl'), 'utf8'));
  const end = events.find((event) => event.kind === 'step-end' && event.step === 'steps[0]');
  return end?.kind === 'step-end' ? (end.result as Readonly<Record<string, unknown>>) : undefined;
}

const faces = existsSync('/usr/bin/socat') ? ['serial', 'udp'] : ['udp'];
if (faces.length < 2 && process.env['CI'] !== undefined) t.fail('socat is missing');

for (const face of faces) {
  t.test(`over ${face === 'serial' ? 'a pty' : 'UDP'}`, { timeout: 100_000 }, async (t) => {
    const folder = t.testdir({ 'next.bin': Buffer.from(image), 'up.pipeline.yaml': pipeline });
    const flash = join(folder, 'flash.bin');
    const where = face === 'serial' ? join(folder, 'tty') : '127.0.0.1:0';
    const sim = await startSim(t, [`--${face}`, where, '--flash', flash, '--speed', '20']);
    const bench = join(folder, 'lab.bench.yaml');
    writeFileSync(bench, `version: 1\nkind: bench\nboards:\n  b: { transports: { link: '${sim.faces[face]?.[0]}' } }\n`);
    const args = (out: string): string[] => ['run', join(folder, 'up.pipeline.yaml'), '--bench', bench, '--out', join(folder, out)];

    const killed = startBootproof(args('killed'));
    const log = join(folder, 'killed', 'events.jsonl');
    const half = /"kind":"step-progress"[^\n]*"done":(\d+)/g;
    for (let done = 0; done < image.length / 2; await new Promise((resolve) => setTimeout(resolve, 25))) {
      const seen = existsSync(log) ? [...readFileSync(log, 'utf8').matchAll(half)].at(-1) : undefined;
      done = Number(seen?.[1] ?? 0);
      if (killed.child.exitCode !== null) return t.fail('it ended before it could be killed');
    }
    killed.child.kill('SIGKILL');
    await killed.ended;

    const again = await runCommand(args('again'));
    t.equal(again.status, 0, again.stdout);
    const result = uploadOf(join(folder, 'again'));
    t.ok(Number(result?.['bytes']) < image.length * 0.55, `only ${String(result?.['bytes'])} of ${image.length} bytes were sent again`);
    sim.child.kill('SIGTERM');
    await sim.ended;
    const { secondary } = defaultProfile.images[0]!;
    t.equal(
      sha256(readFileSync(flash).subarray(secondary!.offset, secondary!.offset + image.length)),
      sha256(image),
      'the flash holds the file',
    );

    t.test('what the killed run left can be reported', async (t) => {
      const report = await runCommand(['report', '--from', join(folder, 'killed'), '--report', 'tap']);
      t.match(report.stdout, /^not ok 1 .*\n(.*\n)*? *outcome: "aborted"/m);
    });
  });
}
