/**
 * Who else has a serial port open, as the /proc of Linux tells (proc(5)). Most programs do not lock their ports, and locks do not
 * hold off all others; two readers of one port take bytes from each other, and neither of them notices.
 */

import { readFileSync, readlinkSync, statSync, type Stats } from 'node:fs';
import { readdir, realpath } from 'node:fs/promises';

export interface PortHolder {
  readonly pid: number;
  /** The name of the program. */
  readonly program: string;
}

/** Another process that reads from the port; undefined where there is none, or none that this user may see. */
export async function findPortHolder(path: string): Promise<PortHolder | undefined> {
  const port = await portAt(path);
  if (port === undefined) return undefined;
  for (const pid of await listed('/proc')) {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) continue;
    const descriptors = await listed(`/proc/${pid}/fd`);
    if (holds(pid, descriptors, port)) return { pid: Number(pid), program: textOf(`/proc/${pid}/comm`).trim() };
  }
  return undefined;
}

interface Port {
  readonly stats: Stats;
  /** The number of a pseudo-terminal, of which `/dev/pts` may be mounted more than once. */
  readonly pty: string | undefined;
}

/** Other devices, such as `/dev/null`, have many readers. */
const isTerminal = /^\/dev\/(?:tty|rfcomm|pts\/)/;

async function portAt(path: string): Promise<Port | undefined> {
  const device = await realpath(path).catch(() => path);
  const stats = isTerminal.test(device) ? statsOf(device) : undefined;
  return stats === undefined ? undefined : { stats, pty: /^\/dev\/pts\/(\d+)$/.exec(device)?.[1] };
}

function holds(pid: string, descriptors: readonly string[], port: Port): boolean {
  const open = descriptors.filter((descriptor) => linkOf(`/proc/${pid}/fd/${descriptor}`).startsWith('/dev/'));
  const reads = open.some((descriptor) => isSame(statsOf(`/proc/${pid}/fd/${descriptor}`), port) && mayRead(pid, descriptor));
  return reads && !open.some((descriptor) => isFarEnd(pid, descriptor, port));
}

function isSame(stats: Stats | undefined, { stats: port, pty }: Port): boolean {
  return stats?.isCharacterDevice() === true && stats.rdev === port.rdev && (pty === undefined || stats.dev === port.dev);
}

/** `flags` are those of open(2) in octal, whose last two bits are 1 for descriptors that only write. */
function mayRead(pid: string, descriptor: string): boolean {
  const flags = /^flags:\s*([0-7]+)$/m.exec(textOf(`/proc/${pid}/fdinfo/${descriptor}`))?.[1];
  return flags === undefined || (Number.parseInt(flags, 8) & 3) !== 1;
}

/** Programs that are the board behind a pseudo-terminal keep its near end open, too. */
function isFarEnd(pid: string, descriptor: string, { pty }: Port): boolean {
  return pty !== undefined && new RegExp(`^tty-index:\\s*${pty}$`, 'm').test(textOf(`/proc/${pid}/fdinfo/${descriptor}`));
}

/** Processes end while they are looked at, and those of others may not be looked at: then there is nothing. */
function listed(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}

function linkOf(path: string): string {
  return attempt(() => readlinkSync(path)) ?? '';
}

function statsOf(path: string): Stats | undefined {
  return attempt(() => statSync(path));
}

function textOf(path: string): string {
  return attempt(() => readFileSync(path, 'utf8')) ?? '';
}

function attempt<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
