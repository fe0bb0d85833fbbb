/** What a profile says as the plain data that the simulator takes: numbers without units, and a value for everything that it does not leave open. */

import { groupNumbers } from '../../smp/codes.ts';
import type { Application, ApplicationFault, Area, Bootloader, Chip, Profile, Recovery, Server } from '../grammar.generated.ts';
import { camelKeys, given } from './keys.ts';
import { bytesOf, microsecondsOf, millisecondsOf } from './measures.ts';

/** The language stands below the simulator, so the simulator's type is not named here; the compiler compares them where the two meet. */
export type DeviceProfile = ReturnType<typeof deviceOf>;

export function deviceOf({
  name,
  flash,
  images,
  scratch,
  storage,
  bootloader,
  server,
  application = {},
  console = 'own',
  links = {},
}: Profile) {
  return given({
    name,
    flash: Object.entries(flash).map(([chipName, chip]) => chipOf(chipName, chip)),
    images: images.map(({ primary, secondary }) => given({ primary: areaOf(primary), secondary: secondary && areaOf(secondary) })),
    scratch: scratch && areaOf(scratch),
    storage: storage && areaOf(storage),
    bootloader: bootloaderOf(bootloader),
    server: server && serverOf(server),
    application: applicationOf(application),
    console,
    links: {
      serial: { baud: links.serial?.baud ?? 115_200 },
      udp: { datagramMax: links.udp?.['datagram-max'] ?? 1500 },
      ble: { mtu: 247, reassembly: true, ...links.ble },
    },
  });
}

function chipOf(name: string, chip: Chip) {
  const { 'erase-sector': erase, 'program-unit': program, 'read-byte': read } = chip.times;
  return {
    name,
    sectors: chip.sectors.map(({ size, count }) => [bytesOf(size), count] as const),
    writeSize: chip['write-size'],
    erasedValue: chip['erased-value'] ?? (0xff as const),
    eraseRequired: chip['erase-required'] ?? true,
    costs: { eraseSectorUs: microsecondsOf(erase), programUnitUs: microsecondsOf(program), readByteUs: microsecondsOf(read) },
  };
}

function areaOf({ flash, offset, size, address }: Area) {
  return given({ flash, offset: bytesOf(offset), size: bytesOf(size), address });
}

function bootloaderOf({ key = 'demo:ed25519', banner = [], start = '5ms', recovery, 'executable-ram': ram, ...options }: Bootloader) {
  const executableRam = ram && { start: ram.start, size: bytesOf(ram.size) };
  return given({
    config: { ...camelKeys(options), ...given({ executableRam }) },
    key,
    banner,
    startMs: millisecondsOf(start),
    recovery: recovery && recoveryOf(recovery),
  });
}

function recoveryOf(recovery: Recovery) {
  const { 'no-application': noApplication = false, request = false, 'receive-size': receiveSize = 1024, ...options } = recovery;
  const nothing = {
    echo: false,
    params: false,
    hashes: false,
    imageState: false,
    slotInfo: false,
    directUpload: false,
    eraseProgressively: false,
  };
  return { entry: { noApplication, request }, receiveSize: bytesOf(receiveSize), ...nothing, ...camelKeys(options) };
}

function serverOf({ profile, groups, buffers, 'request-time': requestTime, os, image }: Server) {
  const { 'reset-delay': resetDelay, ...osOptions } = os ?? {};
  const overrides = given({
    groups: groups?.map((group) => groupNumbers[group]),
    buffers: buffers && given({ size: buffers.size === undefined ? undefined : bytesOf(buffers.size), count: buffers.count }),
    requestUs: requestTime === undefined ? undefined : microsecondsOf(requestTime),
    os: os && { ...camelKeys(osOptions), ...given({ resetDelayMs: resetDelay === undefined ? undefined : millisecondsOf(resetDelay) }) },
    image: image && camelKeys(image),
  });
  return { profile, overrides };
}

function applicationOf({ lines = [], start = '10ms', 'server-start': serverStart = '40ms', versions, confirm, fault }: Application) {
  return given({
    lines,
    startMs: millisecondsOf(start),
    serverMs: millisecondsOf(serverStart),
    confirm: confirmOf(confirm ?? 'never'),
    fault: fault && faultOf(fault),
    versions: versions && Object.fromEntries(Object.entries(versions).map(([version, behaviour]) => [version, behaviourOf(behaviour)])),
  });
}

function behaviourOf({ confirm, fault }: Pick<Application, 'confirm' | 'fault'>) {
  return given({ confirm: confirm === undefined ? undefined : confirmOf(confirm), fault: fault && faultOf(fault) });
}

function confirmOf(moment: string): 'never' | 'at-boot' | { afterMs: number } {
  return moment === 'never' || moment === 'at-boot' ? moment : { afterMs: millisecondsOf(moment) };
}

function faultOf({ do: kind, after, lines = [], restart = true }: ApplicationFault) {
  const afterMs = millisecondsOf(after);
  return kind === 'hang' ? { kind, afterMs } : { kind, afterMs, lines, restart };
}
