/** Ctrl-C, SIGTERM and a closed terminal: the first one asks for an orderly end, a second Ctrl-C or SIGTERM ends the process. */

import { BootproofError } from '../base/errors.ts';
import { exitCodes } from '../run/outcome.ts';

export function onInterrupt(told: () => void): { readonly signal: AbortSignal; dispose(): void } {
  const controller = new AbortController();
  const endInOrder = (): void => {
    if (controller.signal.aborted) return;
    told();
    controller.abort(new BootproofError('the run was cancelled', { fault: 'cancelled', code: 'cancelled' }));
  };
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(exitCodes.interrupted);
    endInOrder();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  // The kernel and the shell may both tell of one terminal that was closed.
  process.on('SIGHUP', endInOrder);
  return {
    signal: controller.signal,
    dispose: () => {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
      process.off('SIGHUP', endInOrder);
    },
  };
}
