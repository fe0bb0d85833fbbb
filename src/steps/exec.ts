/** `exec`: a program on the host. */

import { BootproofError, messageOf } from '../base/errors.ts';
import { runCommand } from '../device/command.ts';
import { Failure } from '../device/failure.ts';
import type { JsonValue } from '../events/event.ts';
import { shortMs } from './step.ts';
import type { StepHandler } from './step.ts';

/** The end of what a failed program said is shown. */
const shownMax = 500;

export const exec: StepHandler<'exec'> = {
  timeoutMs: shortMs,
  run: async ({ run, env, expect, parse }, { clock, device, files, signal }, step) => {
    const timeoutMs = step.timeoutMs ?? shortMs();
    const done = await clock.external(runCommand({ run, ...(env === undefined ? {} : { env }), cwd: files.folder, timeoutMs, signal }));
    device.noteExit(done.exit);
    const wanted = expect?.exit ?? 0;
    if (wanted !== 'any' && done.exit !== wanted) {
      throw new Failure(`${run[0] ?? ''} ended with exit code ${done.exit}: ${done.stderr.slice(-shownMax) || 'it said nothing'}`, {
        code: 'exec-exit',
        wanted,
        found: done.exit,
      });
    }
    const value = parse === 'json' ? { value: parseOutput(done.stdout) } : {};
    return { exit: done.exit, stdout: done.stdout, stderr: done.stderr, ...value };
  },
};

function parseOutput(stdout: string): JsonValue {
  try {
    return JSON.parse(stdout) as JsonValue;
  } catch (thrown) {
    throw new BootproofError(`the output of the program is no JSON: ${messageOf(thrown)}`, { fault: 'input', code: 'exec-output' });
  }
}
