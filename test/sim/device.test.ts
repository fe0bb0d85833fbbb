/** The simulated device end to end in virtual time: updates, power cuts, faults, recovery, and how its firmware behaves. */

import t from 'tap';
import { fromHex } from '../../src/base/bytes.ts';
import { createRng } from '../../src/base/rng.ts';
import type { Clock } from '../../src/base/clock.ts';
import { createVirtualClock } from '../../src/base/clock-virtual.ts';
import { createSimDevice } from '../../src/sim/machine.ts';
import { defaultProfile } from '../../src/sim/profile.ts';
import { encodeSerialFrame } from '../../src/smp/serial-frame.ts';
import { encodePacket } from '../../src/smp/header.ts';
import { encodeCbor } from '../../src/smp/cbor.ts';
import { Host, inSlot, listed, testImage, testProfile, withHost } from './host.ts';
import type { RecoveryProfile } from '../../src/sim/recovery/profile.ts';

const one = testImage('1.0.0');
const two = testImage('1.1.0', { size: 24_000, seed: 2 });
const factory = { slots: [inSlot(0, one)] };
const swapped = ['0 1.1.0 active', '1 1.0.0 confirmed'];

async function uploadAndMarkPending(host: Host): Promise<void> {
  await host.upload(two.bytes);
  await host.request('write', [1, 0], { hash: fromHex(two.hash)!, confirm: false });
}

void t.test('an update by swapping: pending, on trial, then confirmed or reverted', async (t) => {
  for (const confirm of [true, false]) {
    await withHost(testProfile(), factory, async (host) => {
      await host.powerOn();
      t.equal(host.device.state, 'running');
      t.same(await host.list(), ['0 1.0.0 active confirmed']);
      t.same(await host.upload(two.bytes), { off: two.bytes.length });
      const marked = await host.request('write', [1, 0], { hash: fromHex(two.hash)!, confirm: false });
      t.same(listed(marked), ['0 1.0.0 active confirmed', '1 1.1.0 pending']);
      host.takeLines();
      t.same(await host.reset(), {});
      t.match(host.takeBootLines(), [
        'I: Starting bootloader',
        /^I: Primary/,
        /^I: Secondary/,
        /^I: Boot source/,
        'I: Image index: 0, Swap type: test',
      ]);
      t.same(await host.list(), swapped);
      if (confirm) t.same(listed(await host.request('write', [1, 0], { confirm: true })), ['0 1.1.0 active confirmed', '1 1.0.0']);
      await host.reset();
      t.ok(host.takeBootLines().includes(`I: Image index: 0, Swap type: ${confirm ? 'none' : 'revert'}`));
      t.same(await host.list(), confirm ? ['0 1.1.0 active confirmed', '1 1.0.0'] : ['0 1.0.0 active confirmed', '1 1.1.0']);
      t.equal(host.device.boots, 3);
    });
  }
});

void t.test('a reset is answered first; then the old firmware answers for a while, and nobody while the bootloader works', async (t) => {
  await withHost(testProfile(), factory, async (host) => {
    await host.powerOn();
    await uploadAndMarkPending(host);
    const states: string[] = [];
    host.device.onState((state) => states.push(`${state} at ${Math.round(host.clock.now() - resetAt)}`));
    const resetAt = host.clock.now();
    await host.request('write', [0, 5]);
    await host.pass(200);
    t.ok(await host.isAlive(), 'before the 250 ms are over');
    await host.pass(300);
    t.notOk(await host.isAlive(), 'in the middle of the swap');
    await host.settle();
    t.match(states, [/^booting at 25\d$/, /^running at \d+$/]);
    t.same(await host.list(), swapped);
  });
});

/** A machine that does something else for a second, between what a request sets off and its answer. */
function busyMachine(clock: Clock): Clock {
  return { ...clock, arm: (ms, why, fire) => clock.arm(why.endsWith('works on a request') ? ms + 1000 : ms, why, fire) };
}

