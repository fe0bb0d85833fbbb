/** A TCP face: each connection is a peer. */

import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { formatHostPort } from './address.ts';
import { mendFor, openFailed } from './link-errors.ts';
import { destroySocket, keepAliveMs } from './tcp.ts';
import { listenMends, peersMax, serveSocket, type Accept, type Listener } from './listener.ts';

/** Listens on `host`; port 0 takes a free one. Rejects with an infra error when the address cannot be had. */
export async function listenTcp(at: { readonly host: string; readonly port: number }, accept: Accept): Promise<Listener> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveMs }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    serveSocket(socket, { name: `tcp:${formatHostPort(socket.remoteAddress ?? 'unknown', socket.remotePort ?? 0)}`, accept });
  });
  server.maxConnections = peersMax;
  try {
    await once(server.listen(at.port, at.host), 'listening');
  } catch (thrown) {
    throw openFailed(`tcp:${formatHostPort(at.host, at.port)}`, thrown, mendFor(thrown, listenMends));
  }
  // A connection that could not be taken concerns only the peer that tried.
  server.on('error', () => undefined);

  const closed = new Promise<void>((resolve) => server.once('close', resolve));
  return {
    address: `tcp:${formatHostPort(at.host, (server.address() as AddressInfo).port)}`,
    close: async () => {
      if (server.listening) server.close();
      await Promise.all([closed, ...[...sockets].map(destroySocket)]);
    },
  };
}
