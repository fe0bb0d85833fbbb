/** A profile without mistakes as its model. */

import type { Profile as ProfileFile } from '../grammar.generated.ts';
import type { Profile } from '../model.ts';
import { compact, frozen } from '../plain.ts';
import type { YamlTree } from '../yaml.ts';
import { deviceOf } from './device.ts';

export function buildProfile(tree: YamlTree): Profile {
  const file = tree.value as ProfileFile;
  const { name, about } = file;
  return frozen(compact<Profile>({ kind: 'profile', name, about, profile: deviceOf(file), source: tree.source, span: tree.locate([]) }));
}
