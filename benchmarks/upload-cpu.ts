/** Processor time of the client alone: its link answers at once, with replies whose bytes are made by hand. */

import { createVirtualClock } from '../src/base/clock-virtual.ts';
import { SmpClient } from '../src/client/client.ts';
import { uploadImage } from '../src/client/upload.ts';
import type { Transport, TransportEvents } from '../src/transport/transport.ts';

/** Enough to warm the JIT, and so many uploads are measured. */
const [warm, rounds] = [3, 10];

/** Microseconds per message, requests and answers counted one by one. */
export async function clientCpuUs(image: Uint8Array): Promise<number> {
  const clock = createVirtualClock();
  const server = new InstantServer(image.length);
  const client = await SmpClient.open((events) => Promise.resolve(server.connect(events)), { clock });
  const upload = async (): Promise<void> => {
    await clock.drive(uploadImage(client, image, { sha: false }));
  };
  for (let round = 0; round < warm; round += 1) await upload();
  const before = server.messages;
  const start = process.cpuUsage();
  for (let round = 0; round < rounds; round += 1) await upload();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / (server.messages - before);
}

class InstantServer {
  messages = 0;
  readonly #size: number;
  #offset = 0;

  constructor(size: number) {
    this.#size = size;
  }

  connect(events: TransportEvents): Transport {
    return {
      name: 'instant',
      packetMax: undefined,
      reliable: true,
      send: (packet) => {
        this.messages += 2;
        const reply = this.#answer(packet);
        queueMicrotask(() => events.packet(reply));
        return Promise.resolve();
      },
      sendText: () => Promise.resolve(),
      close: () => Promise.resolve(),
    };
  }

  #answer(packet: Uint8Array): Uint8Array {
    const [op = 0, group = 0, sequence = 0, command = 0] = [packet[0], packet[5], packet[6], packet[7]];
    const head = (length: number): number[] => [op + 1, 0, 0, length, 0, group, sequence, command];
    // {"buf_size": 384, "buf_count": 4}
    if (group === 0) return Uint8Array.from([...head(25), ...Buffer.from('bf686275665f73697a65190180696275665f636f756e7404ff', 'hex')]);
    const overhead = packet.length - dataLengthOf(packet);
    this.#offset = Math.min(this.#size, (this.#offset === this.#size ? 0 : this.#offset) + packet.length - overhead);
    // {"off": n}
    const off = [this.#offset >>> 24, (this.#offset >>> 16) & 255, (this.#offset >>> 8) & 255, this.#offset & 255];
    return Uint8Array.from([...head(11), 0xbf, 0x63, 0x6f, 0x66, 0x66, 0x1a, ...off, 0xff]);
  }
}

const dataKey = Buffer.from('\x64data', 'latin1');

/** What the CBOR head behind the key `data` says. */
function dataLengthOf(packet: Uint8Array): number {
  const at = Buffer.from(packet.buffer, packet.byteOffset, packet.length).indexOf(dataKey) + dataKey.length;
  const [head = 0, high = 0, low = 0] = packet.subarray(at, at + 3);
  if (head < 0x58) return head - 0x40;
  return head === 0x58 ? high : high * 256 + low;
}
