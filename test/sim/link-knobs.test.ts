/** Knobs of links, flash and radio: each set by a profile for the whole life and by a fault while the device runs, and what exactly it does. */

import t from 'tap';
import { toHex } from '../../src/base/bytes.ts';
import { assert } from '../../src/base/assert.ts';
import type { BleLink, BleLinkHandler } from '../../src/sim/ble/air.ts';
import { attOp } from '../../src/transport/ble/att.ts';
import { createBleBoard, type BleBoard } from '../../src/sim/ble/board.ts';
import type { SimProfile } from '../../src/sim/profile.ts';
import { encodeCbor } from '../../src/smp/cbor.ts';
import { encodePacket } from '../../src/smp/header.ts';
import { encodeSerialFrame } from '../../src/smp/serial-frame.ts';
import { l2capChannel } from '../../src/transport/ble/hci.ts';
import { eachWay, inSlot, testImage, testProfile, withHost } from './host.ts';
import type { Host } from './host.ts';

const one = testImage('1.0.0');
const two = testImage('1.1.0', { size: 24_000, seed: 2 });
const factory = { slots: [inSlot(0, one)] };

const echoRequest = (sequence: number): Uint8Array =>
  encodePacket({ op: 2, version: 1, flags: 0, group: 0, sequence, command: 0 }, encodeCbor({ d: 'x'.repeat(150) }));

/** What a serial port gives back for one echo request. */
async function overSerial(host: Host): Promise<{ readonly sent: string; readonly came: string }> {
  let came = '';
  const port = host.device.openPort('serial', (bytes) => (came += Buffer.from(bytes).toString('latin1')));
  const sent = Buffer.concat(encodeSerialFrame(echoRequest(1), { style: 'sliced' })).toString('latin1');
  port.receive(Buffer.from(sent, 'latin1'));
  await host.pass(1000);
  port.close();
  return { sent, came };
}

/** What a healthy device answers to that request. */
async function healthyAnswer(): Promise<string> {
  let answer = '';
  await withHost(testProfile(), factory, async (host) => {
    await host.powerOn();
    answer = (await overSerial(host)).came;
  });
  return answer;
}

void t.test('serial.interleave: the text stands inside of a frame, and without it the frame is whole', async (t) => {
  const healthy = await healthyAnswer();
  t.match(healthy, /^\x06\x09/);
  const text = '<inf> alive\r\n';
  await eachWay({ 'serial.interleave': { text } }, async (host, sick) => {
    const { came } = await overSerial(host);
    const at = came.indexOf(text);
    t.equal(at > 0 && at < came.length - text.length, sick);
    t.equal(came.replace(text, ''), healthy);
    t.ok(await host.isAlive(), 'other links are left alone');
  });
});

void t.test('serial.tx-truncate: the frame ends where the buffer does', async (t) => {
  const healthy = await healthyAnswer();
  t.ok(healthy.length > 130, 'an answer of several lines');
  await eachWay({ 'serial.tx-truncate': '130 B' }, async (host, sick) => {
    t.equal((await overSerial(host)).came, sick ? healthy.slice(0, 130) : healthy);
    t.ok(await host.isAlive());
  });
});

void t.test('serial.echo: the request comes back in front of its answer', async (t) => {
  const healthy = await healthyAnswer();
  await eachWay({ 'serial.echo': true }, async (host, sick) => {
    const { sent, came } = await overSerial(host);
    t.equal(came, sick ? sent + healthy : healthy);
  });
});

void t.test('flash.erase-asserts: the device resets in place of an answer, and nothing is erased', async (t) => {
  const provision = { slots: [inSlot(0, one), inSlot(1, two)] };
  await eachWay(
    { 'flash.erase-asserts': true },
    async (host, sick) => {
      const { boots } = host.device;
      host.takeLines();
      const answer = await host.request('write', [1, 5], {});
      await host.settle();
      t.same(answer, sick ? undefined : {});
      t.equal(host.device.boots - boots, sick ? 1 : 0);
      t.equal(
        host.takeLines().some((line) => line.startsWith('ASSERTION FAIL')),
        sick,
      );
      t.same(await host.list(), sick ? ['0 1.0.0 active confirmed', '1 1.1.0'] : ['0 1.0.0 active confirmed']);
    },
    { provision },
  );
});

void t.test('flash.radio-blocking: what comes while flash is erased is lost, what comes later is not', async (t) => {
  const provision = { slots: [inSlot(0, one), inSlot(1, two)] };
  await eachWay(
    { 'flash.radio-blocking': true },
    async (host, sick) => {
      const erase = host.request('write', [1, 5], {});
      let answers = 0;
      const other = host.device.openPort('datagram', () => (answers += 1));
      await host.pass(50);
      other.receive(echoRequest(1));
      t.same(await erase, {});
      await host.pass(1000);
      t.equal(answers, sick ? 0 : 1);
      other.receive(echoRequest(2));
      await host.pass(1000);
      t.equal(answers, sick ? 1 : 2);
      other.close();
    },
    { provision },
  );
});

