/** For knobs that concern the UARTs among the ports. */

import { isUart } from '../ports/uart.ts';
import type { KnobHooks, Port } from './knob.ts';

export function uartHooks(change: (port: Port) => Partial<Port>): KnobHooks {
  return { port: (port) => (isUart(port.kind) ? { ...port, ...change(port) } : port) };
}
