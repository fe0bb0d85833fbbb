/**
 * Zephyr's SMP server: takes packets, walks through the requests in them, and answers in the order and with the checks of
 * smp.c (smp.md 1.2). What a command does is the groups' business; framing is the ports'.
 */

import { decodeHeader, encodePacket, headerSize, responseOp, smpOp } from '../../smp/header.ts';
import { encodeCbor } from '../../smp/cbor.ts';
import { codeName, coreCodes, groupName } from '../../smp/codes.ts';
import { mapOf, refuse } from './answer.ts';
import { createFieldReader } from './fields.ts';
import type { FieldReader } from './fields.ts';
import { createGroups } from './groups.ts';
import { withSuccessRc } from './success-rc.ts';
import type { SmpHeader } from '../../smp/header.ts';
import type { Answer, Entries, GroupError } from './answer.ts';
import type { Group, Handler, ServerContext } from './group.ts';
import type { RefusedCommand, ServerProfile } from './profile.ts';

export interface SmpServer {
  /** Handles all requests of one packet. Each answer is handed to `output` before the next request is looked at. */
  handle(packet: Uint8Array, output: (response: Uint8Array) => void): void;
  /** The answer of a server that has no buffer left: rc 2, built in the request's own buffer. Undefined when nothing can be answered. */
  outOfBuffers(packet: Uint8Array): Uint8Array | undefined;
}

/** The commands of all groups. */
export interface Commands {
  handle(header: SmpHeader, fields: FieldReader): Answer;
}

export interface SmpServerOptions extends Omit<ServerContext, 'groups'> {
  /** Puts something in between the server and its commands. */
  readonly wrapCommands?: (commands: Commands) => Commands;
}

/** A server in its state after a boot. */
export function createSmpServer({ wrapCommands = (commands) => commands, ...context }: SmpServerOptions): SmpServer {
  const { profile } = context;
  const groups: readonly Group[] = createGroups({ ...context, groups: () => groups });
  const byId = new Map(groups.map((group) => [group.id, group]));
  const commands = wrapCommands({
    handle: (header, fields) => {
      const handler = handlerOf(byId.get(header.group), header, profile);
      return typeof handler === 'number' ? refuse(handler) : handler(fields);
    },
  });

  const respond = (header: SmpHeader, payload: Uint8Array): Respond => {
    const refused = refusal(header, payload, profile);
    if (refused !== undefined) return failed(header, refused, profile);
    return encodeAnswer(header, commands.handle(header, createFieldReader(payload, profile.protocol.decoder)), profile);
  };

  return {
    handle: (packet, output) => {
      let at = 0;
      for (;;) {
        const header = decodeHeader(packet.subarray(at));
        if (header === undefined || (profile.protocol.client && isAnswer(header))) return;
        const { response, stop } = respond(header, packet.subarray(at + headerSize));
        if (response !== undefined) output(response);
        if (stop) return;
        at += headerSize + alignUp(header.length, profile.protocol.requestAlign);
      }
    },
    outOfBuffers: (packet) => {
      const header = decodeHeader(packet);
      return header === undefined ? undefined : failed(header, { rc: coreCodes.ENOMEM }, profile).response;
    },
  };
}

interface Respond {
  readonly response: Uint8Array | undefined;
  /** Nothing behind this request is looked at any more. */
  readonly stop: boolean;
}

interface Refusal {
  readonly rc: number;
  readonly reason?: string | undefined;
}

/** What the core refuses before it looks for a handler. */
function refusal(header: SmpHeader, payload: Uint8Array, { protocol }: ServerProfile): Refusal | undefined {
  if (protocol.checksLength && header.length > payload.length) return { rc: coreCodes.ECORRUPT };
  if (protocol.opCheck === 'first' && !isRequest(header)) return { rc: coreCodes.ENOTSUP };
  if (protocol.answeredVersion === 'request' && header.version > 1) return { rc: coreCodes.UNSUPPORTED_TOO_NEW };
  return !protocol.originalProtocol && header.version === 0 ? { rc: coreCodes.UNSUPPORTED_TOO_OLD } : undefined;
}

