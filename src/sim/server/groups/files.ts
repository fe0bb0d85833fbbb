/** The file system group (8), smp.md 3.7. */

import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { coreCodes, groupCodes } from '../../../smp/codes.ts';
import { answerMap, fail, mapOf, refuse } from '../answer.ts';
import { createOffsetUpload } from '../offset-upload.ts';
import { createFileHandle, writeFile } from '../open-file.ts';
import type { CborInput } from '../../../smp/cbor.ts';
import type { Answer, GroupError } from '../answer.ts';
import type { FieldReader } from '../fields.ts';
import type { FileSystem } from '../files.ts';
import type { Command, Group, ServerContext } from '../group.ts';
import type { FilesFeatures } from '../profile.ts';
import type { UploadFields } from '../offset-upload.ts';
import type { FileHandle, OpenFile } from '../open-file.ts';

const error = groupCodes.fs;

interface FilesState {
  readonly files: FileSystem;
  readonly features: FilesFeatures;
  readonly handle: FileHandle;
  /** Bytes of a file in one download answer. */
  readonly chunkSize: number;
}

export function createFilesGroup(context: ServerContext): Group {
  const { files, profile } = context;
  const features = profile.files;
  const handle = createFileHandle({ files, idleCloseMs: features.idleCloseMs, now: () => context.uptimeMs() });
  const state: FilesState = { files, features, handle, chunkSize: profile.buffers.size - features.downloadOverhead };
  const uploadFile = features.uploads === 'file' ? (fields: UploadFields) => upload(fields, state) : createOffsetUpload(files);
  const commands: Readonly<Record<number, Command>> = {
    0: { read: (readFields) => download(readFields, state), write: (readFields) => checkedUpload(readFields, features, uploadFile) },
    1: { read: (readFields) => status(readFields, state) },
    2: { read: (readFields) => hash(readFields, state) },
    3: { read: supportedHashes },
    4: {
      write: () => {
        handle.close();
        return answerMap();
      },
    },
  };
  return {
    id: 8,
    name: 'fs mgmt',
    commands: Object.fromEntries(Object.entries(commands).filter(([number]) => features.commands.includes(Number(number)))),
  };
}

function download(readFields: FieldReader, { handle, files, features, chunkSize }: FilesState): Answer {
  const fields = readFields({ off: 'uint64', name: 'text' });
  if (fields?.off === undefined || !pathFits(fields.name, features)) return refuse(coreCodes.EINVAL);
  const path = fields.name;
  let file = handle.current('download', path);
  if (file === undefined) {
    handle.close();
    const contents = files.read(path);
    if (contents === undefined) return fail(statusError(path, files));
    file = handle.open({ use: 'download', path, contents, off: 0, len: contents.length });
  }
  const from = Math.min(Number(fields.off), file.contents.length);
  const data = file.contents.subarray(from, from + chunkSize);
  const length = file.len;
  file.off = Number(fields.off) + data.length;
  handle.touch(file);
  const entries = [['off', fields.off] as const, ['data', data] as const];
  return Number(fields.off) === 0 ? answerMap(...entries, ['len', length]) : answerMap(...entries);
}

function checkedUpload(readFields: FieldReader, features: FilesFeatures, uploadFile: (fields: UploadFields) => Answer): Answer {
  const fields = readFields({ off: 'uint64', name: 'text', data: 'bytes', len: 'uint64' });
  if (fields?.off === undefined || !pathFits(fields.name, features)) return refuse(coreCodes.EINVAL);
  const { name, data = new Uint8Array(), len } = fields;
  const off = Number(fields.off);
  return off === 0 && len === undefined ? refuse(coreCodes.EINVAL) : uploadFile({ name, off, data, len: Number(len ?? 0) });
}

function upload({ name, off, data, len }: UploadFields, state: FilesState): Answer {
  const file = state.handle.current('upload', name) ?? openForUpload(name, state);
  if ('v1' in file) return fail(file);
  const stored = state.files.read(file.path)?.length ?? 0;
  if (off === 0) file.len = len;
  else if (file.off === 0) file.off = stored;
  if (off > 0 && off !== file.off) {
    // The handle is given up too, since the client is expected to start again.
    state.handle.close();
    return { kind: 'error', error: error.FILE_OFFSET_NOT_VALID, reason: undefined, after: [['len', file.off]] };
  }
  if (!writeChunk(file, { off, stored, data })) {
    state.handle.close();
    return fail(error.FILE_WRITE_FAILED);
  }
  state.handle.touch(file);
  return answerMap(['off', file.off]);
}

