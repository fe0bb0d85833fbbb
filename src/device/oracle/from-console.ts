/** What a bootloader's own lines say about the boot of an epoch (mcuboot.md 8). */

export interface BootWords {
  /** It refused the image in the other slot. Its lines name no image, so they count where there is only one. */
  readonly refused: boolean;
  /** Its decision, as evidence: `Swap type: revert`. */
  readonly decision: string | undefined;
}

/** The bootloader's last line: what comes later is the application's, which prints `Swap type` whenever it is asked for images. */
const handover = 'Bootloader chainload address offset';
const refusal =
  /Image in the secondary slot is not valid!|nsufficient version in secondary slot|in slot 1 erased due to downgrade prevention/;

/** Of several boots in one epoch the last one decided; what was refused in which of them is not told apart. */
export function bootWords(lines: readonly string[]): BootWords {
  const boots = lines.filter((text) => text.includes(handover)).length;
  const own = lines.slice(
    0,
    lines.findLastIndex((text) => text.includes(handover)),
  );
  const decision = own.findLast((text) => text.includes('Swap type: '));
  return {
    refused: boots === 1 && own.some((text) => refusal.test(text)),
    decision: boots === 0 ? undefined : decision?.replace(/^.*?(?=Swap type)/, ''),
  };
}
