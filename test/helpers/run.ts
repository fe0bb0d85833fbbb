/** Runs pipelines that tests write inline, on the simulated board, and gives the events. */

import { loadDocument } from '../../src/language/load.ts';
import { formatDiagnostic } from '../../src/language/diagnostics.ts';
import type { Pipeline } from '../../src/language/model.ts';
import { createBoards } from '../../src/cli/boards.ts';
import { readBeside } from '../../src/cli/documents.ts';
import type { RunEvent } from '../../src/events/event.ts';
import type { CellOutcome } from '../../src/events/outcome.ts';
import { planCells } from '../../src/run/plan.ts';
import { run } from '../../src/run/run.ts';
import type { RunOptions } from '../../src/run/run-options.ts';

export interface Ran {
  readonly exitCode: number;
  readonly outcomes: readonly CellOutcome[];
  readonly events: readonly RunEvent[];
  /** Evidence by name. */
  readonly kept: ReadonlyMap<string, string>;
}

export function parsePipeline(text: string, name = 'inline.pipeline.yaml'): Pipeline {
  const { document, diagnostics } = loadDocument(text, { name });
  if (document?.kind !== 'pipeline') throw new Error(diagnostics.map(formatDiagnostic).join('\n'));
  return document;
}

/** The head of most test pipelines: a board that runs `base`. */
export function pipelineText(steps: string, extra = ''): string {
  return `version: 1
kind: pipeline
id: test.inline
title: inline
inputs:
  base: { image: { build: { version: '1.0.0', size: 16 KiB } } }
  next: { image: { build: { version: '1.1.0', size: 16 KiB } } }
${extra}
setup:
  - provision: { image: base, confirmed: true }
steps:
${steps}`;
}

export async function runPipelines(pipelines: readonly Pipeline[], options: Partial<RunOptions> = {}): Promise<Ran> {
  const events: RunEvent[] = [];
  const kept = new Map<string, string>();
  const boards = createBoards(undefined);
  const end = await run({
    id: 'test',
    seed: 1,
    version: '0.0.0',
    host: {},
    selection: {},
    cells: planCells({ pipelines, boards: { all: boards, chosen: boards } }),
    set: new Map(),
    jobs: 4,
    realTime: false,
    bail: false,
    readFile: readBeside,
    keepFile: (_cell, name, bytes) => {
      kept.set(name, Buffer.from(bytes).toString('utf8'));
      return `artifacts/${name}`;
    },
    // Somebody who takes the first answer.
    ask: ({ choices }) => Promise.resolve(choices[0] ?? ''),
    write: (event) => events.push(event),
    signal: new AbortController().signal,
    ...options,
  });
  return { ...end, events, kept };
}

export function runText(text: string, options: Partial<RunOptions> = {}): Promise<Ran> {
  return runPipelines([parsePipeline(text)], options);
}

/** The ends of steps by path, such as `steps[2]`. */
export function stepEnds(ran: Ran): ReadonlyMap<string, Extract<RunEvent, { kind: 'step-end' }>> {
  return new Map(ran.events.flatMap((event) => (event.kind === 'step-end' ? [[event.step, event] as const] : [])));
}

/** The message of the first diagnostic that any step of the usual pipeline ended with; undefined when all went well. */
export async function complaintOf(steps: string): Promise<string | undefined> {
  const ran = await runText(pipelineText(steps));
  return [...stepEnds(ran).values()].flatMap(({ diagnostics }) => diagnostics.map(({ message }) => message))[0];
}
