/** Numbers of the Attribute Protocol (Core Specification, volume 3 part F) that both ends of it need. */

/** Opcodes of the PDUs that matter here (section 3.4.8). */
export const attOp = {
  error: 0x01,
  mtuRequest: 0x02,
  mtuResponse: 0x03,
  findInformation: 0x04,
  readByType: 0x08,
  read: 0x0a,
  readBlob: 0x0c,
  readByGroupType: 0x10,
  write: 0x12,
  notification: 0x1b,
  confirmation: 0x1e,
  writeCommand: 0x52,
} as const;

/** Error codes (section 3.4.1.1). */
export const attError = {
  invalidHandle: 0x01,
  readNotPermitted: 0x02,
  writeNotPermitted: 0x03,
  invalidPdu: 0x04,
  insufficientAuthentication: 0x05,
  requestNotSupported: 0x06,
  attributeNotFound: 0x0a,
  insufficientEncryption: 0x0f,
} as const;

/** The MTU of a link on which none was agreed, and the largest that the protocol has use for (section 3.2.9). */
export const attMtu = { least: 23, most: 517 } as const;

/** Bytes of a write or notification that its opcode and handle take. */
export const attWriteOverhead = 3;

/** Declaration types (Assigned Numbers 3.5, 3.7, 3.8). */
export const gattType = { service: 0x2800, characteristic: 0x2803, configuration: 0x2902 } as const;
