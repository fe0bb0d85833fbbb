/** Text of any origin made fit for reports: nothing in it that XML 1.0, TAP, YAML or a terminal would refuse or act upon. */

/** What stays as it is: not controls (C0, C1, a lone CR), line separators, byte order marks, noncharacters, lone surrogates. */
const unsafe = /[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/gu;

/** Unsafe characters are written as `\xNN` or `\uNNNN`, lone surrogates become U+FFFD, CR LF becomes LF. */
export function printable(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(unsafe, escapeCharacter);
}

/** The text on one line, line ends and tabs made one space. */
export function oneLine(text: string): string {
  return printable(text)
    .replace(/[\t ]*[\t\n][\t\n ]*/g, ' ')
    .trim();
}

/** The start of the text, at most `bytesMax` bytes of UTF-8 with the mark that something is missing. */
export function clip(text: string, bytesMax: number): string {
  if (Buffer.byteLength(text) <= bytesMax) return text;
  return `${headOf(text, bytesMax - Buffer.byteLength(ellipsis))}${ellipsis}`;
}

/** The start and the end of the text, at most `bytesMax` bytes of UTF-8, with a line in between that says how much is missing. */
export function headAndTail(text: string, bytesMax: number): string {
  const bytes = Buffer.byteLength(text);
  if (bytes <= bytesMax) return text;
  const half = Math.floor((bytesMax - leftOut(bytes).length) / 2);
  const head = headOf(text, half);
  const tail = tailOf(text, half);
  return `${head}${leftOut(bytes - Buffer.byteLength(head) - Buffer.byteLength(tail))}${tail}`;
}

/** Milliseconds as seconds with three decimals, never an exponent. */
export function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

function escapeCharacter(character: string): string {
  const code = character.charCodeAt(0);
  if (code >= 0xd800 && code <= 0xdfff) return '\ufffd';
  return code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16)}`;
}

const ellipsis = '\u2026';

function leftOut(bytes: number): string {
  return `\n[... ${bytes} bytes left out ...]\n`;
}

function headOf(text: string, bytesMax: number): string {
  const bytes = Buffer.from(text);
  let end = Math.max(0, bytesMax);
  while (end > 0 && isContinuation(bytes[end])) end -= 1;
  return bytes.subarray(0, end).toString();
}

function tailOf(text: string, bytesMax: number): string {
  const bytes = Buffer.from(text);
  let start = bytes.length - bytesMax;
  while (isContinuation(bytes[start])) start += 1;
  return bytes.subarray(start).toString();
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}
