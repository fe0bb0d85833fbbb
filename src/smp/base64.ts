/** Base64 on serial lines, as Zephyr's decoder takes it: strict about characters and padding (smp.md 5.1). */

const padding = 0x3d;
const foreign = 0xff;
const valueOf = new Uint8Array(256).fill(foreign);
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
for (let value = 0; value < alphabet.length; value += 1) valueOf[alphabet.charCodeAt(value)] = value;

/**
 * Decodes characters to the beginning of `into`, and says how many bytes they are; undefined for foreign characters, or when there is
 * no room. An incomplete last group is left out, so that missing padding shows as missing bytes.
 */
export function decodeBase64(text: Uint8Array, into: Uint8Array): number | undefined {
  const digits = text.length - paddingOf(text);
  const used = Math.min(digits, text.length - (text.length % 4));
  const length = (used * 3) >> 2;
  if (length > into.length) return undefined;
  let group = 0;
  let seen = 0;
  for (let at = 0, to = 0; at < digits; at += 1) {
    const value = valueOf[text[at]!]!;
    seen |= value;
    group = (group << 6) | value;
    // The first of four characters completes no byte.
    if ((at & 3) !== 0 && to < length) into[to++] = group >> (6 - 2 * (at & 3));
  }
  return seen > 63 ? undefined : length;
}

function paddingOf(text: Uint8Array): number {
  if (text[text.length - 1] !== padding) return 0;
  return text[text.length - 2] === padding ? 2 : 1;
}
