/** One line that says what a step does, for reports and live views. */

import type { AnyStep } from '../language/model.ts';

const titleMax = 120;

/** The step's own name, or its verb and arguments: `expect image: next, slot: 1, pending: true`. */
export function stepTitle(step: AnyStep): string {
  if (step.name !== undefined) return step.name;
  const fault = step.fault === undefined ? [] : [`while ${step.fault.do}`];
  const timing = [
    step.within === undefined ? [] : [`within ${step.within}`],
    step.stays === undefined ? [] : [`stays ${step.stays}`],
  ].flat();
  const text = [step.verb, describeValue(step.args, false), ...fault, ...timing].filter((part) => part !== '').join(' ');
  return text.length <= titleMax ? text : `${text.slice(0, titleMax - 3)}...`;
}

function describeValue(value: unknown, nested: boolean): string {
  if (Array.isArray(value)) return value.map((item) => describeValue(item, true)).join(', ');
  if (typeof value !== 'object' || value === null) return String(value);
  const text = Object.entries(value)
    .filter(([key]) => key !== 'steps')
    .map(([key, inner]) => `${key}: ${describeValue(inner, true)}`)
    .join(', ');
  return nested ? `{${text}}` : text;
}
