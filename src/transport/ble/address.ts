/** `ble:NAME-or-ADDRESS?adapter=...`: which device, and through which Bluetooth adapter. */

import { parseHostPort, type AddressReader } from '../address.ts';
import { parseDeviceAddress } from './hci.ts';

/** How the bytes of an HCI controller are reached. */
export type H4Place =
  | { readonly at: 'tcp'; readonly host: string; readonly port: number }
  | { readonly at: 'unix'; readonly path: string }
  | { readonly at: 'serial'; readonly path: string; readonly baud: number; readonly flowControl: boolean };

/** `text` names the adapter as the user wrote it; the same text is the same adapter. */
export type AdapterAddress = { readonly text: string } & (
  { readonly kind: 'kernel'; readonly index: number } | { readonly kind: 'h4'; readonly place: H4Place }
);

/** The device as the user named it: an address in upper case, or the name that it advertises. */
export type WantedDevice = { readonly by: 'address' | 'name'; readonly value: string };

export interface BleAddress {
  readonly scheme: 'ble';
  readonly text: string;
  readonly device: WantedDevice;
  readonly adapter: AdapterAddress;
  /** The server puts packets together that span several writes (CONFIG_MCUMGR_TRANSPORT_BT_REASSEMBLY). There is no way to ask it. */
  readonly reassembly: boolean;
}

export const bleForms = [
  'ble:NAME-or-ADDRESS?adapter=kernel:N|h4:tcp:HOST:PORT|h4:unix:PATH&reassembly=off|on',
  'ble:NAME-or-ADDRESS?adapter=h4:serial:PATH&baud=1000000&flow=rtscts|none',
] as const;

/** Zephyr's hci_uart sample runs at 1 Mbit/s with hardware flow control. */
const baudDefault = '1000000';
const baudMax = 12_000_000;
const indexMax = 15;

export function parseBleAddress(reader: AddressReader): BleAddress {
  const { rest, text } = reader;
  if (rest === '') reader.fail('it names no device: give its address or the name that it advertises');
  const device: WantedDevice =
    parseDeviceAddress(rest) === undefined ? { by: 'name', value: rest } : { by: 'address', value: rest.toUpperCase() };
  const reassembly = readChoice(reader, 'reassembly', { off: false, on: true });
  return { scheme: 'ble', text, device, adapter: readAdapter(reader), reassembly };
}

function readAdapter(reader: AddressReader): AdapterAddress {
  const text = reader.option('adapter') ?? 'kernel:0';
  const [, kind, rest = ''] = /^(kernel|h4):(.*)$/.exec(text) ?? [];
  if (kind === 'h4') return { text, kind, place: readPlace(reader, rest) };
  const index = /^\d{1,2}$/.test(rest) ? Number(rest) : indexMax + 1;
  if (kind !== 'kernel' || index > indexMax)
    return reader.fail(`adapter is kernel:N (hci0 is kernel:0, N up to ${indexMax}) or h4:..., not "${text}"`);
  return { text, kind, index };
}

function readPlace(reader: AddressReader, text: string): H4Place {
  const [, at, rest = ''] = /^(tcp|unix|serial):(.+)$/.exec(text) ?? [];
  switch (at) {
    case 'tcp': {
      const parsed = parseHostPort(rest);
      return parsed === undefined || parsed.port === 0 ? reader.fail(`"${rest}" is not HOST:PORT of an H4 controller`) : { at, ...parsed };
    }
    case 'unix':
      return { at, path: rest };
    case 'serial': {
      const baud = Number(reader.option('baud') ?? baudDefault);
      if (!Number.isInteger(baud) || baud < 1 || baud > baudMax) reader.fail(`baud is a whole number up to ${baudMax}`);
      return { at, path: rest, baud, flowControl: readChoice(reader, 'flow', { rtscts: true, none: false }) };
    }
    default:
      return reader.fail(`"h4:${text}" is none of h4:tcp:HOST:PORT, h4:unix:PATH, h4:serial:PATH`);
  }
}

/** The meaning of an option's word; the first word is the default. */
function readChoice(reader: AddressReader, option: string, meanings: Readonly<Record<string, boolean>>): boolean {
  const words = Object.keys(meanings);
  const word = reader.option(option) ?? words[0]!;
  return (Object.hasOwn(meanings, word) ? meanings[word] : undefined) ?? reader.fail(`${option} is ${words.join(' or ')}, not "${word}"`);
}
