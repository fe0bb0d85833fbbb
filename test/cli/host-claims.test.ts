import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { createRealClock } from '../../src/base/clock-real.ts';
import { createHostClaims } from '../../src/cli/host-claims.ts';

const clock = createRealClock();
const options = { waitMs: 300, clock, signal: new AbortController().signal };

function useFolder(t: Test): string {
  const folder = join(t.testdir(), 'claims');
  process.env['BOOTPROOF_CLAIMS'] = folder;
  t.teardown(() => delete process.env['BOOTPROOF_CLAIMS']);
  return folder;
}

t.test('all or none, and free again', async (t) => {
  const folder = useFolder(t);
  const one = createHostClaims('run 1');
  const free = await one.claim(['serial:/dev/ttyACM0', 'usb-hub:2'], options);
  await t.rejects(createHostClaims('run 2').claim(['ble-adapter:hci0', 'usb-hub:2'], options), {
    code: 'board-busy',
    fault: 'infra',
    message: new RegExp(`^usb-hub:2 is in use by run 1 \\(process ${process.pid}\\) since 20`),
  });
  t.equal(readdirSync(folder).length, 2, 'what could be taken was given back');
  free();
  t.same(readdirSync(folder), []);
  (await createHostClaims('run 2').claim(['ble-adapter:hci0', 'usb-hub:2'], options))();
});

t.test('one who waits gets it when it is free', async (t) => {
  useFolder(t);
  const free = await createHostClaims('run 1').claim(['lock:a'], options);
  const second = createHostClaims('run 2').claim(['lock:a'], { ...options, waitMs: 30_000 });
  setTimeout(free, 400);
  (await second)();
  t.pass();
});

t.test('a wait can be cancelled', async (t) => {
  useFolder(t);
  await createHostClaims('run 1').claim(['lock:a'], options);
  const cancel = new AbortController();
  const second = createHostClaims('run 2').claim(['lock:a'], { ...options, waitMs: 30_000, signal: cancel.signal });
  cancel.abort(new Error('enough'));
  await t.rejects(second, { message: 'enough' });
});

t.test('the claim of a process that is gone is taken over, and so is one of a process whose id is used again', async (t) => {
  const folder = useFolder(t);
  const gone = spawn('true');
  await once(gone, 'close');
  for (const stale of [{ pid: gone.pid }, { pid: process.pid, born: '1' }]) {
    (await createHostClaims('run 0').claim(['lock:a'], options))();
    const free = await createHostClaims('run 0').claim(['lock:a'], options);
    const path = join(folder, readdirSync(folder)[0]!);
    writeFileSync(path, JSON.stringify({ ...(JSON.parse(readFileSync(path, 'utf8')) as object), ...stale }));
    const again = await createHostClaims('run 1').claim(['lock:a'], options);
    t.match(JSON.parse(readFileSync(path, 'utf8')), { owner: 'run 1', pid: process.pid });
    free();
    again();
  }
});

t.test('a damaged claim is no claim', async (t) => {
  const folder = useFolder(t);
  const free = await createHostClaims('run 0').claim(['lock:a'], options);
  writeFileSync(join(folder, readdirSync(folder)[0]!), '{"pid":');
  (await createHostClaims('run 1').claim(['lock:a'], options))();
  free();
  t.same(readdirSync(folder), []);
});
