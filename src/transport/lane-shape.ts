/** The traits of one direction of a shaped link. */

/** Console text that shares the link is as slow as its packets, and never harmed. */
export interface LaneShape {
  /** What the wire carries; Infinity takes no time. A UART carries a tenth of its baud rate. */
  readonly bytesPerSecond: number;
  /** From the end of sending to arrival; half of a round trip. */
  readonly latencyMs: number;
  /** Share of the packets that vanish, 0 to 1. */
  readonly loss: number;
  /** Share of the packets that arrive twice. */
  readonly duplicate: number;
  /** Share of the packets that arrive `reorderMs` later than they should, behind those that were sent after them. */
  readonly reorder: number;
  readonly reorderMs: number;
  /** Longer packets vanish. Links that know their limit tell this one instead of their own, if it is less. */
  readonly packetMax: number;
}

export const healthyLane: LaneShape = {
  bytesPerSecond: Infinity,
  latencyMs: 0,
  loss: 0,
  duplicate: 0,
  reorder: 0,
  reorderMs: 20,
  packetMax: Infinity,
};
