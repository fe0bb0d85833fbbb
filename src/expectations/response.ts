/** `response`: the fields of the response to the action before. */

import type { JsonValue } from '../events/event.ts';
import { met, polled } from './expectation.ts';

export const response = polled<'response'>('response-differs', ({ response: wanted }, { previous }) => {
  if (previous?.kind !== 'response') {
    const found = previous?.kind === 'error' ? `error ${previous.name ?? previous.code}` : 'no request was made';
    return Promise.resolve({ met: false, message: 'the action before had no response', found });
  }
  const different = Object.entries(wanted).filter(([key, value]) => !sameJson(previous.fields[key], value as JsonValue));
  if (different.length === 0) return Promise.resolve(met);
  const names = different.map(([key]) => key).join(', ');
  return Promise.resolve({ met: false, message: `the response differs in ${names}`, found: previous.fields, wanted: wanted as JsonValue });
});

function sameJson(found: JsonValue | undefined, wanted: JsonValue): boolean {
  return JSON.stringify(found) === JSON.stringify(wanted);
}
