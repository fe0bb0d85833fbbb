/** A Bluetooth stack that can keep track of so many notifications on their way: what is one too many is lost, with a line on the console. */

import { createNotificationLimit } from './in-flight.ts';
import type { Knob } from './knob.ts';

export const txContexts: Knob<'bt.tx-contexts'> = (contexts, { device }) => {
  const limit = createNotificationLimit();
  return { radio: (radio) => limit(radio, contexts, () => device.print('<wrn> bt_conn: Unable to allocate TX context')) };
};
