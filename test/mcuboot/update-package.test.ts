/** Update packages: what is in them, and what is said about bad ones. */

import { zipSync, strToU8 } from 'fflate';
import t from 'tap';
import { buildImage } from '../../src/mcuboot/build.ts';
import { parseVersion } from '../../src/mcuboot/version.ts';
import { parseUpdatePackage } from '../../src/mcuboot/update-package.ts';

const app = buildImage({ version: parseVersion('1.2.0')!, body: new Uint8Array(2048) });
const net = buildImage({ version: parseVersion('3.0.1')!, body: new Uint8Array(1024) });
const twoFiles = [
  { file: 'net.bin', size: net.length, image_index: '1' },
  { file: 'app.bin', size: app.length, image_index: '0' },
];

function packed(manifest: unknown, files: Record<string, Uint8Array> = { 'app.bin': app, 'net.bin': net }): Uint8Array {
  const text = typeof manifest === 'string' ? manifest : JSON.stringify(manifest);
  return zipSync({ 'manifest.json': strToU8(text), ...files });
}

t.test('the images of a package come in the order of its manifest, each with its number', (t) => {
  const images = parseUpdatePackage(packed({ 'format-version': 1, files: twoFiles }), 'a.zip');
  t.same(
    images.map(({ name, target, version, bytes }) => [name, target, version, bytes.length]),
    [
      ['net.bin', 1, '3.0.1', net.length],
      ['app.bin', 0, '1.2.0', app.length],
    ],
  );
  t.end();
});

t.test('manifests without an image number, and with bare hexadecimal numbers, are understood', (t) => {
  const [image] = parseUpdatePackage(packed('{"files": [{"file": "app.bin", "load_address": 0xc200, "note": "0xc200"}]}'), 'a.zip');
  t.equal(image?.target, 0);
  t.end();
});

const bad: readonly (readonly [string, Uint8Array, RegExp])[] = [
  ['no zip', strToU8('no zip'), /not a zip/],
  ['a cut zip', packed({ files: twoFiles }).subarray(0, -30), /not a zip/],
  ['no manifest', zipSync({ 'app.bin': app }), /no manifest\.json/],
  ['a manifest that is not JSON', packed('{'), /not JSON/],
  ['an empty manifest', packed({ files: [] }), /lists no `files`/],
  ['a file that is missing', packed({ files: twoFiles }, { 'app.bin': app }), /lacks net\.bin/],
  ['a wrong size', packed({ files: [{ file: 'app.bin', size: 7 }] }), /manifest says 7/],
  [
    'two files for one image',
    packed({ files: [{ file: 'app.bin' }, { file: 'net.bin' }] }),
    /two files for image 0: app\.bin and net\.bin/,
  ],
  ['no MCUboot image', packed({ files: [{ file: 'x.bin' }] }, { 'x.bin': new Uint8Array(64) }), /x\.bin, which is no MCUboot image/],
  ['a bomb', packed({ files: twoFiles }, { 'a.bin': new Uint8Array(65 * 1024 * 1024) }), /unpacks to more than/],
];

for (const [what, bytes, message] of bad) {
  t.test(`a package with ${what} is refused`, (t) => {
    t.throws(() => parseUpdatePackage(bytes, 'a.zip'), { name: 'BootproofError', code: 'package-invalid', fault: 'input', message });
    t.end();
  });
}
