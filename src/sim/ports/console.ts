/** A console on a UART of its own: what comes is typed into the shell, and nothing of it is SMP. */

import type { Framing } from './framing.ts';
import { createTypist, type TypistOptions } from './typist.ts';

export function createConsoleFraming(options: TypistOptions): Framing {
  const typist = createTypist(options);
  return { receive: (bytes) => typist.type(bytes), frame: () => [] };
}
