/** A whole firmware update of a simulated device over BLE, through the real noble. */

import t from 'tap';
import { createRng } from '../../src/base/rng.ts';
import { SmpClient } from '../../src/client/client.ts';
import { uploadImage } from '../../src/client/upload.ts';
import { generateBody } from '../../src/mcuboot/body.ts';
import { buildImage } from '../../src/mcuboot/build.ts';
import { demoKey, demoKeyNames } from '../../src/mcuboot/demo-keys.ts';
import { parseImage } from '../../src/mcuboot/image.ts';
import { listenBle } from '../../src/sim/ble/listen-ble.ts';
import { createSimDevice } from '../../src/sim/machine.ts';
import { defaultProfile } from '../../src/sim/profile.ts';
import { imageStateRead, imageStateWrite } from '../../src/smp/groups/image.ts';
import { osEcho, osReset } from '../../src/smp/groups/os.ts';
import { openTransport } from '../../src/transport/open.ts';
import { hastyClock, nobleIsMissing } from '../transport/ble-support.ts';
import { realClock, until } from '../transport/support.ts';

const profile = defaultProfile;

function signedImage(major: number): Uint8Array {
  const key = demoKeyNames.find((name) => profile.bootloader.key === `demo:${name}`)!;
  const body = generateBody(20_000, createRng(major));
  return buildImage({ version: { major, minor: 0, revision: 0, build: 0 }, body }, demoKey(key));
}

t.test('upload, mark pending, reset, find the board again', { skip: nobleIsMissing }, async (t) => {
  const clock = hastyClock(20);
  const device = createSimDevice({ profile, clock, rng: createRng(1) });
  device.provision({ slots: [{ slot: 0, content: { kind: 'image', bytes: signedImage(1) } }], confirmed: true });
  const board = { name: profile.name, address: 'C0:00:00:00:00:01', mtu: profile.links.ble.mtu };
  const at = { host: '127.0.0.1', port: 0 };
  const face = await listenBle({ at, clock, board, device, controller: { packetsPerEvent: 4 } }, (peer) => {
    const port = device.openPort('ble', (bytes) => peer.send(bytes));
    return { receive: (bytes) => port.receive(bytes), closed: () => port.close() };
  });
  t.teardown(async () => {
    await face.close();
    device.powerOff();
  });
  device.powerOn();
  let losses = 0;
  const open = (): Promise<SmpClient> =>
    SmpClient.open((events) => openTransport(face.address, events, { clock: realClock, signal: new AbortController().signal }), {
      clock: realClock,
      lost: () => (losses += 1),
    });

  const client = await open();
  t.same(await client.request(osEcho, { text: 'over the air' }), { text: 'over the air' });
  const next = signedImage(2);
  const result = await uploadImage(client, next, { window: 2 });
  t.match(result, { bytes: next.length });
  await client.request(imageStateWrite, { hash: parseImage(next).hash?.digest, confirm: false });
  await client.request(osReset, {});
  await until('the link is lost', () => losses === 1);
  t.not(device.state, 'off');
  await client.close();

  const again = await open();
  const { slots } = await again.request(imageStateRead, undefined);
  t.match(slots, [
    { slot: 0, version: '2.0.0', active: true, confirmed: false },
    { slot: 1, version: '1.0.0', confirmed: true },
  ]);
  t.same(face.violations(), { 'command-overrun': 0, 'buffer-overrun': 0, malformed: 0 });
  await again.close();
});
