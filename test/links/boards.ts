/** One simulated board, as a process of its own, behind each kind of link. */

import { once } from 'node:events';
import { join } from 'node:path';
import type { Ready, SimProcess } from '../cli/sim-process.ts';
import { addressOf, spawnSim } from '../cli/sim-process.ts';
import { startTelnetServer } from './telnet-server.ts';

export const linkNames = ['pty', 'raw', 'shell', 'tcp', 'rfc2217', 'udp', 'udp6', 'ble'] as const;
export type LinkName = (typeof linkNames)[number];

export interface LinkBoard {
  readonly link: LinkName;
  /** The board's lines in a bench. */
  readonly entry: string;
  /** Why the board is not there any more, when nobody made it vanish. */
  left(): string | undefined;
  /** The port and the board are gone, without a word. */
  vanish(): void;
}

const faceOf = {
  pty: 'serial',
  raw: 'serial-raw',
  shell: 'shell',
  tcp: 'tcp',
  rfc2217: 'tcp',
  udp: 'udp',
  udp6: 'udp',
  ble: 'ble',
} as const;

/** `folder`: where the pseudo-terminals are linked. `speed`: how many times as fast as a real board. */
export async function startBoard(link: LinkName, folder: string, speed: number): Promise<LinkBoard> {
  const face = faceOf[link];
  const at = /serial|shell/.test(face) ? join(folder, link) : link === 'udp6' ? '[::1]:0' : '127.0.0.1:0';
  const control = ['--console', '127.0.0.1:0', '--control', '127.0.0.1:0', '--speed', String(speed)];
  const sim = spawnSim([`--${face}`, at, ...control]);
  const ready = await untilReady(sim);
  const given = addressOf(ready, face);
  const server = link === 'rfc2217' ? await startTelnetServer(Number(given.split(':').at(-1))) : undefined;
  const address = server?.address ?? given;
  const rest = `console: '${addressOf(ready, 'console')}', simulator: '${addressOf(ready, 'control')}'`;
  return {
    link,
    entry: `  ${link}: { transports: { ${link}: '${address}' }, ${rest} }\n`,
    left: () => (sim.child.exitCode === null ? undefined : `the simulator ended by itself: ${sim.stderr().trim()}`),
    vanish: () => {
      server?.close();
      sim.child.kill('SIGTERM');
    },
  };
}

async function untilReady(sim: SimProcess): Promise<Ready> {
  const early = sim.ended.then(() => Promise.reject(new Error(`the simulator ended before it was ready: ${sim.stderr()}`)));
  await Promise.race([once(sim.child.stdout!, 'data'), early]);
  return JSON.parse(sim.stdout()) as Ready;
}
