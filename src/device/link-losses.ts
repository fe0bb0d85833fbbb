/** When the link of a device broke by itself, why, and when it was open again. */

import type { BootproofError } from '../base/errors.ts';

export interface LinkLoss {
  /** Clock time in ms. */
  readonly at: number;
  /** Code and message of what broke it. */
  readonly reason: string;
  /** Undefined while it is away. */
  readonly backAt: number | undefined;
}

/** Of a link that breaks for ever the last ones are enough. */
const lossesMax = 1000;

export class LinkLosses {
  #losses: readonly LinkLoss[] = [];
  #count = 0;

  /** How often it broke. */
  get count(): number {
    return this.#count;
  }

  lost({ code, message }: BootproofError, at: number): void {
    this.#count += 1;
    this.#losses = [...this.#losses.slice(1 - lossesMax), { at, reason: `${code}: ${message}`, backAt: undefined }];
  }

  opened(at: number): void {
    this.#losses = this.#losses.map((loss) => (loss.backAt === undefined ? { ...loss, backAt: at } : loss));
  }

  since(at: number): readonly LinkLoss[] {
    return this.#losses.filter((loss) => loss.at >= at);
  }
}
