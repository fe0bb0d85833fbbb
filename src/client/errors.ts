/** How an SMP conversation fails: the device refuses, stays silent, or the link is gone. */

import { toHex } from '../base/bytes.ts';
import { BootproofError } from '../base/errors.ts';
import { formatDuration } from '../base/quantities.ts';
import type { CborMap } from '../smp/cbor.ts';
import { describeFailure, type SmpFailure } from '../smp/message.ts';

/** The device answered with an error. */
export class SmpRefusal extends BootproofError {
  override readonly name = 'SmpRefusal';
  readonly failure: SmpFailure;
  /** The whole reply: some errors have fields beside them, such as `len` of a file upload. */
  readonly payload: CborMap;

  constructor(command: string, refusal: { readonly failure: SmpFailure; readonly payload: CborMap }) {
    const hint = hints[refusal.failure.name ?? ''];
    super(`${command} was refused: ${describeFailure(refusal.failure)}`, {
      fault: 'product',
      code: 'smp-refused',
      ...(hint === undefined ? {} : { hint }),
    });
    this.failure = refusal.failure;
    this.payload = refusal.payload;
  }
}

const slotInUse = 'the slot is in use by a pending or an unconfirmed image: confirm or reset first';

/** What to do about the refusals that puzzle people most (smp.md 8). */
const hints: Readonly<Record<string, string>> = {
  EBADSTATE: slotInUse,
  NO_FREE_SLOT: slotInUse,
  EBUSY: 'another client or the application holds the resource; try again later',
  ENOTSUP: "the server was built without this command, or the request's group or op is wrong",
  HASH_NOT_FOUND: 'no slot holds this image; an image is named by the hash in its TLV, not by the hash of its file',
  IMAGE_ALREADY_PENDING: 'another image state is waiting for a reset or for its confirmation',
  IMAGE_CONFIRMATION_DENIED: 'this server lets only the running image be confirmed: mark the image pending, reset, then confirm',
  IMAGE_SETTING_TEST_TO_ACTIVE_DENIED: 'the image is the running one; was the same image uploaded again?',
};

/** Nothing came back in time. Whether board, wiring or firmware is to blame, nobody can tell from here. */
export function noAnswer(what: string, link: string, ms: number, hint = silenceHint): BootproofError {
  return new BootproofError(`${what} was not answered over ${link} within ${formatDuration(ms)}`, {
    fault: 'infra',
    code: 'smp-no-answer',
    hint,
  });
}

const silenceHint = 'check that the firmware has an SMP server on this transport, and that nothing else reads the port';

/** The server that answered before erases a slot now, or something went wrong with that. */
export const eraseHint =
  'the slot may take longer to erase: raise `first-timeout` of the upload, or `erase-time` of the board in the bench';

export function unexpectedAnswer(what: string, link: string, answer: Uint8Array): BootproofError {
  const shown = `${toHex(answer.subarray(0, shownBytesMax))}${answer.length > shownBytesMax ? '...' : ''}`;
  return new BootproofError(`${what} was answered over ${link} with ${shown}, where silence was expected`, {
    fault: 'product',
    code: 'smp-unexpected-answer',
  });
}

/** Of a packet in a message; the event log has more of it. */
const shownBytesMax = 48;

export function clientClosed(link: string): BootproofError {
  return new BootproofError(`the SMP client on ${link} was closed`, { fault: 'infra', code: 'client-closed' });
}