void t.test('a reset is answered first on the busiest machine, too', async (t) => {
  const clock = createVirtualClock();
  const device = createSimDevice({ profile: testProfile(), clock: busyMachine(clock), rng: createRng(1) });
  device.provision(factory);
  const host = new Host(clock, device);
  const work = async (): Promise<void> => {
    await host.powerOn();
    t.same(await host.request('write', [0, 5]), {});
    await host.settle();
    t.equal(device.boots, 2);
  };
  await clock.drive(work());
});

void t.test('flash work costs time before the answer', async (t) => {
  await withHost(testProfile(), { slots: [inSlot(0, one), inSlot(1, two)] }, async (host) => {
    await host.powerOn();
    const before = host.clock.now();
    await host.request('write', [1, 1], { len: 40_960, off: 0, data: two.bytes.subarray(0, 500) });
    // 10 sectors of the image and the one with the trailer, 85 ms each.
    const next = host.clock.now();
    t.ok(next - before > 11 * 85 && next - before < 11 * 85 + 10, `${next - before} ms`);
    await host.request('write', [1, 1], { off: 500, data: two.bytes.subarray(500, 600) });
    t.ok(host.clock.now() - next < 10, 'a chunk without erasing is quick');
  });
});

void t.test('power cuts during a swap: the next boot goes on with it', async (t) => {
  for (let cutMs = 0; cutMs < 4000; cutMs += 250) {
    await withHost(testProfile(), factory, async (host) => {
      await host.powerOn();
      await uploadAndMarkPending(host);
      await host.request('write', [0, 5]);
      host.takeLines();
      await host.pass(260 + cutMs);
      const started = host.takeLines().includes('I: Jumping to the first image slot');
      host.device.powerCut();
      t.equal(host.device.state, 'off');
      await host.pass(1000);
      await host.powerOn();
      const expected = started ? ['0 1.0.0 active confirmed', '1 1.1.0'] : swapped;
      t.same(
        await host.list(),
        expected,
        `cut ${cutMs} ms after the reset, ${started ? 'with the swap done' : 'before the swap was done'}`,
      );
    });
  }
});

void t.test('damage on purpose', async (t) => {
  await t.test('an upload that reaches the flash damaged', async (t) => {
    await withHost(testProfile(), factory, async (host) => {
      await host.powerOn();
      const fault = host.device.injectFault({ kind: 'corrupt-upload', offset: 10_000, length: 3, xor: 0x55 });
      await uploadAndMarkPending(host);
      t.same(await host.list(), ['0 1.0.0 active confirmed', '1 1.1.0 pending'], 'SMP sees nothing');
      await host.reset();
      t.ok(host.takeBootLines().includes('E: Image in the secondary slot is not valid!'));
      t.same(await host.list(), ['0 1.0.0 active confirmed']);
      fault.dispose();
      await uploadAndMarkPending(host);
      await host.reset();
      t.same(await host.list(), swapped, 'without the fault the same upload is sound');
    });
  });

  await t.test('the power goes while the application confirms itself', async (t) => {
    await withHost(testProfile({ application: { confirm: { afterMs: 60_000 } } }), factory, async (host) => {
      await host.powerOn();
      await uploadAndMarkPending(host);
      await host.reset();
      const fault = host.device.injectFault({ kind: 'flash-operation', index: 0, do: 'cut-torn' });
      await host.pass(61_000);
      t.equal(fault.count, 1, 'the confirmation is one write');
      t.equal(host.device.state, 'off');
      await host.powerOn();
      t.same(await host.list(), ['0 1.0.0 active confirmed', '1 1.1.0'], 'what was not confirmed is reverted');
    });
  });

  await t.test('answers that get lost', async (t) => {
    await withHost(testProfile(), factory, async (host) => {
      await host.powerOn();
      host.device.injectFault({ kind: 'change', change: { knobs: { 'rsp.drop': { count: 2 } } } });
      t.same([await host.isAlive(), await host.isAlive(), await host.isAlive()], [false, false, true]);
    });
  });

  await t.test('flash that fails, and power that goes away in the middle of a request', async (t) => {
    await withHost(testProfile(), { slots: [inSlot(0, one), inSlot(1, two)] }, async (host) => {
      await host.powerOn();
      host.device.injectFault({ kind: 'flash-operation', index: 0, do: 'fail' });
      t.same(await host.upload(two.bytes), { err: { group: 1, rc: 13 } }, 'the erase fails');
      host.device.injectFault({ kind: 'flash-operation', index: 4, do: 'cut-torn' });
      t.equal(
        await host.request('write', [1, 1], { len: 600, off: 0, data: two.bytes.subarray(0, 600) }).then(() => host.device.state),
        'running',
      );
      t.equal(await host.request('write', [1, 5], {}, { ms: 5000 }), undefined);
      t.equal(host.device.state, 'off', 'the cut comes with the third erase');
      await host.powerOn();
      t.same(await host.list(), ['0 1.0.0 active confirmed']);
    });
  });
});

