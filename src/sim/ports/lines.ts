/** Collects the bytes of a serial line until its newline. */

const newline = 0x0a;

export interface LineCollector {
  /** Calls `line` with each line that ends in `bytes`, newline included; it lasts for the call. */
  push(bytes: Uint8Array, line: (line: Uint8Array) => void): void;
}

/** `max` counts the newline. Longer lines are dropped whole, or lose what is beyond it, their newline included. */
export function createLineCollector(max: number, tooLong: 'drop' | 'cut' = 'drop'): LineCollector {
  const held = new Uint8Array(max);
  let length = 0;
  let ignoring = false;

  const append = (part: Uint8Array): void => {
    if (ignoring) return;
    ignoring = tooLong === 'drop' && length + part.length > max;
    const kept = part.subarray(0, max - length);
    held.set(kept, length);
    length += kept.length;
  };

  return {
    push: (bytes, line) => {
      for (let from = 0; from < bytes.length;) {
        const end = bytes.indexOf(newline, from);
        const part = bytes.subarray(from, end < 0 ? bytes.length : end + 1);
        from += part.length;
        if (end >= 0 && length === 0 && !ignoring && part.length <= max) {
          // A line in one piece needs not be collected.
          line(part);
          continue;
        }
        append(part);
        if (end < 0) return;
        if (!ignoring) line(held.subarray(0, length));
        ignoring = false;
        length = 0;
      }
    },
  };
}
