/** The life of a `bootproof sim` process: flash, device, faces, one line on stdout, and everything put away at the end. */

import { createRealClock } from '../../base/clock-real.ts';
import type { Clock, Timer } from '../../base/clock.ts';
import { createRng } from '../../base/rng.ts';
import { createSimDevice } from '../../sim/machine.ts';
import type { SimDevice } from '../../sim/device.ts';
import type { CliIo } from '../io.ts';
import { problemLine } from '../problems.ts';
import { createEnding } from './sim-ending.ts';
import type { Ending } from './sim-ending.ts';
import { openFaces, readFaces } from './sim-faces.ts';
import type { FaceName, FaceRequest } from './sim-faces.ts';
import { provisionDemoImage } from '../../sim/demo-image.ts';
import { keepFlash, readFlashFile } from './sim-flash-file.ts';
import { readProfile } from '../profiles.ts';

export interface SimFlags extends Readonly<Record<Exclude<FaceName, 'serial-raw'> | 'serialRaw', readonly string[]>> {
  readonly profile: string;
  readonly flash?: string;
  readonly seed: number;
  /** How many times as fast as a real device. */
  readonly speed: number;
}

/** A device that is still not up after this boots in circles, or swaps large images; its faces work all the same. */
const readyMsMax = 5_000;

/** Serves until a signal comes, and returns the exit code. Rejects with input errors for bad flags, and with infra errors for what broke. */
export async function runSim(flags: SimFlags, io: CliIo): Promise<number> {
  const requests = readFaces({ ...flags, 'serial-raw': flags.serialRaw });
  const clock = createEndableClock(createRealClock({ speed: flags.speed }));
  const hostClock = createEndableClock(createRealClock());
  const ending = createEnding(hostClock, () => {
    io.stderr(problemLine('the device could not be put away in time', 'its links and socat processes may be left behind'));
    process.exit(3);
  });
  try {
    return await serve(flags, { requests, clock, hostClock, ending, io });
  } finally {
    ending.dispose();
    clock.end();
    hostClock.end();
  }
}

interface ServeContext {
  readonly requests: readonly FaceRequest[];
  readonly clock: Clock;
  /** Of what the host does, which the device's speed makes no faster. */
  readonly hostClock: Clock;
  readonly ending: Ending;
  readonly io: CliIo;
}

async function serve(flags: SimFlags, { requests, clock, hostClock, ending, io }: ServeContext): Promise<number> {
  const device = await createDevice(flags, { clock, io });
  const failed = ending.fail;
  const kept = flags.flash === undefined ? undefined : await keepFlash(flags.flash, { device, clock, failed });
  try {
    const faces = await openFaces(requests, { device, clock, hostClock, failed });
    try {
      device.powerOn();
      const early = await Promise.race([firstBoot(device, clock), ending.exitCode]);
      if (early !== undefined) return early;
      io.stdout(`${JSON.stringify({ ready: true, profile: device.profile.name, pid: process.pid, faces: faces.addresses })}\n`);
      if (device.state === 'dead') io.stderr('note: the device found no image that it could boot; provision one over --control\n');
      return await ending.exitCode;
    } finally {
      await faces.close();
    }
  } finally {
    device.powerOff();
    await kept?.close();
  }
}

async function createDevice(
  { profile: name, flash: path, seed }: SimFlags,
  { clock, io }: Pick<ServeContext, 'clock' | 'io'>,
): Promise<SimDevice> {
  const profile = readProfile(name);
  const rng = createRng(seed);
  const flash = path === undefined ? undefined : await readFlashFile(path, profile);
  const device = createSimDevice({ profile, clock, rng: rng.fork('device'), flash });
  if (flash !== undefined) return device;
  const note = provisionDemoImage(device, rng.fork('demo image'));
  io.stderr(`note: the flash is new and ${note}\n`);
  return device;
}

function firstBoot(device: SimDevice, clock: Clock): Promise<undefined> {
  return new Promise((resolve) => {
    const done = (): void => {
      limit.cancel();
      stopWatching();
      resolve(undefined);
    };
    const limit = clock.arm(readyMsMax, 'first boot', done);
    const stopWatching = device.onState((state) => {
      if (state !== 'booting') done();
    });
  });
}

/** A clock whose timers can be dropped all at once: those of a device that is off would keep the process alive. */
function createEndableClock(clock: Clock): Clock & { end(): void } {
  const armed = new Set<Timer>();
  return {
    ...clock,
    arm: (ms, why, fire) => {
      const timer = clock.arm(ms, why, () => {
        armed.delete(timer);
        fire();
      });
      armed.add(timer);
      return {
        cancel: () => {
          armed.delete(timer);
          timer.cancel();
        },
      };
    },
    end: () => {
      for (const timer of armed) timer.cancel();
    },
  };
}
