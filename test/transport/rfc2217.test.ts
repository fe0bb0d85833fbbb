/** Serial ports of other hosts: telnet and COM-PORT control against a small server, and against ser2net where it is installed. */

import { execFileSync, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import fc from 'fast-check';
import { concatBytes, toHex, utf8 } from '../../src/base/bytes.ts';
import { createRealClock } from '../../src/base/clock-real.ts';
import { openTransport } from '../../src/transport/open.ts';
import { createTelnetReader, telnet, telnetData, telnetSubnegotiation } from '../../src/transport/telnet.ts';
import { openPtyPair, socatIsMissing } from './pty-pair.ts';
import { failureOf, realContext, recordEvents, requestOp, responseOp, smpPacket, until } from './support.ts';

const comPort = 44;

interface Behaviour {
  /** Does not answer telnet at all. */
  readonly mute?: boolean;
  /** Refuses COM-PORT. */
  readonly refuses?: boolean;
  /** Runs the port at another rate. */
  readonly baud?: number;
}

interface Lab {
  readonly address: string;
  /** COM-PORT commands in order, as hex. */
  readonly commands: string[];
  /** What arrived as data. */
  readonly data: number[];
  readonly socket: () => Socket;
  readonly close: () => Promise<void>;
}

async function startServer({ mute = false, refuses = false, baud }: Behaviour = {}): Promise<Lab> {
  const commands: string[] = [];
  const data: number[] = [];
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    const answer = (payload: Uint8Array): void => {
      const [kind = 0, ...rest] = payload;
      const value = kind === 0 ? [...utf8('lab server')] : kind === 1 && baud !== undefined ? [0, 0, baud >> 8, baud & 0xff] : rest;
      socket.write(telnetSubnegotiation(comPort, [kind + 100, ...value]));
    };
    const read = createTelnetReader({
      data: (bytes) => data.push(...bytes),
      option: (verb, option) => {
        if (mute || verb !== 'will') return;
        socket.write(Uint8Array.of(telnet.iac, option === comPort && refuses ? telnet.dont : telnet.do, option));
        // A server that wants to echo is told not to.
        if (option === comPort) socket.write(Uint8Array.of(telnet.iac, telnet.will, 1));
      },
      subnegotiation: (_option, payload) => {
        commands.push(toHex(payload));
        if (!mute) answer(payload);
      },
    });
    socket.on('data', read).on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `rfc2217:127.0.0.1:${(server.address() as AddressInfo).port}`,
    commands,
    data,
    socket: () => sockets.at(-1)!,
    close: async () => {
      sockets.forEach((socket) => socket.destroy());
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

void t.test('telnet: every byte comes through, whatever the pieces', (t) => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.uint8Array({ minLength: 1, maxLength: 30 }).map((bytes) => ({ kind: 'data' as const, bytes })),
          fc.uint8Array({ maxLength: 10 }).map((bytes) => ({ kind: 'sub' as const, bytes })),
          fc.constantFrom(1, 3, 44, 200).map((option) => ({ kind: 'option' as const, bytes: Uint8Array.of(option) })),
        ),
        { maxLength: 20 },
      ),
      fc.infiniteStream(fc.integer({ min: 1, max: 7 })),
      (parts, sizes) => {
        const wire = concatBytes(
          parts.map(({ kind, bytes }) => {
            if (kind === 'data') return telnetData(bytes);
            if (kind === 'sub') return telnetSubnegotiation(comPort, [...bytes]);
            return Uint8Array.of(telnet.iac, telnet.do, bytes[0]!);
          }),
        );
        const got: string[] = [];
        const text: number[] = [];
        const read = createTelnetReader({
          data: (bytes) => text.push(...bytes),
          option: (verb, option) => got.push(`${verb} ${option}`),
          subnegotiation: (option, payload) => got.push(`sub ${option} ${toHex(payload)}`),
        });
        for (let at = 0; at < wire.length;) {
          const size = sizes.next().value as number;
          read(wire.subarray(at, at + size));
          at += size;
        }
        const expected = parts.flatMap(({ kind, bytes }) => {
          if (kind === 'data') return [];
          return kind === 'sub' ? [`sub ${comPort} ${toHex(bytes)}`] : [`do ${bytes[0]}`];
        });
        const data = parts.flatMap(({ kind, bytes }) => (kind === 'data' ? [...bytes] : []));
        return JSON.stringify(got) === JSON.stringify(expected) && JSON.stringify(text) === JSON.stringify(data);
      },
    ),
    { numRuns: 300 },
  );
  t.end();
});

