/** What a profile says as the plain data that the simulator takes: numbers without units, and a value for everything that it does not leave open. */

import { groupNumbers } from '../../smp/codes.ts';
import type {
  Application,
  ApplicationFault,
  Area,
  Bootloader,
  Chip,
  FirstStage,
  Knobs,
  Loader,
  Profile,
  Recovery,
  Server,
} from '../grammar.generated.ts';
import { camelKeys, given } from './keys.ts';
import { bytesOf, bytesPerSecondOf, microsecondsOf, millisecondsOf } from './measures.ts';

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
  knobs,
  'first-stage': firstStage,
  loader,
  'network-core': networkCore,
}: Profile) {
  return given({
    name,
    flash: Object.entries(flash).map(([chipName, chip]) => chipOf(chipName, chip)),
    images: images.map(({ primary, secondary, core }) => given({ primary: areaOf(primary), secondary: optional(secondary, areaOf), core })),
    scratch: optional(scratch, areaOf),
    storage: optional(storage, areaOf),
    bootloader: bootloaderOf(bootloader, loader),
    firstStage: optional(firstStage, firstStageOf),
    loader: optional(loader, loaderOf),
    networkCore: optional(networkCore, areaOf),
    server: optional(server, serverOf),
    application: applicationOf(application),
    console,
    links: {
      serial: { baud: links.serial?.baud ?? 115_200 },
      udp: { datagramMax: links.udp?.['datagram-max'] ?? 1500 },
      ble: { mtu: 247, reassembly: true, ...links.ble },
    },
    knobs: optional(knobs, knobsOf),
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

function bootloaderOf(
  { key = 'demo:ed25519', banner = [], start = '5ms', recovery, 'executable-ram': ram, 'on-panic': onPanic, ...options }: Bootloader,
  loader: Loader | undefined,
) {
  const executableRam = ram && { start: ram.start, size: bytesOf(ram.size) };
  const loaderEntry = loader && { request: loader.request ?? false, noApplication: loader['no-application'] ?? false };
  return given({
    config: { ...camelKeys(options), ...given({ executableRam, loaderEntry }) },
    onPanic,
    key,
    banner,
    startMs: millisecondsOf(start),
    recovery: optional(recovery, recoveryOf),
  });
}

function firstStageOf({ s0, s1, key = 'demo:ecdsa-p256', 'log-levels': logLevels = false }: FirstStage) {
  return { s0: areaOf(s0), s1: areaOf(s1), key, logLevels };
}

function loaderOf({ server, application = {} }: Loader) {
  return given({ server: optional(server, serverOf), application: applicationOf(application) });
}

function recoveryOf({ profile, 'no-application': noApplication = false, request = false, ...options }: Recovery) {
  const { 'receive-size': receiveSize, 'reset-delay': resetDelay, ...others } = options;
  const sizes = given({ receiveSize: optional(receiveSize, bytesOf), resetDelayMs: optional(resetDelay, millisecondsOf) });
  return { profile, entry: { noApplication, request }, overrides: { ...camelKeys(others), ...sizes } };
}

function serverOf({ profile, groups, buffers, lines, refused, 'request-time': requestTime, os, fs, ...sections }: Server) {
  const { protocol, image, settings, shell } = sections;
  const overrides = given({
    groups: groups?.map((group) => groupNumbers[group]),
    buffers: buffers && given({ ...buffers, size: optional(buffers.size, bytesOf) }),
    lines: lines && given({ max: lines.max, burst: lines.burst, pollMs: optional(lines.poll, millisecondsOf) }),
    refused: refused?.map((entry) => ({ ...entry, group: groupNumbers[entry.group] })),
    requestUs: optional(requestTime, microsecondsOf),
    protocol: optional(protocol, protocolOf),
    os: optional(os, osOf),
    image: optional(image, imageOf),
    settings: settings && camelKeys(settings),
    files: fs && camelKeys(fs),
    shell: shell && camelKeys(shell),
  });
  return { profile, overrides };
}

function protocolOf({ canonical, ...options }: NonNullable<Server['protocol']>) {
  return given({ ...camelKeys(options), decoder: canonical === undefined ? undefined : ({ library: 'zcbor', canonical } as const) });
}

function osOf({ 'reset-delay': resetDelay, ...options }: NonNullable<Server['os']>) {
  return { ...camelKeys(options), ...given({ resetDelayMs: optional(resetDelay, millisecondsOf) }) };
}

function imageOf({ 'block-size': blockSize, 'footer-size': footerSize, ...options }: NonNullable<Server['image']>) {
  return { ...camelKeys(options), ...given({ blockSize: optional(blockSize, bytesOf), footerSize: optional(footerSize, bytesOf) }) };
}

function applicationOf({ lines = [], start = '10ms', 'server-start': serverStart = '40ms', versions, confirm, fault }: Application) {
  return given({
    lines,
    startMs: millisecondsOf(start),
    serverMs: millisecondsOf(serverStart),
    confirm: confirmOf(confirm ?? 'never'),
    fault: optional(fault, faultOf),
    versions: versions && Object.fromEntries(Object.entries(versions).map(([version, behaviour]) => [version, behaviourOf(behaviour)])),
  });
}

function behaviourOf({ confirm, fault }: Pick<Application, 'confirm' | 'fault'>) {
  return given({ confirm: optional(confirm, confirmOf), fault: optional(fault, faultOf) });
}

function confirmOf(moment: string): 'never' | 'at-boot' | { afterMs: number } {
  return moment === 'never' || moment === 'at-boot' ? moment : { afterMs: millisecondsOf(moment) };
}

function faultOf({ do: kind, after, lines = [], restart = true }: ApplicationFault) {
  const afterMs = millisecondsOf(after);
  return kind === 'hang' ? { kind, afterMs } : { kind, afterMs, lines, restart };
}

function knobsOf({ 'fast-writes': fastWrites, ...switches }: Knobs) {
  const readFastWrites = ({ flash, 'safe-rate': rate }: NonNullable<typeof fastWrites>) => ({ flash, safeRate: bytesPerSecondOf(rate) });
  return { ...camelKeys(switches), ...given({ fastWrites: optional(fastWrites, readFastWrites) }) };
}

function optional<Written, Read>(written: Written | undefined, read: (written: Written) => Read): Read | undefined {
  return written === undefined ? undefined : read(written);
}
