/** What can be asked of a control port. Requests are read with care: anybody can connect, and people type them by hand. */

import { BootproofError } from '../base/errors.ts';
import type { ProvisionOptions, SimFault, SlotContent } from './device.ts';

/** A fault as it is told to a device: what that is to be like stands there as pipelines write it. */
export type ToldFault =
  Exclude<SimFault, { readonly kind: 'change' }> | { readonly kind: 'change'; readonly set: Readonly<Record<string, unknown>> };

export type ControlRequest =
  | { readonly call: 'facts' }
  | { readonly call: 'provision'; readonly options: ProvisionOptions }
  | { readonly call: 'inject-fault'; readonly fault: ToldFault }
  | { readonly call: 'clear-fault'; readonly fault: number }
  | { readonly call: 'power'; readonly action: PowerAction };

export type PowerAction = (typeof powerActions)[number];

type Fields = Readonly<Record<string, unknown>>;
type SlotEntry = NonNullable<ProvisionOptions['slots']>[number];

const calls = ['facts', 'provision', 'inject-fault', 'clear-fault', 'power'] as const;
const powerActions = ['on', 'off', 'cut', 'reset'] as const;

/** `slotSizes` are those of the device's facts. Throws `BootproofError` (`bad-request`) that names the field and what it may be. */
export function readControlRequest(value: unknown, slotSizes: readonly number[]): ControlRequest {
  const request = readFields(value, 'a request');
  const call = oneOf(request['call'], 'call', calls);
  switch (call) {
    case 'facts':
      return { call };
    case 'provision':
      return { call, options: readProvision(readFields(request['options'], 'options'), slotSizes) };
    case 'inject-fault':
      return { call, fault: readFault(readFields(request['fault'], 'fault')) };
    case 'clear-fault':
      return { call, fault: count(request['fault'], 'fault') };
    case 'power':
      return { call, action: oneOf(request['action'], 'action', powerActions) };
  }
}

export function badRequest(message: string): BootproofError {
  return new BootproofError(message, { fault: 'input', code: 'bad-request' });
}

function readProvision(options: Fields, slotSizes: readonly number[]): ProvisionOptions {
  return {
    ...given(options, 'erase', (value, name) => oneOf(value, name, ['all', 'settings'])),
    ...given(options, 'slots', (value, name) => list(value, name, slotSizes.length).map((entry) => readSlot(entry, slotSizes))),
    ...given(options, 'state', (value, name) => oneOf(value, name, ['normal', 'test', 'permanent', 'revert'])),
    ...given(options, 'confirmed', boolean),
  };
}

function readSlot(value: unknown, slotSizes: readonly number[]): SlotEntry {
  const entry = readFields(value, 'an entry of slots');
  const slot = count(entry['slot'], 'slot');
  const size = slotSizes[slot] ?? 0;
  if (size === 0) throw badRequest(`this device has no slot ${slot}`);
  return { slot, content: readContent(readFields(entry['content'], 'content'), { slot, size }) };
}

function readContent(content: Fields, { slot, size }: { readonly slot: number; readonly size: number }): SlotContent {
  const kind = oneOf(content['kind'], 'kind', ['image', 'empty', 'raw']);
  if (kind === 'empty') return { kind };
  const bytes = content['bytes'];
  if (!(bytes instanceof Uint8Array)) throw badRequest('bytes is {"$base64": "..."}');
  const offset = given(content, 'offset', count);
  if ((offset.offset ?? 0) + bytes.length > size) throw badRequest(`${bytes.length} bytes do not fit slot ${slot} of ${size} bytes`);
  return kind === 'image' ? { kind, bytes } : { kind, bytes, ...offset };
}

function readFault(fault: Fields): ToldFault {
  const kind = oneOf(fault['kind'], 'kind', ['corrupt-upload', 'flash-operation', 'change']);
  switch (kind) {
    case 'corrupt-upload':
      return { kind, offset: count(fault['offset'], 'offset'), ...given(fault, 'length', count), ...given(fault, 'xor', byte) };
    case 'flash-operation': {
      const fates = ['cut-before', 'cut-torn', 'cut-torn-anywhere', 'cut-after', 'fail'] as const;
      return { kind, index: count(fault['index'], 'index'), do: oneOf(fault['do'], 'do', fates) };
    }
    case 'change':
      return { kind, set: readFields(fault['set'], 'set') };
  }
}

/** The field under its name if it is there, so that absent options stay absent. */
function given<Name extends string, Value>(
  fields: Fields,
  name: Name,
  read: (value: unknown, name: string) => Value,
): { readonly [key in Name]?: Value } {
  const value = fields[name];
  return value === undefined ? {} : ({ [name]: read(value, name) } as { [key in Name]: Value });
}

function readFields(value: unknown, name: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)) return value as Fields;
  throw badRequest(`${name} is a JSON object`);
}

function oneOf<const Word extends string>(value: unknown, name: string, words: readonly Word[]): Word {
  const found = words.find((word) => word === value);
  if (found === undefined) throw badRequest(`${name} is one of ${words.join(', ')}`);
  return found;
}

function list(value: unknown, name: string, max: number): readonly unknown[] {
  if (Array.isArray(value) && value.length <= max) return value;
  throw badRequest(`${name} is a list of at most ${max} entries`);
}

function count(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw badRequest(`${name} is a whole number from 0 up`);
}

function byte(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 255) return value;
  throw badRequest(`${name} is a whole number from 1 to 255`);
}

function boolean(value: unknown, name: string): boolean {
  if (typeof value === 'boolean') return value;
  throw badRequest(`${name} is true or false`);
}
