/** The attributes of a simulated board: the two services that every device has, and SMP (smp.md 5.4). */

import { concatBytes, utf8 } from '../../base/bytes.ts';
import { smpCharacteristicUuid, smpServiceUuid } from '../../transport/ble/smp-service.ts';
import { gattType } from '../../transport/ble/att.ts';
import { uint16 } from '../../transport/ble/hci.ts';

export interface Attribute {
  readonly handle: number;
  /** UUID of 2 or 16 bytes, lowest byte first. */
  readonly type: Uint8Array;
  /** Undefined: may not be read. */
  readonly value: Uint8Array | undefined;
  /** Of a service: the last handle that belongs to it. */
  readonly groupEnd?: number;
}

/** Attributes in the order of their handles. */
export interface GattDatabase {
  readonly attributes: readonly Attribute[];
  /** Handles of the SMP characteristic's value and of its client configuration. */
  readonly smp: { readonly value: number; readonly configuration: number };
}

const property = { read: 0x02, writeWithoutResponse: 0x04, notify: 0x10, indicate: 0x20 } as const;

const smpProperties = property.writeWithoutResponse | property.notify;

/** Smallest handles first, as Zephyr's linker places them: generic access, generic attribute, SMP. */
export function createGattDatabase(name: string): GattDatabase {
  const access = uuid16(0x1800);
  const attribute = uuid16(0x1801);
  return {
    attributes: [
      { handle: 1, type: uuid16(gattType.service), value: access, groupEnd: 3 },
      characteristic(2, property.read, uuid16(0x2a00)),
      { handle: 3, type: uuid16(0x2a00), value: utf8(name) },
      { handle: 4, type: uuid16(gattType.service), value: attribute, groupEnd: 7 },
      characteristic(5, property.indicate, uuid16(0x2a05)),
      { handle: 6, type: uuid16(0x2a05), value: undefined },
      { handle: 7, type: uuid16(gattType.configuration), value: Uint8Array.of(0, 0) },
      { handle: 8, type: uuid16(gattType.service), value: uuid128(smpServiceUuid), groupEnd: 11 },
      characteristic(9, smpProperties, uuid128(smpCharacteristicUuid)),
      { handle: 10, type: uuid128(smpCharacteristicUuid), value: undefined },
      { handle: 11, type: uuid16(gattType.configuration), value: Uint8Array.of(0, 0) },
    ],
    smp: { value: 10, configuration: 11 },
  };
}

/** The same with the attributes of SMP so much further behind. */
export function shiftHandles({ attributes, smp }: GattDatabase, by: number): GattDatabase {
  const declaration = smp.value - 1;
  const service = declaration - 1;
  return {
    attributes: attributes.map((attribute) => {
      if (attribute.handle < service) return attribute;
      const handle = attribute.handle + by;
      if (attribute.handle === declaration) return characteristic(handle, smpProperties, uuid128(smpCharacteristicUuid));
      return attribute.groupEnd === undefined ? { ...attribute, handle } : { ...attribute, handle, groupEnd: attribute.groupEnd + by };
    }),
    smp: { value: smp.value + by, configuration: smp.configuration + by },
  };
}

/** The 16 bytes of a UUID without dashes, lowest first. */
export function uuid128(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex').reverse());
}

function uuid16(uuid: number): Uint8Array {
  return Uint8Array.of(...uint16(uuid));
}

function characteristic(handle: number, properties: number, uuid: Uint8Array): Attribute {
  return { handle, type: uuid16(gattType.characteristic), value: concatBytes([Uint8Array.of(properties, ...uint16(handle + 1)), uuid]) };
}
