/** What a profile's bootloader trusts: everything, a demo key, or a public key of its own. */

import { messageOf } from '../base/errors.ts';
import { demoKeyNames } from '../mcuboot/demo-keys.ts';
import { loadPublicKey } from '../mcuboot/keys.ts';
import { list, suggestion } from './words.ts';

const demoPrefix = 'demo:';

/** Why a text is no key; undefined when it is one. */
export function trustedKeyProblem(text: string): string | undefined {
  if (text === 'none') return undefined;
  if (text.startsWith(demoPrefix)) return demoKeyProblem(text.slice(demoPrefix.length));
  if (!text.includes('-----BEGIN')) return 'it is none of them';
  try {
    loadPublicKey(text);
    return undefined;
  } catch (thrown) {
    return messageOf(thrown);
  }
}

function demoKeyProblem(name: string): string | undefined {
  if (demoKeyNames.some((known) => known === name)) return undefined;
  return `there is no demo key of that name; ${suggestion(name, demoKeyNames) ?? `there are ${list(demoKeyNames)}`}`;
}
