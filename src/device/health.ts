/** Whether a board gives a sign of life, and what is wrong with the link when it does not. */

import { sleep } from '../base/clock.ts';
import type { Clock } from '../base/clock.ts';
import { BootproofError } from '../base/errors.ts';
import { osEcho } from '../smp/groups/os.ts';
import type { Device } from './device.ts';

const askMs = 1000;
const pauseMs = 250;

export interface HealthQuestion {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** False when it is enough that the link opens. */
  readonly answer: boolean;
  /** How long the link may take to open. */
  readonly ms: number;
  /** How long the board may be silent on an open link. */
  readonly answerMs: number;
  /** What to say of a board that stays silent. */
  readonly silent: () => BootproofError;
}

/** Any answer is a sign of life, a refusal too. Rejects with what the last try met. */
export async function askForLife(device: Device, { clock, signal, answer, ms, answerMs, silent }: HealthQuestion): Promise<void> {
  const askedAt = clock.now();
  for (;;) {
    let opened = false;
    try {
      await device.client(signal);
      opened = true;
      if (answer) await device.request(osEcho, { text: 'bootproof' }, { signal, timeoutMs: askMs });
      return;
    } catch (thrown) {
      if (thrown instanceof BootproofError && thrown.fault === 'product') return;
      signal.throwIfAborted();
      if (clock.now() + pauseMs > askedAt + (opened ? answerMs : ms)) throw opened ? silent() : thrown;
      await device.disconnect();
    }
    await sleep(clock, pauseMs, 'the next sign of life', signal);
  }
}

/** What a link gives apart from answers. Bytes that no console would print are counted: with a wrong baud rate most are such. */
export class NoiseMeter {
  #bytes = 0;
  #odd = 0;
  /** What the link has said of itself last. */
  note: string | undefined;

  hear(bytes: Uint8Array): void {
    this.#bytes += bytes.length;
    // ESC begins a colour; tab, LF and CR are layout.
    for (const byte of bytes) if (byte > 0x7e || (byte < 0x20 && ![0x09, 0x0a, 0x0d, 0x1b].includes(byte))) this.#odd += 1;
  }

  /** True when enough came to tell, and it is no text. */
  get garbled(): boolean {
    return this.#bytes >= 16 && this.#odd / this.#bytes > 0.3;
  }
}
