/** `bootproof sim` as a child process, and clients of its faces. */

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Test } from 'tap';
import { createRng } from '../../src/base/rng.ts';
import { SmpClient } from '../../src/client/client.ts';
import { generateBody } from '../../src/mcuboot/body.ts';
import { buildImage } from '../../src/mcuboot/build.ts';
import { demoKey, demoKeyNames } from '../../src/mcuboot/demo-keys.ts';
import { controlWrites, createLineReader, decodeAnswer } from '../../src/sim/control.ts';
import type { ControlAnswer, ControlRequest } from '../../src/sim/control.ts';
import { defaultProfile } from '../../src/sim/profile.ts';
import { imageStateRead } from '../../src/smp/groups/image.ts';
import { openTransport } from '../../src/transport/open.ts';
import { realClock, realContext, recordEvents, until } from '../transport/support.ts';

/** The line on stdout. */
export interface Ready {
  readonly ready: true;
  readonly profile: string;
  readonly pid: number;
  readonly faces: Readonly<Record<string, readonly string[]>>;
}

export interface SimProcess {
  readonly child: ChildProcess;
  /** Settles when the process has ended and its output is complete. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  readonly stdout: () => string;
  readonly stderr: () => string;
}

const asSource = import.meta.url.endsWith('.ts');
/** The command line: compiled, or as source, like this file. */
const main = fileURLToPath(new URL(`../../src/cli/main.${asSource ? 'ts' : 'js'}`, import.meta.url));

export function spawnSim(args: readonly string[], env: Readonly<Record<string, string>> = {}): SimProcess {
  const loader = asSource ? process.execArgv : [];
  const child = spawn(process.execPath, [...loader, main, 'sim', ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const ended = once(child, 'close').then(([code, signal]) => ({ code: code as number | null, signal: signal as NodeJS.Signals | null }));
  return { child, ended, stdout: () => output.stdout, stderr: () => output.stderr };
}

/** Starts a simulator and waits for its line. The test kills it if it is still there at the end. */
export async function startSim(t: Test, args: readonly string[]): Promise<SimProcess & Ready> {
  const sim = spawnSim(args);
  t.teardown(() => sim.child.kill('SIGKILL'));
  const ended = sim.ended.then(() => Promise.reject(new Error(`it ended before it was ready: ${sim.stderr()}`)));
  await Promise.race([once(sim.child.stdout!, 'data'), ended]);
  return { ...sim, ...(JSON.parse(sim.stdout()) as Ready) };
}

/** The first address of a face. */
export function addressOf({ faces }: Ready, face: string): string {
  const address = faces[face]?.[0];
  if (address === undefined) throw new Error(`there is no face ${face}`);
  return address;
}

/** The children of a process that run, by their process ids. */
export function childrenOf(pid: number): number[] {
  const ids = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ');
  return ids.map(Number).filter((id) => id > 0);
}

export function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** An SMP client, closed at the end of the test. */
export async function connectClient(t: Test, address: string): Promise<SmpClient> {
  const client = await SmpClient.open((events) => openTransport(address, events, realContext()), { clock: realClock });
  t.teardown(() => client.close());
  return client;
}

/** The image list, one word group for each slot: `0: 1.0.0 active confirmed`. */
export async function listImages(client: SmpClient): Promise<string[]> {
  const { slots } = await client.request(imageStateRead, undefined);
  const flags = ['active', 'confirmed', 'pending', 'permanent'] as const;
  return slots.map((slot) => [`${slot.slot}:`, slot.version, ...flags.filter((flag) => slot[flag])].join(' '));
}

/** All that a console port says from now on. */
export async function readConsole(t: Test, address: string): Promise<() => string> {
  let said = '';
  const text = (bytes: Uint8Array): void => void (said += Buffer.from(bytes).toString('latin1'));
  const transport = await openTransport(address, { ...recordEvents(), text }, realContext());
  t.teardown(() => transport.close());
  return () => said;
}

export interface ControlClient {
  readonly ask: (request: ControlRequest) => Promise<ControlAnswer>;
  readonly close: () => Promise<void>;
}

export async function connectControl(t: Test, address: string): Promise<ControlClient> {
  const answers: ControlAnswer[] = [];
  const text = createLineReader((line) => answers.push(decodeAnswer(line)));
  const transport = await openTransport(address, { ...recordEvents(), text }, realContext());
  t.teardown(() => transport.close());
  return {
    ask: async (request) => {
      const before = answers.length;
      for (const piece of controlWrites(request)) await transport.sendText(piece);
      await until('the control port answers', () => answers.length > before);
      return answers.at(-1)!;
    },
    close: () => transport.close(),
  };
}

/** An image that the default profile's bootloader takes: version `major`.0.0. */
export function signedImage(major: number, size: number): Uint8Array {
  const trusted = defaultProfile.bootloader.key;
  const key = demoKeyNames.find((name) => trusted === `demo:${name}`)!;
  return buildImage({ version: { major, minor: 0, revision: 0, build: 0 }, body: generateBody(size, createRng(major)) }, demoKey(key));
}
