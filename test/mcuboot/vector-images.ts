/** The manifest of the images made by imgtool, typed. */

import { readFileSync } from 'node:fs';
import { loadPublicKey } from '../../src/mcuboot/keys.ts';
import type { PublicKey } from '../../src/mcuboot/keys.ts';
import { projectPath, readImageFiles } from '../helpers/vectors.ts';

interface Common {
  readonly file: string;
  readonly size: number;
  readonly file_sha256: string;
  readonly verify_with: string | null;
}

export interface SoundEntry extends Common {
  readonly valid: true;
  readonly imgtool_args: readonly string[];
  readonly magic: number;
  readonly load_addr: number;
  readonly header_size: number;
  readonly protected_tlv_size: number;
  readonly image_size: number;
  readonly flags: number;
  readonly version: string;
  readonly areas: readonly {
    readonly kind: string;
    readonly magic: number;
    readonly offset: number;
    readonly total: number;
    readonly tlvs: readonly { readonly type: number; readonly hex: string }[];
  }[];
  readonly end: number;
}

export interface BrokenEntry extends Common {
  readonly valid: false;
  readonly why: 'hash' | 'signature' | 'magic' | 'truncated' | 'tlv' | 'size' | 'empty';
}

const files = readImageFiles();
const manifest = JSON.parse(Buffer.from(vectorFile('manifest.json')).toString('utf8')) as readonly (SoundEntry | BrokenEntry)[];

export const soundEntries = manifest.filter((entry) => entry.valid);
export const brokenEntries = manifest.filter((entry) => !entry.valid);

export function vectorFile(name: string): Uint8Array {
  const file = files.get(name);
  if (file === undefined) throw new Error(`no vector ${name}`);
  return file;
}

/** Path of one of the public keys, such as `keys/ed25519.pub.pem`. */
export function vectorKeyPath(name: string): string {
  return projectPath(`test/vectors/images/${name}`);
}

export function vectorKey(name: string): PublicKey {
  return loadPublicKey(readFileSync(vectorKeyPath(name), 'utf8'));
}

/** The keys that the entry's image must be checked with; none means hash only. */
export function keysOf(entry: SoundEntry | BrokenEntry): readonly PublicKey[] {
  return entry.verify_with === null ? [] : [vectorKey(entry.verify_with)];
}
