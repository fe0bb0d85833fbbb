/** `files`: moves a file between host and board, or asks about one that is there. */

import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { equalBytes, toHex } from '../base/bytes.ts';
import { downloadFile, uploadFile } from '../client/file-transfer.ts';
import type { StepContext } from '../device/context.ts';
import { Failure } from '../device/failure.ts';
import type { FilesArgs } from '../language/grammar.generated.ts';
import { fsHash, fsStatus } from '../smp/groups/fs.ts';
import type { StepHandler } from './step.ts';

/** 1 MiB at 2 KiB/s. */
const transferMs = 10 * 60_000;
/** A board hashes a few KiB a second at worst. */
const hashMs = 60_000;

export const files: StepHandler<'files'> = {
  timeoutMs: () => transferMs,
  run: async ({ upload, download, status, hash }, context) => {
    const { clock } = context;
    const startedAt = clock.now();
    const facts = { len: 0, output: '', file: '' };
    if (upload !== undefined) Object.assign(facts, await send(upload, context));
    if (download !== undefined) Object.assign(facts, await fetch(download, context));
    if (status !== undefined) Object.assign(facts, await askLength(status, context));
    if (hash !== undefined) Object.assign(facts, await askHash(hash, context));
    return { ...facts, seconds: (clock.now() - startedAt) / 1000 };
  },
};

type Args<Command extends keyof FilesArgs> = NonNullable<FilesArgs[Command]>;

async function send({ name, file }: Args<'upload'>, context: StepContext): Promise<{ readonly len: number }> {
  const contents = context.files.read(file);
  await transfer(context, (client, options) => uploadFile(client, name, contents, options));
  return { len: contents.length };
}

async function fetch({ name, equals }: Args<'download'>, context: StepContext): Promise<{ readonly len: number; readonly file: string }> {
  const contents = await transfer(context, (client, options) => downloadFile(client, name, options));
  const file = context.files.keep(name.split('/').at(-1) || 'file', contents);
  const wanted = equals === undefined ? undefined : context.files.read(equals);
  if (wanted !== undefined && !equalBytes(wanted, contents)) {
    throw differs(`${name} is not the same as ${equals}`, describe(wanted), describe(contents));
  }
  return { len: contents.length, file };
}

async function askLength(
  { name, equals }: Args<'status'>,
  { device, files: local, signal }: StepContext,
): Promise<{ readonly len: number }> {
  const { length } = await device.request(fsStatus, { name }, { signal });
  const wanted = equals === undefined ? length : local.read(equals).length;
  if (length !== wanted) throw differs(`${name} is not as long as ${equals}`, wanted, length);
  return { len: length };
}

async function askHash(
  { name, type = 'crc32', off, len, equals }: Args<'hash'>,
  { device, files: local, signal }: StepContext,
): Promise<{ readonly len: number; readonly output: string }> {
  const { output, length } = await device.request(fsHash, { name, type, offset: off, length: len }, { signal, timeoutMs: hashMs });
  const found = typeof output === 'number' ? checksumText(output) : toHex(output);
  const start = off ?? 0;
  const wanted =
    equals === undefined ? found : hashes[type](local.read(equals).subarray(start, len === undefined ? undefined : start + len));
  if (found !== wanted) throw differs(`${name} has another ${type} than ${equals}`, wanted, found);
  return { len: length, output: found };
}

const hashes: Readonly<Record<NonNullable<Args<'hash'>['type']>, (bytes: Uint8Array) => string>> = {
  crc32: (bytes) => checksumText(crc32(bytes)),
  sha256: (bytes) => createHash('sha256').update(bytes).digest('hex'),
};

function checksumText(value: number): string {
  return value.toString(16).padStart(8, '0');
}

type Transfer<T> = (client: Parameters<typeof uploadFile>[0], options: Parameters<typeof downloadFile>[2]) => Promise<T>;

async function transfer<T>({ device, signal, progress }: StepContext, work: Transfer<T>): Promise<T> {
  try {
    return await work(await device.client(signal), { signal, progress: (done, total) => progress(done, total, 'B') });
  } catch (thrown) {
    device.noteRefusal(thrown);
    throw thrown;
  }
}

function describe(bytes: Uint8Array): string {
  return `${bytes.length} bytes, sha256 ${hashes.sha256(bytes)}`;
}

function differs(message: string, wanted: string | number, found: string | number): Failure {
  return new Failure(message, { code: 'file-differs', wanted, found });
}
