/** A serial cable of two pseudo-terminals, by socat: one end for a program under test, the other for the test. */

import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { concatBytes } from '../../src/base/bytes.ts';
import { until } from './support.ts';

export const socatIsMissing = isMissing() ? 'socat is not installed' : false;

function isMissing(): boolean {
  try {
    execFileSync('socat', ['-V'], { stdio: 'ignore' });
    return false;
  } catch {
    return true;
  }
}

export interface PtyPair {
  /** The terminal of the program under test. */
  readonly board: string;
  readonly received: () => Uint8Array;
  readonly write: (bytes: Uint8Array) => void;
  readonly close: () => Promise<void>;
}

export async function openPtyPair(folder: string): Promise<PtyPair> {
  const [board, socketPath] = [join(folder, 'tty'), join(folder, 'far')];
  const child = spawn('socat', ['-t0', `PTY,rawer,link=${board}`, `UNIX-LISTEN:${socketPath}`], { stdio: 'ignore' });
  await until('socat made a terminal', () => existsSync(board) && existsSync(socketPath));
  const socket = connect(socketPath).on('error', () => undefined);
  const chunks: Uint8Array[] = [];
  socket.on('data', (chunk) => chunks.push(new Uint8Array(chunk)));
  return {
    board,
    received: () => concatBytes(chunks),
    write: (bytes) => void socket.write(bytes),
    close: async () => {
      const ended = new Promise((resolve) => child.once('close', resolve));
      socket.destroy();
      child.kill();
      await ended;
    },
  };
}