function openForUpload(path: string, { files, handle }: FilesState): OpenFile | GroupError {
  handle.close();
  if (!path.startsWith('/')) return error.FILE_INVALID_NAME;
  if (files.kind(path) === 'directory') return error.UNKNOWN;
  if (!files.create(path)) return error.MOUNT_POINT_NOT_FOUND;
  return handle.open({ use: 'upload', path, contents: files.read(path)?.slice() ?? new Uint8Array(), off: 0, len: 0 });
}

/** Longest file that is taken: a small device's flash. */
const fileMax = 256 * 1024;

/** Offset 0 replaces a file that has stored contents; everything else is added at the end. */
function writeChunk(file: OpenFile, chunk: { readonly off: number; readonly stored: number; readonly data: Uint8Array }): boolean {
  const { off, stored, data } = chunk;
  if (data.length === 0) return true;
  if (off === 0 && stored !== 0) {
    file.contents = new Uint8Array();
    file.position = 0;
  } else if (file.position !== off) file.position = file.contents.length;
  if (file.position + data.length > fileMax) return false;
  writeFile(file, data);
  file.off += data.length;
  return true;
}

function status(readFields: FieldReader, { files, features }: FilesState): Answer {
  const name = readFields({ name: 'text' })?.name;
  if (!pathFits(name, features)) return refuse(coreCodes.EINVAL);
  const contents = files.read(name);
  return contents === undefined ? fail(statusError(name, files)) : answerMap(['len', contents.length]);
}

const hashes: Readonly<Record<string, { readonly format: 0 | 1; readonly size: number; of(bytes: Uint8Array): CborInput }>> = {
  crc32: { format: 0, size: 4, of: (bytes) => crc32(bytes) },
  sha256: { format: 1, size: 32, of: (bytes) => new Uint8Array(createHash('sha256').update(bytes).digest()) },
};
const hashNameMax = 8;

function hash(readFields: FieldReader, { files, features }: FilesState): Answer {
  const fields = readFields({ type: 'text', name: 'text', off: 'uint64', len: 'uint64' });
  const { type = '', off = 0, len } = fields ?? {};
  const name = fields?.name;
  if (!pathFits(name, features) || type.length > hashNameMax || len === 0) return refuse(coreCodes.EINVAL);
  const typeName = type === '' ? 'crc32' : type;
  const algorithm = Object.hasOwn(hashes, typeName) ? hashes[typeName] : undefined;
  if (algorithm === undefined) return fail(error.CHECKSUM_HASH_NOT_FOUND);
  const contents = files.read(name);
  if (contents === undefined) return fail(statusError(name, files));
  if (contents.length <= off) return fail(contents.length === 0 ? error.FILE_EMPTY : error.FILE_OFFSET_LARGER_THAN_FILE);
  const part = contents.subarray(Number(off), len === undefined ? contents.length : Number(off) + Number(len));
  const place = Number(off) === 0 ? [] : [['off', off] as const];
  return answerMap(['type', typeName], ...place, ['len', part.length], ['output', algorithm.of(part)]);
}

function supportedHashes(): Answer {
  const entries = Object.entries(hashes).map(([name, { format, size }]) => [name, mapOf(['format', format], ['size', size])] as const);
  return answerMap(['types', mapOf(...entries)]);
}

function pathFits(name: string | undefined, features: FilesFeatures): name is string {
  return name !== undefined && name !== '' && Buffer.byteLength(name) <= features.pathMax;
}

/** Why the length of a file cannot be told. */
function statusError(path: string, files: FileSystem): GroupError {
  if (!path.startsWith('/')) return error.FILE_INVALID_NAME;
  return files.kind(path) === 'directory' ? error.FILE_IS_DIRECTORY : error.FILE_NOT_FOUND;
}
