/** Requests and replies between bytes and values: what one command is, and how a reply says yes or no (smp.md 1.3). */

import { parseCbor } from './cbor-item.ts';
import { cborMap, cborValue, encodeCbor, isCborMap, type CborMap, type CborObject, type CborValue } from './cbor.ts';
import { codeName, groupName, groupNumbers } from './codes.ts';
import { SmpDecodeError } from './decode-error.ts';
import { decodeHeader, encodePacket, headerSize, responseOp, smpOp, type SmpHeader } from './header.ts';

/** One command of one group as data: what its request holds and what its reply means. */
export interface SmpCommand<Request, Reply> {
  /** As in `image upload`: for messages and logs. */
  readonly name: string;
  readonly group: number;
  readonly command: number;
  readonly op: 'read' | 'write';
  /** True where a second request after a lost reply does no harm. */
  readonly idempotent: boolean;
  /** The fields of the request's map, in the order in which they are sent. */
  readonly encode: (request: Request) => CborObject;
  /** Takes every dialect of the field; throws `SmpDecodeError` where a field that must be there is missing or of the wrong type. */
  readonly decode: (reply: CborMap) => Reply;
}

/** Why a device refused. */
export interface SmpFailure {
  /** The group whose code it is; undefined for codes of the core, which all v1 errors are. */
  readonly group: number | undefined;
  readonly code: number;
  /** Undefined for numbers that have no name. */
  readonly name: string | undefined;
  /** The device's own words (`rsn`), where it is built to send them. */
  readonly reason: string | undefined;
}

export type SmpOutcome =
  | { readonly ok: true; readonly payload: CborMap }
  /** `payload` keeps what stands beside the error, such as `len` of a refused file upload. */
  | { readonly ok: false; readonly payload: CborMap; readonly failure: SmpFailure };

/** The whole packet of a request. `version` 0 is SMP v1, 1 is SMP v2. */
export function encodeRequest<Request>(
  command: SmpCommand<Request, unknown>,
  request: Request,
  options: { readonly version: number; readonly sequence: number },
): Uint8Array {
  const op = command.op === 'read' ? smpOp.read : smpOp.write;
  const header = { op, flags: 0, group: command.group, command: command.command, ...options };
  return encodePacket(header, encodeCbor(command.encode(request)));
}

/** Header and payload of a packet; bytes beyond the length in the header are left out. Throws `SmpDecodeError` when it is cut short. */
export function splitPacket(packet: Uint8Array): { readonly header: SmpHeader; readonly payload: Uint8Array } {
  const header = decodeHeader(packet);
  if (header === undefined) throw new SmpDecodeError('packet shorter than an SMP header', packet.length);
  const end = headerSize + header.length;
  if (end > packet.length)
    throw new SmpDecodeError(`packet shorter than the ${header.length} bytes that its header announces`, packet.length);
  return { header, payload: packet.subarray(headerSize, end) };
}

/** Whether a packet with header `answer` answers one with header `request`: same sequence, group and command, and the response op. */
export function isAnswerTo(answer: SmpHeader, request: SmpHeader): boolean {
  return (
    answer.sequence === request.sequence &&
    answer.group === request.group &&
    answer.command === request.command &&
    answer.op === responseOp(request.op)
  );
}

/**
 * What a reply packet says. Understands `err` of SMP v2, its older name `ret`, and `rc` of v1. A reply without payload
 * holds no information, but is none of a failure (smp.md 1.3). Throws `SmpDecodeError`.
 */
export function readOutcome(packet: Uint8Array): SmpOutcome {
  const { header } = splitPacket(packet);
  const payload =
    header.length === 0 ? cborMap<CborValue>([]) : cborValue(parseCbor(packet.subarray(0, headerSize + header.length), headerSize).item);
  if (!isCborMap(payload)) throw new SmpDecodeError('SMP payload that is no map', headerSize);
  const failure = groupFailure(payload) ?? coreFailure(payload, header.group);
  return failure === undefined ? { ok: true, payload } : { ok: false, payload, failure };
}

/** A failure for people: `image: NO_FREE_SLOT (9)`, `rc 42`, with the device's reason behind. */
export function describeFailure(failure: SmpFailure): string {
  const { group, code, name, reason } = failure;
  const space = group === undefined ? 'rc' : (groupName(group) ?? `group ${group}`);
  const what = name === undefined ? `${space}: ${code}` : `${space}: ${name} (${code})`;
  return reason === undefined ? what : `${what}, "${reason}"`;
}

function groupFailure(payload: CborMap): SmpFailure | undefined {
  // Zephyr 3.4 named the map `ret`, which elsewhere is the shell's status, an integer.
  const error = [payload.get('err'), payload.get('ret')].find(isCborMap);
  if (error === undefined) return undefined;
  const group = error.get('group');
  const code = error.get('rc');
  if (typeof group !== 'number' || typeof code !== 'number') throw new SmpDecodeError('`err` without the numbers `group` and `rc`');
  return code === 0 ? undefined : { group, code, name: codeName(group, code), reason: reasonOf(payload) };
}

function coreFailure(payload: CborMap, group: number): SmpFailure | undefined {
  const code = payload.get('rc');
  if (code === undefined || code === 0) return undefined;
  if (typeof code !== 'number') throw new SmpDecodeError('`rc` that is no number');
  // Up to Zephyr 3.2 the result of the shell's command stands in `rc`, next to its output (smp.md 3.8).
  if (group === groupNumbers.shell && payload.has('o')) return undefined;
  return { group: undefined, code, name: codeName(undefined, code), reason: reasonOf(payload) };
}

function reasonOf(payload: CborMap): string | undefined {
  const reason = payload.get('rsn');
  return typeof reason === 'string' ? reason : undefined;
}
