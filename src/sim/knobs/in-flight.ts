/** The notifications of a board that have not gone through the air yet. */

import type { Deliver } from '../ble/radio.ts';

export interface InFlight {
  readonly count: number;
  /** The same delivery, counted until it is sent. */
  track(deliver: Deliver): Deliver;
  /** A new link has none. */
  forget(): void;
}

export function createInFlight(): InFlight {
  let pending = new Set<object>();
  return {
    get count() {
      return pending.size;
    },
    track: (deliver) => {
      const [own, current] = [{}, pending];
      current.add(own);
      return (pdu, sent) =>
        deliver(pdu, () => {
          current.delete(own);
          sent?.();
        });
    },
    forget: () => {
      pending = new Set();
    },
  };
}
