/** A broken rule as a failure of the product: the rule, what was so before and after, and where to look. */

import { Failure } from '../failure.ts';
import { shortHash } from '../images.ts';
import type { Rule } from './rules.ts';
import type { ImageState } from './state.ts';

export interface Violation {
  readonly rule: Rule;
  readonly before: ImageState;
  readonly after: ImageState;
  /** Versions of images by their hashes, as far as they are known. */
  readonly versions: ReadonlyMap<string, string>;
  /** What else is known of the boot, such as the bootloader's decision. */
  readonly evidence?: string | undefined;
}

export function failureOf({ rule, before, after, versions, evidence }: Violation): Failure {
  const name = (hash: string): string => `${versions.get(hash) ?? 'an image'} (${shortHash(hash)})`;
  const image = before.image === 0 ? '' : ` of image ${before.image}`;
  const because = evidence === undefined ? '' : ` (${evidence})`;
  const story = `before the boot${image}: ${describe(before, name)}; after it: ${describe(after, name)}${because}`;
  return new Failure(`${rule.says}; ${story}`, { code: rule.code, wanted: rule.says, found: describe(after, name), hint: rule.mend });
}

/** `1.1.0 (3f2a91c0...) on trial, with 1.0.0 (77aa0b12...) in the other slot`. */
function describe({ active, confirmed, other, request }: ImageState, name: (hash: string) => string): string {
  if (active === undefined) return 'nothing runs';
  const running = `${name(active)} ${confirmed ? 'confirmed' : 'on trial'}`;
  const asked = { none: '', test: ', pending for a test', permanent: ', pending for good' }[request];
  return other === undefined ? running : `${running}, with ${name(other)} in the other slot${asked}`;
}

type Listener = (failure: Failure) => void;

/** Those who want to hear of violations. */
export function createListeners(): { readonly add: (listener: Listener) => () => void; readonly tell: Listener } {
  const all = new Set<Listener>();
  return {
    add: (listener) => {
      all.add(listener);
      return () => void all.delete(listener);
    },
    tell: (failure) => all.forEach((listener) => listener(failure)),
  };
}
