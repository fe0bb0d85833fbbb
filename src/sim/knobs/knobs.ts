/** What is wrong with a simulated device on purpose, so that scenarios can be proven to catch it. Each knob wraps the part that it spoils. */

import { withAnyHash } from './any-hash.ts';
import { withAutoPending } from './auto-pending.ts';
import { withFastWrites } from './fast-writes.ts';
import { withLostConfirm } from './lost-confirm.ts';
import { withPartialPackets } from './partial-packets.ts';
import type { FastWritesContext, FastWritesKnob } from './fast-writes.ts';
import type { PartialPacketsKnob } from './partial-packets.ts';
import type { ImageStore } from '../images/store.ts';
import type { SmpServer } from '../server/server.ts';

/** A knob that is absent is off; a healthy device has none. */
export interface SimKnobs {
  readonly anyHash?: boolean;
  readonly autoPending?: boolean;
  readonly fastWrites?: FastWritesKnob;
  readonly lostConfirm?: boolean;
  readonly partialPackets?: PartialPacketsKnob;
}

/** The image store that the application's server gets in place of `store`. */
export function withStoreKnobs(store: ImageStore, knobs: SimKnobs, context: FastWritesContext): ImageStore {
  let sick = store;
  if (knobs.fastWrites !== undefined) sick = withFastWrites(sick, knobs.fastWrites, context);
  if (knobs.autoPending === true) sick = withAutoPending(sick);
  if (knobs.lostConfirm === true) sick = withLostConfirm(sick);
  return sick;
}

/** The SMP server that the application's ports get in place of `server`. */
export function withServerKnobs(
  server: SmpServer,
  { anyHash, partialPackets }: SimKnobs,
  device: { readonly images: ImageStore; readonly restart: () => void },
): SmpServer {
  const fooled = anyHash === true ? withAnyHash(server, device.images) : server;
  return partialPackets === undefined ? fooled : withPartialPackets(fooled, partialPackets, device.restart);
}
