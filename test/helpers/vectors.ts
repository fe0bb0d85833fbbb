/** The recorded truth that tests compare with: copies of the shared vectors, kept compressed in `test/vectors/`. */

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { dirname, join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';

/** A path below the project's root, wherever the compiled test lies. */
export function projectPath(relative: string): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package-lock.json'))) {
    if (folder === dirname(folder)) throw new Error('this test does not lie in the project');
    folder = dirname(folder);
  }
  return join(folder, relative);
}

/** The records of one JSON-lines file, such as `smp/native_sim_udp.jsonl`. */
export function readVectors(name: string): Record<string, unknown>[] {
  const text = brotliDecompressSync(readFileSync(projectPath(`test/vectors/${name}.br`))).toString('utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** The image files made by imgtool, with `manifest.json` among them. The archive is a line of `[name, size]` pairs, then the bytes. */
export function readImageFiles(): Map<string, Uint8Array> {
  const archive = brotliDecompressSync(readFileSync(projectPath('test/vectors/images/images.br')));
  const headEnd = archive.indexOf(10);
  const index = JSON.parse(archive.subarray(0, headEnd).toString('utf8')) as [string, number][];
  let at = headEnd + 1;
  const files = new Map<string, Uint8Array>();
  for (const [name, size] of index) {
    files.set(name, new Uint8Array(archive.subarray(at, at + size)));
    at += size;
  }
  return files;
}
