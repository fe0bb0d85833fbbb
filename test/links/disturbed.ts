/** What is done to the link of every stock pipeline, as the step that each of them then begins with. */

import { dirname, resolve } from 'node:path';

/** `vanished` is done to the board's process instead: its port goes, and does not come back. */
export const disturbances = {
  none: undefined,
  loss: '{ do: loss, share: 1% }',
  duplicate: '{ do: duplicate, share: 10% }',
  reorder: '{ do: reorder, share: 10%, by: 50ms }',
  stall: '{ at: { progress: 40% }, do: stall, for: 3s }',
  drop: '{ at: { progress: 40% }, do: link-drop, for: 1s }',
  vanished: undefined,
} as const;

export type DisturbanceName = keyof typeof disturbances;

/** The text of a pipeline in `path`, with the disturbance, on whatever transport the board has; its files are found from anywhere. */
export function disturbed(text: string, path: string, name: DisturbanceName): string {
  const fault = disturbances[name];
  const here = text
    .replace(/^matrix:\n {2}axes: \{ transport: .*\n/m, '')
    .replace(/\{ file: (\S+) \}/g, (_all, file: string) => `{ file: ${resolve(dirname(path), file)} }`);
  return fault === undefined ? here : here.replace(/^steps:\n/m, `steps:\n  - fault: ${fault}\n`);
}
