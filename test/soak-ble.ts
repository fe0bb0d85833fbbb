/**
 * `npm run soak:ble [-- COUNT]`: connects to `bootproof sim --ble` over the real noble, asks for an echo and disconnects,
 * again and again. No listener and no memory may be left over.
 */

import { once, type EventEmitter } from 'node:events';
import { osEcho } from '../src/smp/groups/os.ts';
import { SmpClient } from '../src/client/client.ts';
import { leaseAdapter } from '../src/transport/ble/adapters.ts';
import type { Noble } from '../src/transport/ble/noble.ts';
import { openTransport } from '../src/transport/open.ts';
import { spawnSim, type Ready, type SimProcess } from './cli/sim-process.ts';
import { parseAdapter, usedHeap } from './transport/ble-support.ts';
import { realClock, realContext } from './transport/support.ts';

const count = Number(process.argv[2] ?? 500);
/** The first links fill caches of noble and of the engine. */
const warmUp = Math.min(20, Math.floor(count / 4));
const heapGrowthMax = 3e6;
const failuresShown = 3;

/** noble as it is inside; nothing of it is public. */
type NobleInside = Noble & {
  readonly _bindings: EventEmitter & { readonly _gap: EventEmitter; readonly _hci: EventEmitter & { readonly _socket: EventEmitter } };
};

interface Figures {
  readonly at: number;
  readonly listeners: Readonly<Record<string, number>>;
  readonly heap: number;
}

function figuresOf(noble: NobleInside, at: number): Figures {
  const { _bindings: bindings } = noble;
  const parts = { noble, bindings, hci: bindings._hci, gap: bindings._gap, socket: bindings._hci._socket };
  const listenersOf = (part: EventEmitter): number => part.eventNames().reduce((sum, name) => sum + part.listenerCount(name), 0);
  return { at, listeners: Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, listenersOf(part)])), heap: usedHeap() };
}

async function reconnect(address: string, text: string): Promise<void> {
  const client = await SmpClient.open((events) => openTransport(address, events, realContext()), { clock: realClock });
  try {
    const answer = await client.request(osEcho, { text });
    if (answer.text !== text) throw new Error(`${text} came back as ${answer.text}`);
  } finally {
    await client.close();
  }
}

async function soak(address: string): Promise<{ readonly figures: readonly Figures[]; readonly failures: readonly string[] }> {
  // Held throughout, so that all links are those of one noble.
  const lease = await leaseAdapter(parseAdapter(address), realContext());
  const noble = lease.adapter.host.noble as NobleInside;
  const failures: string[] = [];
  const figures: Figures[] = [];
  for (let at = 0; at < count; at += 1) {
    if (at === warmUp || at === Math.floor(count / 2)) figures.push(figuresOf(noble, at));
    await reconnect(address, `r${at}`).catch((thrown: unknown) => failures.push(`${at}: ${String(thrown)}`));
  }
  figures.push(figuresOf(noble, count));
  await lease.release();
  return { figures, failures };
}

async function addressOf(sim: SimProcess): Promise<string> {
  await Promise.race([once(sim.child.stdout!, 'data'), sim.ended.then(() => Promise.reject(new Error(sim.stderr())))]);
  const { faces } = JSON.parse(sim.stdout()) as Ready;
  return faces['ble']![0]!;
}

let [passed, failed] = [0, 0];
function check(name: string, good: boolean, figures: string): void {
  if (good) passed += 1;
  else failed += 1;
  console.log(`${good ? 'ok    ' : 'FAILED'} ${name}: ${figures}`);
}

const sim = spawnSim(['--ble', '127.0.0.1:0']);
try {
  const { figures, failures } = await soak(await addressOf(sim));
  console.table(figures.map(({ at, listeners, heap }) => ({ links: at, ...listeners, 'heap MB': (heap / 1e6).toFixed(2) })));
  const [first, last] = [figures[0]!, figures.at(-1)!];
  check('links with their echo', failures.length === 0, `${count - failures.length} of ${count}`);
  for (const failure of failures.slice(0, failuresShown)) console.log(failure);
  for (const [part, before] of Object.entries(first.listeners)) {
    const after = last.listeners[part]!;
    check(`listeners of ${part}`, after <= before, `${before}, then ${after}`);
  }
  const growth = last.heap - first.heap;
  check(`the heap grows by ${heapGrowthMax / 1e6} MB at most`, growth <= heapGrowthMax, `${(growth / 1e6).toFixed(2)} MB`);
} finally {
  sim.child.kill();
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
