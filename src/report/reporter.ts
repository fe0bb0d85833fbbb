/** The contract of a reporter: a fold over events that ends in files. It never sees the runner, the clock or the file system. */

import type { RunEvent } from '../events/event.ts';
import type { RunFold } from './fold.ts';
import type { RunSummary } from './summary.ts';

export interface Reporter {
  readonly name: string;
  /** Takes the next event, which the fold has taken already. Gives text for whoever watches the run, if there is any. */
  on(event: RunEvent): string | undefined;
  /** The files. What was streamed is how the first of them starts, and all of it when the run was not killed. */
  end(): readonly Output[];
}

/** A file to be written: `path` is relative to the folder of the reports, the text is written as UTF-8. */
export interface Output {
  readonly path: string;
  readonly text: string;
}

/** Makes a reporter that reads from `run`, which all reporters of a run share. */
export type ReporterFactory = (run: RunFold) => Reporter;

/** A reporter that needs nothing but the finished run. */
export function fromSummary(name: string, render: (run: RunSummary) => readonly Output[]): ReporterFactory {
  return (run) => ({ name, on: () => undefined, end: () => render(run.summary()) });
}
