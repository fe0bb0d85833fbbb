/**
 * The control port of a simulated device that runs in a process of its own: what a debug probe and a relay are to a real
 * board. One JSON request a line, one JSON answer a line, in order. Both ends of the protocol stand in this file.
 */

import { unreachable } from '../base/assert.ts';
import { utf8 } from '../base/bytes.ts';
import { BootproofError, messageOf } from '../base/errors.ts';
import { badRequest, readControlRequest } from './control-request.ts';
import type { ControlRequest, PowerAction } from './control-request.ts';
import type { SimDevice, SimFacts } from './device.ts';
import type { ProfileChange } from './profile-change.ts';

export type { ControlRequest, ToldFault } from './control-request.ts';

/** `fault` is the number by which an injected fault is cleared. */
export type ControlAnswer =
  | { readonly ok: true; readonly facts?: SimFacts; readonly fault?: number }
  | { readonly ok: false; readonly code: string; readonly message: string };

/** An image of 16 MiB in base64, and the rest of its request. */
export const lineBytesMax = 24 * 1024 * 1024;

export interface ControlSession {
  receive(bytes: Uint8Array): void;
  closed(): void;
}

export interface ControlOptions {
  readonly send: (bytes: Uint8Array) => void;
  /** What the settings of a change mean, as pipelines write them. Throws `BootproofError` (`bad-request`). */
  readonly readSettings: (written: unknown) => ProfileChange;
}

/** The device's end of one connection. Every line is answered. Faults that were injected over it are cleared when it closes. */
export function createControlSession(device: SimDevice, { send, readSettings }: ControlOptions): ControlSession {
  const faults = new Map<number, { dispose(): void }>();
  let faultsSoFar = 0;

  const carryOut = (request: ControlRequest): ControlAnswer => {
    switch (request.call) {
      case 'facts':
        return { ok: true, facts: device.facts };
      case 'provision':
        device.provision(request.options);
        return { ok: true };
      case 'inject-fault': {
        const told = request.fault;
        const fault = device.injectFault(told.kind === 'change' ? { kind: 'change', change: readSettings(told.set) } : told);
        faultsSoFar += 1;
        faults.set(faultsSoFar, fault);
        return { ok: true, fault: faultsSoFar };
      }
      case 'clear-fault':
        if (request.fault > faultsSoFar) throw badRequest(`fault ${request.fault} was not injected over this connection`);
        faults.get(request.fault)?.dispose();
        faults.delete(request.fault);
        return { ok: true };
      case 'power':
        powerActions[request.action](device);
        return { ok: true };
      default:
        return unreachable(request);
    }
  };
  const answer = (work: () => ControlAnswer): void => send(encodeControl(answerOf(work)));

  return {
    receive: createLineReader(
      (line) => answer(() => carryOut(readControlRequest(parseLine(line), device.facts.slotSizes))),
      () => answer(refuseLine),
    ),
    closed: () => {
      for (const fault of faults.values()) fault.dispose();
      faults.clear();
    },
  };
}

const powerActions: Readonly<Record<PowerAction, (device: SimDevice) => void>> = {
  on: (device) => device.powerOn(),
  off: (device) => device.powerOff(),
  cut: (device) => device.powerCut(),
  reset: (device) => device.reset(),
};

function refuseLine(): never {
  throw badRequest(`a request has at most ${lineBytesMax} bytes`);
}

/** Whatever goes wrong concerns only the one request. */
function answerOf(work: () => ControlAnswer): ControlAnswer {
  try {
    return work();
  } catch (thrown) {
    return { ok: false, code: thrown instanceof BootproofError ? thrown.code : 'request-failed', message: messageOf(thrown) };
  }
}

/** One message as a line of JSON. Bytes travel as `{"$base64": ...}`. */
export function encodeControl(message: ControlRequest | ControlAnswer): Uint8Array {
  const text = JSON.stringify(message, (_key, value: unknown) =>
    value instanceof Uint8Array ? { $base64: Buffer.from(value).toString('base64') } : value,
  );
  return utf8(`${text}\n`);
}

/** Well below what a link lets wait to be sent. */
const writeBytesMax = 64 * 1024;

/** A request in the pieces that a client writes one after the other, each when the link took the one before. */
export function controlWrites(request: ControlRequest): Uint8Array[] {
  const bytes = encodeControl(request);
  const count = Math.ceil(bytes.length / writeBytesMax);
  return Array.from({ length: count }, (_, index) => bytes.subarray(index * writeBytesMax, (index + 1) * writeBytesMax));
}

/** The client's inverse of `encodeControl`. A line that is no answer of a control port gives a refusal with code `not-an-answer`. */
export function decodeAnswer(line: string): ControlAnswer {
  try {
    const answer = parseLine(line);
    if (typeof answer === 'object' && answer !== null && 'ok' in answer) return answer as ControlAnswer;
  } catch (thrown) {
    if (!(thrown instanceof BootproofError)) throw thrown;
  }
  return { ok: false, code: 'not-an-answer', message: 'what answers there is no control port' };
}

/** The value of a line, with bytes where they were. Throws `BootproofError` (`bad-request`) for a line that is not JSON. */
function parseLine(line: string): unknown {
  try {
    return JSON.parse(line, (_key, value: unknown) =>
      typeof value === 'object' && value !== null && '$base64' in value && typeof value.$base64 === 'string'
        ? new Uint8Array(Buffer.from(value.$base64, 'base64'))
        : value,
    );
  } catch (thrown) {
    throw badRequest(`this is not JSON: ${messageOf(thrown)}`);
  }
}

/** Splits a byte stream in lines; empty ones are passed over. A line beyond `lineBytesMax` is dropped whole and reported to `tooLong`. */
export function createLineReader(line: (text: string) => void, tooLong: () => void = () => undefined): (bytes: Uint8Array) => void {
  let held = new Uint8Array(4096);
  let length = 0;
  const add = (bytes: Uint8Array): void => {
    const start = length;
    length += bytes.length;
    if (length > lineBytesMax) return;
    if (length > held.length) held = grown(held, length);
    held.set(bytes, start);
  };
  const end = (): void => {
    if (length > lineBytesMax) tooLong();
    else if (length > 0) line(new TextDecoder().decode(held.subarray(0, length)));
    length = 0;
  };
  return (bytes) => {
    let start = 0;
    for (let newline = bytes.indexOf(10); newline >= 0; newline = bytes.indexOf(10, start)) {
      add(bytes.subarray(start, newline));
      end();
      start = newline + 1;
    }
    add(bytes.subarray(start));
  };
}

/** A copy with room for `length` bytes. It at least doubles, so that the bytes of a line are copied twice on average. */
function grown(held: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(length, held.length * 2));
  larger.set(held);
  return larger;
}
