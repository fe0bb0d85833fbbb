/** What pipelines ask of the boards of a bench that these cannot do: the cells would be "not applicable", which is better known before the night. */

import type { Board } from '../../device/board.ts';
import type { Diagnostic } from '../../language/diagnostics.ts';
import { everyStep } from '../../language/model.ts';
import type { AnyStep, Bench, Pipeline } from '../../language/model.ts';
import { list } from '../../language/words.ts';
import { capabilityHints, needsOfStep } from '../../run/needs.ts';
import type { Capability } from '../../run/needs.ts';
import { createBoards } from '../boards.ts';

/** Warnings, since other boards may be able to. Throws an input error for a profile that cannot be used. */
export function whatBoardsCannot(pipelines: readonly Pipeline[], bench: Bench): readonly Diagnostic[] {
  const boards = createBoards(bench);
  return pipelines.flatMap((pipeline) => [...missingTransports(pipeline, boards), ...missingCapabilities(pipeline, boards)]);
}

/** Each need once, at the first step that has it. */
function missingCapabilities({ setup, steps, onFailure, teardown }: Pipeline, boards: readonly Board[]): Diagnostic[] {
  const first = new Map<Capability, AnyStep>();
  for (const step of everyStep([...setup, ...steps, ...onFailure, ...teardown]))
    for (const need of needsOfStep(step)) if (!first.has(need)) first.set(need, step);
  return [...first].flatMap(([need, step]) => {
    const unable = boards.filter((board) => !board.offers.has(need));
    if (unable.length === 0) return [];
    const message = `this step makes the pipeline not applicable to ${list(unable.map(({ name }) => name))}`;
    return [{ code: 'board-cannot', severity: 'warning' as const, message, span: step.span, hint: capabilityHints[need] }];
  });
}

function missingTransports({ axes, span }: Pipeline, boards: readonly Board[]): Diagnostic[] {
  const known = new Set(boards.flatMap(({ transports }) => transports));
  return (axes.get('transport') ?? []).flatMap((transport) => {
    if (known.has(String(transport))) return [];
    const message = `no board of the bench has the transport \`${transport}\``;
    return [{ code: 'board-cannot', severity: 'warning' as const, message, span, hint: `it has ${[...known].join(', ')}` }];
  });
}
