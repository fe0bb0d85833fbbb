/** The steps of a pipeline in the order in which they run, each as far as it can be read. */

import { child, itemsOf, keysOf, textOf, type Cursor } from '../cursor.ts';
import { actionVerbs } from '../grammar.generated.ts';
import type { Section, Verb } from '../model.ts';

export const sections: readonly Section[] = ['setup', 'steps', 'on-failure', 'teardown'];

const verbs: readonly Verb[] = [...actionVerbs, 'expect'];

function isVerb(key: string): key is Verb {
  return (verbs as readonly string[]).includes(key);
}

/** A step that may be wrong. */
export interface StepView {
  readonly cursor: Cursor;
  readonly section: Section;
  /** Counts the steps of the section from 0. */
  readonly index: number;
  /** Counts the steps of the pipeline in the order in which they run. */
  readonly order: number;
  /** All verbs that it has, in the order of the file; exactly one when it is right. */
  readonly verbs: readonly Verb[];
  readonly id: string | undefined;
}

export function stepsOf(root: Cursor): StepView[] {
  const steps: StepView[] = [];
  for (const section of sections) {
    for (const [index, cursor] of itemsOf(child(root, section)).entries()) {
      const own = keysOf(cursor);
      const id = textOf(child(cursor, 'id'));
      steps.push({ cursor, section, index, order: steps.length, verbs: own.filter(isVerb), id });
    }
  }
  return steps;
}
