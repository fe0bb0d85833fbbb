/** Knobs of the radio: what each does to a link of the board in memory, at the link itself and in a whole run in virtual time. */

import t from 'tap';
import { createVirtualClock } from '../../src/base/clock-virtual.ts';
import { sleep } from '../../src/base/clock.ts';
import { createRng } from '../../src/base/rng.ts';
import { SmpClient } from '../../src/client/client.ts';
import { uploadImage } from '../../src/client/upload.ts';
import { connectCentral, type CentralMemory } from '../../src/sim/ble/central.ts';
import { createDeviceBoard } from '../../src/sim/ble/device-board.ts';
import { type SimDevice } from '../../src/sim/device.ts';
import { createSimDevice } from '../../src/sim/machine.ts';
import type { KnobValues } from '../../src/sim/knobs/values.generated.ts';
import { imageStateRead, imageStateWrite } from '../../src/smp/groups/image.ts';
import { osEcho, osReset } from '../../src/smp/groups/os.ts';
import { formatAddress } from '../../src/transport/ble/hci.ts';
import { openMemoryBle } from '../../src/transport/memory-ble.ts';
import type { Clock } from '../../src/base/clock.ts';
import { inSlot, testImage, testProfile } from './host.ts';

const one = testImage('1.0.0');
const two = testImage('1.1.0', { size: 24_000, seed: 2 });

interface Bench {
  readonly clock: Clock;
  readonly device: SimDevice;
  readonly board: ReturnType<typeof createDeviceBoard>;
  readonly lines: string[];
  readonly losses: string[];
  readonly open: () => Promise<SmpClient>;
}

/** A board in memory that is up, and a central for it. */
async function withBoard<T>(
  knobs: Partial<KnobValues>,
  work: (bench: Bench) => Promise<T>,
  { mtu = 247, reassembly = true }: { readonly mtu?: number; readonly reassembly?: boolean } = {},
): Promise<T> {
  const clock = createVirtualClock();
  const base = testProfile();
  const profile = { ...base, links: { ...base.links, ble: { mtu, reassembly } }, knobs };
  const device = createSimDevice({ profile, clock, rng: createRng(1) });
  device.provision({ slots: [inSlot(0, one)], confirmed: true });
  const board = createDeviceBoard(device);
  const memory: CentralMemory = { known: false };
  const [lines, losses]: [string[], string[]] = [[], []];
  device.openPort('console', (bytes) => lines.push(Buffer.from(bytes).toString('utf8')));
  const open = (): Promise<SmpClient> =>
    SmpClient.open(
      (events) =>
        openMemoryBle(
          {
            name: 'sim ble',
            reassembly,
            connect: (bearer, { signal }) => connectCentral({ name: 'sim ble', clock, board, memory }, bearer, signal),
          },
          events,
          { clock, signal: new AbortController().signal },
        ),
      { clock, lost: ({ message }) => losses.push(message) },
    );
  return clock.drive(
    (async () => {
      device.powerOn();
      await sleep(clock, 10_000, 'the board boots');
      const result = await work({ clock, device, board, lines, losses, open });
      device.powerOff();
      return result;
    })(),
  );
}

/** Virtual milliseconds of an upload. */
function uploadMs(knobs: Partial<KnobValues>): Promise<number> {
  return withBoard(knobs, async ({ clock, open }) => {
    const client = await open();
    const since = clock.now();
    await uploadImage(client, two.bytes, { window: 3 });
    const ms = clock.now() - since;
    await client.close();
    return ms;
  });
}

/** Another image runs afterwards. */
async function update({ clock, open }: Bench): Promise<void> {
  const client = await open();
  await uploadImage(client, two.bytes, {});
  await client.request(imageStateWrite, { hash: new Uint8Array(Buffer.from(two.hash, 'hex')), confirm: true });
  await client.request(osReset, {});
  await client.close();
  await sleep(clock, 60_000, 'the swap');
}

t.test('what makes links slower or faster', async (t) => {
  const healthy = await uploadMs({});
  t.ok((await uploadMs({ 'link.dle': '27 B' })) > healthy * 1.3, 'link.dle: small packets');
  t.ok((await uploadMs({ 'link.phy': '2M' })) < healthy, 'link.phy: twice the speed on the air');
  const slow = [{ at: '0s', interval: '100ms', latency: 0, supervision: '4s' }];
  t.ok((await uploadMs({ 'link.conn-params': slow })) > healthy * 2, 'link.conn-params: fewer connection events');
  t.ok(
    (await uploadMs({ 'link.degrade': { from: '20 KiB/s', to: '2 KiB/s', over: '2s' } })) > healthy * 3,
    'link.degrade: it falls while the upload lasts',
  );
});

