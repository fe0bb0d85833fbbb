/** What a profile says as the plain data that the simulator takes: numbers without units, and a value for everything that it does not leave open. */

import { groupNumbers } from '../../smp/codes.ts';
import type {
  Application,
  ApplicationFault,
  Area,
  Bootloader,
  Chip,
  FirstStage,
  Loader,
  Profile,
  Recovery,
  Server,
  Settings,
} from '../grammar.generated.ts';
import { camelKeys, given } from './keys.ts';
import { bytesOf, microsecondsOf, millisecondsOf } from '../../base/measures.ts';

/** The language stands below the simulator, so the simulator's type is not named here; the compiler compares them where the two meet. */
export type DeviceProfile = ReturnType<typeof deviceOf>;
export type DeviceChange = ReturnType<typeof changeOf>;

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
    bootloader: { ...bootloaderDefaults, ...bootloaderOf(bootloader, loader) },
    firstStage: optional(firstStage, firstStageOf),
    loader: optional(loader, loaderOf),
    networkCore: optional(networkCore, areaOf),
    server: optional(server, serverOf),
    application: { ...applicationDefaults, ...applicationOf(application) },
    console,
    links: { ...linkDefaults, ...linksOf(links) },
    knobs,
  });
}

/** What a running device is told to be like, by the paths of a profile and the names of knobs, as parts of the same data. */
export function changeOf(settings: Settings) {
  const { bootloader, server, application, links, knobs } = nested(settings);
  return given({
    bootloader: bootloader && bootloaderOf(bootloader),
    server: optional(server, serverOf),
    application: optional(application, applicationOf),
    links: optional(links, linksOf),
    knobs,
  });
}

interface Nested {
  readonly bootloader?: Bootloader;
  readonly server?: Server;
  readonly application?: Application;
  readonly links?: Links;
  readonly knobs?: NonNullable<Profile['knobs']>;
}

type Links = NonNullable<Profile['links']>;

const sections: readonly string[] = ['bootloader', 'server', 'application', 'links'];

/** `{"server.buffers.count": 1}` is `{server: {buffers: {count: 1}}}`; the names of knobs have dots of their own. */
function nested(settings: Settings): Nested {
  const root: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(settings)) {
    const path = sections.includes(name.split('.')[0] ?? '') ? name.split('.') : ['knobs', name];
    let inside = root;
    for (const key of path.slice(0, -1)) inside = (inside[key] ??= {}) as Record<string, unknown>;
    inside[path.at(-1)!] = value;
  }
  return root;
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

const bootloaderDefaults = { key: 'demo:ed25519', banner: [], startMs: 5 };

function bootloaderOf(
  { key, banner, start, recovery, 'executable-ram': ram, 'on-panic': onPanic, ...options }: Bootloader,
  loader?: Loader,
) {
  const executableRam = ram && { start: ram.start, size: bytesOf(ram.size) };
  const loaderEntry = loader && { request: loader.request ?? false, noApplication: loader['no-application'] ?? false };
  return given({
    config: { ...camelKeys(options), ...given({ executableRam, loaderEntry }) },
    onPanic,
    key,
    banner,
    startMs: optional(start, millisecondsOf),
    recovery: optional(recovery, recoveryOf),
  });
}

function firstStageOf({ s0, s1, key = 'demo:ecdsa-p256', 'log-levels': logLevels = false }: FirstStage) {
  return { s0: areaOf(s0), s1: areaOf(s1), key, logLevels };
}

function loaderOf({ server, application = {} }: Loader) {
  return given({ server: optional(server, serverOf), application: { ...applicationDefaults, ...applicationOf(application) } });
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
  return given({ profile, overrides });
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

const applicationDefaults = { lines: [], startMs: 10, serverMs: 40, confirm: 'never' as const };

function applicationOf({ lines, start, 'server-start': serverStart, versions, confirm, fault }: Application) {
  return given({
    lines,
    startMs: optional(start, millisecondsOf),
    serverMs: optional(serverStart, millisecondsOf),
    confirm: optional(confirm, confirmOf),
    fault: optional(fault, faultOf),
    versions: versions && Object.fromEntries(Object.entries(versions).map(([version, behaviour]) => [version, behaviourOf(behaviour)])),
  });
}

function behaviourOf({ confirm, fault }: Pick<Application, 'confirm' | 'fault'>) {
  return given({ confirm: optional(confirm, confirmOf), fault: optional(fault, faultOf) });
}

function confirmOf(moment: string): 'never' | 'at-boot' | 'on-command' | { afterMs: number } {
  return moment === 'never' || moment === 'at-boot' || moment === 'on-command' ? moment : { afterMs: millisecondsOf(moment) };
}

function faultOf({ do: kind, after, resets, lines = [], restart = true }: ApplicationFault) {
  const afterMs = millisecondsOf(after);
  const common = { afterMs, ...(resets && { resets }) };
  return kind === 'hang' ? { kind, ...common } : { kind, ...common, lines, restart };
}

const linkDefaults = { serial: { baud: 115_200 }, udp: { datagramMax: 1500 }, ble: { mtu: 247, reassembly: true } };

function linksOf({ serial, udp, ble }: Links) {
  return given({
    serial: serial && { ...linkDefaults.serial, ...serial },
    udp: udp && { datagramMax: udp['datagram-max'] ?? linkDefaults.udp.datagramMax },
    ble: ble && { ...linkDefaults.ble, ...ble },
  });
}

function optional<Written, Read>(written: Written | undefined, read: (written: Written) => Read): Read | undefined {
  return written === undefined ? undefined : read(written);
}
