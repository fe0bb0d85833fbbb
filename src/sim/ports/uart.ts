import type { PortKind } from '../device.ts';

/** Whether a port of this kind is a UART. */
export function isUart(kind: PortKind): boolean {
  return kind === 'serial' || kind === 'serial-raw' || kind === 'shell';
}
