/** A host at a port of a simulated device in virtual time: sends raw SMP packets and reads the console. */

import { createVirtualClock } from '../../src/base/clock-virtual.ts';
import { sleep } from '../../src/base/clock.ts';
import { toHex } from '../../src/base/bytes.ts';
import { createRng } from '../../src/base/rng.ts';
import { generateBody } from '../../src/mcuboot/body.ts';
import { buildImage } from '../../src/mcuboot/build.ts';
import { parseImage } from '../../src/mcuboot/image.ts';
import { parseVersion } from '../../src/mcuboot/version.ts';
import { createSimDevice } from '../../src/sim/machine.ts';
import { defaultProfile } from '../../src/sim/profile.ts';
import { decodeCbor, encodeCbor, isCborMap } from '../../src/smp/cbor.ts';
import { encodePacket, headerSize } from '../../src/smp/header.ts';
import type { Clock } from '../../src/base/clock.ts';
import type { SimDevice, SimPort } from '../../src/sim/device.ts';
import type { KnobValues } from '../../src/sim/knobs/values.generated.ts';
import type { ApplicationProfile, BootloaderProfile, SimProfile } from '../../src/sim/profile.ts';
import type { ServerOverrides } from '../../src/sim/server/profile.ts';
import type { CborObject, CborValue } from '../../src/smp/cbor.ts';
import type { BootMode } from '../../src/sim/bootloader/index.ts';

const kib = 1024;
const base = defaultProfile;

export interface ProfileOptions {
  readonly mode?: BootMode;
  readonly images?: number;
  readonly server?: string;
  readonly overrides?: ServerOverrides;
  readonly application?: Partial<ApplicationProfile>;
  readonly recovery?: BootloaderProfile['recovery'];
  readonly slotSize?: number;
}

/** The built-in board with smaller slots, and a bootloader that wants no signatures. */
export function testProfile(options: ProfileOptions = {}): SimProfile {
  const { mode = 'move', slotSize = 64 * kib, images = 1 } = options;
  const area = (index: number): { flash: string; offset: number; size: number } => ({
    flash: 'internal',
    offset: 0xc000 + index * slotSize,
    size: slotSize,
  });
  return {
    ...base,
    images: Array.from({ length: images }, (_, image) =>
      mode === 'single' ? { primary: area(0) } : { primary: area(image * 2), secondary: area(image * 2 + 1) },
    ),
    bootloader: {
      ...base.bootloader,
      key: 'none',
      config: { mode, release: 'v2.2.0', executableRam: { start: 0x2000_0000, size: 0x40000 } },
      ...(options.recovery === undefined ? {} : { recovery: options.recovery }),
    },
    server: { profile: options.server ?? 'z4.4', overrides: { ...base.server?.overrides, ...options.overrides } },
    application: { ...base.application, ...options.application },
  };
}

export interface TestImage {
  readonly bytes: Uint8Array;
  /** Hex. */
  readonly hash: string;
}

/** Different seeds give different images of the same version. RAM load images are linked for the start of RAM. */
export function testImage(
  version: string,
  options: { readonly size?: number; readonly seed?: number; readonly ram?: boolean } = {},
): TestImage {
  const { size = 20_000, seed = 1, ram = false } = options;
  const body = generateBody(size, createRng(seed));
  const bytes = buildImage({ version: parseVersion(version)!, body, ...(ram ? { flags: 0x20, loadAddress: 0x2000_1000 } : {}) });
  return { bytes, hash: toHex(parseImage(bytes).hash!.digest) };
}

/** An entry of an image list in short: `0 1.0.0 active confirmed`. */
export type ListedImage = string;

const op = { read: 0, write: 2 } as const;

export class Host {
  readonly clock: Clock;
  readonly device: SimDevice;
  readonly #port: SimPort;
  #lines = '';
  #waiting: ((packet: Uint8Array) => void) | undefined;
  #sequence = 0;

