/** The part of the virtual controller that listens: it reports advertisements and connects to boards that advertise. */

import { equalBytes, toHex } from '../../base/bytes.ts';
import type { Clock, Timer } from '../../base/clock.ts';
import { hciStatus } from '../../transport/ble/hci.ts';
import type { BleAdvertiser, LinkParameters } from './air.ts';

export interface ScannerOptions {
  readonly clock: Clock;
  readonly boards: readonly BleAdvertiser[];
  /** Milliseconds between the advertisements of a board. */
  readonly advertisingMs: number;
  /** Takes the parameters of an advertising report. */
  readonly report: (parameters: readonly number[]) => void;
  readonly connected: (board: BleAdvertiser, parameters: LinkParameters) => void;
}

/** Calls answer with an HCI status. */
export interface Scanner {
  configure(active: boolean): number;
  enable(on: boolean, filterDuplicates: boolean): number;
  /** Waits for the board to advertise, however long that takes. */
  connect(address: Uint8Array, parameters: LinkParameters): number;
  /** Gives the connecting up; `commandDisallowed` when there was none. */
  cancelConnect(): number;
  reset(): void;
}

/** Types of advertising reports: connectable and undirected, and the response to a scan request (section 7.7.65.2). */
const reportType = { connectable: 0x00, scanResponse: 0x04 } as const;
/** Boards have random addresses. */
export const randomAddress = 0x01;
/** -55 dBm as a signed byte. */
const rssi = 0x100 - 55;

export function createScanner({ clock, boards, advertisingMs, report, connected }: ScannerOptions): Scanner {
  let active = false;
  let scan: { readonly filterDuplicates: boolean; readonly reported: Set<string> } | undefined;
  let wanted: { readonly address: Uint8Array; readonly parameters: LinkParameters } | undefined;
  let timer: Timer | undefined;

  const reportBoard = (board: BleAdvertiser): void => {
    const heard = board.advertisement();
    const key = toHex(board.address);
    if (heard === undefined || scan === undefined || (scan.filterDuplicates && scan.reported.has(key))) return;
    scan.reported.add(key);
    const head = (type: number): readonly number[] => [1, type, randomAddress, ...board.address];
    report([...head(reportType.connectable), heard.data.length, ...heard.data, rssi]);
    if (active) report([...head(reportType.scanResponse), heard.scanResponse.length, ...heard.scanResponse, rssi]);
  };

  const isWanted = ({ address }: BleAdvertiser): boolean => wanted !== undefined && equalBytes(address, wanted.address);

  const listen = (): void => {
    timer = undefined;
    for (const board of boards) reportBoard(board);
    const found = boards.find((board) => isWanted(board) && board.advertisement() !== undefined);
    if (found !== undefined) {
      const { parameters } = wanted!;
      wanted = undefined;
      connected(found, parameters);
    }
    goOn();
  };
  const goOn = (): void => {
    timer?.cancel();
    timer =
      scan === undefined && wanted === undefined
        ? undefined
        : clock.arm(advertisingMs, 'the next advertisement of simulated boards', listen);
  };

  return {
    configure: (isActive) => {
      if (scan !== undefined) return hciStatus.commandDisallowed;
      active = isActive;
      return hciStatus.success;
    },
    enable: (on, filterDuplicates) => {
      // Many controllers cannot scan and connect at the same time.
      if (on && wanted !== undefined) return hciStatus.commandDisallowed;
      scan = on ? { filterDuplicates, reported: new Set() } : undefined;
      goOn();
      return hciStatus.success;
    },
    connect: (address, parameters) => {
      if (wanted !== undefined || scan !== undefined) return hciStatus.commandDisallowed;
      wanted = { address, parameters };
      goOn();
      return hciStatus.success;
    },
    cancelConnect: () => {
      if (wanted === undefined) return hciStatus.commandDisallowed;
      wanted = undefined;
      goOn();
      return hciStatus.success;
    },
    reset: () => {
      scan = undefined;
      wanted = undefined;
      goOn();
    },
  };
}
