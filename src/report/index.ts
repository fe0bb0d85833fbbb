/** The registry of reporters, and the two ways to feed them: while a run happens, and from its log. */

import { joinRuns } from '../events/join.ts';
import { createRunFold } from './fold.ts';
import { createJunitReporter } from './junit.ts';
import { createTapReporter } from './tap.ts';
import type { RunEvent } from '../events/event.ts';
import type { Output, Reporter, ReporterFactory } from './reporter.ts';
import type { RunSummary } from './summary.ts';

const factories = {
  tap: createTapReporter,
  junit: createJunitReporter,
} as const satisfies Readonly<Record<string, ReporterFactory>>;

export type ReporterName = keyof typeof factories;

/** The names that `--report` accepts. */
export const reporterNames = Object.keys(factories) as readonly ReporterName[];

/** The reporters of one run. A reporter that throws is left out from then on; the run and the other reports go on. */
export interface ReportSet {
  /** Takes the next event; gives what the reporters want to be shown at once. */
  on(event: RunEvent): readonly Streamed[];
  /** The files of all reporters, and what went wrong in those that have none. */
  end(): { readonly outputs: readonly ReportFile[]; readonly failures: readonly ReporterFailure[] };
}

/** A large report may come in several files; the first has the usual name. */
export interface ReportFile extends Output {
  readonly reporter: string;
}

export interface Streamed {
  readonly name: string;
  readonly text: string;
}

export interface ReporterFailure {
  readonly name: string;
  readonly thrown: unknown;
}

export function createReports(names: readonly ReporterName[]): ReportSet {
  const run = createRunFold();
  const failures: ReporterFailure[] = [];
  let working: readonly Reporter[] = names.map((name) => factories[name](run));
  const ask = <T>(what: (reporter: Reporter) => readonly T[]): readonly T[] =>
    working.flatMap((reporter) => {
      try {
        return what(reporter);
      } catch (thrown) {
        failures.push({ name: reporter.name, thrown });
        working = working.filter((other) => other !== reporter);
        return [];
      }
    });
  return {
    on: (event) => {
      run.on(event);
      return ask((reporter) => {
        const text = reporter.on(event);
        return text === undefined ? [] : [{ name: reporter.name, text }];
      });
    },
    end: () => ({ outputs: ask((reporter) => reporter.end().map((output) => ({ reporter: reporter.name, ...output }))), failures }),
  };
}

/** What came of the run, or of several that were joined. Pure. */
export function summarize(events: readonly RunEvent[]): RunSummary {
  const run = createRunFold();
  for (const event of joinRuns(events)) run.on(event);
  return run.summary();
}

/** The files of the named reporters, made from the log of one run or of several that were joined. Pure. */
export function renderReports(events: readonly RunEvent[], names: readonly ReporterName[]): readonly ReportFile[] {
  const reports = createReports(names);
  for (const event of joinRuns(events)) reports.on(event);
  const { outputs, failures } = reports.end();
  if (failures[0] !== undefined) throw failures[0].thrown;
  return outputs;
}
