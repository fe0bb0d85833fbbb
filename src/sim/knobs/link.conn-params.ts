/** A board that asks for other connection parameters while the link lives, as firmware does that saves energy or fears for its flash. */

import { millisecondsOf } from '../../base/measures.ts';
import type { LinkParameters } from '../ble/air.ts';
import type { Knob } from './knob.ts';
import type { KnobValues } from './values.generated.ts';

type Entry = KnobValues['link.conn-params'][number];

const intervalUnitMs = 1.25;
const timeoutUnitMs = 10;
const defaults = { latency: 0, supervision: '4s' } as const;

export const connParams: Knob<'link.conn-params'> = (script, { clock }) => {
  let links = 0;
  return {
    radio: (radio) => ({
      ...radio,
      connected: (link) => {
        links += 1;
        const own = links;
        for (const entry of script) {
          clock.arm(millisecondsOf(entry.at), 'other parameters of a simulated link', () => {
            if (own === links) link.request(parametersOf(entry));
          });
        }
        radio.connected(link);
      },
      closed: () => {
        links += 1;
        radio.closed();
      },
    }),
  };
};

function parametersOf({ interval, latency = defaults.latency, supervision = defaults.supervision }: Entry): LinkParameters {
  const count = (written: string, unitMs: number): number => Math.round(millisecondsOf(written) / unitMs);
  return { interval: count(interval, intervalUnitMs), latency, timeout: count(supervision, timeoutUnitMs) };
}
