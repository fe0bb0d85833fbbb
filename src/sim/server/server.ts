/**
 * Zephyr's SMP server: takes packets, walks through the requests in them, and answers in the order and with the checks of
 * smp.c (smp.md 1.2). What a command does is the groups' business; framing is the ports'.
 */

import { decodeHeader, encodePacket, headerSize, responseOp, smpOp } from '../../smp/header.ts';
import { encodeCbor } from '../../smp/cbor.ts';
import { coreCodes, groupNumbers } from '../../smp/codes.ts';
import { mapOf } from './answer.ts';
import { createGroups } from './groups.ts';
import type { SmpHeader } from '../../smp/header.ts';
import type { Answer, Entries } from './answer.ts';
import type { Group, Handler, ServerContext } from './group.ts';
import type { ServerProfile } from './profile.ts';

export interface SmpServer {
  /** Handles all requests of one packet. Each answer is handed to `output` before the next request is looked at. */
  handle(packet: Uint8Array, output: (response: Uint8Array) => void): void;
  /** The answer of a server that has no buffer left: rc 2, built in the request's own buffer. Undefined when nothing can be answered. */
  outOfBuffers(packet: Uint8Array): Uint8Array | undefined;
}

/** A server in its state after a boot. */
export function createSmpServer(context: Omit<ServerContext, 'groups'>): SmpServer {
  const { profile } = context;
  const groups: readonly Group[] = createGroups({ ...context, groups: () => groups });
  const byId = new Map(groups.map((group) => [group.id, group]));

  const respond = (header: SmpHeader, payload: Uint8Array): Respond => {
    const refused = refusal(header, payload, profile);
    if (refused !== undefined) return failed(header, refused, profile);
    const group = byId.get(header.group);
    const handler = handlerOf(group, header);
    if (group === undefined || handler === undefined) return failed(header, { rc: coreCodes.ENOTSUP }, profile);
    return encodeAnswer(header, { answer: handler(payload), group, profile });
  };

  return {
    handle: (packet, output) => {
      let at = 0;
      for (;;) {
        const header = decodeHeader(packet.subarray(at));
        if (header === undefined) return;
        const { response, stop } = respond(header, packet.subarray(at + headerSize));
        output(response);
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
  readonly response: Uint8Array;
  /** Nothing behind this request is looked at any more. */
  readonly stop: boolean;
}

interface Refusal {
  readonly rc: number;
  readonly reason?: string | undefined;
}

/** What the core refuses before it looks for a handler. */
function refusal(header: SmpHeader, payload: Uint8Array, profile: ServerProfile): Refusal | undefined {
  const { protocol } = profile;
  if (protocol.checksLength && header.length > payload.length) return { rc: coreCodes.ECORRUPT };
  if (header.op !== smpOp.read && header.op !== smpOp.write) return { rc: coreCodes.ENOTSUP };
  if (protocol.answeredVersion === 'request' && header.version > 1) return { rc: coreCodes.UNSUPPORTED_TOO_NEW };
  return undefined;
}

function handlerOf(group: Group | undefined, header: SmpHeader): Handler | undefined {
  const command = group?.commands[header.command];
  return header.op === smpOp.read ? command?.read : command?.write;
}

function encodeAnswer(
  header: SmpHeader,
  options: { readonly answer: Answer; readonly group: Group; readonly profile: ServerProfile },
): Respond {
  const { answer, group, profile } = options;
  switch (answer.kind) {
    case 'rc':
      return failed(header, answer, profile);
    case 'map':
      return succeeded(header, leadsWithRc(group, profile) ? [['rc', 0], ...answer.entries] : answer.entries, profile);
    case 'error': {
      const { groupErrors } = profile.protocol;
      if (header.version === 0 || groupErrors === 'rc') return translated(header, answer, profile);
      return succeeded(header, [[groupErrors, mapOf(['group', group.id], ['rc', answer.error.code])], ...answer.after], profile);
    }
  }
}

function leadsWithRc(group: Group, { protocol }: ServerProfile): boolean {
  return protocol.successRc === 'all' || (protocol.successRc === 'statistics' && group.id === groupNumbers.stat);
}

function succeeded(header: SmpHeader, entries: Entries, profile: ServerProfile): Respond {
  const response = encodeResponse(header, entries, profile);
  if (response.length > profile.buffers.size) return failed(header, { rc: profile.protocol.tooLargeRc }, profile);
  return { response, stop: false };
}

/** A translation to 0 counts as success with nothing written: a bare header (smp.md 1.3). */
function translated(header: SmpHeader, answer: Extract<Answer, { kind: 'error' }>, profile: ServerProfile): Respond {
  const { v1 } = answer.error;
  if (v1 === coreCodes.EOK) return { response: encodePacket(responseHeader(header, profile), new Uint8Array()), stop: false };
  return failed(header, { rc: v1, reason: answer.reason }, profile);
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
  return encodePacket(responseHeader(header, profile), encodeCbor(mapOf(...entries), { indefinite: true }));
}

function responseHeader(header: SmpHeader, profile: ServerProfile): Omit<SmpHeader, 'length'> {
  const version = profile.protocol.answeredVersion === 'request' ? Math.min(header.version, 1) : 0;
  return { ...header, op: responseOp(header.op), version, flags: 0 };
}

function alignUp(value: number, alignment: number): number {
  return Math.ceil(value / alignment) * alignment;
}