/** The secondary slot on a chip of its own. */
function withExternal(): SimProfile {
  const profile = testProfile();
  const [internal] = profile.flash;
  const [{ primary, secondary } = {}] = profile.images;
  assert(internal !== undefined && primary !== undefined && secondary !== undefined, 'the board has both slots on one chip');
  return {
    ...profile,
    flash: [internal, { ...internal, name: 'external', sectors: [[4096, 32]] }],
    images: [{ primary, secondary: { flash: 'external', offset: 0, size: secondary.size } }],
  };
}

/** IMG_MGMT_ERR_FLASH_WRITE_FAILED. */
const flashWriteFailed = 12;

/** The bootloader reads the trailers of both slots and gives up when it cannot. */
const stopped = 'dead';

void t.test('flash.ext: boards with the secondary slot on a chip of its own', async (t) => {
  const profile = withExternal();
  const both = { slots: [inSlot(0, one), inSlot(1, two)] };
  await t.test('absent: the bootloader stops; an application that runs cannot write, and goes on', async (t) => {
    await eachWay(
      { 'flash.ext': 'absent' },
      async (host, sick) => {
        if (host.device.state === stopped) return t.ok(sick && host.device.boots === 0);
        t.match(await host.upload(two.bytes), sick ? { err: { group: 1, rc: flashWriteFailed } } : { off: two.bytes.length });
        return t.match((await host.list())[0], '0 1.0.0 active');
      },
      { profile },
    );
  });
  await t.test('ecc: what lies there cannot be read, and can be written', async (t) => {
    await eachWay(
      { 'flash.ext': 'ecc' },
      async (host, sick) => {
        if (host.device.state === stopped) return t.ok(sick && host.device.boots === 0);
        t.same(await host.list(), ['0 1.0.0 active confirmed', ...(sick ? [] : ['1 1.1.0'])]);
        return t.same(await host.request('write', [1, 5], {}), {});
      },
      { profile, provision: both },
    );
  });
  await t.test('late: the first boot after power-on fails, the next one does not', async (t) => {
    await eachWay(
      { 'flash.ext': 'late' },
      async (host, sick) => {
        host.device.powerOff();
        await host.powerOn();
        t.equal(host.device.state, sick ? stopped : 'running');
        host.device.reset();
        await host.settle();
        t.equal(host.device.state, 'running');
        t.same(await host.list(), ['0 1.0.0 active confirmed', '1 1.1.0']);
      },
      { profile, provision: both },
    );
  });
  await t.test('ok: as without it', async (t) => {
    await withHost({ ...profile, knobs: { 'flash.ext': 'ok' } }, factory, async (host) => {
      await host.powerOn();
      t.match(await host.upload(two.bytes), { off: two.bytes.length });
    });
  });
});

const address = 'C0:00:00:00:00:01';

/** The board of a host's device with one central connected to it; what is sent to that one, in hex. */
function connectCentral(host: Host): { readonly board: BleBoard; readonly handler: BleLinkHandler; readonly came: string[] } {
  const board = createBleBoard(
    { name: 'Zephyr', address },
    () => ({ receive: () => undefined, closed: () => undefined }),
    host.device.radio,
  );
  const came: string[] = [];
  const handler = board.connected({ ...deaf, send: (_channel, payload) => came.push(toHex(payload)) > 0 });
  return { board, handler, came };
}

void t.test('link.mtu-late: only the MTU exchange is answered late', async (t) => {
  await eachWay({ 'link.mtu-late': '2s' }, async (host, sick) => {
    const { handler, came } = connectCentral(host);
    handler.receive(l2capChannel.attribute, Uint8Array.of(attOp.mtuRequest, 0xf7, 0));
    handler.receive(l2capChannel.attribute, Uint8Array.of(attOp.write, 11, 0, 1, 0));
    t.same(came, sick ? ['13'] : ['03f700', '13']);
    await host.pass(1999);
    t.equal(came.length, sick ? 1 : 2);
    await host.pass(2);
    t.same(came.sort(), ['03f700', '13']);
  });
});

void t.test('bt.adv-restart: no advertising after a link, until a restart', async (t) => {
  await eachWay({ 'bt.adv-restart': false }, async (host, sick) => {
    const { board, handler } = connectCentral(host);
    t.equal(board.advertisement(), undefined);
    handler.closed();
    await host.pass(60_000);
    t.equal(board.advertisement() === undefined, sick);
    await host.reset();
    t.not(board.advertisement(), undefined);
  });
});

void t.test('bt.phantom-conn: no advertising for a time after a link, or until a restart', async (t) => {
  await eachWay({ 'bt.phantom-conn': '100s' }, async (host, sick) => {
    const { board, handler } = connectCentral(host);
    handler.closed();
    await host.pass(99_000);
    t.equal(board.advertisement() === undefined, sick);
    await host.pass(2000);
    t.not(board.advertisement(), undefined);
    board.connected(deaf).closed();
    t.equal(board.advertisement() === undefined, sick);
    await host.reset();
    t.not(board.advertisement(), undefined);
  });
});

/** A central that takes no notice. */
const deaf: BleLink = {
  central: 'deaf',
  parameters: { interval: 6, latency: 0, timeout: 400 },
  send: () => true,
  disconnect: () => undefined,
  vanish: () => undefined,
};
