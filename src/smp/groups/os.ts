/** Commands of the OS group (smp.md 3.1). */

import type { CborMap } from '../cbor.ts';
import { groupNumbers } from '../codes.ts';
import { count, flag, integer, map, named, nothing, optional, required, text, wideInteger } from '../fields.ts';
import type { SmpCommand } from '../message.ts';

const group = groupNumbers.os;

export const osEcho: SmpCommand<{ readonly text: string }, { readonly text: string }> = {
  name: 'os echo',
  group,
  command: 0,
  op: 'write',
  idempotent: true,
  encode: (request) => ({ d: request.text }),
  decode: (reply) => ({ text: required(reply, 'r', text) }),
};

/** Console echo on or off: MCUboot and Mynewt take it, Zephyr refuses with ENOTSUP. */
export const osConsoleEcho: SmpCommand<{ readonly on: boolean }, void> = {
  name: 'os console echo',
  group,
  command: 1,
  op: 'write',
  idempotent: true,
  encode: (request) => ({ echo: request.on ? 1 : 0 }),
  decode: nothing,
};

export interface TaskStatistics {
  /** Thread name, or a number where threads have none: names may repeat. */
  readonly name: string;
  /** Servers built for unsigned priorities show -1 as 4294967295. */
  readonly priority: number;
  readonly id: number;
  /** Bits of the kernel's thread state. */
  readonly state: number;
  /** Bytes; the wire counts words of four. */
  readonly stackSize: number | undefined;
  readonly stackUsed: number | undefined;
  /** Cycles. */
  readonly runtime: number | bigint | undefined;
  readonly contextSwitches: number | undefined;
}

export const osTaskStatistics: SmpCommand<void, { readonly tasks: readonly TaskStatistics[] }> = {
  name: 'os taskstat',
  group,
  command: 2,
  op: 'read',
  idempotent: true,
  encode: () => ({}),
  decode: (reply) => ({ tasks: named(required(reply, 'tasks', map), map).map(readTask) }),
};

function readTask({ name, value: task }: { readonly name: string; readonly value: CborMap }): TaskStatistics {
  return {
    name,
    priority: required(task, 'prio', integer),
    id: required(task, 'tid', count),
    state: required(task, 'state', count),
    stackSize: wordsToBytes(optional(task, 'stksiz', count)),
    stackUsed: wordsToBytes(optional(task, 'stkuse', count)),
    runtime: optional(task, 'runtime', wideInteger),
    contextSwitches: optional(task, 'cswcnt', count),
  };
}

function wordsToBytes(words: number | undefined): number | undefined {
  return words === undefined ? undefined : words * 4;
}

export interface MemoryPool {
  readonly name: string;
  /** Bytes. */
  readonly blockSize: number | undefined;
  readonly blocks: number;
  readonly free: number;
  /** Fewest free blocks ever. */
  readonly freeMin: number | undefined;
}

/** Three layouts are in the field: pools at the top, below `mpools`, and below `tasks` (smp.md 3.1). */
export const osMemoryPools: SmpCommand<void, { readonly pools: readonly MemoryPool[] }> = {
  name: 'os mpstat',
  group,
  command: 3,
  op: 'read',
  idempotent: true,
  encode: () => ({}),
  decode: (reply) => {
    const pools = optional(reply, 'mpools', map) ?? optional(reply, 'tasks', map) ?? reply;
    return { pools: named(pools, map).map(readPool) };
  },
};

function readPool({ name, value: pool }: { readonly name: string; readonly value: CborMap }): MemoryPool {
  return {
    name,
    blockSize: optional(pool, 'blksiz', count),
    blocks: required(pool, 'nblks', count),
    free: required(pool, 'nfree', count),
    freeMin: optional(pool, 'min', count),
  };
}

/** `yyyy-MM-ddTHH:mm:ss`, with milliseconds where the server is built so, without a zone. */
export const osDatetimeRead: SmpCommand<void, { readonly datetime: string }> = {
  name: 'os datetime read',
  group,
  command: 4,
  op: 'read',
  idempotent: true,
  encode: () => ({}),
  decode: (reply) => ({ datetime: required(reply, 'datetime', text) }),
};

export const osDatetimeWrite: SmpCommand<{ readonly datetime: string }, void> = {
  name: 'os datetime write',
  group,
  command: 4,
  op: 'write',
  idempotent: false,
  encode: (request) => ({ datetime: request.datetime }),
  decode: nothing,
};

export interface ResetRequest {
  /** Overrules the application where it has a say. */
  readonly force?: boolean | undefined;
  /** 0 normal, 1 into the bootloader's recovery (Zephyr 4.2 and later). */
  readonly bootMode?: number | undefined;
}

/** The server answers first and resets 250 ms later; the answer itself may be lost with the link. */
export const osReset: SmpCommand<ResetRequest, void> = {
  name: 'os reset',
  group,
  command: 5,
  op: 'write',
  idempotent: false,
  encode: (request) => ({ force: request.force, boot_mode: request.bootMode }),
  decode: nothing,
};

export interface BufferParameters {
  /** Bytes of one network buffer on the server. */
  readonly bufferSize: number;
  readonly bufferCount: number;
}

/** Many products are built without it and refuse with ENOTSUP: then the defaults of the transport hold (smp.md 5.7). */
export const osParameters: SmpCommand<void, BufferParameters> = {
  name: 'os params',
  group,
  command: 6,
  op: 'read',
  idempotent: true,
  encode: () => ({}),
  decode: (reply) => ({ bufferSize: required(reply, 'buf_size', count), bufferCount: required(reply, 'buf_count', count) }),
};

/** `format`: letters s n r v b m p i o a; the server answers in an order of its own. */
export const osInfo: SmpCommand<{ readonly format?: string | undefined }, { readonly output: string }> = {
  name: 'os info',
  group,
  command: 7,
  op: 'read',
  idempotent: true,
  encode: (request) => ({ format: request.format }),
  decode: (reply) => ({ output: required(reply, 'output', text) }),
};

/** The bootloader's modes by number, as `query: "mode"` answers them. */
export const bootloaderModes = [
  'single-slot',
  'swap-scratch',
  'overwrite-only',
  'swap-move',
  'direct-xip',
  'direct-xip-revert',
  'ram-load',
  'firmware-loader',
  'single-slot-ram-load',
  'swap-offset',
] as const;

export type BootloaderMode = (typeof bootloaderModes)[number];

export interface BootloaderInfo {
  /** Present without a query: `MCUboot`. */
  readonly bootloader: string | undefined;
  /** Present for the query `mode`; undefined too for modes without a name, such as -1. */
  readonly mode: BootloaderMode | undefined;
  readonly noDowngrade: boolean;
}

export const osBootloaderInfo: SmpCommand<{ readonly query?: 'mode' | undefined }, BootloaderInfo> = {
  name: 'os bootloader info',
  group,
  command: 8,
  op: 'read',
  idempotent: true,
  encode: (request) => ({ query: request.query }),
  decode: (reply) => ({
    bootloader: optional(reply, 'bootloader', text),
    mode: bootloaderModes[optional(reply, 'mode', integer) ?? -1],
    noDowngrade: flag(reply, 'no-downgrade'),
  }),
};