t.test('link.conn-params: the parameters change when the script says, and not after the link', async (t) => {
  await withBoard(
    { 'link.conn-params': [{ at: '2s', interval: '50ms', latency: 3, supervision: '6s' }] },
    async ({ clock, board, open }) => {
      const client = await open();
      t.match(board.link()?.parameters, { interval: 12, latency: 0, timeout: 400 });
      await sleep(clock, 3000, 'the script');
      t.match(board.link(), { parameters: { interval: 40, latency: 3, timeout: 600 }, parametersAccepted: true });
      t.same(await client.request(osEcho, { text: 'slow' }), { text: 'slow' });
      await client.close();
    },
  );
});

t.test('link.asym-mtu: long writes are lost, short ones are answered in long notifications', async (t) => {
  for (const [knobs, answered] of [
    [{}, true],
    [{ 'link.asym-mtu': '60 B' }, false],
  ] as const) {
    await withBoard(knobs, async ({ open }) => {
      const client = await open();
      t.same(await client.request(osEcho, { text: 'short' }), { text: 'short' });
      const long = client.request(osEcho, { text: 'x'.repeat(150) }).then(
        () => true,
        () => false,
      );
      t.equal(await long, answered);
      await client.close();
    });
  }
});

t.test('link.asym-mtu: an upload finds out how much arrives, and gets through', async (t) => {
  for (const [mtu, reassembly] of [
    ['23 B', true],
    ['128 B', true],
    ['128 B', false],
  ] as const) {
    const updated = async (bench: Bench): Promise<void> => {
      await update(bench);
      const client = await bench.open();
      const { slots } = await client.request(imageStateRead, undefined);
      t.match(slots[0], { version: '1.1.0', active: true }, `${mtu}, ${reassembly ? 'packets of many writes' : 'packets of one write'}`);
      await client.close();
    };
    await withBoard({ 'link.asym-mtu': mtu }, updated, { reassembly });
  }
});

t.test('link.phy-reply: a board that is silent about the PHY loses the link after 40 s', async (t) => {
  for (const reply of ['normal', 'none'] as const) {
    await withBoard({ 'link.phy-reply': reply }, async ({ clock, losses, open }) => {
      const client = await open();
      await sleep(clock, 39_000, 'nearly');
      t.same(losses, []);
      await sleep(clock, 2000, 'the limit of the procedure');
      t.equal(losses.length, reply === 'none' ? 1 : 0);
      if (reply === 'none') t.match(losses[0], /0x22/);
      await client.close();
    });
  }
});

t.test('bt.tx-contexts: an answer in more notifications than that is cut, with a line on the console; the next one is whole', async (t) => {
  await withBoard(
    { 'bt.tx-contexts': 3 },
    async ({ lines, open }) => {
      const client = await open();
      const long = client.request(osEcho, { text: 'x'.repeat(150) }, { timeoutMs: 2000 });
      await t.rejects(long, { code: 'smp-no-answer' });
      t.match(lines.join(''), /Unable to allocate TX context/);
      t.same(await client.request(osEcho, { text: 'short' }), { text: 'short' });
      await client.close();
    },
    { mtu: 23 },
  );
});

t.test('bt.tx-buffers: the stack stands still after such an answer, until a restart', async (t) => {
  await withBoard(
    { 'bt.tx-buffers': 3 },
    async ({ clock, device, open }) => {
      const client = await open();
      for (const text of ['x'.repeat(150), 'short']) {
        await t.rejects(client.request(osEcho, { text }, { timeoutMs: 2000 }), { code: 'smp-no-answer' });
      }
      await client.close();
      device.reset();
      await sleep(clock, 10_000, 'the restart');
      const again = await open();
      t.same(await again.request(osEcho, { text: 'short' }), { text: 'short' });
      await again.close();
    },
    { mtu: 23 },
  );
});

t.test(
  'gatt.handles-shift and addr.rotate: another address and other handles after an update, which a fresh discovery finds',
  async (t) => {
    await withBoard({ 'gatt.handles-shift': 4, 'addr.rotate': true }, async (bench) => {
      t.equal(formatAddress(bench.board.address), 'C0:00:00:00:00:01');
      await update(bench);
      t.equal(formatAddress(bench.board.address), 'C0:00:00:00:00:02');
      const client = await bench.open();
      const { slots } = await client.request(imageStateRead, undefined);
      t.match(slots[0], { version: '1.1.0', active: true });
      await client.close();
    });
  },
);

t.test('bond.drop-on: after an update the link ends when it is encrypted', async (t) => {
  await withBoard({ 'bond.drop-on': 'swap' }, async (bench) => {
    const client = await bench.open();
    await client.close();
    await update(bench);
    await t.rejects(bench.open(), { message: /keys of an earlier pairing are missing/ });
  });
  await withBoard({ 'bond.drop-on': 'erase' }, async (bench) => {
    await update(bench);
    const client = await bench.open();
    t.same(await client.request(osEcho, { text: 'still bonded' }), { text: 'still bonded' });
    await client.close();
  });
});
