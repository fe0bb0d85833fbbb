/**
 * One pseudo-terminal, made by a `socat` child process. When a client has opened it, socat waits for us on a local socket
 * before it copies anything: until then the terminal outlives its client, and nothing the client writes is lost.
 */

import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { abortable, deadline, type Clock } from '../base/clock.ts';
import { BootproofError } from '../base/errors.ts';
import { openTimeout } from './link-errors.ts';
import { closing } from './tcp.ts';

export interface Pty {
  /** The device that clients open, such as `/dev/pts/5`. It is gone when the client that `connect` connected closed it. */
  readonly device: string;
  /** True when a client opened the device, false when the child ended before. */
  readonly opened: Promise<boolean>;
  /** Settles when the child has ended, and the connection to it. */
  readonly ended: Promise<void>;
  /** Starts the copying, once `opened` is true. Undefined when the child has ended since, which is no fault of the face. */
  connect(): Promise<Socket | undefined>;
  kill(): void;
}

export interface PtyOptions {
  /** Names the face in messages. */
  readonly name: string;
  /** A path for the socket that socat listens on. */
  readonly socketPath: string;
  readonly clock: Clock;
  /** Ends the child. */
  readonly stop: AbortSignal;
}

/** The words before socat's own arguments. */
export type SocatCommand = readonly [string, ...string[]];

const startMsMax = 5_000;

/** Finds out how to start socat here. Throws an infra error when there is none. */
export async function findSocat(): Promise<SocatCommand> {
  const { execa } = await import('execa');
  const socat = await execa('socat', ['-V'], { reject: false });
  if (socat.failed) throw socatMissing();
  // A killed process cannot end its children. On Linux the kernel does it when util-linux asks.
  const guarded: SocatCommand = ['setpriv', '--pdeathsig', 'TERM', 'socat'];
  const guard = await execa(guarded[0], [...guarded.slice(1), '-V'], { reject: false });
  return guard.failed ? ['socat'] : guarded;
}

export async function startPty([file, ...words]: SocatCommand, { name, socketPath, clock, stop }: PtyOptions): Promise<Pty> {
  const { execa } = await import('execa');
  // `wait-slave` looks every `pty-interval` seconds whether the device was opened; the second address is set up after that.
  const addresses = ['PTY,rawer,wait-slave,pty-interval=0.01', `UNIX-LISTEN:${socketPath}`];
  const child = execa(file, [...words, '-d', '-d', '-t0', ...addresses], {
    stdio: ['ignore', 'ignore', 'pipe'],
    buffer: false,
    reject: false,
    cancelSignal: stop,
  });
  let closed: Promise<void> | undefined;
  const ended = child.then(() => closed);
  const { device, opened } = readMessages(child.stderr, ended, name);
  const limit = deadline(clock, { ms: startMsMax, why: `starting socat for ${name}`, reason: () => openTimeout(name, startMsMax) });
  try {
    return {
      device: await abortable(device, limit.signal),
      opened,
      ended,
      connect: () => {
        const socket = connect(socketPath);
        closed = closing(socket);
        return connected(socket);
      },
      kill: () => void child.kill(),
    };
  } catch (thrown) {
    child.kill();
    throw thrown;
  } finally {
    limit.dispose();
  }
}

/** socat tells on stderr which device it got, and that it listens, which it does when the device was opened. */
function readMessages(stderr: Readable, ended: Promise<void>, name: string): { device: Promise<string>; opened: Promise<boolean> } {
  const lines = createInterface({ input: stderr });
  let last = 'no message';
  lines.on('line', (line) => (last = line));
  const device = new Promise<string>((resolve, reject) => {
    lines.on('line', (line) => {
      const found = /PTY is (\S+)/.exec(line)?.[1];
      if (found !== undefined) resolve(found);
    });
    void ended.then(() => reject(socatFailed(name, last)));
  });
  const opened = new Promise<boolean>((resolve) => {
    lines.on('line', (line) => {
      if (line.includes('listening on')) resolve(true);
    });
    void ended.then(() => resolve(false));
  });
  return { device, opened };
}

function connected(socket: Socket): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(socket)).on('error', () => resolve(undefined));
  });
}

function socatMissing(): BootproofError {
  return new BootproofError('a serial face needs the program socat, which was not found', {
    fault: 'infra',
    code: 'socat-missing',
    hint: 'install it: sudo apt-get install socat (or brew install socat)',
  });
}

/** `last` is what socat said last. */
export function socatFailed(name: string, last: string): BootproofError {
  return new BootproofError(`socat ended before anybody could open ${name}: ${last}`, {
    fault: 'infra',
    code: 'socat-failed',
    hint: 'check that this host gives out pseudo-terminals (/dev/ptmx, /dev/pts)',
  });
}
