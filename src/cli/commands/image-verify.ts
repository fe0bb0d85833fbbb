/** `bootproof image verify`: would a device that trusts these keys take the image? */

import { toHex } from '../../base/bytes.ts';
import { demoKey } from '../../mcuboot/demo-keys.ts';
import type { DemoKeyName } from '../../mcuboot/demo-keys.ts';
import type { McubootImage } from '../../mcuboot/image.ts';
import { keyHash, loadPublicKey } from '../../mcuboot/keys.ts';
import type { PublicKey } from '../../mcuboot/keys.ts';
import { verifyImage } from '../../mcuboot/verify.ts';
import { formatVersion } from '../../mcuboot/version.ts';
import type { CliIo } from '../io.ts';
import { problemLine } from '../problems.ts';
import { readInput, withFile } from './image-run.ts';

export interface VerifyOptions {
  readonly key: readonly string[];
  readonly demoKey?: DemoKeyName;
}

/** Prints the verdict; exit code 0 when the image is valid, else 1. */
export function verifyImageFile(io: CliIo, path: string, options: VerifyOptions): number {
  const keys = options.key.map((pem) => readPublicKey(io, pem));
  if (options.demoKey !== undefined) keys.push(demoKey(options.demoKey).publicKey);
  const verdict = verifyImage(readInput(io, path), keys);
  if (!verdict.valid) {
    io.stderr(problemLine(`${path} is not valid: ${verdict.reason} [${verdict.code}]`, verdict.hint));
    return 1;
  }
  io.stdout(`${path} is valid: version ${formatVersion(verdict.image.header.version)}, ${proofText(verdict.image, verdict.key)}\n`);
  return 0;
}

function readPublicKey(io: CliIo, path: string): PublicKey {
  return withFile(io, path, (bytes) => loadPublicKey(new TextDecoder().decode(bytes)));
}

function proofText(image: McubootImage, key: PublicKey | undefined): string {
  if (key !== undefined) return `signed by ${key.kind} key ${toHex(keyHash(key))}`;
  return `its hash matches; ${image.signatures.length === 0 ? 'it is not signed' : 'its signature was not checked (give --key)'}`;
}
