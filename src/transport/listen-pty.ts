/**
 * A serial face: pseudo-terminals behind a link with a fixed name. Each time the link is opened is a peer of its own. A
 * second terminal always waits behind the one in use and gets the link as soon as that is opened; so the link never
 * leads nowhere, nothing that was said before an opening reaches it, and closing is noticed.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock, Timer } from '../base/clock.ts';
import { BootproofError } from '../base/errors.ts';
import { createDeviceLink, type DeviceLink } from './device-link.ts';
import { openFailed } from './link-errors.ts';
import { peersMax, serveSocket, type Accept, type Listener } from './listener.ts';
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

/** Rejects with an infra error when there is no `socat` or the link cannot be made. */
export async function listenPty({ link: path, clock, failed }: PtyFace, accept: Accept): Promise<Listener> {
  const name = `serial:${path}`;
  const link = createDeviceLink(path, name);
  const terminals = await createTerminals(name, clock);
  const end = async (): Promise<void> => {
    await terminals.stop();
    await link.remove();
  };
  try {
    const first = await terminals.start();
    await link.point(first.device);
    const turns = takeTurns(first, { name, link, terminals, serve: (pty) => servePty(pty, clock, accept) })
      .catch((thrown: unknown) => {
        if (!terminals.stopped()) failed?.(thrown instanceof BootproofError ? thrown : openFailed(name, thrown));
      })
      .then(end);
    return { address: name, close: () => terminals.stop().then(() => turns) };
  } catch (thrown) {
    await end();
    throw thrown;
  }
}

interface Face {
  readonly name: string;
  readonly link: DeviceLink;
  readonly terminals: Terminals;
  readonly serve: (pty: Pty) => Promise<void>;
}

/** Serves one terminal after the other, each from its opening on, until the terminals are stopped. */
async function takeTurns(first: Pty, { name, link, terminals, serve }: Face): Promise<void> {
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
}

/** Makes the client of an opened terminal a peer. */
async function servePty(pty: Pty, clock: Clock, accept: Accept): Promise<void> {
  const socket = await pty.connect();
  if (socket === undefined) return;
  let unread: Timer | undefined;
  const read = (): void => {
    unread?.cancel();
    unread = undefined;
  };
  serveSocket(socket, {
    name: `serial:${pty.device}`,
    accept,
    waiting: () => (unread ??= clock.arm(unreadMsMax, `${pty.device} is not read`, () => socket.destroy())),
  });
  socket.on('drain', read).on('close', () => {
    read();
    pty.kill();
  });
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
