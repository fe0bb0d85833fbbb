/** What can become of one chunk of an upload, and of the upload itself. */

import { equalBytes } from '../base/bytes.ts';
import { BootproofError } from '../base/errors.ts';
import { coreCodes } from '../smp/codes.ts';
import { imageStateRead, type ImageUploadReply } from '../smp/groups/image.ts';
import type { SmpClient } from './client.ts';
import { SmpRefusal } from './errors.ts';

export type ChunkOutcome =
  | { readonly kind: 'reply'; readonly reply: ImageUploadReply }
  /** Request or answer were lost, or the server takes its time. */
  | { readonly kind: 'silence' }
  /** The server had no buffer for it, or was busy. */
  | { readonly kind: 'busy'; readonly refusal: SmpRefusal }
  /** It ends the upload. */
  | { readonly kind: 'failure'; readonly error: unknown };

/** Never rejects. */
export async function outcomeOf(sending: Promise<ImageUploadReply>): Promise<ChunkOutcome> {
  try {
    return { kind: 'reply', reply: await sending };
  } catch (thrown) {
    if (thrown instanceof BootproofError && thrown.code === 'smp-no-answer') return { kind: 'silence' };
    if (thrown instanceof SmpRefusal && isBusy(thrown)) return { kind: 'busy', refusal: thrown };
    return { kind: 'failure', error: thrown };
  }
}

/** Zephyr's core answers so when more requests came than it holds (real-servers.md 4.2). */
function isBusy({ failure: { group, code } }: SmpRefusal): boolean {
  return group === undefined && (code === coreCodes.ENOMEM || code === coreCodes.EBUSY);
}

/** Whether the server has the image although it knows of no upload: then only its last answer was lost (smp.md 4.5). */
export async function isImageListed(
  client: SmpClient,
  { hash, signal }: { readonly hash: Uint8Array | undefined; readonly signal: AbortSignal | undefined },
): Promise<boolean> {
  if (hash === undefined) return false;
  const { slots } = await client.request(imageStateRead, undefined, { signal });
  return slots.some((slot) => !slot.active && slot.hash !== undefined && equalBytes(slot.hash, hash));
}

export function uploadStuck(why: string): BootproofError {
  return new BootproofError(`the upload does not get on: ${why}`, {
    fault: 'product',
    code: 'upload-stuck',
    hint: 'another client may be uploading to the same board, or its flash does not take the data',
  });
}
