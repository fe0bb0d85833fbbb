/** Files of the board, whole: one request after the other, as the one file handle of real servers wants it (smp.md 3.7). */

import { concatBytes } from '../base/bytes.ts';
import { BootproofError } from '../base/errors.ts';
import { fsDownload, fsUpload } from '../smp/groups/fs.ts';
import { encodeRequest } from '../smp/message.ts';
import { requestLimits } from './buffers.ts';
import type { SmpClient } from './client.ts';
import { SmpRefusal } from './errors.ts';
import { bufferTooSmall, dataThatFits } from './upload-chunks.ts';

export interface FileTransferOptions {
  readonly signal: AbortSignal;
  readonly progress: (done: number, total: number) => void;
}

/** A request that is not answered may have been carried out, so the whole file is begun anew; so often at most. */
const startsMax = 3;
/** More than the file systems of such boards hold. */
const downloadMax = 64 * 1024 * 1024;

/** Rejects with `SmpRefusal` where the server takes no such file, with infra errors for a silent or broken link. */
export async function uploadFile(client: SmpClient, name: string, contents: Uint8Array, options: FileTransferOptions): Promise<void> {
  const limits = await requestLimits(client, options.signal);
  for (let start = 1; ; start += 1) {
    try {
      await uploadOnce(client, { name, contents, ...limits }, options);
      return;
    } catch (thrown) {
      if (start >= startsMax || !isSilence(thrown)) throw thrown;
      client.note(`a part of ${name} was not acknowledged; the file is sent anew`);
    }
  }
}

interface FileToSend {
  readonly name: string;
  readonly contents: Uint8Array;
  readonly packetMax: number;
  readonly dataMax: number;
}

async function uploadOnce(
  client: SmpClient,
  { name, contents, packetMax, dataMax }: FileToSend,
  { signal, progress }: FileTransferOptions,
): Promise<void> {
  for (let offset = 0; offset < contents.length || offset === 0;) {
    const head = { name, offset, ...(offset === 0 ? { length: contents.length } : {}) };
    const bare = encodeRequest(fsUpload, { ...head, data: new Uint8Array() }, { version: 1, sequence: 0 });
    const room = Math.min(dataThatFits(packetMax - bare.length), dataMax);
    if (room === 0) throw bufferTooSmall(packetMax);
    const data = contents.subarray(offset, offset + room);
    const reply = await client.request(fsUpload, { ...head, data }, { signal });
    if (reply.offset !== offset + data.length) throw strayed(name, reply.offset, offset + data.length);
    offset = reply.offset;
    progress(offset, contents.length);
    if (contents.length === 0) return;
  }
}

/** Rejects as `uploadFile` does. */
export async function downloadFile(client: SmpClient, name: string, { signal, progress }: FileTransferOptions): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let [offset, total] = [0, 0];
  do {
    const { data, length, offset: from } = await client.request(fsDownload, { name, offset }, { signal });
    if (offset === 0) total = length ?? 0;
    if (from !== offset || (data.length === 0 && offset < total) || total > downloadMax) throw strayed(name, from, offset);
    parts.push(data);
    offset += data.length;
    progress(offset, total);
  } while (offset < total);
  return concatBytes(parts);
}

function isSilence(thrown: unknown): boolean {
  return !(thrown instanceof SmpRefusal) && thrown instanceof BootproofError && thrown.code === 'smp-no-answer';
}

function strayed(name: string, found: number, wanted: number): BootproofError {
  return new BootproofError(`the board went on with byte ${found} of ${name}, and ${wanted} was next`, {
    fault: 'product',
    code: 'file-offset',
    hint: 'another client may have used the file system meanwhile',
  });
}
