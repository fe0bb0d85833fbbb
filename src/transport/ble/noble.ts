/**
 * The one file that knows @abandonware/noble from inside (written against 1.9.2-26). It is loaded only when a BLE link
 * is opened, untouched, but three of its files are evaluated once more for each adapter, with a socket of ours in the
 * place of the kernel's and without the process: noble would exit it on SIGINT, keep it alive by a timer for ever, and
 * read from its environment which socket to use.
 */

import type { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { compileFunction } from 'node:vm';
import type { Clock, Timer } from '../../base/clock.ts';
import { unknownNoble } from './errors.ts';

/** What noble asks of its socket, which emits `data` and `error` events. */
export interface NobleSocket extends EventEmitter {
  bindRaw(index: number): void;
  start(): void;
  stop(): void;
  isDevUp(): boolean;
  setFilter(filter: Buffer): void;
  write(packet: Buffer): void;
}

/** noble's public interface, as far as it is used. It tells ends by events; its promises may never settle. */
export interface Noble extends EventEmitter {
  /** The first reading starts it. Then `unknown`, until `stateChange`. */
  readonly state: string;
  startScanning(services: readonly string[], allowDuplicates: boolean): void;
  stopScanning(): void;
}

export interface Peripheral extends EventEmitter {
  readonly id: string;
  readonly address: string;
  readonly connectable: boolean;
  readonly advertisement: { readonly localName?: string };
  readonly rssi: number;
  /** What the server answered to the MTU exchange, which is not what holds. */
  readonly mtu: number | null;
  readonly state: 'disconnected' | 'connecting' | 'connected' | 'disconnecting' | 'error';
  /** Intervals count 1.25 ms, the timeout 10 ms. */
  connect(parameters: {
    readonly minInterval: number;
    readonly maxInterval: number;
    readonly latency: number;
    readonly timeout: number;
  }): void;
  cancelConnect(): void;
  disconnect(): void;
  discoverServices(uuids: readonly string[]): void;
}

export interface Service extends EventEmitter {
  readonly uuid: string;
  discoverCharacteristics(uuids: readonly string[]): void;
}

export interface Characteristic extends EventEmitter {
  readonly uuid: string;
  readonly properties: readonly string[];
  notify(on: boolean): void;
  write(data: Buffer, withoutResponse: boolean): void;
}

/** One noble on one adapter, and what its public interface does not offer. */
export interface NobleHost {
  readonly noble: Noble;
  /** The MTU that it asks for. */
  readonly mtu: number;
  /** Data packets that it holds because the controller has no buffer free: its write calls wait for nothing. */
  waitingPackets(): number;
  /** Forgets devices that are not connected: it never does by itself, and mixes old advertisements into new ones. */
  forget(): void;
  /** Tells it that the controller's own address is a random one, which pairing is computed from. */
  useRandomAddress(): void;
  /** It does nothing any more. The socket is the caller's. */
  close(): void;
}

/** The largest that ATT has use for, which phones ask for as well; noble itself asks for 256. */
const mtuWanted = 517;

/** ATT responses that are lists of entries; their second byte is the length of an entry (volume 3 part F, section 3.4.4). */
const attLists = { readByType: 0x09, readByGroupType: 0x11 } as const;

/** Throws an error with `code` MODULE_NOT_FOUND when noble is not installed, an infra error when it is another noble than expected. */
export function createNoble(socket: NobleSocket, clock: Clock): NobleHost {
  const installed = createRequire(import.meta.url);
  const timer = createStoppableTimer(clock);
  const globals: Globals = {
    process: quietProcess,
    console: quietConsole,
    setTimeout: (fire: () => void, ms: number) => timer.arm(fire, ms),
  };
  const evaluateFile = (name: string, replaced: Replaced): unknown =>
    evaluate(installed.resolve(`@abandonware/noble/lib/hci-socket/${name}.js`), replaced, globals);

  const Hci = evaluateFile('hci', { '@abandonware/bluetooth-hci-socket': socketClass(socket) }) as Constructor;
  const Gatt = evaluateFile('gatt', {}) as Constructor;
  const NobleBindings = evaluateFile('bindings', { './hci': Hci, './gatt': Gatt }) as Constructor<Bindings>;
  requireMethods('Hci', Hci, ['init', 'pollIsDevUp', 'writeAclDataPkt']);
  requireMethods('Gatt', Gatt, ['exchangeMtu', 'onAclStreamData']);
  raiseMtu(Gatt);
  refuseEmptyLists(Gatt);

  const bindings = new NobleBindings({});
  const noble = (installed('@abandonware/noble/with-bindings') as (bindings: Bindings) => Noble & Inside)(bindings);
  if (!Array.isArray(bindings._hci._aclQueue)) throw unknownNoble('it has no queue of data packets');
  // Without a listener noble prints its warnings. All of them come too late for those whom they concern.
  noble.on('warning', () => undefined);
  return {
    noble,
    mtu: mtuWanted,
    waitingPackets: () => bindings._hci._aclQueue.length,
    forget: () => {
      bindings._gap._discoveries = {};
      const connected = Object.entries(noble._peripherals).filter(([, { state }]) => state !== 'disconnected' && state !== 'error');
      noble._peripherals = Object.fromEntries(connected);
    },
    useRandomAddress: () => (bindings._hci.addressType = 'random'),
    close: () => {
      timer.stop();
      socket.removeAllListeners();
      noble.removeAllListeners();
    },
  };
}

/** Names inside noble that are relied upon. */
interface Bindings {
  readonly _hci: { readonly _aclQueue: readonly unknown[]; addressType: string };
  readonly _gap: { _discoveries: Readonly<Record<string, unknown>> };
}

interface Inside {
  _peripherals: Readonly<Record<string, Peripheral>>;
}

interface Constructor<Instance = unknown> {
  new (options?: object): Instance;
  readonly prototype: object;
}

type Replaced = Readonly<Record<string, unknown>>;
type Globals = Readonly<Record<'process' | 'console' | 'setTimeout', unknown>>;

/** Evaluates one CommonJS file; the modules that it requires are the installed ones, but for those replaced. */
function evaluate(path: string, replaced: Replaced, globals: Globals): unknown {
  const requireThere = createRequire(path);
  const requireOurs = (id: string): unknown => (Object.hasOwn(replaced, id) ? replaced[id] : requireThere(id));
  const module = { exports: {} as unknown };
  const parameters = ['module', 'exports', 'require', ...Object.keys(globals)];
  const run = compileFunction(readFileSync(path, 'utf8'), parameters, { filename: path }) as (...values: readonly unknown[]) => void;
  run(module, module.exports, requireOurs, ...Object.values(globals));
  return module.exports;
}

/** The class of which noble makes its socket: a constructor that returns an object gives that object. */
function socketClass(socket: NobleSocket): unknown {
  return function () {
    return socket;
  };
}

/** noble sets the MTU that it asks for on each connection to 256; an accessor on the prototype catches that. */
function raiseMtu(Gatt: Constructor): void {
  Object.defineProperty(Gatt.prototype, '_desired_mtu', { get: () => mtuWanted, set: () => undefined });
}

/** noble walks a list of entries of length zero for ever. */
function refuseEmptyLists({ prototype }: Constructor): void {
  const gatt = prototype as { onAclStreamData: (this: object, channel: number, data: Buffer) => void };
  const receive = gatt.onAclStreamData;
  gatt.onAclStreamData = function (channel, data) {
    const isList = data[0] === attLists.readByType || data[0] === attLists.readByGroupType;
    if (!isList || data[1] !== 0) receive.call(this, channel, data);
  };
}

function requireMethods(name: string, { prototype }: Constructor, methods: readonly string[]): void {
  for (const method of methods) {
    if (typeof (prototype as Readonly<Record<string, unknown>>)[method] !== 'function') throw unknownNoble(`its ${name} has no ${method}`);
  }
}

/** Signals and the end of the process are not noble's business, and no variable of its environment is to change what it does. */
const quietProcess = { env: {}, on: () => undefined, listeners: () => [] };
const quietConsole = { log: () => undefined, warn: () => undefined };

/** noble looks every second whether the adapter is up; that ends with the adapter. */
function createStoppableTimer(clock: Clock): { arm(fire: () => void, ms: number): void; stop(): void } {
  let timer: Timer | undefined;
  let stopped = false;
  return {
    arm: (fire, ms) => {
      if (!stopped) timer = clock.arm(ms, 'the next look at the Bluetooth adapter', fire);
    },
    stop: () => {
      stopped = true;
      timer?.cancel();
    },
  };
}