void t.test('states to provision are those that real devices get into', async (t) => {
  const slots = [inSlot(0, one), inSlot(1, two)];
  const table = [
    { state: 'normal', type: 'none', before: ['0 1.0.0 active confirmed', '1 1.1.0'] },
    { state: 'test', type: 'test', before: swapped },
    { state: 'permanent', type: 'perm', before: ['0 1.1.0 active confirmed', '1 1.0.0'] },
    // The primary was on trial and reverts at the boot that follows.
    { state: 'revert', type: 'revert', before: ['0 1.1.0 active confirmed', '1 1.0.0'] },
  ] as const;
  for (const { state, type, before } of table) {
    await withHost(testProfile(), { slots, state }, async (host) => {
      t.equal(host.device.swapType(), type, state);
      await host.powerOn();
      t.same(await host.list(), before, state);
    });
  }
  await withHost(testProfile(), { slots: [inSlot(0, one)], confirmed: true }, (host) => {
    t.match(host.device.inspect(), [
      { slot: 0, version: '1.0.0', hash: one.hash, trailer: { magic: 'good', imageOk: 'set' } },
      { slot: 1, version: undefined },
    ]);
    return Promise.resolve();
  });
  await withHost(testProfile(), { slots }, async (host) => {
    await host.powerOn();
    host.device.provision({ erase: 'all', slots: [{ slot: 1, content: { kind: 'raw', bytes: Uint8Array.of(1, 2, 3, 4), offset: 8 } }] });
    t.equal(host.device.state, 'booting', 'a device that was on is switched on again');
    await host.settle();
    t.equal(host.device.state, 'dead');
    t.ok(host.takeLines().includes('E: Unable to find bootable image'));
  });
});

void t.test('persistence: a device made from the flash of another one goes on where that stopped', async (t) => {
  await withHost(testProfile(), factory, async (host) => {
    await host.powerOn();
    await uploadAndMarkPending(host);
    const { clock } = host;
    const device = createSimDevice({ profile: testProfile(), clock, rng: createRng(1), flash: host.device.flashImage() });
    const second = new Host(clock, device);
    await second.powerOn();
    t.same(await second.list(), swapped);
  });
});

