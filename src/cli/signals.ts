/** Ctrl-C and SIGTERM: the first one asks for an orderly end, the second one ends the process. */

import { BootproofError } from '../base/errors.ts';

const interruptedExit = 130;

export function onInterrupt(told: () => void): { readonly signal: AbortSignal; dispose(): void } {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(interruptedExit);
    told();
    controller.abort(new BootproofError('the run was cancelled', { fault: 'cancelled', code: 'cancelled' }));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return {
    signal: controller.signal,
    dispose: () => {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
    },
  };
}
