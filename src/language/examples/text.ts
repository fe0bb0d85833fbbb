/** Examples of files that are no documents. */

import { ofFile, ofPipeline, ofSteps } from './example.ts';

const good = 'version: 1\nkind: pipeline\nid: ota.first\ntitle: First\nsteps:\n  - reset: {}\n';

export const textExamples = {
  'file-empty': ofFile('# later\n', good),
  'not-text': ofFile('version: 1\nkind: pipeline\ntitle: \u0000\u0001\ufffd\n', good),
  'yaml-alias': ofSteps('- upload: *image\n', '- upload: &image {image: next}\n- upload: *image\n'),
  'yaml-duplicate-key': ofSteps('- upload: {image: next, slot: 1, slot: 2}\n', '- upload: {image: next, slot: 1}\n'),
  'yaml-many-documents': ofFile(`${good}---\n${good}`, good),
  'yaml-merge': ofSteps('- upload: {<<: next, image: next}\n', '- upload: {<<: {slot: 1}, image: next}\n'),
  'yaml-syntax': ofPipeline('title: Update: the first\n', 'title: "Update: the first"\n'),
  'yaml-tab': ofFile(good.replace('  - reset', '\t- reset'), good),
  'yaml-tag': ofSteps('- upload: !slow {image: next}\n', '- upload: {image: next}\n'),
  'yaml-too-complex': ofFile(`a: ${'['.repeat(200)}${']'.repeat(200)}\n`, good),
};
