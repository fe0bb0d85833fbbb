/** File uploads as they were up to Zephyr 3.2: the server remembers an offset and a length, and writes each chunk where it belongs (fs_mgmt.c). */

import { concatBytes } from '../../base/bytes.ts';
import { coreCodes, groupCodes } from '../../smp/codes.ts';
import { answerMap, fail, refuse } from './answer.ts';
import type { Answer } from './answer.ts';
import type { FileSystem } from './files.ts';

export interface UploadFields {
  readonly name: string;
  readonly off: number;
  readonly data: Uint8Array;
  /** Of the whole file; only that at offset 0 counts. */
  readonly len: number;
}

/** Whatever name a continuation has, it is written to. A wrong offset is refused in an answer that looks like a success with `rc` 3. */
export function createOffsetUpload(files: FileSystem): (fields: UploadFields) => Answer {
  let upload: { off: number; readonly len: number } | undefined;
  return ({ name, off, data, len }) => {
    if (off === 0) upload = { off: 0, len };
    if (upload === undefined) return refuse(coreCodes.EINVAL);
    if (off !== upload.off) return answerMap(['rc', coreCodes.EINVAL], ['off', upload.off]);
    if (off + data.length > upload.len) return refuse(coreCodes.EINVAL);
    if (data.length > 0 && !writeAt(files, name, { off, data })) return fail(groupCodes.fs.FILE_WRITE_FAILED);
    upload.off += data.length;
    const { off: next } = upload;
    if (next === upload.len) upload = undefined;
    return answerMap(['off', next]);
  };
}

/** At offset 0 the file is emptied first. */
function writeAt(files: FileSystem, path: string, { off, data }: { readonly off: number; readonly data: Uint8Array }): boolean {
  if (files.kind(path) === 'directory' || !files.create(path)) return false;
  const before = files.read(path)?.subarray(0, off) ?? new Uint8Array();
  return files.commit(path, concatBytes([before, new Uint8Array(off - before.length), data]));
}
