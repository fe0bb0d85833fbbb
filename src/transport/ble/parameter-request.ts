/**
 * The answer to a board that asks for other connection parameters, as Zephyr does during transfers. The Linux kernel
 * gives it for the programs above; over H4 there is no kernel, and noble stays silent (Core Specification, volume 3
 * part A, sections 4.20 and 4.21).
 */

import { aclBoundary, aclPacket, commandPacket, hciCommand, hciOffset, hciType, l2capChannel, l2capFrame } from './hci.ts';
import { readUint16, signalCode, uint16 } from './hci.ts';

const accepted = 0;
const rejected = 1;
/** An L2CAP header, a signalling header and four numbers. */
const requestBytes = 4 + 4 + 8;

/** The packets to send in answer, when `packet` is such a request; else undefined. */
export function answerParameterRequest(packet: Uint8Array): readonly Uint8Array[] | undefined {
  const frame = packet.subarray(hciOffset.aclData);
  const isRequest =
    packet[0] === hciType.acl &&
    frame.length >= requestBytes &&
    readUint16(frame, 2) === l2capChannel.signalling &&
    frame[4] === signalCode.parameterRequest;
  if (!isRequest) return undefined;
  const handle = readUint16(packet, 1) & 0xfff;
  const identifier = frame[5] ?? 0;
  const wanted = frame.subarray(8, requestBytes);
  const possible = arePossible(wanted);
  const answer = Uint8Array.of(signalCode.parameterResponse, identifier, ...uint16(2), ...uint16(possible ? accepted : rejected));
  const response = aclPacket(handle, aclBoundary.hostFirst, l2capFrame(l2capChannel.signalling, answer));
  if (!possible) return [response];
  const noEventLength = [0, 0, 0, 0];
  return [response, commandPacket(hciCommand.leConnectionUpdate, Uint8Array.of(...uint16(handle), ...wanted, ...noEventLength))];
}

/** The ranges of section 4.20; a timeout shorter than two intervals would end the connection at once. */
function arePossible(wanted: Uint8Array): boolean {
  const [least = 0, most = 0, latency = 0, timeout = 0] = [0, 2, 4, 6].map((at) => readUint16(wanted, at));
  const intervalsAreGood = least >= 6 && least <= most && most <= 3200;
  const timeoutIsGood = timeout >= 10 && timeout <= 3200 && timeout * 10 > (1 + latency) * most * 1.25 * 2;
  return intervalsAreGood && latency <= 499 && timeoutIsGood;
}
