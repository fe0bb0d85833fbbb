/** An SMP server that answers by the rules of a script, and as usual where no rule is for a request. */

import { millisecondsOr } from '../../base/measures.ts';
import type { ServeRule } from '../../language/grammar.generated.ts';
import { cborMap, decodeCbor, encodeCbor, isCborMap, type CborMap, type CborObject, type CborValue } from '../../smp/cbor.ts';
import { codeNumber, coreCodes, groupNumber, toV1Code } from '../../smp/codes.ts';
import { SmpDecodeError } from '../../smp/decode-error.ts';
import { encodePacket, responseOp, smpOp, type SmpHeader } from '../../smp/header.ts';
import { splitPacket } from '../../smp/message.ts';
import { fieldsOf } from '../../smp/written-fields.ts';
import { fitsPattern } from '../frame-pattern.ts';
import type { ServerAnswer, UsualAnswers } from './usual-answers.ts';

/** What becomes of one request. */
export interface Reaction {
  readonly delayMs: number;
  /** Undefined: silence. */
  readonly packet: Uint8Array | undefined;
  readonly copies: number;
}

/** Undefined for what is no request: a server does not even look at it. */
export type ScriptServer = (packet: Uint8Array) => Reaction | undefined;

export function createScriptServer(script: readonly ServeRule[], usual: UsualAnswers): ScriptServer {
  const rules = script.map((rule) => ({ rule, left: rule.times ?? Infinity }));
  return (packet) => {
    const request = requestIn(packet);
    if (request === undefined) return undefined;
    const { header, payload } = request;
    const chosen = rules.find(({ rule, left }) => left > 0 && fitsPattern({ header, packet }, rule.match ?? {}));
    if (chosen !== undefined) chosen.left -= 1;
    const { silence, delay, copies = 1, ...rule } = chosen?.rule ?? {};
    const delayMs = millisecondsOr(delay, 0);
    if (silence === true) return { delayMs, packet: undefined, copies: 0 };
    return { delayMs, packet: encodeAnswer(header, scripted(rule) ?? asUsual(usual, header, payload)), copies };
  };
}

function requestIn(packet: Uint8Array): { readonly header: SmpHeader; readonly payload: Uint8Array } | undefined {
  try {
    const request = splitPacket(packet);
    return request.header.op === smpOp.read || request.header.op === smpOp.write ? request : undefined;
  } catch (thrown) {
    if (thrown instanceof SmpDecodeError) return undefined;
    throw thrown;
  }
}

function scripted({ answer, error }: Pick<ServeRule, 'answer' | 'error'>): ServerAnswer | undefined {
  if (answer !== undefined) return { kind: 'fields', fields: fieldsOf(answer) };
  if (error === undefined) return undefined;
  const group = error.group === undefined ? undefined : groupNumber(error.group);
  const code = typeof error.code === 'number' ? error.code : (codeNumber(group, error.code) ?? coreCodes.EUNKNOWN);
  return { kind: 'error', group, code };
}

/** A payload that cannot be read is refused as Zephyr refuses it. */
function asUsual(usual: UsualAnswers, header: SmpHeader, payload: Uint8Array): ServerAnswer {
  try {
    return usual(header, fieldsIn(payload));
  } catch (thrown) {
    if (thrown instanceof SmpDecodeError) return { kind: 'error', code: coreCodes.EINVAL };
    throw thrown;
  }
}

function fieldsIn(payload: Uint8Array): CborMap {
  const value = payload.length === 0 ? cborMap<CborValue>([]) : decodeCbor(payload);
  if (!isCborMap(value)) throw new SmpDecodeError('SMP payload that is no map');
  return value;
}

function encodeAnswer(header: SmpHeader, answer: ServerAnswer): Uint8Array {
  const version = Math.min(header.version, 1);
  return encodePacket({ ...header, op: responseOp(header.op), version, flags: 0 }, encodeCbor(answerFields(answer, version)));
}

/** SMP v1 has no errors of groups: a core code stands for them (smp.md 1.3). */
function answerFields(answer: ServerAnswer, version: number): CborObject {
  if (answer.kind === 'fields') return answer.fields;
  const { group, code } = answer;
  if (group === undefined) return { rc: code };
  return version === 0 ? { rc: toV1Code(group, code) } : { err: { group, rc: code } };
}
