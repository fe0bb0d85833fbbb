/** What is done to the link of every stock pipeline, as the step that each of them then begins with, and what may come of it. */

import { dirname, resolve } from 'node:path';

interface Disturbance {
  /** Absent: nothing is done to the link by the pipeline. */
  readonly fault?: { readonly do: string; readonly text: string; readonly seen?: RegExp };
  /** The codes with which a cell may end as infra. Every other cell passes. */
  readonly infra: readonly string[];
}

/** A lost answer to a reset cannot be had again: a second reset would end a trial. */
const resetAnswerLost = 'smp-no-answer';

export const disturbances = {
  none: { infra: [] },
  loss: { fault: { do: 'loss', text: '{ do: loss, share: 1% }', seen: /[1-9][0-9]* lost/ }, infra: [resetAnswerLost] },
  duplicate: { fault: { do: 'duplicate', text: '{ do: duplicate, share: 10% }', seen: /[1-9][0-9]* twice/ }, infra: [] },
  reorder: { fault: { do: 'reorder', text: '{ do: reorder, share: 10%, by: 50ms }', seen: /[1-9][0-9]* late/ }, infra: [] },
  stall: { fault: { do: 'stall', text: '{ at: { progress: 40% }, do: stall, for: 3s }' }, infra: [] },
  drop: { fault: { do: 'link-drop', text: '{ at: { progress: 40% }, do: link-drop, for: 1s }' }, infra: [] },
  /** Done to the board's process: in the middle of the first upload its port goes, and does not come back. */
  vanished: { infra: ['port-vanished', 'connection-lost', 'adapter-lost', 'console-lost', 'smp-no-answer'] },
} as const satisfies Readonly<Record<string, Disturbance>>;

export type DisturbanceName = keyof typeof disturbances;

export function disturbanceOf(name: DisturbanceName): Disturbance {
  return disturbances[name];
}

/** The text of a pipeline in `path`, with the disturbance, on whatever transport the board has; its files are found from anywhere. */
export function disturbed(text: string, path: string, name: DisturbanceName): string {
  const { fault } = disturbanceOf(name);
  const here = text
    .replace(/^matrix:\n {2}axes: \{ transport: .*\n/m, '')
    .replace(/\{ file: (\S+) \}/g, (_all, file: string) => `{ file: ${resolve(dirname(path), file)} }`);
  return fault === undefined ? here : here.replace(/^steps:\n/m, `steps:\n  - fault: ${fault.text}\n`);
}
