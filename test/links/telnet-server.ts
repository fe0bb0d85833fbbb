/** A small RFC 2217 server in front of a TCP port of bytes: what ser2net is to a serial port. */

import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { createTelnetReader, telnetData, telnetOption, telnetSubnegotiation } from '../../src/transport/telnet.ts';

const comPort = 44;

/** Serves until `close`. `behind` is the port on this host that the bytes go to. */
export async function startTelnetServer(behind: number): Promise<{ readonly address: string; close(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const board = connect(behind, '127.0.0.1');
    const read = createTelnetReader({
      data: (bytes) => void board.write(bytes),
      option: (verb, option) => {
        if (verb === 'will') client.write(telnetOption('do', option));
      },
      subnegotiation: (_option, [kind = 0, ...rest]) => void client.write(telnetSubnegotiation(comPort, [kind + 100, ...rest])),
    });
    client.on('data', read);
    board.on('data', (bytes) => client.write(telnetData(bytes)));
    for (const [one, other] of [
      [client, board],
      [board, client],
    ] as const) {
      sockets.add(one);
      one.on('error', () => undefined);
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `rfc2217:127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
