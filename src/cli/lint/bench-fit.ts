/** What pipelines ask of the boards of a bench that these cannot do: the cells would be "not applicable", which is better known before the night. */

import type { Board } from '../../device/board.ts';
import type { Diagnostic } from '../../language/diagnostics.ts';
import type { AnyStep, Bench, Pipeline } from '../../language/model.ts';
import { list } from '../../language/words.ts';
import {
  advertisedInStep,
  advertisingHint,
  allSteps,
  capabilityHints,
  isServed,
  listeningHint,
  needsOfStep,
  servingHint,
  transportsOfStep,
} from '../../run/needs.ts';
import type { Capability } from '../../run/needs.ts';
import { createBoards } from '../boards.ts';

/** Warnings, since other boards may be able to. Throws an input error for a profile that cannot be used. */
export function whatBoardsCannot(pipelines: readonly Pipeline[], bench: Bench): readonly Diagnostic[] {
  const boards = createBoards(bench);
  return pipelines.flatMap((pipeline) => [
    ...missingTransports(pipeline, boards),
    ...missingCapabilities(pipeline, boards),
    ...unserved(pipeline, boards),
    ...unasked(pipeline, boards),
    ...unadvertised(pipeline, boards),
  ]);
}

/** Each need once, at the first step that has it. */
function missingCapabilities(pipeline: Pipeline, boards: readonly Board[]): Diagnostic[] {
  const first = new Map<Capability, AnyStep>();
  for (const step of allSteps(pipeline)) for (const need of needsOfStep(step)) if (!first.has(need)) first.set(need, step);
  return [...first].flatMap(([need, step]) =>
    cannot(
      step,
      boards.filter((board) => !board.offers.has(need)),
      capabilityHints[need],
    ),
  );
}

function unserved(pipeline: Pipeline, boards: readonly Board[]): Diagnostic[] {
  const step = [...allSteps(pipeline)].find(({ verb }) => verb === 'serve');
  const unable = boards.filter(({ serves }) => serves.size === 0);
  return step === undefined ? [] : cannot(step, unable, servingHint);
}

/** A board that can be asked over none of its transports lacks a capability; this is about others, and the transports of this pipeline. */
function unasked(pipeline: Pipeline, boards: readonly Board[]): Diagnostic[] {
  const [step] = pipeline.steps;
  if (step === undefined || isServed(pipeline)) return [];
  const axis = pipeline.axes.get('transport')?.map(String);
  const unable = boards.filter(({ transports, answers }) =>
    (axis ?? transports.slice(0, 1)).some((name) => answers.size > 0 && transports.includes(name) && !answers.has(name)),
  );
  return cannot(step, unable, listeningHint);
}

function unadvertised(pipeline: Pipeline, boards: readonly Board[]): Diagnostic[] {
  const isMute = ({ transports, advertises }: Board, name: string): boolean => transports.includes(name) && !advertises.has(name);
  return [...allSteps(pipeline)].flatMap((step) =>
    advertisedInStep(step).flatMap((name) =>
      cannot(
        step,
        boards.filter((board) => isMute(board, name)),
        advertisingHint,
      ),
    ),
  );
}

function cannot({ span }: AnyStep, unable: readonly Board[], hint: string): Diagnostic[] {
  if (unable.length === 0) return [];
  const message = `this step makes the pipeline not applicable to ${list(unable.map(({ name }) => name))}`;
  return [{ code: 'board-cannot', severity: 'warning', message, span, hint }];
}

function missingTransports(pipeline: Pipeline, boards: readonly Board[]): Diagnostic[] {
  const known = new Set(boards.flatMap(({ transports }) => transports));
  const ofAxis = (pipeline.axes.get('transport') ?? []).map((transport) => ({ transport: String(transport), span: pipeline.span }));
  const ofSteps = [...allSteps(pipeline)].flatMap((step) => transportsOfStep(step).map((transport) => ({ transport, span: step.span })));
  return [...ofAxis, ...ofSteps].flatMap(({ transport, span }) => {
    if (known.has(transport)) return [];
    const message = `no board of the bench has the transport \`${transport}\``;
    return [{ code: 'board-cannot', severity: 'warning' as const, message, span, hint: `it has ${[...known].join(', ')}` }];
  });
}
