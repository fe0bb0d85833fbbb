/** The steps of a pipeline in the order of the text, those within others too, each as far as it can be read. */

import { below, child, itemsOf, keysOf, textOf, type Cursor } from '../cursor.ts';
import { actionVerbs } from '../grammar.generated.ts';
import { innerListsOf } from '../inner-steps.ts';
import type { Section, Verb } from '../model.ts';
import type { OpenedFragment, OpenFragment } from './fragment-view.ts';

export const sections: readonly Section[] = ['setup', 'steps', 'on-failure', 'teardown'];

const verbs: readonly Verb[] = [...actionVerbs, 'expect'];

function isVerb(key: string): key is Verb {
  return (verbs as readonly string[]).includes(key);
}

/** `fault` is a verb where no other verb is: beside one it disturbs that one. */
export function verbsAmong(keys: readonly string[]): readonly Verb[] {
  const others = keys.filter(isVerb);
  return others.length === 0 && keys.includes('fault') ? ['fault'] : others;
}

/** A step that may be wrong. */
export interface StepView {
  readonly cursor: Cursor;
  readonly section: Section;
  /** Counts the steps of the pipeline in the order of the text: a step comes before those within it. */
  readonly order: number;
  /** All verbs that it has, in the order of the file; exactly one when it is right. */
  readonly verbs: readonly Verb[];
  readonly id: string | undefined;
  /** The steps that it is within, the outermost first, each with the number of the list that holds it: of a branch, of the body of a loop. */
  readonly parents: readonly Parent[];
  /** What a `call` calls, when it says so legibly. */
  readonly fragment: OpenedFragment | undefined;
}

export interface Parent {
  readonly step: StepView;
  readonly list: number;
}

export function stepsOf(root: Cursor, open: OpenFragment): StepView[] {
  const steps: StepView[] = [];
  for (const section of sections) collect(child(root, section), { section, parents: [], steps, open });
  return steps;
}

interface Collecting extends Pick<StepView, 'section' | 'parents'> {
  readonly steps: StepView[];
  readonly open: OpenFragment;
}

function collect(list: Cursor, { section, parents, steps, open }: Collecting): void {
  for (const cursor of itemsOf(list)) {
    const own = verbsAmong(keysOf(cursor));
    const id = textOf(child(cursor, 'id'));
    const file = textOf(child(child(cursor, 'call'), 'fragment'));
    const fragment = file === undefined || file === '' ? undefined : open(file);
    const step: StepView = { cursor, section, order: steps.length, verbs: own, id, parents, fragment };
    steps.push(step);
    for (const verb of own) {
      for (const [index, path] of innerListsOf(verb, child(cursor, verb).value).entries())
        collect(below(cursor, path), { section, parents: [...parents, { step, list: index }], steps, open });
    }
  }
}

/** How a step stands to another that may use what it leaves. */
export type Precedence = 'before' | 'itself' | 'around' | 'beside' | 'after';

/** `around`: `step` holds `other`. `beside`: they stand in branches that run at the same time. */
export function precedence(step: StepView, other: StepView): Precedence {
  if (step.order === other.order) return 'itself';
  if (other.parents.some((parent) => parent.step.order === step.order)) return 'around';
  if (step.order > other.order) return 'after';
  const depth = step.parents.findIndex(({ step: parent, list }, index) => {
    const facing = other.parents[index];
    return facing?.step.order === parent.order && facing.list !== list;
  });
  return depth >= 0 ? 'beside' : 'before';
}
