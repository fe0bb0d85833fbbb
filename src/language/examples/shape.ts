/** Examples of what the schemas refuse. */

import { ofFile, ofPipeline, ofProfile, ofSteps } from './example.ts';

export const shapeExamples = {
  'duplicate-item': ofPipeline('tags: [ota, smoke, ota]\n', 'tags: [ota, smoke]\n'),
  'key-needs': ofSteps('- wait: {for: 2s, timeout: 10s}\n', '- wait: {until: {log: "ready"}, timeout: 10s}\n'),
  'keys-exclude': ofSteps('- upload: {image: next, slot: 1, target: 0}\n', '- upload: {image: next, slot: 1}\n'),
  'kind-missing': ofFile('version: 1\nid: ota.first\n', 'version: 1\nkind: pipeline\nid: ota.first\ntitle: First\nsteps:\n  - reset: {}\n'),
  'kind-unknown': ofFile(
    'version: 1\nkind: pipelin\nid: ota.first\ntitle: First\nsteps:\n  - reset: {}\n',
    'version: 1\nkind: pipeline\nid: ota.first\ntitle: First\nsteps:\n  - reset: {}\n',
  ),
  malformed: ofPipeline('id: OTA First\n', 'id: ota.first\n'),
  'missing-key': ofSteps('- upload: {slot: 1}\n', '- upload: {image: next, slot: 1}\n'),
  'out-of-range': ofSteps('- upload: {image: next, window: 0}\n', '- upload: {image: next, window: 4}\n'),
  'unit-missing': ofPipeline('timeout: 90\n', 'timeout: 90s\n'),
  'unknown-key': ofSteps('- uplaod: {image: next}\n', '- upload: {image: next}\n'),
  'unquoted-scalar': ofPipeline(
    `
inputs:
  app: {image: {build: {version: 1.10, size: 64 KiB}}}
steps:
  - upload: {image: app}
`,
    `
inputs:
  app: {image: {build: {version: "1.10", size: 64 KiB}}}
steps:
  - upload: {image: app}
`,
  ),
  'wrong-type': ofSteps('- reset: now\n', '- reset: {}\n'),
  'wrong-value': ofSteps('- reset: {mode: fast}\n', '- reset: {mode: bootloader}\n'),
  'area-misaligned': ofProfile(
    'storage: {flash: internal, offset: 0x80800, size: 16 KiB}\n',
    'storage: {flash: internal, offset: 0x81000, size: 16 KiB}\n',
  ),
  'area-outside': ofProfile(
    'storage: {flash: internal, offset: 0xfe000, size: 16 KiB}\n',
    'storage: {flash: internal, offset: 0xfc000, size: 16 KiB}\n',
  ),
  'area-overlap': ofProfile(
    'storage: {flash: internal, offset: 0x3c000, size: 16 KiB}\n',
    'storage: {flash: internal, offset: 0x80000, size: 16 KiB}\n',
  ),
  'chip-unknown': ofProfile(
    'storage: {flash: intrenal, offset: 0x80000, size: 16 KiB}\n',
    'storage: {flash: internal, offset: 0x80000, size: 16 KiB}\n',
  ),
  'sectors-unsuitable': ofProfile(
    'bootloader: {release: v2.2.0, mode: move, max-sectors: 32}\n',
    'bootloader: {release: v2.2.0, mode: move, max-sectors: 64}\n',
  ),
};
