/** Numbers and packets of the Host Controller Interface (Bluetooth Core Specification 5.4, volume 4 part E) that both ends of it need. */

/** The first byte of each packet on an H4 transport (part A, section 2). */
export const hciType = { command: 0x01, acl: 0x02, synchronous: 0x03, event: 0x04, isochronous: 0x05 } as const;

/** Opcodes: group in the upper six bits, command in the lower ten (section 7). */
export const hciCommand = {
  disconnect: 0x0406,
  setEventMask: 0x0c01,
  reset: 0x0c03,
  readLeHostSupport: 0x0c6c,
  writeLeHostSupport: 0x0c6d,
  readLocalVersion: 0x1001,
  readSupportedCommands: 0x1002,
  readLocalFeatures: 0x1003,
  readBufferSize: 0x1005,
  readAddress: 0x1009,
  readRssi: 0x1405,
  leSetEventMask: 0x2001,
  leReadBufferSize: 0x2002,
  leReadLocalFeatures: 0x2003,
  leSetRandomAddress: 0x2005,
  leSetScanParameters: 0x200b,
  leSetScanEnable: 0x200c,
  leCreateConnection: 0x200d,
  leCreateConnectionCancel: 0x200e,
  leConnectionUpdate: 0x2013,
  leWriteDefaultDataLength: 0x2024,
  leReadMaximumDataLength: 0x202f,
  /** Zephyr's vendor command: the static random addresses that the chip was made with. */
  zephyrReadStaticAddresses: 0xfc09,
} as const;

/** Event codes (section 7.7) and subevents of the LE meta event (section 7.7.65). */
export const hciEvent = {
  disconnectionComplete: 0x05,
  commandComplete: 0x0e,
  commandStatus: 0x0f,
  hardwareError: 0x10,
  numberOfCompletedPackets: 0x13,
  leMeta: 0x3e,
} as const;

export const leEvent = { connectionComplete: 0x01, advertisingReport: 0x02, connectionUpdateComplete: 0x03 } as const;

/** Error codes (volume 1 part F). */
export const hciStatus = {
  success: 0x00,
  unknownCommand: 0x01,
  unknownConnection: 0x02,
  keyMissing: 0x06,
  connectionTimeout: 0x08,
  commandDisallowed: 0x0c,
  invalidParameters: 0x12,
  remoteUserTerminated: 0x13,
  localHostTerminated: 0x16,
  responseTimeout: 0x22,
  failedToEstablish: 0x3e,
} as const;

/** The packet boundary flag of an ACL packet: in its header's bits 12 and 13. Hosts begin with 0, controllers with 2. */
export const aclBoundary = { hostFirst: 0b00, continuation: 0b01, controllerFirst: 0b10 } as const;

/** Fixed channels of L2CAP over LE (volume 3 part A, section 2.1). */
export const l2capChannel = { attribute: 0x0004, signalling: 0x0005, security: 0x0006 } as const;

/** Codes of the LE signalling channel (volume 3 part A, section 4). */
export const signalCode = { reject: 0x01, parameterRequest: 0x12, parameterResponse: 0x13 } as const;

/** Where in a packet, type byte included, its parts begin. */
export const hciOffset = { commandParameters: 4, eventParameters: 3, aclData: 5 } as const;

export function commandPacket(opcode: number, parameters: Uint8Array = new Uint8Array()): Uint8Array {
  return Uint8Array.of(hciType.command, opcode & 0xff, opcode >> 8, parameters.length, ...parameters);
}

export function eventPacket(code: number, parameters: Uint8Array): Uint8Array {
  return Uint8Array.of(hciType.event, code, parameters.length, ...parameters);
}

export function aclPacket(handle: number, boundary: number, data: Uint8Array): Uint8Array {
  return Uint8Array.of(hciType.acl, ...uint16(handle | (boundary << 12)), ...uint16(data.length), ...data);
}

/** An L2CAP frame in basic mode (volume 3 part A, section 3.1). */
export function l2capFrame(channel: number, payload: Uint8Array): Uint8Array {
  return Uint8Array.of(...uint16(payload.length), ...uint16(channel), ...payload);
}

/** Two bytes, little endian as everything in Bluetooth. */
export function uint16(value: number): readonly [number, number] {
  return [value & 0xff, (value >> 8) & 0xff];
}

/** Reads what `uint16` wrote; bytes that are missing count as zero. */
export function readUint16(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
}

/** `C0:01:...` as people write it, from the reversed bytes of the wire. */
export function formatAddress(bytes: Uint8Array): string {
  return [...bytes]
    .reverse()
    .map((byte) => byte.toString(16).padStart(2, '0').toUpperCase())
    .join(':');
}

/** The inverse of `formatAddress`; undefined for any other text. */
export function parseDeviceAddress(text: string): Uint8Array | undefined {
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(text)) return undefined;
  return Uint8Array.from(text.split(':').reverse(), (byte) => Number.parseInt(byte, 16));
}
