/** An image over SMP to a board: progress is told, and a refusal is remembered. */

import { fromHex } from '../base/bytes.ts';
import { uploadImage, type UploadOptions } from '../client/upload.ts';
import type { UploadResult } from '../client/upload-tally.ts';
import type { StepContext } from './context.ts';
import type { InputImage } from './images.ts';

/** Rejects as `uploadImage` does. */
export async function sendImage(
  { device, signal, progress }: Pick<StepContext, 'device' | 'signal' | 'progress'>,
  { bytes, hash }: Pick<InputImage, 'bytes' | 'hash'>,
  options: Omit<UploadOptions, 'signal' | 'hash' | 'progress'>,
): Promise<UploadResult> {
  const client = await device.client(signal);
  try {
    return await uploadImage(client, bytes, {
      ...options,
      signal,
      hash: fromHex(hash),
      progress: (offset) => progress(offset, bytes.length, 'B'),
    });
  } catch (thrown) {
    device.noteRefusal(thrown);
    throw thrown;
  }
}
