/** `error`: the error that the action before was answered with. */

import { describeExpectedError, isExpectedError } from '../device/expected-error.ts';
import { met, polled } from './expectation.ts';

export const error = polled<'error'>('error-differs', ({ error: wanted }, { previous }) => {
  if (previous?.kind === 'error' && isExpectedError(previous, wanted)) return Promise.resolve(met);
  const found = previous?.kind === 'error' ? describeExpectedError(previous) : 'no error';
  return Promise.resolve({ met: false, message: `the action before ended with ${found}`, found, wanted: describeExpectedError(wanted) });
});
