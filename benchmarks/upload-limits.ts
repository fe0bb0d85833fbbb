/** What a link can carry at most, computed from the parameters of link and device alone, never from what was measured. */

/** Image data in a request of `n` bytes that is not the first, at offsets below 65536: later ones carry two bytes less. */
export function dataOf(n: number): number {
  const room = n - 8 - 1 - 5 - 4 - 3;
  return room - (room > 257 ? 3 : 2);
}

/** A reply with such an `off`, in an indefinite map. */
export const replyBytes = 8 + 2 + 4 + 3;

/** Bytes on a console UART for a packet: base64 over packet, length and CRC, and three bytes around each 124 characters. */
export function consoleWire(n: number): number {
  const base64 = 4 * Math.ceil((n + 4) / 3);
  return base64 + 3 * Math.ceil(base64 / 124);
}

export interface Limit {
  /** Bytes of image data per second. */
  readonly rate: number;
  /** Which term it comes from. */
  readonly bottleneck: string;
}

export function least(terms: Readonly<Record<string, number>>): Limit {
  const [bottleneck, rate] = Object.entries(terms).reduce((a, b) => (b[1] < a[1] ? b : a));
  return { rate, bottleneck };
}

/** Start, eight bits, stop. */
const bitsPerByte = 10;

export interface UartLink {
  readonly packet: number;
  readonly baud: number;
  readonly window: number;
  /** Time of the device for one request, and of the host's adapter for one round. */
  readonly deviceMs: number;
  readonly hostMs: number;
}

export function uartLimit({ packet, baud, window, deviceMs, hostMs }: UartLink): Limit {
  const data = dataOf(packet);
  const ms = (bytes: number): number => (bytes * bitsPerByte * 1000) / baud;
  const [request, reply] = [ms(consoleWire(packet)), ms(consoleWire(replyBytes))];
  return least({
    wire: (data / request) * 1000,
    device: (data / deviceMs) * 1000,
    window: ((window * data) / (request + reply + deviceMs + hostMs)) * 1000,
  });
}

export interface UdpLink {
  readonly packet: number;
  readonly window: number;
  readonly rttMs: number;
  readonly deviceMs: number;
}

export function udpLimit({ packet, window, rttMs, deviceMs }: UdpLink): Limit {
  const data = dataOf(packet);
  return least({ device: (data / deviceMs) * 1000, window: ((window * data) / (rttMs + deviceMs)) * 1000 });
}

export interface BleLinkParameters {
  readonly packet: number;
  readonly window: number;
  readonly intervalMs: number;
  readonly packetsPerEvent: number;
  /** Bytes of one link layer packet. */
  readonly linkLayer: number;
  readonly deviceMs: number;
}

/** A request and its answer need an event each. */
const eventsPerRound = 2;

export function bleLimit({ packet, window, intervalMs, packetsPerEvent, linkLayer, deviceMs }: BleLinkParameters): Limit {
  const data = dataOf(packet);
  return least({
    'connection events': ((packetsPerEvent * (linkLayer - 7)) / intervalMs) * (data / packet) * 1000,
    device: (data / deviceMs) * 1000,
    // What the device does between two events takes no time of its own.
    window: ((window * data) / (eventsPerRound * intervalMs + Math.max(0, deviceMs - intervalMs))) * 1000,
  });
}
