/** Knobs of the radio over the real noble, in real time: what a client sees of addresses, handles, advertising and connection parameters. */

import t, { type Test } from 'tap';
import { createRng } from '../../src/base/rng.ts';
import { SmpClient } from '../../src/client/client.ts';
import { uploadImage } from '../../src/client/upload.ts';
import { bleBoardOf } from '../../src/sim/ble/device-board.ts';
import { listenBle, type BleListener } from '../../src/sim/ble/listen-ble.ts';
import { type SimDevice } from '../../src/sim/device.ts';
import { createSimDevice } from '../../src/sim/machine.ts';
import type { KnobValues } from '../../src/sim/knobs/values.generated.ts';
import { imageStateRead, imageStateWrite } from '../../src/smp/groups/image.ts';
import { osEcho, osReset } from '../../src/smp/groups/os.ts';
import { hearAdvertising } from '../../src/transport/ble.ts';
import { openTransport, parseAddress } from '../../src/transport/open.ts';
import { nobleIsMissing } from '../transport/ble-support.ts';
import { realClock, realContext, until } from '../transport/support.ts';
import { inSlot, testImage, testProfile } from './host.ts';

t.setTimeout(240_000);
const options = { skip: nobleIsMissing };

const one = testImage('1.0.0', { size: 4096 });
const two = testImage('1.1.0', { size: 4096, seed: 2 });

interface Bench {
  readonly device: SimDevice;
  readonly face: BleListener;
  /** By its name, which stays whatever becomes of its address. */
  readonly byName: string;
  /** Handles of the SMP characteristic, as each link found it. */
  readonly handles: readonly number[];
}

/** A device on the real clock, with flash that takes no time worth waiting for, and a virtual controller that has it in reach. */
async function startBoard(t: Test, knobs: Partial<KnobValues>): Promise<Bench> {
  const { flash, ...profile } = testProfile();
  const fast = flash.map((chip) => ({ ...chip, costs: { eraseSectorUs: 100, programUnitUs: 1, readByteUs: 0 } }));
  const device = createSimDevice({ profile: { ...profile, flash: fast, knobs }, clock: realClock, rng: createRng(1) });
  device.provision({ slots: [inSlot(0, one)], confirmed: true });
  const handles = new Set<number>();
  const radio = {
    ...device.radio,
    database: (own: Parameters<typeof device.radio.database>[0]) => {
      const database = device.radio.database(own);
      handles.add(database.smp.value);
      return database;
    },
  };
  const watched = {
    radio,
    onState: device.onState.bind(device),
    get state() {
      return device.state;
    },
  };
  const board = bleBoardOf(device);
  const face = await listenBle({ at: { host: '127.0.0.1', port: 0 }, clock: realClock, board, device: watched }, (peer) => {
    const port = device.openPort('ble', (bytes) => peer.send(bytes));
    return { receive: (bytes) => port.receive(bytes), closed: () => port.close() };
  });
  t.teardown(async () => {
    device.powerOff();
    await face.close();
  });
  device.powerOn();
  await until('the board runs', () => device.state === 'running');
  const byName = face.address.replace(board.address, board.name);
  return {
    device,
    face,
    byName,
    get handles() {
      return [...handles];
    },
  };
}

async function withClient<T>(address: string, work: (client: SmpClient) => Promise<T>): Promise<T> {
  const client = await SmpClient.open((events) => openTransport(address, events, realContext()), { clock: realClock });
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}

/** Another image runs afterwards, and the version that the list shows. */
async function update({ device, byName }: Bench): Promise<void> {
  const { boots } = device;
  await withClient(byName, async (client) => {
    await uploadImage(client, two.bytes, {});
    await client.request(imageStateWrite, { hash: new Uint8Array(Buffer.from(two.hash, 'hex')), confirm: true });
    await client.request(osReset, {});
  });
  await until('the board runs again', () => device.boots > boots && device.state === 'running');
}

async function hears(address: string, ms: number): Promise<boolean> {
  const parsed = parseAddress(address);
  if (parsed.scheme !== 'ble') throw new Error(`${address} is not BLE`);
  try {
    await hearAdvertising(parsed, ms, realContext());
    return true;
  } catch (thrown) {
    if ((thrown as { code?: string }).code === 'device-not-found') return false;
    throw thrown;
  }
}

async function runningVersion(address: string): Promise<string | undefined> {
  const { slots } = await withClient(address, (client) => client.request(imageStateRead, undefined));
  return slots.find(({ active }) => active)?.version;
}

t.test('addr.rotate: after an update the board is found by its name, and no more by its address', options, async (t) => {
  const bench = await startBoard(t, { 'addr.rotate': true });
  t.equal(await runningVersion(bench.face.address), '1.0.0', 'found by its address');
  await update(bench);
  t.equal(await runningVersion(bench.byName), '1.1.0');
  t.notOk(await hears(bench.face.address, 1000));
});

t.test('gatt.handles-shift: after an update the client finds the characteristic where it is now', options, async (t) => {
  const bench = await startBoard(t, { 'gatt.handles-shift': 4 });
  t.equal(await runningVersion(bench.byName), '1.0.0');
  const [before] = bench.handles;
  await update(bench);
  t.equal(await runningVersion(bench.byName), '1.1.0');
  t.same(bench.handles, [before, before! + 4]);
  t.ok(await hears(bench.face.address, 10_000), 'its address is the same');
});

t.test('bt.adv-restart: nobody hears the board after a link, until it restarts', options, async (t) => {
  for (const restarts of [true, false]) {
    const { device, byName } = await startBoard(t, { 'bt.adv-restart': restarts });
    t.ok(await hears(byName, 10_000));
    await withClient(byName, (client) => client.request(osEcho, { text: 'once' }));
    t.equal(await hears(byName, restarts ? 10_000 : 1500), restarts);
    device.reset();
    t.ok(await hears(byName, 10_000), 'after a reset');
  }
});

t.test('link.conn-params: the central grants what the board asks for, and the link goes on', options, async (t) => {
  const { face, byName } = await startBoard(t, { 'link.conn-params': [{ at: '200ms', interval: '50ms', latency: 3, supervision: '6s' }] });
  await withClient(byName, async (client) => {
    const wanted = { interval: 40, latency: 3, timeout: 600 };
    await until('the parameters have changed', () => face.board.link()?.parametersAccepted === true);
    await until('and hold', () => face.board.link()?.parameters.interval === wanted.interval);
    t.same(face.board.link()?.parameters, wanted);
    t.same(await client.request(osEcho, { text: 'still here' }), { text: 'still here' });
  });
});
