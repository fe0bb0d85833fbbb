/** Settings of a running device that come from elsewhere than a pipeline: checked as those of a pipeline are. */

import { BootproofError } from '../../base/errors.ts';
import type { Settings } from '../grammar.generated.ts';
import { createSource } from '../source.ts';
import { validate } from '../validate.ts';
import { changeOf } from './device.ts';

/** Throws an input error (`bad-request`) that names every mistake. */
export function readSettings(written: unknown): ReturnType<typeof changeOf> {
  const source = createSource('settings', '');
  const { diagnostics } = validate('settings', written, { locate: () => ({ source, start: 0, end: 0 }), plainText: () => undefined });
  if (diagnostics.length === 0) return changeOf(written as Settings);
  const mistakes = diagnostics.map(({ message, hint }) => (hint === undefined ? message : `${message} (${hint})`));
  throw new BootproofError(mistakes.join('; '), { fault: 'input', code: 'bad-request' });
}
