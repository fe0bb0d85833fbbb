/**
 * All open ports of a device. Requests of all of them share the net buffers and are worked off one after the other, and
 * each answer goes to the port that its request came from, when the work would have been done.
 */

import { concatBytes } from '../base/bytes.ts';
import { PowerCut } from './flash/errors.ts';
import { createConsoleFraming } from './ports/console.ts';
import { createBleFraming } from './ports/ble.ts';
import { createDatagramFraming } from './ports/datagram.ts';
import { createMcubootSerial } from './ports/mcuboot-serial.ts';
import { createRawSerial } from './ports/raw-serial.ts';
import { createShellSerial } from './ports/shell-serial.ts';
import { isUart } from './ports/uart.ts';
import { createZephyrSerial } from './ports/zephyr-serial.ts';
import type { Clock } from '../base/clock.ts';
import type { PortKind, SimPort } from './device.ts';
import type { Framing } from './ports/framing.ts';
import type { Answers } from './knobs/knob.ts';
import type { BleProfile } from './profile.ts';
import type { SmpServer } from './server/server.ts';

/** The server that listens now, and what its ports are like. */
export interface Listener {
  readonly server: SmpServer;
  readonly answers: Answers;
  readonly buffers: { readonly count: number; readonly exhausted: 'drop' | 'block' };
  /** Bytes on UARTs are gathered for so long. */
  readonly pollMs?: number | undefined;
  /** Processor time of a request. */
  readonly requestUs: number;
  /** Undefined for kinds that this server does not serve. */
  framing(kind: PortKind, print: (bytes: Uint8Array) => void): Framing | undefined;
}

export interface PortHubOptions {
  readonly clock: Clock;
  /** Time that flash work took since the last call. */
  readonly takeElapsedUs: () => number;
  /** The flash lost power in the middle of a request. */
  readonly powerLost: () => void;
}

export interface PortHub {
  open(kind: PortKind, output: (bytes: Uint8Array) => void): SimPort;
  /** A server came up, or went away. Whatever was being received or answered is forgotten. */
  listen(listener: Listener | undefined): void;
  /** Does `work` when the answer to the request in work has gone out, or at once where there is none. */
  afterAnswer(work: () => void): void;
  /** Sends text to the ports of these kinds. */
  print(bytes: Uint8Array, kinds: readonly PortKind[]): void;
}

interface OpenPort {
  readonly kind: PortKind;
  readonly output: (bytes: Uint8Array) => void;
  framing: Framing | undefined;
  /** What has come since the UART was last looked at. */
  gathered: Uint8Array[] | undefined;
}

interface Job {
  readonly port: OpenPort;
  readonly packet: Uint8Array;
}