void t.test('how firmware behaves', async (t) => {
  const update = async (host: Host): Promise<void> => {
    await host.powerOn();
    await uploadAndMarkPending(host);
    await host.request('write', [0, 5]);
  };
  const confirmed = ['0 1.1.0 active confirmed', '1 1.0.0'];
  await withHost(testProfile({ application: { versions: { '1.1.0': { confirm: 'at-boot' } } } }), factory, async (host) => {
    await update(host);
    await host.settle();
    t.same(await host.list(), confirmed, 'confirms itself at boot');
  });
  await withHost(testProfile({ application: { confirm: { afterMs: 5000 } } }), factory, async (host) => {
    await update(host);
    await host.pass(6000);
    t.same(await host.list(), swapped, 'not yet');
    await host.pass(4000);
    t.same(await host.list(), confirmed, 'confirms itself after a while');
  });
  await withHost(testProfile({ application: { confirm: 'on-command' } }), factory, async (host) => {
    await update(host);
    await host.pass(60_000);
    t.same(await host.list(), swapped, 'waits for the command');
    await host.request('write', [9, 0], { argv: ['mcuboot', 'confirm'] });
    t.same(await host.list(), confirmed, 'the shell command confirms');
  });
  const hang = { kind: 'hang', afterMs: 30 } as const;
  await withHost(testProfile({ application: { versions: { '1.1.0': { fault: hang } } } }), factory, async (host) => {
    await update(host);
    await host.settle();
    t.equal(host.device.state, 'dead');
    t.notOk(await host.isAlive());
    host.device.reset();
    await host.settle();
    t.same(await host.list(), ['0 1.0.0 active confirmed', '1 1.1.0'], 'a reset brings the old image back');
  });
  const crash = { kind: 'crash', afterMs: 0, lines: ['E: ***** USAGE FAULT *****'], restart: true } as const;
  await withHost(testProfile({ application: { versions: { '1.1.0': { fault: crash } } } }), factory, async (host) => {
    await update(host);
    await host.settle();
    t.same(await host.list(), ['0 1.0.0 active confirmed', '1 1.1.0'], 'a crash that restarts reverts by itself');
    t.ok(host.takeLines().includes('E: ***** USAGE FAULT *****'));
  });
});

const recovery: RecoveryProfile = {
  profile: 'mcuboot-2.x',
  entry: { noApplication: true, request: true },
  overrides: { echo: 'answered', params: true, imageState: true, slotInfo: true, eraseProgressively: true },
};

void t.test('serial recovery: entered without an application or on request, left by a reset', async (t) => {
  const clock = createVirtualClock();
  const device = createSimDevice({ profile: testProfile({ recovery }), clock, rng: createRng(1) });
  const answers: string[] = [];
  const port = device.openPort('serial', (bytes) => answers.push(Buffer.from(bytes).toString('latin1')));
  const host = new Host(clock, device);
  const send = async (how: number, command: readonly [number, number], payload: Parameters<typeof encodeCbor>[0]): Promise<void> => {
    const header = { op: how, version: 1, flags: 0, group: command[0], sequence: 0, command: command[1] };
    for (const line of encodeSerialFrame(encodePacket(header, encodeCbor(payload)), { style: 'sliced' })) port.receive(line);
    await host.pass(2000);
  };
  await clock.drive(
    (async () => {
      await host.powerOn();
      t.equal(device.state, 'recovery');
      t.match(host.takeBootLines(), [
        /Starting/,
        /Primary/,
        /Secondary/,
        /Boot source/,
        /./,
        'E: Unable to find bootable image',
        'I: Enter the serial recovery mode',
      ]);
      for (let off = 0; off < one.bytes.length; off += 800) {
        const data = one.bytes.subarray(off, off + 800);
        await send(2, [1, 1], off === 0 ? { len: one.bytes.length, off, data } : { off, data });
      }
      t.match(device.inspect()[0], { version: '1.0.0', hash: one.hash });
      await send(2, [0, 5], {});
      await host.settle();
      t.equal(device.state, 'running');
      t.same(await host.list(), ['0 1.0.0 active confirmed']);
      await host.reset({ boot_mode: 1 });
      t.equal(device.state, 'recovery');
      t.notOk(await host.isAlive(), 'the bootloader has no datagram port');
      device.powerOff();
      await host.powerOn();
      t.equal(device.state, 'running', 'the request does not outlive the power');
    })(),
  );
  t.ok(answers.every((answer) => answer.startsWith('\u0006\t')));
});

