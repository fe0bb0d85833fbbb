/**
 * Boots as the console shows them: MCUboot says "Starting bootloader", and Zephyr greets with "*** Booting ... ***" in the
 * bootloader (before that line; its own build says MCUboot, older ones Zephyr OS) and in the application (after it).
 */

/** How far the boot has come that the lines so far belong to. */
type Stage = 'none' | 'greeted by the bootloader' | 'greeted' | 'bootloader' | 'application';

export class BootWatch {
  #stage: Stage = 'none';
  #heard = false;
  #expected = false;

  /** A reset was asked for: the next boot is no surprise, and what comes before it is the rest of the boot before. */
  expect(): void {
    this.#stage = 'none';
    this.#expected = true;
  }

  /** True when the line begins a boot that nobody asked for. */
  surprises(line: string): boolean {
    const stage = this.#next(line);
    if (stage === undefined) {
      this.#heard = true;
      return false;
    }
    const again = this.#stage === 'none' ? this.#heard && !this.#expected : isRestart(this.#stage, stage);
    this.#stage = stage;
    this.#heard = true;
    this.#expected = false;
    return again;
  }

  #next(line: string): Stage | undefined {
    if (line.includes('Starting bootloader')) return 'bootloader';
    if (!line.includes('*** Booting ')) return undefined;
    if (line.includes('*** Booting MCUboot')) return 'greeted by the bootloader';
    return this.#stage === 'bootloader' || this.#stage === 'greeted by the bootloader' ? 'application' : 'greeted';
  }
}

const order: readonly Stage[] = ['none', 'greeted by the bootloader', 'greeted', 'bootloader', 'application'];

function isRestart(before: Stage, now: Stage): boolean {
  return order.indexOf(now) <= order.indexOf(before);
}
