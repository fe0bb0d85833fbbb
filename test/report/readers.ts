/** Other people's readers of our reports: tap-parser in the process, `prove` and `xmllint` where they are installed. */

import { execFileSync } from 'node:child_process';
import { Parser } from 'tap-parser';
import type { FinalResults, Result } from 'tap-parser';

/** The points of a TAP text, and all that a strict parser finds wrong with it as TAP (a bad point is not wrong TAP). */
export function readTap(text: string): { readonly points: readonly Result[]; readonly complaints: readonly unknown[] } {
  const parsed = Parser.parse(text, { strict: true }) as unknown as readonly (readonly [string, unknown])[];
  const of = (wanted: string): unknown[] => parsed.filter(([kind]) => kind === wanted).map(([, value]) => value);
  const [complete] = of('complete') as FinalResults[];
  const errors = complete?.failures.filter((failure) => failure.tapError) ?? ['no end'];
  return { points: of('assert') as Result[], complaints: [...errors, ...of('extra'), ...of('child'), ...of('bailout')] };
}

/** Why tests with this program must be skipped, or false. A machine for continuous integration has no excuse. */
export function missing(program: string): string | false {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return false;
  } catch (thrown) {
    if (process.env['CI'] !== undefined) throw thrown;
    return `${program} is not installed`;
  }
}

export function run(program: string, args: readonly string[]): { readonly code: number; readonly text: string } {
  try {
    return { code: 0, text: execFileSync(program, args, { encoding: 'utf8', stdio: 'pipe' }) };
  } catch (thrown) {
    const { status, stdout, stderr } = thrown as { status: number; stdout: string; stderr: string };
    return { code: status, text: stdout + stderr };
  }
}
