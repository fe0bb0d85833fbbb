/**
 * A serial face: pseudo-terminals behind a link with a fixed name. Each time the link is opened is a peer of its own. A
 * second terminal always waits behind the one in use and gets the link as soon as that is opened; so the link never
 * leads nowhere, nothing that was said before an opening reaches it, and closing is noticed.
 */

import { lstat, mkdtemp, readlink, rename, rm, symlink } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock, Timer } from '../base/clock.ts';
import { BootproofError } from '../base/errors.ts';
import { mendFor, openFailed, type Mends } from './link-errors.ts';
import { peersMax, serveSocket, type Accept, type Listener } from './listener.ts';
import { destroySocket } from './tcp.ts';
import { findSocat, socatFailed, startPty, type Pty } from './pty.ts';

export interface PtyFace {
  /** The path that clients open, in a folder that exists. A symbolic link that is there already is replaced. */
  readonly link: string;
  readonly clock: Clock;
  /** The face broke down by itself; its link is removed. */
  readonly failed?: (error: BootproofError) => void;
}

/** Terminals in a row that may end before anybody opened them; after that more attempts are pointless. */
const failuresMax = 5;

/**
 * A client that does not read for so long, after hundreds of kilobytes, loses its terminal. It may have left: Linux can
 * miss to wake a writer that was blocked when the last client closed, and socat then never notices.
 */
const unreadMsMax = 10_000;

const mends: Mends = {
  ENOENT: { code: 'link-folder-missing', hint: 'create the folder for the link first' },
  EACCES: { code: 'link-denied', hint: 'choose a link in a folder that you may write to' },
};

/** Rejects with an infra error when there is no `socat` or the link cannot be made. */
export async function listenPty({ link: path, clock, failed }: PtyFace, accept: Accept): Promise<Listener> {
  const name = `serial:${path}`;
  const link = createLink(path, name);
  const terminals = await createTerminals(name, clock);

  const sockets = new Set<Socket>();

  const serve = async (pty: Pty): Promise<void> => {
    const socket = await pty.connect();
    if (socket === undefined) return;
    sockets.add(socket);
    let unread: Timer | undefined;
    serveSocket(socket, {
      name: `serial:${pty.device}`,
      accept,
      waiting: () => (unread ??= clock.arm(unreadMsMax, `${pty.device} is not read`, () => socket.destroy())),
    });
    socket.on('drain', () => {
      unread?.cancel();
      unread = undefined;
    });
    socket.on('close', () => {
      unread?.cancel();
      sockets.delete(socket);
      pty.kill();
    });
  };
  const takeTurns = async (first: Pty): Promise<void> => {
    let waiting = first;
    let failures = 0;
    while (!terminals.stopped()) {
      const spare = await terminals.start();
      const opened = await waiting.opened;
      failures = opened ? 0 : failures + 1;
      if (failures > failuresMax) throw socatFailed(name, `${failures} times in a row`);
      // Only now may the terminal in use end: the link leads to the next one.
      await link.point(spare.device);
      if (opened && terminals.count() <= peersMax) await serve(waiting);
      else waiting.kill();
      waiting = spare;
    }
  };
  const end = async (): Promise<void> => {
    await Promise.all([...sockets].map(destroySocket));
    await terminals.stop();
    await link.remove();
  };

  try {
    const first = await terminals.start();
    await link.point(first.device);
    const turns = takeTurns(first)
      .catch((thrown: unknown) => {
        if (!terminals.stopped()) failed?.(thrown instanceof BootproofError ? thrown : openFailed(name, thrown, mendFor(thrown, mends)));
      })
      .then(end);
    return { address: name, close: () => terminals.stop().then(() => turns) };
  } catch (thrown) {
    await end();
    throw thrown;
  }
}

/** The terminals of one face, and the folder for their sockets. */
interface Terminals {
  start(): Promise<Pty>;
  count(): number;
  stopped(): boolean;
  /** Idempotent; resolves when all have ended. */
  stop(): Promise<void>;
}

async function createTerminals(name: string, clock: Clock): Promise<Terminals> {
  const command = await findSocat();
  const folder = await mkdtemp(join(tmpdir(), 'bootproof-'));
  const stop = new AbortController();
  const running = new Set<Promise<void>>();
  let started = 0;
  return {
    start: async () => {
      started += 1;
      const pty = await startPty(command, { name, clock, stop: stop.signal, socketPath: join(folder, String(started)) });
      const ended = pty.ended.then(() => void running.delete(ended));
      running.add(ended);
      return pty;
    },
    count: () => running.size,
    stopped: () => stop.signal.aborted,
    stop: async () => {
      stop.abort();
      await Promise.all(running);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The symbolic link at `path`; pointing it elsewhere replaces it in one step. */
function createLink(path: string, name: string): { point(device: string): Promise<void>; remove(): Promise<void> } {
  let target: string | undefined;
  const replace = async (device: string): Promise<void> => {
    const next = `${path}.next`;
    await rm(next, { force: true });
    await symlink(device, next);
    await rename(next, path);
    target = device;
  };
  return {
    point: async (device) => {
      const taken = await lstat(path).catch(() => undefined);
      if (taken?.isSymbolicLink() === false) throw linkTaken(name);
      await replace(device).catch((thrown: unknown) => {
        throw openFailed(name, thrown, mendFor(thrown, mends));
      });
    },
    remove: async () => {
      const found = await readlink(path).catch(() => undefined);
      if (found !== undefined && found === target) await rm(path, { force: true });
    },
  };
}

function linkTaken(name: string): BootproofError {
  return new BootproofError(`cannot open ${name}: a file that is no symbolic link has that name`, {
    fault: 'infra',
    code: 'link-taken',
    hint: 'choose another name, or remove the file that has it',
  });
}
