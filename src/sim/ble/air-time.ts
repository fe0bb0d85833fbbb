/** How long packets of the link layer take (Core Specification, volume 6 part B, sections 2.1 and 4.1). */

import type { Phy } from './air.ts';

const megabits: Readonly<Record<Phy, number>> = { '1M': 1, '2M': 2 };
const preambleBytes: Readonly<Record<Phy, number>> = { '1M': 1, '2M': 2 };
/** Access address, header, CRC. */
const packetOverhead = 4 + 2 + 3;
const betweenPacketsUs = 150;

/** Microseconds of a packet of each side with so many data bytes, and the pauses behind them. */
export function exchangeUs(dataBytes: readonly number[], phy: Phy): number {
  const packetUs = (bytes: number): number => ((preambleBytes[phy] + packetOverhead + bytes) * 8) / megabits[phy];
  return dataBytes.reduce((sum, bytes) => sum + packetUs(bytes) + betweenPacketsUs, 0);
}