export function createPortHub(options: PortHubOptions): PortHub {
  const { clock } = options;
  const ports = new Set<OpenPort>();
  let listener: Listener | undefined;
  let freeBuffers = 0;
  let queue: Job[] = [];
  let busy = false;
  /** The server waits for a buffer that nobody will give back. */
  let blocked = false;
  /** What the request that is being handled sets off. */
  let sequel: (() => void)[] | undefined;

  const deliver = (port: OpenPort, response: Uint8Array): void => {
    if (!ports.has(port)) return;
    for (const piece of port.framing?.frame(response) ?? []) port.output(piece);
  };

  const send = (port: OpenPort, response: Uint8Array): void => {
    listener?.answers.send(response, (one) => deliver(port, one));
  };

  const accept = (port: OpenPort, packet: Uint8Array): void => {
    if (freeBuffers === 0) {
      blocked ||= listener?.buffers.exhausted === 'block';
      return listener?.answers.overflow(packet, (one) => deliver(port, one));
    }
    freeBuffers -= 1;
    queue.push({ port, packet });
  };

  const takeIn = (port: OpenPort, bytes: Uint8Array): void => {
    const polled = port.gathered !== undefined;
    port.framing?.receive(bytes, (packet) => {
      accept(port, packet);
      // Bytes that take their time leave time to work; of those that came together, all requests take their buffers first.
      if (!polled && !busy) workOff();
    });
    if (!busy) workOff();
  };

  /** Hands over at the next look at the UART what has come until then. */
  const gather = (port: OpenPort, bytes: Uint8Array, pollMs: number): void => {
    if (port.gathered !== undefined) return void port.gathered.push(bytes);
    const gathered = [bytes];
    port.gathered = gathered;
    clock.arm(pollMs, 'simulated device looks at its UART', () => {
      if (port.gathered !== gathered) return;
      takeIn(port, concatBytes(gathered));
      port.gathered = undefined;
    });
  };

  /** Takes the next request, for which a buffer is held already, and a second buffer for its answers. */
  const workOff = (): void => {
    const job = blocked ? undefined : queue.shift();
    const current = listener;
    busy = job !== undefined;
    if (job === undefined || current === undefined) return;
    if (freeBuffers === 0) return answer(current, job, { steps: stepOf(current.server.outOfBuffers(job.packet)), sequel: [], buffers: 1 });
    freeBuffers -= 1;
    const work = run(current.server, job.packet);
    if (work !== undefined) answer(current, job, { ...work, buffers: 2 });
  };

  const run = (server: SmpServer, packet: Uint8Array): Omit<Work, 'buffers'> | undefined => {
    const steps: Step[] = [];
    const set: (() => void)[] = [];
    sequel = set;
    options.takeElapsedUs();
    try {
      server.handle(packet, (response) => steps.push({ response, flashUs: options.takeElapsedUs() }));
    } catch (thrown) {
      if (!(thrown instanceof PowerCut)) throw thrown;
      options.powerLost();
      return undefined;
    } finally {
      sequel = undefined;
    }
    return { steps, sequel: set };
  };

  /** Sends the answers at the instants at which they would have been ready, then goes on with the queue. */
  const answer = (current: Listener, job: Job, work: Work): void => {
    const [step, ...later] = work.steps;
    const us = current.requestUs + (step?.flashUs ?? 0);
    clock.arm(us / 1000, 'simulated device works on a request', () => {
      if (listener !== current) return;
      if (step !== undefined) send(job.port, step.response);
      if (later.length > 0) return answer(current, job, { ...work, steps: later });
      for (const begin of work.sequel) begin();
      freeBuffers += work.buffers;
      workOff();
    });
  };

  return {
    open: (kind, output) => {
      const port: OpenPort = { kind, output, framing: listener?.framing(kind, output), gathered: undefined };
      ports.add(port);
      return {
        receive: (bytes) => {
          const pollMs = isUart(kind) ? listener?.pollMs : undefined;
          if (pollMs === undefined) takeIn(port, bytes);
          else gather(port, bytes.slice(), pollMs);
        },
        close: () => void ports.delete(port),
      };
    },
    listen: (next) => {
      listener = next;
      freeBuffers = next?.buffers.count ?? 0;
      queue = [];
      busy = false;
      blocked = false;
      for (const port of ports) {
        port.framing = next?.framing(port.kind, port.output);
        port.gathered = undefined;
      }
    },
    afterAnswer: (work) => {
      if (sequel === undefined) work();
      else sequel.push(work);
    },
    print: (bytes, kinds) => {
      for (const port of ports) if (kinds.includes(port.kind)) port.output(bytes);
    },
  };
}

interface Step {
  readonly response: Uint8Array;
  readonly flashUs: number;
}

/** What a request has led to, and the buffers that it holds. */
interface Work {
  readonly steps: readonly Step[];
  readonly sequel: readonly (() => void)[];
  readonly buffers: number;
}

function stepOf(response: Uint8Array | undefined): readonly Step[] {
  return response === undefined ? [] : [{ response, flashUs: 0 }];
}

export interface FramingOptions {
  readonly bufferSize: number;
  readonly lineMax: number;
  readonly burst?: number | undefined;
  readonly datagramMax: number;
  readonly ble: BleProfile;
  readonly print: (bytes: Uint8Array) => void;
  readonly execute: (line: string) => string;
}

/** How a Zephyr application frames each kind of port. */
export function zephyrFraming(kind: PortKind, options: FramingOptions): Framing {
  switch (kind) {
    case 'serial':
      return createZephyrSerial(options);
    case 'serial-raw':
      return createRawSerial({ ...options, ops: [0, 1, 2, 3] });
    case 'shell':
      return createShellSerial(options);
    case 'datagram':
      return createDatagramFraming(options);
    case 'console':
      return createConsoleFraming(options);
    case 'ble':
      return createBleFraming({ ...options.ble, bufferSize: options.bufferSize });
  }
}

/** How MCUboot's recovery frames the two kinds of port that it has. */
export function recoveryFraming(
  kind: PortKind,
  { receiveSize, lineMax }: { readonly receiveSize: number; readonly lineMax: number },
): Framing | undefined {
  if (kind === 'serial') return createMcubootSerial({ receiveSize, lineMax });
  return kind === 'serial-raw' ? createRawSerial({ bufferSize: receiveSize + 1, ops: [0, 2] }) : undefined;
}