  constructor(clock: Clock, device: SimDevice) {
    this.clock = clock;
    this.device = device;
    device.openPort('console', (bytes) => (this.#lines += Buffer.from(bytes).toString('utf8')));
    this.#port = device.openPort('datagram', (packet) => this.#waiting?.(packet.slice()));
  }

  /** Switches the device on and waits until it runs, or nothing more happens. */
  async powerOn(): Promise<void> {
    this.device.powerOn();
    await this.settle();
  }

  async settle(): Promise<void> {
    await this.pass(60_000);
  }

  pass(ms: number): Promise<void> {
    return sleep(this.clock, ms, 'a pause of the test');
  }

  /** Lines on the console since the last call. */
  takeLines(): string[] {
    const lines = this.#lines.split('\r\n');
    this.#lines = lines.pop()!;
    return lines;
  }

  /** The bootloader's lines among them. */
  takeBootLines(): string[] {
    return this.takeLines().filter((line) => /^[IWE]: /.test(line));
  }

  /** The payload of the answer in plain JSON, byte strings as hex; undefined when none comes within `ms`. */
  async request(
    how: keyof typeof op,
    [group, command]: readonly [group: number, command: number],
    payload: CborObject = {},
    { version = 1, ms = 30_000 } = {},
  ): Promise<unknown> {
    this.#sequence = (this.#sequence + 1) & 0xff;
    const packet = encodePacket({ op: op[how], version, flags: 0, group, sequence: this.#sequence, command }, encodeCbor(payload));
    const answer = await this.send(packet, ms);
    if (answer === undefined) return undefined;
    return plainOf(answer);
  }

  /** The first answer to a whole packet. */
  async send(packet: Uint8Array, ms = 30_000): Promise<Uint8Array | undefined> {
    return new Promise((resolve) => {
      const timer = this.clock.arm(ms, 'an answer', () => resolve(undefined));
      this.#waiting = (answer) => {
        timer.cancel();
        resolve(answer);
      };
      this.#port.receive(packet);
    });
  }

  /** All answers to what is written at once. */
  async sendAll(bytes: Uint8Array, ms = 1000): Promise<readonly Uint8Array[]> {
    const answers: Uint8Array[] = [];
    this.#waiting = (answer) => void answers.push(answer);
    this.#port.receive(bytes);
    await this.pass(ms);
    return answers;
  }

  /** Uploads all of it; the answer to the last chunk. */
  async upload(bytes: Uint8Array, first: CborObject = {}, chunk = 1000): Promise<unknown> {
    let answer: unknown;
    for (let off = 0; off < bytes.length;) {
      const data = bytes.subarray(off, off + chunk);
      answer = await this.request('write', [1, 1], off === 0 ? { len: bytes.length, off, ...first, data } : { off, data });
      const next = (answer as { off?: number }).off;
      if (next === undefined || next <= off) return answer;
      off = next;
    }
    return answer;
  }

  async list(): Promise<ListedImage[]> {
    return listed(await this.request('read', [1, 0]));
  }

  async isAlive(): Promise<boolean> {
    return (await this.request('write', [0, 0], { d: 'x' }, { ms: 1000 })) !== undefined;
  }

  /** Asks for a reset and waits until the device is up again. */
  async reset(payload: CborObject = {}): Promise<unknown> {
    const answer = await this.request('write', [0, 5], payload);
    await this.settle();
    return answer;
  }
}

/** The image list of an answer in short; empty when it has none. */
export function listed(answer: unknown): ListedImage[] {
  const { images = [] } = answer as { images?: readonly { image?: number; slot: number; version: string; [flag: string]: unknown }[] };
  return images.map(({ image, slot, version, ...rest }) => {
    const flags = ['active', 'confirmed', 'pending', 'permanent'].filter((flag) => rest[flag] === true);
    return [...(image === undefined ? [] : [`image ${image}`]), slot, version, ...flags].join(' ');
  });
}

/** Runs `work` with a host at a device that was provisioned and not yet switched on. */
export async function withHost(
  profile: SimProfile,
  provision: Parameters<SimDevice['provision']>[0],
  work: (host: Host) => Promise<void>,
): Promise<void> {
  const clock = createVirtualClock();
  const device = createSimDevice({ profile, clock, rng: createRng(1) });
  device.provision(provision);
  await clock.drive(work(new Host(clock, device)));
}

/** Runs `work` with a healthy device, one that has the knobs from its profile, and one that gets them from a fault. */
export async function eachWay(
  knobs: Partial<KnobValues>,
  work: (host: Host, sick: boolean) => Promise<unknown>,
  {
    profile = testProfile(),
    provision = { slots: [inSlot(0, testImage('1.0.0'))] },
  }: { profile?: SimProfile; provision?: Parameters<typeof withHost>[1] } = {},
): Promise<void> {
  await withHost(profile, provision, async (host) => {
    await host.powerOn();
    await work(host, false);
  });
  await withHost({ ...profile, knobs }, provision, async (host) => {
    await host.powerOn();
    await work(host, true);
  });
  await withHost(profile, provision, async (host) => {
    await host.powerOn();
    const armed = host.device.injectFault({ kind: 'change', change: { knobs } });
    await work(host, true);
    armed.dispose();
  });
}

export function inSlot(slot: number, image: TestImage): { slot: number; content: { kind: 'image'; bytes: Uint8Array } } {
  return { slot, content: { kind: 'image', bytes: image.bytes } };
}

/** The payload of an answer in plain JSON, byte strings as hex; null when there is none. */
export function plainOf(answer: Uint8Array): unknown {
  return answer.length === headerSize ? null : plain(decodeCbor(answer.subarray(headerSize)));
}

function plain(value: CborValue): unknown {
  if (value instanceof Uint8Array) return toHex(value);
  if (isCborMap(value))
    return Object.fromEntries(value.entries.map(([key, member]) => [typeof key === 'string' ? key : JSON.stringify(key), plain(member)]));
  return Array.isArray(value) ? (value as readonly CborValue[]).map(plain) : value;
}
