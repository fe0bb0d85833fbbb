/** Gives the rest of an attempt the names that its steps left before the runner died. */

import type { StepEnd } from '../events/event.ts';
import type { AnyStep } from '../language/model.ts';
import type { Names } from './step-list.ts';

/** The steps of a list by its name, such as `setup`. */
type Lists = (name: string) => readonly AnyStep[];

export function restoreNames(names: Names, sections: Lists, ended: readonly StepEnd[]): void {
  for (const { step: path, outcome, result, saved } of ended) {
    const step = outcome === 'passed' ? stepAt(sections, path) : undefined;
    if (step === undefined) continue;
    if (step.id !== undefined) names.results[step.id] = result ?? {};
    Object.assign(names.saved, saved);
  }
}

/** Undefined for the steps of a fragment, which has names of its own. */
function stepAt(sections: Lists, path: string): AnyStep | undefined {
  const [first = '', ...inner] = path.split(/\.(?=repeat\[|parallel\[|call\.)/);
  let step = memberAt(first, sections);
  for (const place of inner) {
    const [block = '', list = ''] = place.split('.');
    const blocks = step?.blocks ?? [];
    // The rounds of a loop are of one block.
    const taken = block.startsWith('repeat') ? blocks[0] : blocks[indexIn(block)];
    step = memberAt(list, () => (block.startsWith('call') ? [] : (taken?.steps ?? [])));
  }
  return step;
}

/** Of `steps[3]` the fourth one of the list `steps`. */
function memberAt(place: string, listOf: Lists): AnyStep | undefined {
  return listOf(place.slice(0, place.indexOf('[')))[indexIn(place)];
}

function indexIn(place: string): number {
  return Number(/\[(\d+)\]/.exec(place)?.[1] ?? NaN);
}
