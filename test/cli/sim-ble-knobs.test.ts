/** Knobs of the radio over the real noble: `bootproof sim --ble` with a profile that turns one, beside a healthy board. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { requestLimits } from '../../src/client/buffers.ts';
import type { SmpClient } from '../../src/client/client.ts';
import { osEcho } from '../../src/smp/groups/os.ts';
import { projectPath } from '../helpers/vectors.ts';
import { nobleIsMissing } from '../transport/ble-support.ts';
import { realClock } from '../transport/support.ts';
import { addressOf, connectClient, startSim } from './sim-process.ts';

t.setTimeout(240_000);

/** A client of a board with these knobs, and the milliseconds that the link took to open. */
async function connect(t: Test, knobs: string): Promise<{ readonly client: SmpClient; readonly openMs: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'bootproof-sim-test-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const profile = join(folder, 'knobs.profile.yaml');
  const healthy = readFileSync(projectPath('pipelines/profiles/nrf52840dk.profile.yaml'), 'utf8');
  writeFileSync(profile, `${healthy}\nknobs: ${knobs}\n`);
  const address = addressOf(await startSim(t, ['--profile', profile, '--ble', '127.0.0.1:0']), 'ble');
  const since = realClock.now();
  const client = await connectClient(t, address);
  return { client, openMs: realClock.now() - since };
}

t.test('link.asym-mtu: long writes are lost until the client has found out how much arrives', { skip: nobleIsMissing }, async (t) => {
  const { client } = await connect(t, "{ link.asym-mtu: '60 B' }");
  const agreed = client.link.pieces!.max;
  const long = { text: 'x'.repeat(150) };
  await t.rejects(client.request(osEcho, long, { timeoutMs: 2000 }), { code: 'smp-no-answer' });
  await requestLimits(client);
  const { max } = client.link.pieces!;
  t.ok(agreed > 150 && max <= 57 && max > 50, `pieces of ${agreed}, then of ${max} bytes`);
  t.same(await client.request(osEcho, { text: 'short' }), { text: 'short' });
});

t.test('link.mtu-late: noble waits for the exchange and has the whole MTU', { skip: nobleIsMissing }, async (t) => {
  const { client, openMs } = await connect(t, "{ link.mtu-late: '3s' }");
  t.ok(openMs >= 3000, 'the link opens no sooner');
  t.ok(client.link.pieces!.max > 150);
  t.same(await client.request(osEcho, { text: 'x'.repeat(150) }), { text: 'x'.repeat(150) });
});
