/** The bootloader's lines, each stamped with the flash time that had passed. */

import type { Flash } from '../flash.ts';
import type { BootLogLine } from './config.ts';

/** Collects the lines of one boot, stamped with the flash time that has passed in it. */
export class BootLog {
  readonly lines: BootLogLine[] = [];
  readonly #flashes: readonly Flash[];
  readonly #startUs: number;

  constructor(flashes: Iterable<Flash>) {
    this.#flashes = [...new Set(flashes)];
    this.#startUs = this.#totalUs();
  }

  info(text: string): void {
    this.#print('I', text);
  }

  warn(text: string): void {
    this.#print('W', text);
  }

  error(text: string): void {
    this.#print('E', text);
  }

  /** Flash time since the log was begun. */
  get elapsedUs(): number {
    return this.#totalUs() - this.#startUs;
  }

  #print(level: 'I' | 'W' | 'E', text: string): void {
    this.lines.push({ text: `${level}: ${text}`, atUs: this.elapsedUs });
  }

  #totalUs(): number {
    return this.#flashes.reduce((total, flash) => total + flash.elapsedUs, 0);
  }
}
