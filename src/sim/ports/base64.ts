/** Base64 as Zephyr's decoder takes it: strict, but for line ends, and with a limit. */

const alphabet = /^[A-Za-z0-9+/]*={0,2}$/;

/**
 * The bytes of a text; undefined for foreign characters, or when they would exceed `limit`. An incomplete last group is left out,
 * so that missing padding shows as missing bytes.
 */
export function decodeBase64(text: Uint8Array, limit: number): Uint8Array | undefined {
  const characters = Buffer.from(text.buffer, text.byteOffset, text.length).toString('latin1');
  if (!alphabet.test(characters)) return undefined;
  const whole = characters.slice(0, characters.length - (characters.length % 4));
  const decoded = Buffer.from(whole, 'base64');
  return decoded.length <= limit ? decoded : undefined;
}
