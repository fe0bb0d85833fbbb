/** What a bootloader's own lines say about a boot (mcuboot.md 8). */

export type SwapDecision = 'none' | 'test' | 'permanent' | 'revert';
/** How a boot ended: with an image started, with one started and the other refused, or without any. */
export type BootVerdict = 'booted' | 'refused' | 'no-image' | 'panic' | 'recovery';

const beginning = /Starting (?:Direct-XIP )?bootloader/;
/** The bootloader's last line of interest: what comes later is the application's, which prints `Swap type` whenever it is asked for images. */
export const handover = 'Bootloader chainload address offset';
export const refusal =
  /Image in the secondary slot is not valid!|nsufficient version in secondary slot|in slot 1 erased due to downgrade prevention/;
const swapType = /(?:Image index: (\d+), )?Swap type: (none|test|perm|revert)/;
/** Of bootloaders from v1.9 on; overwriting ones said something from the beginning. */
const work = /Starting swap using|pgrade secondary slot -> primary slot/;
/** Bootloaders that number their images always say when they set to work. */
const numbered = 'Image index: ';
/** A swap that goes on after a power cut, with its type in the trailer (mcuboot.md 3.2). */
const resumed = /magic=good, swap_type=0x([234]), copy_done=0x3/;

const names: Readonly<Record<string, SwapDecision>> = {
  none: 'none',
  test: 'test',
  perm: 'permanent',
  revert: 'revert',
  2: 'test',
  3: 'permanent',
  4: 'revert',
};

/** The bootloader's own lines of the last boot among `lines`. */
export function lastBoot(lines: readonly string[]): readonly string[] {
  const boot = lines.slice(
    Math.max(
      0,
      lines.findLastIndex((text) => beginning.test(text)),
    ),
  );
  const end = boot.findIndex((text) => text.includes(handover));
  return end < 0 ? boot : boot.slice(0, end + 1);
}

/** The line that holds the decision: offset mode prints the type again while it swaps, when the trailers have changed already (mcuboot.md 8.3). */
export function decisionLine(boot: readonly string[], image?: number): string | undefined {
  const begun = boot.findIndex((text) => work.test(text));
  const before = begun < 0 ? boot : boot.slice(0, begun);
  return before.findLast((text) => {
    const index = swapType.exec(text)?.[1];
    return swapType.test(text) && (image === undefined || Number(index ?? 0) === image);
  });
}

/**
 * What the boot did to the slots of an image. A request that it refused or passed over is `none`. Undefined when it does not
 * say: the lines of the work itself name no image, so with several images they must be as many as there is work to do.
 */
export function swapOf(boot: readonly string[], image: number): SwapDecision | undefined {
  const line = decisionLine(boot, image);
  const works = boot.filter((text) => work.test(text)).length;
  if (line === undefined) return works > 0 ? names[firstGroup(resumed, boot) ?? ''] : undefined;
  const decided = names[swapType.exec(line)?.[2] ?? ''];
  if (line.includes(numbered)) {
    if (decided === 'none' || works === 0 || isRefused(boot, image)) return 'none';
    return works < wantedImages(boot) ? undefined : decided;
  }
  return works > 0 || !boot.some((text) => refusal.test(text)) ? decided : 'none';
}

/** Images whose request was not refused. */
function wantedImages(boot: readonly string[]): number {
  const asked = boot.flatMap((text) => {
    const [, index, type] = swapType.exec(text) ?? [];
    return index === undefined || type === 'none' ? [] : [Number(index)];
  });
  return [...new Set(asked)].filter((image) => !isRefused(boot, image)).length;
}

/** Whether the request for an image, or for any, was refused. Bootloaders with several images look at one after the other, and say its number first. */
function isRefused(boot: readonly string[], image?: number): boolean {
  let current: number | undefined;
  return boot.some((text) => {
    const index = swapType.exec(text)?.[1];
    if (index !== undefined) current = Number(index);
    return refusal.test(text) && (image === undefined || current === undefined || current === image);
  });
}

function firstGroup(pattern: RegExp, lines: readonly string[]): string | undefined {
  return lines.map((text) => pattern.exec(text)?.[1]).find((group) => group !== undefined);
}

/** How the boot ended for an image, or for all of them. Undefined while the bootloader is at work, as far as its lines tell. */
export function verdictOf(boot: readonly string[], image?: number): BootVerdict | undefined {
  if (boot.some((text) => text.includes(handover))) return isRefused(boot, image) ? 'refused' : 'booted';
  if (boot.some((text) => text.includes('Enter the serial recovery mode'))) return 'recovery';
  if (boot.some((text) => text.includes('Unable to find bootable image'))) return 'no-image';
  return boot.some((text) => /panic!|cannot continue|ASSERTION FAIL/.test(text)) ? 'panic' : undefined;
}
