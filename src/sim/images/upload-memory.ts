/** What a server remembers of the upload that is going on. */

import type { BlockWriter } from '../server/image/block-writer.ts';

export interface Upload {
  readonly slot: number;
  readonly size: number;
  /** As the client sent it: a key for resuming, of any length up to 32. */
  readonly sha: Uint8Array;
  readonly writer: BlockWriter;
  off: number;
}

/** In Zephyr it is in RAM: made anew at each boot. */
export interface UploadMemory {
  upload: Upload | undefined;
}
