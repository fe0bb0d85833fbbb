/** A console that shows what is typed: every frame of the host comes back before its answer. */

import type { Knob } from './knob.ts';
import { uartHooks } from './uart-hooks.ts';

export const echo: Knob<'serial.echo'> = (on) =>
  uartHooks((port) => ({
    receive: (bytes, packet) => {
      if (on) port.print(bytes.slice());
      port.receive(bytes, packet);
    },
  }));
