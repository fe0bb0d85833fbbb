/** What knobs look at in packets. */

import { groupNumbers } from '../../smp/codes.ts';
import { decodeHeader, headerSize, smpOp } from '../../smp/header.ts';
import type { SmpHeader } from '../../smp/header.ts';

/** Whether a packet is shorter than its header says. */
export function isPartial(packet: Uint8Array): boolean {
  const header = decodeHeader(packet);
  return header !== undefined && packet.length < headerSize + header.length;
}

/** Commands of the image group. */
export const imageCommand = { state: 0, upload: 1, erase: 5 } as const;

export function isImageWrite({ group, command, op }: SmpHeader, which: keyof typeof imageCommand): boolean {
  return group === groupNumbers.image && command === imageCommand[which] && op === smpOp.write;
}

/** Commands of the os group. */
export const osCommand = { reset: 5, params: 6, info: 7 } as const;
