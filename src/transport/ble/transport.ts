/** From the address of a device to a link over some adapter, or to the news that it advertises. */

import { BootproofError } from '../../base/errors.ts';
import type { ChannelEvents } from '../channel.ts';
import type { Transport, TransportContext, TransportEvents } from '../transport.ts';
import { leaseAdapter, type AdapterLease } from './adapters.ts';
import type { BleAddress } from './address.ts';
import { openBleLink, type BleLink } from './link.ts';
import { openSmpOverGatt } from './smp-over-gatt.ts';

/** Attempts to connect, each with a scan of its own: radios lose a connection at its first packet now and then (0x3e). */
const attemptsMax = 3;

/** Rejects with an infra error that says which step failed: adapter, scan, connection, discovery, subscription. */
export function openBleTransport(address: BleAddress, events: TransportEvents, context: TransportContext): Promise<Transport> {
  const { text: name, reassembly } = address;
  return openSmpOverGatt({ name, reassembly, clock: context.clock }, events, (channel) => openWithAdapter(address, channel, context));
}

/** Resolves when the device advertises. Rejects with an infra error: `device-not-found` after `ms`, or what is wrong with the adapter. */
export async function hearAdvertising({ text: link, device, adapter }: BleAddress, ms: number, context: TransportContext): Promise<void> {
  const { clock, signal } = context;
  const lease = await leaseAdapter(adapter, context);
  try {
    const giveUpAt = clock.now() + ms;
    while (!(await isHeard(lease.adapter.hear({ link, device, signal }, giveUpAt - clock.now()), () => clock.now() < giveUpAt)));
  } finally {
    await lease.release();
  }
}

/** False when this scan found nothing, and there is time for another. */
async function isHeard(scan: Promise<void>, goOn: () => boolean): Promise<boolean> {
  try {
    await scan;
    return true;
  } catch (thrown) {
    if (thrown instanceof BootproofError && thrown.code === 'device-not-found' && goOn()) return false;
    throw thrown;
  }
}

/** The link holds its adapter until it is over. */
async function openWithAdapter(address: BleAddress, events: ChannelEvents, context: TransportContext): Promise<BleLink> {
  const lease = await leaseAdapter(address.adapter, context);
  const lost: ChannelEvents['lost'] = (error) => {
    void lease.release();
    events.lost(error);
  };
  try {
    const link = await openLink(address, lease, { ...events, lost }, context);
    return { ...link, close: () => link.close().then(() => lease.release()) };
  } catch (thrown) {
    await lease.release();
    throw thrown;
  }
}

async function openLink(
  address: BleAddress,
  { adapter }: AdapterLease,
  events: ChannelEvents,
  { signal }: TransportContext,
): Promise<BleLink> {
  const { text: name, device } = address;
  for (let attempt = 1; ; attempt += 1) {
    const connection = await adapter.connect({ link: name, device, signal }).catch((thrown: unknown) => retryable(thrown, attempt));
    if (connection === undefined) continue;
    try {
      return await openBleLink({ name, adapter, connection, events, signal });
    } catch (thrown) {
      await connection.disconnect();
      retryable(thrown, attempt);
    }
  }
}

/** Returns for errors that another attempt may cure, and throws all others. */
function retryable(thrown: unknown, attempt: number): undefined {
  if (attempt < attemptsMax && thrown instanceof BootproofError && thrown.code === 'connect-failed') return undefined;
  throw thrown;
}
