/** The adapters that are in use in this process. Links of one adapter share it; it is closed when the last of them is. */

import { abortable, type Clock } from '../../base/clock.ts';
import type { TransportContext } from '../transport.ts';
import { Adapter } from './adapter.ts';
import type { AdapterAddress } from './address.ts';

export interface AdapterLease {
  readonly adapter: Adapter;
  /** Idempotent. Resolves when the adapter is closed, if this was the last lease. */
  release(): Promise<void>;
}

/** One adapter, from before it is open until it is closed. */
interface Shared {
  readonly opening: Promise<Adapter>;
  users: number;
}

/** By the adapter's text. Adapters that were lost are not in it. */
const inUse = new Map<string, Shared>();
/** Adapters that are being closed: a serial port can be opened again only after that. */
const closing = new Map<string, Promise<unknown>>();

/** Opens the adapter, or shares it with those who have. Rejects as `Adapter.open` does, or with the signal's reason. */
export async function leaseAdapter(address: AdapterAddress, { clock, signal }: TransportContext): Promise<AdapterLease> {
  const { text } = address;
  const shared = inUse.get(text) ?? open(address, clock);
  shared.users += 1;
  let released: Promise<void> | undefined;
  const release = (): Promise<void> => (released ??= leave(text, shared));
  try {
    return { adapter: await abortable(shared.opening, signal), release };
  } catch (thrown) {
    // Not awaited: who gives up does not wait for the opening to end.
    void release();
    throw thrown;
  }
}

/** The first user's signal does not end the opening, because others may have joined; its own time limits do. */
function open(address: AdapterAddress, clock: Clock): Shared {
  const { text } = address;
  const { signal } = new AbortController();
  const before = closing.get(text) ?? Promise.resolve();
  const shared: Shared = { opening: before.then(() => Adapter.open(address, { clock, signal })), users: 0 };
  const forget = (): void => {
    if (inUse.get(text) === shared) inUse.delete(text);
  };
  shared.opening.then(({ over }) => over.addEventListener('abort', forget, { once: true }), forget);
  inUse.set(text, shared);
  return shared;
}

async function leave(text: string, shared: Shared): Promise<void> {
  shared.users -= 1;
  if (shared.users > 0) return;
  if (inUse.get(text) === shared) inUse.delete(text);
  const close = shared.opening.then(
    (adapter) => adapter.close(),
    () => undefined,
  );
  const closed = Promise.all([closing.get(text), close]);
  closing.set(text, closed);
  await closed;
  if (closing.get(text) === closed) closing.delete(text);
}
