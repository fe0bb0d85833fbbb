/** A face on a Unix socket: each connection is a peer. */

import { once } from 'node:events';
import { lstat, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { systemCodeOf } from '../base/errors.ts';
import { mendFor, openFailed, type Mends } from './link-errors.ts';
import { peersMax, serveSocket, type Accept, type Listener } from './listener.ts';
import { destroySocket } from './tcp.ts';

const mends: Mends = {
  EADDRINUSE: { code: 'address-in-use', hint: 'another program listens there, or the path is a file of another kind: choose another path' },
  ENOENT: { code: 'link-folder-missing', hint: 'create the folder for the socket first' },
  EACCES: { code: 'link-denied', hint: 'choose a path in a folder that you may write to' },
};

/** Listens at `path`. A socket that a crashed program left there is replaced. Rejects with an infra error when the path cannot be had. */
export async function listenUnix(path: string, accept: Accept): Promise<Listener> {
  const name = `unix:${path}`;
  const sockets = new Set<Socket>();
  let peers = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    serveSocket(socket, { name: `${name}#${(peers += 1)}`, accept });
  });
  server.maxConnections = peersMax;
  try {
    await listen(server, path);
  } catch (thrown) {
    throw openFailed(name, thrown, mendFor(thrown, mends));
  }
  // A connection that could not be taken concerns only the peer that tried.
  server.on('error', () => undefined);

  const closed = new Promise<void>((resolve) => server.once('close', resolve));
  return {
    address: name,
    close: async () => {
      if (server.listening) server.close();
      await Promise.all([closed, ...[...sockets].map(destroySocket)]);
    },
  };
}

async function listen(server: Server, path: string): Promise<void> {
  try {
    await once(server.listen(path), 'listening');
  } catch (thrown) {
    if (systemCodeOf(thrown) !== 'EADDRINUSE' || !(await isAbandoned(path))) throw thrown;
    await rm(path);
    await once(server.listen(path), 'listening');
  }
}

/** A socket that nobody listens on any more refuses connections; so do files of other kinds. */
async function isAbandoned(path: string): Promise<boolean> {
  if (!(await lstat(path)).isSocket()) return false;
  const probe = connect(path);
  try {
    await once(probe, 'connect');
    return false;
  } catch (thrown) {
    return systemCodeOf(thrown) === 'ECONNREFUSED';
  } finally {
    probe.on('error', () => undefined).destroy();
  }
}
