/** `exit`: the exit code of the program before. */

import { met, polled } from './expectation.ts';

export const exit = polled<'exit'>('exit-differs', ({ exit: wanted }, { previous }) => {
  if (previous?.kind !== 'exit') return Promise.resolve({ met: false, message: 'the action before ran no program', wanted });
  const { code } = previous;
  return Promise.resolve(code === wanted ? met : { met: false, message: `the program ended with exit code ${code}`, found: code, wanted });
});
