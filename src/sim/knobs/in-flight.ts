/** Bluetooth stacks that hold only so many notifications that have not gone through the air yet. */

import { attOp } from '../../transport/ble/att.ts';
import type { Deliver, Radio } from '../ble/radio.ts';

/** Makes the radio of such a stack; `full` is called with a notification that is one too many, and that is not sent. */
export type NotificationLimit = (radio: Radio, most: number, full: () => void) => Radio;

export function createNotificationLimit(): NotificationLimit {
  let pending = new Set<object>();
  const counted = (deliver: Deliver): Deliver => {
    const [own, current] = [{}, pending];
    current.add(own);
    return (pdu, sent) =>
      deliver(pdu, () => {
        current.delete(own);
        sent?.();
      });
  };
  return (radio, most, full) => ({
    ...radio,
    connected: (link) => {
      pending = new Set();
      radio.connected(link);
    },
    send: (pdu, deliver) => {
      if (pdu[0] !== attOp.notification) radio.send(pdu, deliver);
      else if (pending.size >= most) full();
      else radio.send(pdu, counted(deliver));
    },
  });
}
