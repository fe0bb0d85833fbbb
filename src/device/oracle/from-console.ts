/** What a bootloader's own lines say about the boot of an epoch, as far as the oracle may rely on it. */

import { decisionLine, handover, lastBoot, refusal } from '../boot-lines.ts';

export interface BootWords {
  /** It refused the image in the other slot. Its lines name no image, so they count where there is only one. */
  readonly refused: boolean;
  /** Its decision, as evidence: `Swap type: revert`. */
  readonly decision: string | undefined;
}

/** Of several boots in one epoch the last one decided; what was refused in which of them is not told apart. */
export function bootWords(lines: readonly string[]): BootWords {
  const ends = lines.flatMap((text, index) => (text.includes(handover) ? [index] : []));
  const own = lastBoot(lines.slice(0, (ends.at(-1) ?? -1) + 1));
  return {
    refused: ends.length === 1 && own.some((text) => refusal.test(text)),
    decision: decisionLine(own)?.replace(/^.*?(?=Swap type)/, ''),
  };
}
