/**
 * Console bytes as text that is safe in JSON, XML, YAML and on a terminal, and from which the bytes come back exactly.
 * Well-formed UTF-8 stays readable; control bytes, invalid bytes and the backslash itself are written as escapes.
 */

/** How many characters of the end of an attempt's console reports show, so that no more of a flood need be in the log. */
export const consoleTailMax = 32 * 1024;

/** One well-formed UTF-8 sequence (Unicode 15, table 3-7) or else any single byte, over text with one character per byte. */
const utf8Unit =
  /[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}|[^\t\n\r\x20-\x5b\x5d-\x7e]/g;

/** Characters that consumers refuse or act upon although they are well-formed: C1 controls, line separators, noncharacters. */
const unsafeCharacter = /[\x80-\x9f\u2028\u2029\ufeff\ufffe\uffff]/;

const escape = /\\(?:\\|x([0-9a-f]{2}))/g;

/**
 * Bytes to text: printable characters, tab, LF and CR as they are, `\` as `\\`, every other byte as `\xNN`.
 * A character whose bytes are split over two calls becomes escapes; `encodeConsole(decodeConsole(joined))` heals that.
 */
export function encodeConsole(bytes: Uint8Array): string {
  const units = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  return units.replace(utf8Unit, (unit) => {
    if (unit === '\\') return '\\\\';
    const character = unit.length > 1 ? Buffer.from(unit, 'latin1').toString('utf8') : '';
    return character === '' || unsafeCharacter.test(character) ? escapeBytes(unit) : character;
  });
}

/** Text to bytes. Total: a backslash that starts no escape stands for itself. */
export function decodeConsole(text: string): Uint8Array {
  const units = Buffer.from(text, 'utf8').toString('latin1');
  const bytes = units.replace(escape, (_, hex: string | undefined) => (hex === undefined ? '\\' : String.fromCharCode(parseInt(hex, 16))));
  return new Uint8Array(Buffer.from(bytes, 'latin1'));
}

function escapeBytes(unit: string): string {
  return unit.replace(/[^]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
