/**
 * The answer to a board that asks for other connection parameters, as Zephyr does during transfers. The Linux kernel
 * gives it for the programs above; over H4 there is no kernel, and noble stays silent (Core Specification, volume 3
 * part A, sections 4.20 and 4.21).
 */

import { aclBoundary, aclPacket, commandPacket, hciCommand, hciOffset, hciType, l2capChannel, l2capFrame } from './hci.ts';
import { readUint16, signalCode, uint16 } from './hci.ts';

const accepted = 0;
const rejected = 1;
const l2capHeaderBytes = 4;
/** A signalling header and four numbers. */
const signalBytes = 4 + 8;

export interface ParameterRequest {
  readonly identifier: number;
  /** Least and most interval, latency, timeout: two bytes each. */
  readonly wanted: Uint8Array;
  /** Whether a link can have them. */
  readonly possible: boolean;
}

/** Reads a payload of the signalling channel; undefined when it is something else. */
export function readParameterRequest(signal: Uint8Array): ParameterRequest | undefined {
  if (signal.length < signalBytes || signal[0] !== signalCode.parameterRequest) return undefined;
  const wanted = signal.subarray(4, signalBytes);
  return { identifier: signal[1] ?? 0, wanted, possible: arePossible(wanted) };
}

/** The payload that answers it: yes to whatever is possible. */
export function parameterResponse({ identifier, possible }: ParameterRequest): Uint8Array {
  return Uint8Array.of(signalCode.parameterResponse, identifier, ...uint16(2), ...uint16(possible ? accepted : rejected));
}

/** The packets to send in answer, when `packet` is such a request; else undefined. */
export function answerParameterRequest(packet: Uint8Array): readonly Uint8Array[] | undefined {
  const frame = packet.subarray(hciOffset.aclData);
  if (packet[0] !== hciType.acl || readUint16(frame, 2) !== l2capChannel.signalling) return undefined;
  const request = readParameterRequest(frame.subarray(l2capHeaderBytes));
  if (request === undefined) return undefined;
  const handle = readUint16(packet, 1) & 0xfff;
  const response = aclPacket(handle, aclBoundary.hostFirst, l2capFrame(l2capChannel.signalling, parameterResponse(request)));
  if (!request.possible) return [response];
  const noEventLength = [0, 0, 0, 0];
  return [response, commandPacket(hciCommand.leConnectionUpdate, Uint8Array.of(...uint16(handle), ...request.wanted, ...noEventLength))];
}

/** The ranges of section 4.20; a timeout shorter than two intervals would end the connection at once. */
function arePossible(wanted: Uint8Array): boolean {
  const [least = 0, most = 0, latency = 0, timeout = 0] = [0, 2, 4, 6].map((at) => readUint16(wanted, at));
  const intervalsAreGood = least >= 6 && least <= most && most <= 3200;
  const timeoutIsGood = timeout >= 10 && timeout <= 3200 && timeout * 10 > (1 + latency) * most * 1.25 * 2;
  return intervalsAreGood && latency <= 499 && timeoutIsGood;
}
