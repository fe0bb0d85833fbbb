/** A simulated device on a virtual clock with one port, and a host that writes to it and collects its answers. */

import { createRng } from '../../../src/base/rng.ts';
import { sleep } from '../../../src/base/clock.ts';
import { createSimDevice } from '../../../src/sim/machine.ts';
import { encodeCbor } from '../../../src/smp/cbor.ts';
import { decodeHeader, encodePacket, smpOp } from '../../../src/smp/header.ts';
import { isAnswerTo } from '../../../src/smp/message.ts';
import { createSerialDeframer } from '../../../src/smp/serial-deframer.ts';
import { encodeSerialFrame } from '../../../src/smp/serial-frame.ts';
import type { Clock } from '../../../src/base/clock.ts';
import type { PortKind, SimDevice, SimPort } from '../../../src/sim/device.ts';
import type { SimulatedServer } from './server-of.ts';

/** How long a host waits for an answer that is due, and for one that is not, in virtual milliseconds. */
const patienceMs = 3000;
const silenceMs = 300;
/** From the answer to a reset until the device surely is up again, or will never be. */
const rebootMs = 5000;
const packetMax = 4096;

export class Bench {
  readonly #clock: Clock;
  readonly #device: SimDevice;
  readonly #kind: PortKind;
  readonly #port: SimPort;
  #answers: Uint8Array[] = [];
  #console = '';
  #answered: (() => void) | undefined;

  constructor(clock: Clock, server: SimulatedServer, factoryImage: Uint8Array) {
    this.#clock = clock;
    this.#kind = server.port;
    this.#device = createSimDevice({ profile: server.profile, clock, rng: createRng(1) });
    this.#device.provision({ slots: [{ slot: 0, content: { kind: 'image', bytes: factoryImage } }, ...server.remains] });
    this.#device.openPort('console', (bytes) => (this.#console += Buffer.from(bytes).toString('latin1')));
    this.#port = this.#device.openPort(server.port, this.#receiver());
  }

  async powerOn({ intoRecovery }: { readonly intoRecovery: boolean }): Promise<void> {
    this.#device.powerOn();
    await sleep(this.#clock, rebootMs, 'the device boots');
    if (!intoRecovery) return;
    await this.request(resetIntoBootloader);
    await this.reboot();
  }

  /** Writes the parts with pauses between them and collects the answers until as many have come as expected, or too long nothing has. */
  async write(
    parts: readonly Uint8Array[],
    options: { readonly gapMs: number; readonly expected: number },
  ): Promise<readonly Uint8Array[]> {
    this.#answers = [];
    for (const [index, part] of parts.entries()) {
      if (index > 0 && options.gapMs > 0) await sleep(this.#clock, options.gapMs, 'the host pauses');
      this.#port.receive(part);
    }
    const deadline = this.#clock.now() + (options.expected > 0 ? patienceMs : silenceMs);
    while (this.#answers.length < options.expected && this.#clock.now() < deadline) await this.#nextAnswer(deadline - this.#clock.now());
    await sleep(this.#clock, silenceMs, 'the host waits for more answers than it expects');
    return this.#answers;
  }

  /** One whole packet; its answer. */
  async request(packet: Uint8Array): Promise<Uint8Array | undefined> {
    this.#answers = [];
    for (const piece of this.frame(packet)) this.#port.receive(piece);
    await this.#nextAnswer(patienceMs);
    return this.#answers[0];
  }

  /** How many echoes it takes, as the recorder sent them, until one is answered; undefined when none is. The first has number `sequence`. */
  async echoesUntilAnswer(sequence: number): Promise<number | undefined> {
    for (let attempt = 1; attempt <= echoAttempts; attempt += 1) {
      const packet = encodePacket({ ...echo, sequence: (sequence + attempt - 1) & 0xff }, echoPayload);
      const answer = await this.request(packet);
      if (answer !== undefined && isAnswer(answer, packet)) return attempt;
    }
    return undefined;
  }

  /** Lets a reset that was asked for happen. */
  async reboot(): Promise<void> {
    await sleep(this.#clock, rebootMs, 'the device reboots');
  }

  async pressReset(): Promise<void> {
    this.#device.reset();
    await this.reboot();
  }

  /** Lines that the console printed since the last call. */
  takeConsoleLines(): readonly string[] {
    const lines = this.#console.split('\r\n');
    this.#console = lines.pop() ?? '';
    return lines;
  }

  /** A packet in the pieces in which this port takes it. */
  frame(packet: Uint8Array): readonly Uint8Array[] {
    return this.#kind === 'serial' || this.#kind === 'shell' ? encodeSerialFrame(packet, { style: 'sliced' }) : [packet];
  }

  #receiver(): (bytes: Uint8Array) => void {
    const packet = (bytes: Uint8Array): void => {
      this.#answers.push(bytes.slice());
      this.#answered?.();
    };
    if (this.#kind !== 'serial' && this.#kind !== 'shell') return packet;
    const deframer = createSerialDeframer({ packetMax, packet, text: () => undefined });
    return (bytes) => deframer.feed(bytes);
  }

  #nextAnswer(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#answered = undefined;
        timer.cancel();
        resolve();
      };
      const timer = this.#clock.arm(ms, 'the host waits for an answer', done);
      this.#answered = done;
    });
  }
}

const request = { op: smpOp.write, version: 1, flags: 0, group: 0, sequence: 0 };
const echoAttempts = 3;
const echo = { ...request, command: 0 };
const echoPayload = encodeCbor({ d: 'alive' });
const resetIntoBootloader = encodePacket({ ...request, command: 5 }, encodeCbor({ boot_mode: 1 }));

function isAnswer(answer: Uint8Array, packet: Uint8Array): boolean {
  const [a, b] = [decodeHeader(answer), decodeHeader(packet)];
  return a !== undefined && b !== undefined && isAnswerTo(a, b);
}
