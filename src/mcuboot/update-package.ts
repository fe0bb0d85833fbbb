/** Update packages of nRF Connect SDK: a zip with binaries and a manifest that says which image each one is (mcuboot.md 11, dfu-clients.md 1.5). */

import { strFromU8, unzipSync } from 'fflate';
import { BootproofError } from '../base/errors.ts';
import { toHex } from '../base/bytes.ts';
import { parseImage } from './image.ts';
import { formatListedVersion } from './version.ts';

export interface PackagedImage {
  /** The file's name in the package. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** The image number. */
  readonly target: number;
  /** The hash TLV in hex. */
  readonly hash: string;
  /** As image lists show it. */
  readonly version: string;
}

/** More than any device has flash for: a zip that claims more is no update. */
const fileSizeMax = 64 * 1024 * 1024;
const filesMax = 32;
const manifestName = 'manifest.json';

/** The images of a package in the order of its manifest. Throws an input error that names `source`. */
export function parseUpdatePackage(bytes: Uint8Array, source: string): readonly PackagedImage[] {
  const invalid = (problem: string, hint?: string): BootproofError => packageError(`${source} ${problem}`, hint);
  const files = unzip(bytes, invalid);
  const manifest = files.get(manifestName);
  if (manifest === undefined) throw invalid('has no manifest.json', 'packages are made by the build: dfu_application.zip');
  const images = entriesOf(manifest, invalid).map((entry) => imageOf(entry, files, invalid));
  for (const [index, { target, name }] of images.entries()) {
    const other = images.slice(0, index).find((image) => image.target === target);
    if (other === undefined) continue;
    const hint = 'where each slot has a file of its own (direct-xip, S0 and S1), name the one that is wanted as an input of type image';
    throw invalid(`has two files for image ${target}: ${other.name} and ${name}`, hint);
  }
  return images;
}

type Invalid = (problem: string, hint?: string) => BootproofError;

/** Sizes are looked at before anything is inflated, and nothing inflates beyond the size that its header states. */
function unzip(bytes: Uint8Array, invalid: Invalid): ReadonlyMap<string, Uint8Array> {
  let [count, total] = [0, 0];
  try {
    const files = unzipSync(bytes, {
      filter: ({ originalSize }) => {
        count += 1;
        total += originalSize;
        if (count > filesMax) throw invalid(`has more than ${filesMax} files`);
        if (total > fileSizeMax) throw invalid(`unpacks to more than ${fileSizeMax} bytes`);
        return true;
      },
    });
    return new Map(Object.entries(files));
  } catch (thrown) {
    if (thrown instanceof BootproofError) throw thrown;
    throw invalid('is not a zip, or is damaged');
  }
}

interface Entry {
  readonly file: string;
  readonly target: number;
  readonly size: number | undefined;
}

function entriesOf(manifest: Uint8Array, invalid: Invalid): readonly Entry[] {
  const value = readJson(strFromU8(manifest), invalid);
  const files = isRecord(value) ? value['files'] : undefined;
  if (!Array.isArray(files) || files.length === 0) throw invalid('has a manifest that lists no `files`');
  return files.map((entry: unknown) => {
    const { file, size, image_index: index, image } = isRecord(entry) ? entry : {};
    if (typeof file !== 'string') throw invalid('has a manifest with an entry that names no `file`');
    const target = Number(index ?? image ?? 0);
    if (!Number.isInteger(target) || target < 0 || target > 255) throw invalid(`has a manifest in which ${file} is for no image number`);
    return { file, target, size: typeof size === 'number' ? size : undefined };
  });
}

/** Builds write addresses as bare hexadecimal numbers now and then, which JSON does not have. */
function readJson(text: string, invalid: Invalid): unknown {
  const decimal = text.replace(/"(?:\\.|[^"\\])*"|0x[0-9a-f]+/gi, (token) => (token.startsWith('"') ? token : String(Number(token))));
  try {
    return JSON.parse(decimal);
  } catch {
    throw invalid('has a manifest.json that is not JSON');
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function imageOf({ file, target, size }: Entry, files: ReadonlyMap<string, Uint8Array>, invalid: Invalid): PackagedImage {
  const bytes = files.get(file);
  if (bytes === undefined) throw invalid(`lacks ${file}, which its manifest lists`);
  if (size !== undefined && size !== bytes.length) throw invalid(`has ${file} with ${bytes.length} bytes, and its manifest says ${size}`);
  try {
    const { hash, header } = parseImage(bytes);
    if (hash !== undefined) return { name: file, bytes, target, hash: toHex(hash.digest), version: formatListedVersion(header.version) };
  } catch (thrown) {
    if (!(thrown instanceof Error)) throw thrown;
    throw invalid(`has ${file}, which is no MCUboot image: ${thrown.message}`);
  }
  throw invalid(`has ${file}, an image without a hash, which no server could list`);
}

function packageError(problem: string, hint = 'build the package again'): BootproofError {
  return new BootproofError(`the package ${problem}`, { fault: 'input', code: 'package-invalid', hint });
}