/** The handler, or the code with which there is none. */
function handlerOf(group: Group | undefined, header: SmpHeader, profile: ServerProfile): Handler | number {
  const command = group?.commands[header.command];
  if (command === undefined) return coreCodes.ENOTSUP;
  if (!isRequest(header)) return coreCodes.EINVAL;
  const handler = header.op === smpOp.read ? command.read : command.write;
  const refused = profile.refused.find((entry) => concerns(entry, header));
  return handler === undefined ? coreCodes.ENOTSUP : (refused?.rc ?? handler);
}

function concerns({ group, command, op }: RefusedCommand, header: SmpHeader): boolean {
  return group === header.group && command === header.command && (op === undefined || smpOp[op] === header.op);
}

function isRequest({ op }: SmpHeader): boolean {
  return op === smpOp.read || op === smpOp.write;
}

function isAnswer({ op }: SmpHeader): boolean {
  return op === smpOp.readResponse || op === smpOp.writeResponse;
}

function encodeAnswer(header: SmpHeader, answer: Answer, profile: ServerProfile): Respond {
  switch (answer.kind) {
    case 'rc':
      return failed(header, answer, profile);
    case 'silence':
      return { response: undefined, stop: false };
    case 'map':
      return succeeded(header, withSuccessRc(answer.entries, header, profile), profile);
    case 'error': {
      const { groupErrors } = profile.protocol;
      if (header.version === 0 || groupErrors === 'rc') return translated(header, answer, profile);
      return succeeded(header, [[groupErrors, mapOf(['group', header.group], ['rc', answer.error.code])], ...answer.after], profile);
    }
  }
}

function succeeded(header: SmpHeader, entries: Entries, profile: ServerProfile): Respond {
  const response = encodeResponse(header, entries, profile);
  if (response.length > profile.buffers.size) return failed(header, { rc: profile.protocol.tooLargeRc }, profile);
  return { response, stop: false };
}

/** A translation to 0 counts as success with nothing written: a bare header (smp.md 1.3). */
function translated(header: SmpHeader, answer: Extract<Answer, { kind: 'error' }>, profile: ServerProfile): Respond {
  const rc = translationOf(header, answer.error, profile);
  if (rc === coreCodes.EOK) return { response: encodePacket(responseHeader(header, profile), new Uint8Array()), stop: false };
  return failed(header, { rc, reason: answer.reason }, profile);
}

function translationOf({ group, command }: SmpHeader, { code, v1 }: GroupError, { protocol }: ServerProfile): number {
  const row = protocol.translation.find(
    (entry) =>
      entry.group === groupName(group) &&
      (entry.command === undefined || entry.command === command) &&
      entry.error === codeName(group, code),
  );
  return row?.rc ?? v1;
}

function failed(header: SmpHeader, { rc, reason }: Refusal, profile: ServerProfile): Respond {
  const entries: Entries =
    reason === undefined || !profile.protocol.reasons
      ? [['rc', rc]]
      : [
          ['rc', rc],
          ['rsn', reason],
        ];
  return { response: encodeResponse(header, entries, profile), stop: true };
}

function encodeResponse(header: SmpHeader, entries: Entries, profile: ServerProfile): Uint8Array {
  return encodePacket(responseHeader(header, profile), encodeCbor(mapOf(...entries), { indefinite: !isCanonical(profile) }));
}

function isCanonical({ protocol }: ServerProfile): boolean {
  return protocol.decoder.library === 'zcbor' && protocol.decoder.canonical;
}

function responseHeader(header: SmpHeader, profile: ServerProfile): Omit<SmpHeader, 'length'> {
  const version = profile.protocol.answeredVersion === 'request' ? Math.min(header.version, 1) : 0;
  return { ...header, op: responseOp(header.op), version, flags: 0 };
}

function alignUp(value: number, alignment: number): number {
  return Math.ceil(value / alignment) * alignment;
}
