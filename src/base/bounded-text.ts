/** Collects text of any length and keeps its start and its end, so that one noisy board cannot eat the memory of a run. */

export interface BoundedText {
  append(text: string): void;
  /** What was kept, with a line in between that says how many characters are missing. */
  text(): string;
}

export function createBoundedText(limits: { readonly headMax: number; readonly tailMax: number }): BoundedText {
  const { headMax, tailMax } = limits;
  let head = '';
  let tail = '';
  let dropped = 0;
  const trim = (): void => {
    const excess = Math.max(0, tail.length - tailMax);
    dropped += excess;
    tail = tail.slice(excess);
  };
  return {
    append: (text) => {
      const room = headMax - head.length;
      head += text.slice(0, room);
      tail += text.slice(room);
      // Trimming only now and then keeps many small pieces cheap.
      if (tail.length > 2 * tailMax) trim();
    },
    text: () => {
      trim();
      return dropped === 0 ? head + tail : `${head}\n[... ${dropped} characters left out ...]\n${tail}`;
    },
  };
}
