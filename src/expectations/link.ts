/** `link`: what the link carries, why it broke, and how soon it was back. */

import { formatDuration, parseDuration } from '../base/quantities.ts';
import type { LinkLoss } from '../device/link-losses.ts';
import { windowStart } from '../device/windows.ts';
import type { LinkArgs } from '../language/grammar.generated.ts';
import { compilePattern } from '../language/pattern.ts';
import { mtuOf } from '../transport/transport.ts';
import { met, polled } from './expectation.ts';

export const link = polled<'link'>('link-differs', async (args, context) => {
  const { device, signal } = context;
  const { at } = windowStart(args.since, context);
  // Opens a link that is away, so that it is back now if nobody needed it before. One that was closed on purpose stays closed.
  const isClosed = device.parted && args.link.mtu === undefined;
  const mtu = isClosed ? undefined : mtuOf((await device.client(signal)).link);
  const losses = device.losses.since(at);
  const message = wrongMtu(args.link, mtu) ?? wrongLoss(args.link, losses.at(-1));
  const found = { mtu: mtu ?? null, losses: losses.map(({ reason }) => reason) };
  return message === undefined ? met : { met: false, message, found, wanted: args.link };
});

function wrongMtu({ mtu: wanted }: LinkArgs['link'], mtu: number | undefined): string | undefined {
  if (wanted === undefined || wanted === mtu) return undefined;
  return mtu === undefined ? 'the link sets no limit to what goes in one piece' : `the MTU of the link is ${mtu}, not ${wanted}`;
}

function wrongLoss({ reason, 'reconnected-within': limit }: LinkArgs['link'], loss: LinkLoss | undefined): string | undefined {
  if (reason === undefined && limit === undefined) return undefined;
  if (loss === undefined) return 'the link did not break in the window';
  if (reason !== undefined && compilePattern(reason).find(loss.reason) === undefined)
    return `the link broke for another reason: ${loss.reason}`;
  if (limit === undefined) return undefined;
  if (loss.backAt === undefined) return 'the link is not back';
  const ms = loss.backAt - loss.at;
  return ms <= (parseDuration(limit) ?? 0) ? undefined : `the link was back after ${formatDuration(ms)} only`;
}
