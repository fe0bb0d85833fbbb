/** Says what a file is that is not an MCUboot image, so that the message can name the mistake. */

import { utf8 } from '../base/bytes.ts';
import { magicBytes, oldImageMagic } from './header.ts';

export interface Lookalike {
  /** Fits behind "it looks like". */
  readonly what: string;
  readonly hint: string;
}

/** What `bytes`, which do not begin with the magic of an image, look like. Undefined for nothing known. */
export function lookalike(bytes: Uint8Array): Lookalike | undefined {
  const signature = signatures.find(({ start }) => start.every((byte, at) => bytes[at] === byte));
  if (signature !== undefined) return signature;
  if (bytes.every((byte) => byte === 0xff)) return { what: 'erased flash', hint: 'nothing was written where this was read from' };
  const text = textOf(bytes);
  return text === undefined ? vectorTable(bytes) : textForms.find(({ form }) => form.test(text));
}

const signFirst = 'sign it with imgtool first (Zephyr: zephyr.signed.bin)';
const useBinary = 'use the binary of the same build (Zephyr: zephyr.signed.bin)';

const signatures: readonly (Lookalike & { readonly start: Uint8Array })[] = [
  { start: utf8('\x7fELF'), what: 'an ELF file', hint: useBinary },
  { start: utf8('PK\x03\x04'), what: 'a zip archive, perhaps a DFU package', hint: 'unpack it and use the image inside' },
  { start: Uint8Array.of(0x1f, 0x8b), what: 'a gzip archive', hint: 'unpack it and use the image inside' },
  { start: utf8('UF2\n'), what: 'a UF2 file', hint: useBinary },
  {
    start: magicBytes(oldImageMagic),
    what: 'an image in the form that MCUboot gave up in 2017',
    hint: 'sign it again with a current imgtool',
  },
];

const textForms: readonly (Lookalike & { readonly form: RegExp })[] = [
  { form: /^:[0-9A-Fa-f]{10}/, what: 'an Intel HEX file', hint: useBinary },
  { form: /^S[0-9][0-9A-Fa-f]{6}/, what: 'a Motorola S-record file', hint: useBinary },
  { form: /^-----BEGIN /, what: 'a PEM file', hint: 'give the image file, not a key' },
  { form: /^\s*[{[]/, what: 'JSON', hint: 'give the image file itself' },
  { form: /^version https:\/\/git-lfs/, what: 'a Git LFS pointer', hint: 'fetch the file itself with: git lfs pull' },
  { form: /^/, what: 'a text file', hint: 'give the image file itself' },
];

/** The beginning of the file, if it is printable ASCII. */
function textOf(bytes: Uint8Array): string | undefined {
  const start = bytes.subarray(0, 256);
  const printable = start.length > 0 && start.every((byte) => (byte >= 0x20 && byte < 0x7f) || (byte >= 0x09 && byte <= 0x0d));
  return printable ? String.fromCharCode(...start) : undefined;
}

/** A Cortex-M binary begins with a stack pointer in RAM and an odd reset address in flash. */
function vectorTable(bytes: Uint8Array): Lookalike | undefined {
  if (bytes.length < 8) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
  const [stack, reset] = [view.getUint32(0, true), view.getUint32(4, true)];
  const plausible = stack >= 0x2000_0000 && stack < 0x4000_0000 && stack % 4 === 0 && reset % 2 === 1 && reset < 0x2000_0000;
  return plausible ? { what: 'the unsigned binary of an application', hint: signFirst } : undefined;
}
