/** The shaped links of `bench:upload`: the real client and transports against the simulated device. */

import { createRealClock } from '../src/base/clock-real.ts';
import { sleep, type Clock } from '../src/base/clock.ts';
import { createRng } from '../src/base/rng.ts';
import { SmpClient } from '../src/client/client.ts';
import { uploadImage, type UploadOptions } from '../src/client/upload.ts';
import { provisionDemoImage } from '../src/sim/demo-image.ts';
import { listenBle } from '../src/sim/ble/listen-ble.ts';
import { createSimDevice } from '../src/sim/machine.ts';
import { defaultProfile, type SimProfile } from '../src/sim/profile.ts';
import { openTransport } from '../src/transport/open.ts';
import { withSimLink, type SimLinkOptions } from '../test/helpers/sim-link.ts';

export interface Transfer {
  /** Image bytes per second between the first answer, which ends the erase, and the last. */
  readonly goodput: number;
  /** From the first question to the last answer. */
  readonly seconds: number;
  /** Bytes on the link to the device, framing included. */
  readonly wireBytes: number;
  /** Image bytes that were sent more than once. */
  readonly duplicates: number;
  readonly messages: number;
}

export interface DeviceShape {
  readonly buffers: { readonly size: number; readonly count: number };
  /** Processor time of a request; flash takes none, or it would be what is measured. */
  readonly requestUs: number;
}

export function profileOf({ buffers, requestUs }: DeviceShape, baud = 115_200): SimProfile {
  const base = defaultProfile;
  return {
    ...base,
    flash: base.flash.map((chip) => ({ ...chip, costs: { eraseSectorUs: 1000, programUnitUs: 0, readByteUs: 0 } })),
    server: { profile: 'z4.4', overrides: { buffers, requestUs } },
    links: { ...base.links, serial: { baud } },
  };
}

async function transfer(client: SmpClient, image: Uint8Array, options: UploadOptions): Promise<Omit<Transfer, 'wireBytes' | 'messages'>> {
  const { clock } = client;
  const begin = clock.now();
  let first: { readonly at: number; readonly offset: number } | undefined;
  const result = await uploadImage(client, image, { ...options, progress: (offset) => (first ??= { at: clock.now(), offset }) });
  const end = clock.now();
  const goodput = ((image.length - (first?.offset ?? 0)) / (end - (first?.at ?? begin))) * 1000;
  return { goodput, seconds: (end - begin) / 1000, duplicates: result.retransmitted };
}

/** In virtual time, over the in-process link. */
export function overMemory(
  link: SimLinkOptions & { readonly replyLatencyMs?: number },
  image: Uint8Array,
  options: UploadOptions,
): Promise<Transfer> {
  return withSimLink(link, async ({ connect, shaper, wire, observed }) => {
    if (link.replyLatencyMs !== undefined) shaper.shape({ latencyMs: link.replyLatencyMs }, 'from-device');
    const client = await connect();
    const figures = await transfer(client, image, options);
    await client.close();
    return { ...figures, wireBytes: wire.toDevice, messages: observed.length };
  });
}

export interface BleShape {
  readonly intervalMs: number;
  readonly packetsPerEvent: number;
}

const intervalUnitMs = 1.25;
/** A second of this link takes four of the machine, whose timers are too coarse for connection events otherwise. */
const bleSpeed = 0.25;

/** noble over H4 and TCP to the virtual controller, in real time. */
export async function overBle(
  profile: SimProfile,
  { intervalMs, packetsPerEvent }: BleShape,
  image: Uint8Array,
  options: UploadOptions,
): Promise<Transfer> {
  const clock = createRealClock({ speed: bleSpeed });
  const device = createSimDevice({ profile, clock, rng: createRng(1) });
  provisionDemoImage(device, createRng(1));
  device.powerOn();
  await sleep(clock, 500, 'the board boots');
  let wireBytes = 0;
  const face = await listenBle(
    {
      at: { host: '127.0.0.1', port: 0 },
      clock,
      board: {
        name: 'bench',
        address: 'C0:00:00:00:00:01',
        mtu: profile.links.ble.mtu,
        parameterRequest: { interval: intervalMs / intervalUnitMs, latency: 0, timeout: 400 },
      },
      controller: { packetsPerEvent },
    },
    (peer) => {
      const port = device.openPort('ble', (bytes) => peer.send(bytes));
      return {
        receive: (bytes) => {
          wireBytes += bytes.length;
          port.receive(bytes);
        },
        closed: () => port.close(),
      };
    },
  );
  try {
    return await withBleClient(face.address, clock, async (client, messages) => {
      await sleep(clock, 500, 'the new connection parameters');
      return { ...(await transfer(client, image, options)), wireBytes, messages: messages() };
    });
  } finally {
    await face.close();
    device.powerOff();
  }
}

async function withBleClient<T>(
  address: string,
  clock: Clock,
  work: (client: SmpClient, messages: () => number) => Promise<T>,
): Promise<T> {
  let messages = 0;
  const signal = new AbortController().signal;
  const client = await SmpClient.open((events) => openTransport(address, events, { clock, signal }), {
    clock,
    observe: () => (messages += 1),
  });
  try {
    return await work(client, () => messages);
  } finally {
    await client.close();
  }
}
