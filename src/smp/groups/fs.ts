/** Commands of the file system group (smp.md 3.7). Unlike image upload, a wrong offset is a refusal here. */

import type { CborMap } from '../cbor.ts';
import { groupNumbers } from '../codes.ts';
import { SmpDecodeError } from '../decode-error.ts';
import { byteString, count, map, named, nothing, optional, required, text } from '../fields.ts';
import type { SmpCommand } from '../message.ts';

const group = groupNumbers.fs;

export interface FileDownloadReply {
  readonly offset: number;
  readonly data: Uint8Array;
  /** Bytes of the whole file; only in the reply for offset 0. */
  readonly length: number | undefined;
}

export const fsDownload: SmpCommand<{ readonly name: string; readonly offset: number }, FileDownloadReply> = {
  name: 'fs download',
  group,
  command: 0,
  op: 'read',
  idempotent: true,
  encode: (request) => ({ off: request.offset, name: request.name }),
  decode: (reply) => ({
    offset: required(reply, 'off', count),
    data: required(reply, 'data', byteString),
    length: optional(reply, 'len', count),
  }),
};

export interface FileUploadRequest {
  readonly name: string;
  readonly offset: number;
  readonly data: Uint8Array;
  /** Bytes of the whole file; needed at offset 0. */
  readonly length?: number | undefined;
}

export const fsUpload: SmpCommand<FileUploadRequest, { readonly offset: number }> = {
  name: 'fs upload',
  group,
  command: 0,
  op: 'write',
  idempotent: false,
  encode: (request) => ({ name: request.name, off: request.offset, data: request.data, len: request.length }),
  decode: (reply) => ({ offset: required(reply, 'off', count) }),
};

/** While an upload is open, real servers show the old length of the file. */
export const fsStatus: SmpCommand<{ readonly name: string }, { readonly length: number }> = {
  name: 'fs status',
  group,
  command: 1,
  op: 'read',
  idempotent: true,
  encode: (request) => ({ name: request.name }),
  decode: (reply) => ({ length: required(reply, 'len', count) }),
};

export interface FileHashRequest {
  readonly name: string;
  /** A name from `fsHashTypes`; the server's default is crc32. */
  readonly type?: string | undefined;
  readonly offset?: number | undefined;
  readonly length?: number | undefined;
}

export interface FileHashReply {
  readonly type: string;
  readonly offset: number;
  readonly length: number;
  /** A number for checksums, bytes for hashes. */
  readonly output: number | Uint8Array;
}

export const fsHash: SmpCommand<FileHashRequest, FileHashReply> = {
  name: 'fs hash',
  group,
  command: 2,
  op: 'read',
  idempotent: true,
  encode: (request) => ({ name: request.name, type: request.type, off: request.offset, len: request.length }),
  decode: (reply) => ({
    type: required(reply, 'type', text),
    offset: optional(reply, 'off', count) ?? 0,
    length: required(reply, 'len', count),
    output: readOutput(reply),
  }),
};

function readOutput(reply: CborMap): number | Uint8Array {
  const value = reply.get('output');
  const output = byteString.read(value) ?? count.read(value);
  if (output === undefined) throw new SmpDecodeError('reply field `output` that is neither a number nor a byte string');
  return output;
}

export interface FileHashType {
  readonly name: string;
  readonly format: 'number' | 'bytes';
  /** Bytes of the output. */
  readonly size: number;
}

export const fsHashTypes: SmpCommand<void, { readonly types: readonly FileHashType[] }> = {
  name: 'fs hash types',
  group,
  command: 3,
  op: 'read',
  idempotent: true,
  encode: () => ({}),
  decode: (reply) => ({ types: named(required(reply, 'types', map), map).map(readHashType) }),
};

function readHashType({ name, value: entry }: { readonly name: string; readonly value: CborMap }): FileHashType {
  return { name, format: required(entry, 'format', count) === 0 ? 'number' : 'bytes', size: required(entry, 'size', count) };
}

export const fsClose: SmpCommand<void, void> = {
  name: 'fs close',
  group,
  command: 4,
  op: 'write',
  idempotent: true,
  encode: () => ({}),
  decode: nothing,
};