void t.test('a port is set up and carries packets', async (t) => {
  const lab = await startServer();
  const events = recordEvents();
  const link = await openTransport(`${lab.address}?baud=1000000&rts=off&framing=raw`, events, realContext());
  await until('all settings came', () => lab.commands.length === 8);
  t.strictSame(
    lab.commands,
    ['00', '01000f4240', '0208', '0301', '0401', '0501', '0508', '050c'],
    'signature, 1000000 8N1, no flow control, DTR on, RTS off',
  );
  t.match(events.notes, [/lab server/]);
  const packet = smpPacket(requestOp, 1, 600);
  t.ok(packet.includes(255), 'the packet holds IACs');
  await link.send(packet);
  await until('the packet arrived', () => lab.data.length >= packet.length);
  t.strictSame(Uint8Array.from(lab.data), packet);
  const response = smpPacket(responseOp, 1, 600);
  lab.socket().write(telnetData(response));
  await until('the response arrived', () => events.packets.length === 1);
  t.strictSame(events.packets[0], response);
  lab.socket().destroy();
  await until('the loss is told', () => events.losses.length === 1);
  t.match(events.losses[0], { fault: 'infra', code: 'connection-lost' });
  await link.close();
  await lab.close();
});

void t.test('servers that answer little', async (t) => {
  for (const [behaviour, note] of [
    [{ mute: true }, /does not offer COM-PORT/],
    [{ refuses: true }, /its own settings hold/],
  ] as const) {
    const lab = await startServer(behaviour);
    const events = recordEvents();
    const link = await openTransport(`${lab.address}?framing=raw`, events, realContext());
    t.match(events.notes, [note]);
    await link.send(smpPacket(requestOp, 1, 10));
    await until('the packet arrived', () => lab.data.length === 18);
    await link.close();
    await lab.close();
  }
  const slow = await startServer({ baud: 9600 });
  t.match(await failureOf(openTransport(slow.address, recordEvents(), realContext())), {
    fault: 'infra',
    code: 'baud-refused',
    message: /9600 baud, not at 115200/,
    hint: /baud=9600/,
  });
  await slow.close();
  const gone = await startServer();
  await gone.close();
  t.match(await failureOf(openTransport(gone.address, recordEvents(), realContext())), { code: 'connection-refused' });
  t.match(await failureOf(openTransport('rfc2217:host:1?dtr=up', recordEvents(), realContext())), {
    code: 'bad-address',
    message: /dtr is on or off/,
  });
});

const ser2netIsMissing = isMissing('ser2net') ? 'ser2net is not installed' : socatIsMissing;

function isMissing(program: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`], {
      env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` },
      stdio: 'ignore',
    });
    return false;
  } catch {
    return true;
  }
}

void t.test('ser2net', { skip: ser2netIsMissing }, async (t) => {
  const folder = t.testdir();
  const pair = await openPtyPair(folder);
  const port = 20_000 + (process.pid % 20_000);
  const config = join(folder, 'ser2net.yaml');
  writeFileSync(
    config,
    `connection: &lab\n  accepter: telnet(rfc2217),tcp,127.0.0.1,${port}\n  connector: serialdev,${pair.board},115200n81,local\n`,
  );
  const child = spawn('ser2net', ['-n', '-c', config, '-P', join(folder, 'pid')], {
    env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` },
    stdio: 'ignore',
  });
  t.teardown(async () => {
    child.kill();
    await pair.close();
  });
  const events = recordEvents();
  const address = `rfc2217:127.0.0.1:${port}?baud=57600&framing=raw`;
  const link = await openPatiently(() => openTransport(address, events, realContext()));
  const packet = smpPacket(requestOp, 1, 600);
  await link.send(packet);
  await until('the packet arrived at the port', () => pair.received().length >= packet.length);
  t.strictSame(pair.received().subarray(-packet.length), packet);
  const response = smpPacket(responseOp, 1, 600);
  pair.write(response);
  await until('the response arrived', () => events.packets.length === 1);
  t.strictSame(events.packets[0], response);
  t.match(events.notes.join('\n'), /ser2net/i, 'it gives its signature');
  await link.close();
});

/** A program that was started a moment ago does not listen yet. */
async function openPatiently<T>(open: () => Promise<T>): Promise<T> {
  const clock = createRealClock();
  for (;;) {
    try {
      return await open();
    } catch (thrown) {
      if (clock.now() > 10_000) throw thrown;
      await new Promise((resolve) => clock.arm(100, 'ser2net starts', () => resolve(undefined)));
    }
  }
}
