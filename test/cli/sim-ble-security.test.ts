/** `bootproof sim --ble` with a profile whose board demands pairing. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { osEcho } from '../../src/smp/groups/os.ts';
import { openTransport } from '../../src/transport/open.ts';
import { projectPath } from '../helpers/vectors.ts';
import { nobleIsMissing } from '../transport/ble-support.ts';
import { failureOf, realContext, recordEvents } from '../transport/support.ts';
import { addressOf, connectClient, startSim } from './sim-process.ts';

t.setTimeout(240_000);

t.test('a board that demands pairing refuses whoever cannot pair', { skip: nobleIsMissing }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'bootproof-sim-test-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const profile = join(folder, 'secured.profile.yaml');
  const healthy = readFileSync(projectPath('pipelines/profiles/nrf52840dk.profile.yaml'), 'utf8');
  writeFileSync(profile, `${healthy}\nlinks: { ble: { security: authentication } }\n`);
  const sim = await startSim(t, ['--profile', profile, '--ble', '127.0.0.1:0', '--udp', '127.0.0.1:0']);
  const refused = await failureOf(openTransport(addressOf(sim, 'ble'), recordEvents(), realContext()));
  t.match(refused, { fault: 'infra', code: 'pairing-required' });
  t.same(await (await connectClient(t, addressOf(sim, 'udp'))).request(osEcho, { text: 'x' }), { text: 'x' }, 'other links are open');
});