void t.test('answers of several ports are never mixed', async (t) => {
  await withHost(testProfile(), factory, async (host) => {
    await host.powerOn();
    const seen = { a: [] as string[], b: [] as string[] };
    const a = host.device.openPort('serial-raw', (bytes) => seen.a.push(Buffer.from(bytes).toString('latin1')));
    const b = host.device.openPort('serial-raw', (bytes) => seen.b.push(Buffer.from(bytes).toString('latin1')));
    const echo = (d: string): Uint8Array =>
      encodePacket({ op: 2, version: 1, flags: 0, group: 0, sequence: 7, command: 0 }, encodeCbor({ d }));
    const [first, second] = [echo('aaaa'), echo('bbbb')];
    a.receive(first.subarray(0, 10));
    b.receive(second);
    a.receive(first.subarray(10));
    t.ok(await host.isAlive());
    t.match(seen, { a: [/aaaa/], b: [/bbbb/] });
    a.close();
    a.receive(first);
    await host.pass(100);
    t.equal(seen.a.length, 1, 'a closed port is silent');
  });
});

void t.test('the built-in board updates itself with signed images only', async (t) => {
  const profile = defaultProfile;
  await withHost(profile, { slots: [inSlot(0, one)] }, async (host) => {
    await host.powerOn();
    t.equal(host.device.state, 'dead', 'an unsigned image does not start');
    t.same(host.device.facts, {
      profile: 'nrf52840dk',
      mode: 'move',
      swap: true,
      images: 1,
      imageAddress: 0xc000,
      networkCore: false,
      slotSizes: [472 * 1024, 472 * 1024],
      groups: [10, 8, 1, 0, 3, 9, 2, 63],
      bufSize: 2475,
      bufCount: 4,
    });
  });
});

void t.test('a crash after one kind of reset only', async (t) => {
  const ways = {
    power: (host: Host) => {
      host.device.powerOff();
      host.device.powerOn();
    },
    pin: (host: Host) => {
      host.device.reset();
    },
    software: (host: Host) => host.request('write', [0, 5]),
  } as const;
  for (const resets of Object.keys(ways) as (keyof typeof ways)[]) {
    const profile = testProfile({ application: { fault: { kind: 'crash', afterMs: 5000, restart: true, resets: [resets] } } });
    await withHost(profile, factory, async (host) => {
      for (const [kind, way] of Object.entries(ways)) {
        host.device.powerOff();
        await host.powerOn();
        const { boots } = host.device;
        await way(host);
        await host.settle();
        t.equal(host.device.boots - boots, kind === resets ? 2 : 1, `${kind}, where it crashes after ${resets}`);
      }
    });
  }
});

void t.test('power that goes anywhere in an operation: the same place for the same seed', async (t) => {
  const reachOf = async (seed: number): Promise<number> => {
    const profile = testProfile();
    const clock = createVirtualClock();
    const device = createSimDevice({ profile, clock, rng: createRng(seed) });
    device.provision(factory);
    const host = new Host(clock, device);
    const { offset } = profile.images[0]!.secondary!;
    await clock.drive(
      (async () => {
        await host.powerOn();
        device.injectFault({ kind: 'flash-operation', index: 0, do: 'cut-torn-anywhere' });
        const chunk = two.bytes.slice(0, 512).fill(1, 32);
        await host.request('write', [1, 1], { off: 0, len: two.bytes.length, data: chunk }, { ms: 1000 });
      })(),
    );
    t.equal(device.state, 'off');
    return device
      .flashImage()
      .subarray(offset, offset + 512)
      .findIndex((_, at, all) => all.subarray(at).every((byte) => byte === 0xff));
  };
  const reaches: number[] = [];
  for (const seed of [1, 2, 3, 4, 5]) reaches.push(await reachOf(seed));
  t.ok(new Set(reaches).size > 3, reaches.join(', '));
  t.equal(await reachOf(5), reaches[4]);
});
