/** The COM-PORT option of telnet (RFC 2217) as a client uses it: agrees on it, sets up the port, and waits for answers, but not for ever. */

import { sleep, type Clock } from '../base/clock.ts';
import { createTelnetReader, telnetData, telnetOption, telnetSubnegotiation, type TelnetVerb } from './telnet.ts';

export interface PortSettings {
  readonly baud: number;
  readonly dtr: boolean;
  readonly rts: boolean;
}

export interface ComPortOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly write: (bytes: Uint8Array) => Promise<void>;
  readonly data: (bytes: Uint8Array) => void;
  readonly note: (text: string) => void;
}

const option = { binary: 0, suppressGoAhead: 3, comPort: 44 } as const;
const accepted: ReadonlySet<number> = new Set(Object.values(option));
const command = { signature: 0, baudRate: 1, dataSize: 2, parity: 3, stopSize: 4, control: 5 } as const;
/** What a server answers is the command's number and this. */
const answerOffset = 100;
const eightBits = 8;
const noParity = 1;
const oneStopBit = 1;
const control = { noFlowControl: 1, dtrOn: 8, dtrOff: 9, rtsOn: 11, rtsOff: 12 } as const;
/** Servers that know the option answer within a round trip; some never answer at all. */
const answerMs = 1000;

export class ComPort {
  readonly #options: ComPortOptions;
  readonly #answers = new Map<string, Uint8Array>();
  readonly #refused = new Set<string>();
  #changed: (() => void) | undefined;
  /** Takes what came from the server. */
  readonly receive: (bytes: Uint8Array) => void;

  constructor(options: ComPortOptions) {
    this.#options = options;
    this.receive = createTelnetReader({
      data: options.data,
      option: (verb, number) => this.#optionCame(verb, number),
      subnegotiation: (number, payload) => this.#answered(number, payload),
    });
  }

  send(bytes: Uint8Array): Promise<void> {
    return this.#options.write(telnetData(bytes));
  }

  /** Returns the baud rate that the server runs the port at, if it says so. Rejects as the link does. */
  async setUp({ baud, dtr, rts }: PortSettings, signal: AbortSignal): Promise<number | undefined> {
    const { write, note, name } = this.#options;
    for (const number of accepted) await write(telnetOption('will', number));
    for (const number of [option.binary, option.suppressGoAhead]) await write(telnetOption('do', number));
    const agreed = await this.#awaited(['do 44', 'dont 44'], signal);
    if (agreed !== 'do 44') note(`${name}: the server does not offer COM-PORT control; its own settings hold`);
    if (agreed === 'dont 44') return undefined;
    const settings: readonly (readonly number[])[] = [
      [command.signature],
      [command.baudRate, ...uint32(baud)],
      [command.dataSize, eightBits],
      [command.parity, noParity],
      [command.stopSize, oneStopBit],
      [command.control, control.noFlowControl],
      [command.control, dtr ? control.dtrOn : control.dtrOff],
      [command.control, rts ? control.rtsOn : control.rtsOff],
    ];
    for (const setting of settings) await write(telnetSubnegotiation(option.comPort, setting));
    const answer = `answer ${command.baudRate}`;
    if ((await this.#awaited([answer], signal)) === undefined) return undefined;
    const bytes = this.#answers.get(answer)!;
    return bytes.length < 4 ? undefined : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  }

  #optionCame(verb: TelnetVerb, number: number): void {
    this.#note(`${verb} ${number}`, new Uint8Array());
    const wanted = verb === 'do' || verb === 'will';
    if (!wanted || accepted.has(number)) return;
    const refusal = verb === 'do' ? 'wont' : 'dont';
    // Each refusal is said once: two sides that answer each other's answers never end.
    if (this.#refused.has(`${refusal} ${number}`)) return;
    this.#refused.add(`${refusal} ${number}`);
    this.#options.write(telnetOption(refusal, number)).catch(() => undefined);
  }

  #answered(number: number, payload: Uint8Array): void {
    const [kind = 0] = payload;
    if (number !== option.comPort || kind < answerOffset) return;
    if (kind === answerOffset && payload.length > 1)
      this.#options.note(`${this.#options.name}: ${Buffer.from(payload.subarray(1)).toString('latin1')}`);
    this.#note(`answer ${kind - answerOffset}`, payload.subarray(1));
  }

  #note(what: string, payload: Uint8Array): void {
    this.#answers.set(what, payload);
    this.#changed?.();
  }

  /** The first of `which` that came or comes in time. */
  async #awaited(which: readonly string[], signal: AbortSignal): Promise<string | undefined> {
    const found = (): string | undefined => which.find((what) => this.#answers.has(what));
    const over = new AbortController();
    this.#changed = () => {
      if (found() !== undefined) over.abort();
    };
    this.#changed();
    const patience = AbortSignal.any([signal, over.signal]);
    await sleep(this.#options.clock, answerMs, `an answer of ${this.#options.name}`, patience).catch(() => undefined);
    this.#changed = undefined;
    signal.throwIfAborted();
    return found();
  }
}

function uint32(value: number): readonly number[] {
  return [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
}
