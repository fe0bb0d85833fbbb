/** The HCI commands that the virtual controller knows (Core Specification, volume 4 part E, section 7). */

import { hciCommand, hciStatus, readUint16, uint16 } from '../../transport/ble/hci.ts';
import type { LinkParameters } from './air.ts';
import type { Scanner } from './scanner.ts';

/** The answer to a command: complete with its return parameters, or a status; `then` is what follows after the answer. */
export type Reply = ({ readonly complete: readonly number[] } | { readonly status: number }) & { readonly then?: () => void };

/** What commands work on. Addresses are lowest byte first. */
export interface CommandTarget {
  readonly scanner: Scanner;
  readonly publicAddress: Uint8Array | undefined;
  readonly staticAddress: Uint8Array | undefined;
  readonly acl: { readonly length: number; readonly count: number };
  reset(): void;
  isConnected(handle: number): boolean;
  disconnect(handle: number): void;
  update(handle: number, parameters: LinkParameters): void;
  /** The connecting was given up. */
  cancelled(): void;
}

export interface Command {
  /** Length of the parameters. */
  readonly length: number;
  run(parameters: Uint8Array): Reply;
}

/** Bluetooth 5.0, as HCI and LMP number it. */
const bluetoothVersion = 0x09;
/** The company number for tests (Assigned Numbers, section 7.1). */
const noCompany = 0xffff;
const ok: Reply = { complete: [hciStatus.success] };
const nothing = new Uint8Array(6);

export function createCommands(target: CommandTarget): ReadonlyMap<number, Command> {
  return new Map([...controllerCommands(target), ...scanCommands(target), ...connectionCommands(target)]);
}

function controllerCommands(target: CommandTarget): readonly (readonly [number, Command])[] {
  const { acl, publicAddress, staticAddress } = target;
  const answer = (...values: readonly number[]): Command => ({ length: 0, run: () => ({ complete: [hciStatus.success, ...values] }) });
  const accept = (length: number): Command => ({ length, run: () => ok });
  const vendor: readonly (readonly [number, Command])[] =
    // An identity root follows each address; Zephyr gives zeros where it has none.
    staticAddress === undefined ? [] : [[hciCommand.zephyrReadStaticAddresses, answer(1, ...staticAddress, ...new Uint8Array(16))]];
  return [
    [hciCommand.reset, { length: 0, run: () => (target.reset(), ok) }],
    [hciCommand.setEventMask, accept(8)],
    [hciCommand.leSetEventMask, accept(8)],
    [hciCommand.writeLeHostSupport, accept(2)],
    [hciCommand.leWriteDefaultDataLength, accept(4)],
    [hciCommand.readLeHostSupport, answer(1, 0)],
    [hciCommand.readLocalVersion, answer(bluetoothVersion, 0, 0, bluetoothVersion, ...uint16(noCompany), 0, 0)],
    [hciCommand.readSupportedCommands, answer(...new Uint8Array(64))],
    [hciCommand.readLocalFeatures, answer(...new Uint8Array(8))],
    [hciCommand.leReadLocalFeatures, answer(...new Uint8Array(8))],
    // No buffers of BR/EDR, which the controller does not have.
    [hciCommand.readBufferSize, answer(0, 0, 0, 0, 0, 0, 0)],
    [hciCommand.readAddress, answer(...(publicAddress ?? nothing))],
    [hciCommand.leReadBufferSize, answer(...uint16(acl.length), acl.count)],
    [hciCommand.leReadMaximumDataLength, answer(...uint16(251), ...uint16(2120), ...uint16(251), ...uint16(2120))],
    ...vendor,
  ];
}

function scanCommands({ scanner, publicAddress }: CommandTarget): readonly (readonly [number, Command])[] {
  let randomAddress: Uint8Array | undefined;
  /** A controller cannot send from an address that it does not have. */
  const hasAddress = (type: number | undefined): boolean => (type === 0 ? publicAddress : randomAddress) !== undefined;
  const status = (code: number): Reply => ({ complete: [code] });
  return [
    [hciCommand.leSetRandomAddress, { length: 6, run: (address) => ((randomAddress = address.slice()), ok) }],
    [
      hciCommand.leSetScanParameters,
      { length: 7, run: ([type, , , , , own]) => status(hasAddress(own) ? scanner.configure(type === 1) : hciStatus.invalidParameters) },
    ],
    [hciCommand.leSetScanEnable, { length: 2, run: ([on, filter]) => status(scanner.enable(on === 1, filter === 1)) }],
    [
      hciCommand.leCreateConnection,
      {
        length: 25,
        run: (parameters) => {
          if (!hasAddress(parameters[12])) return { status: hciStatus.invalidParameters };
          const [interval, , latency, timeout] = [13, 15, 17, 19].map((at) => readUint16(parameters, at));
          return { status: scanner.connect(parameters.slice(6, 12), { interval: interval!, latency: latency!, timeout: timeout! }) };
        },
      },
    ],
  ];
}

function connectionCommands(target: CommandTarget): readonly (readonly [number, Command])[] {
  /** Runs `then` after the status, when there is such a connection. */
  const onHandle = (parameters: Uint8Array, then: (handle: number) => void): Reply => {
    const handle = readUint16(parameters, 0);
    return target.isConnected(handle) ? { status: hciStatus.success, then: () => then(handle) } : { status: hciStatus.unknownConnection };
  };
  return [
    [hciCommand.disconnect, { length: 3, run: (parameters) => onHandle(parameters, (handle) => target.disconnect(handle)) }],
    [
      hciCommand.leConnectionUpdate,
      {
        length: 14,
        run: (parameters) => {
          const [interval, latency, timeout] = [2, 6, 8].map((at) => readUint16(parameters, at));
          return onHandle(parameters, (handle) => target.update(handle, { interval: interval!, latency: latency!, timeout: timeout! }));
        },
      },
    ],
    [
      hciCommand.leCreateConnectionCancel,
      {
        length: 0,
        run: () => {
          const status = target.scanner.cancelConnect();
          return status === hciStatus.success ? { complete: [status], then: () => target.cancelled() } : { complete: [status] };
        },
      },
    ],
  ];
}
