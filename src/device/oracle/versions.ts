/** Versions as image lists show them. */

import { parseVersion } from '../../mcuboot/version.ts';
import type { ImageVersion } from '../../mcuboot/version.ts';

/** Without the build number, which bootloaders leave out when they compare. Anything that is no version is the lowest one. */
export function readListedVersion(text: string): ImageVersion {
  return parseVersion(text.split('.').slice(0, 3).join('.')) ?? { major: 0, minor: 0, revision: 0, build: 0 };
}
