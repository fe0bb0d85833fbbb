/**
 * Groups and error codes by name (smp.md 2). Tables only ever grow in the field, so a number without a name is
 * printed as a number and is never an error.
 */

/** Group numbers by the names that pipelines use. */
export const groupNumbers = {
  os: 0,
  image: 1,
  stat: 2,
  settings: 3,
  log: 4,
  crash: 5,
  split: 6,
  run: 7,
  fs: 8,
  shell: 9,
  enum: 10,
  transport: 11,
  'zephyr-basic': 63,
} as const;

export type GroupName = keyof typeof groupNumbers;

/** Codes of SMP v1, and of v2 where the protocol itself refuses rather than a group: Zephyr's `mcumgr_err_t`. */
export const coreCodes = {
  EOK: 0,
  EUNKNOWN: 1,
  ENOMEM: 2,
  EINVAL: 3,
  ETIMEOUT: 4,
  ENOENT: 5,
  EBADSTATE: 6,
  EMSGSIZE: 7,
  ENOTSUP: 8,
  ECORRUPT: 9,
  EBUSY: 10,
  EACCESSDENIED: 11,
  UNSUPPORTED_TOO_OLD: 12,
  UNSUPPORTED_TOO_NEW: 13,
  EPERUSER: 256,
} as const;

export type CoreCodeName = keyof typeof coreCodes;

/** One code of a group in SMP v2, with the core code that stands for it in v1. */
interface GroupCode {
  readonly code: number;
  readonly v1: number;
}

const { EOK, EUNKNOWN, ENOMEM, EINVAL, ENOENT, EBADSTATE } = coreCodes;

/** Codes in order from 0, each with its v1 translation where that is not EUNKNOWN. */
function inOrder<Name extends string>(...codes: readonly (Name | readonly [Name, number])[]): Readonly<Record<Name, GroupCode>> {
  const named = codes.map((entry, code) =>
    typeof entry === 'string' ? [entry, { code, v1: EUNKNOWN }] : [entry[0], { code, v1: entry[1] }],
  );
  return Object.fromEntries(named) as Record<Name, GroupCode>;
}

/** Codes of SMP v2 by group. */
export const groupCodes = {
  os: inOrder(
    ['OK', EOK],
    'UNKNOWN',
    ['INVALID_FORMAT', EINVAL],
    ['QUERY_YIELDS_NO_ANSWER', ENOENT],
    ['RTC_NOT_SET', ENOENT],
    'RTC_COMMAND_FAILED',
    ['QUERY_RESPONSE_VALUE_NOT_VALID', ENOENT],
  ),
  image: inOrder(
    ['OK', EOK],
    'UNKNOWN',
    'FLASH_CONFIG_QUERY_FAIL',
    ['NO_IMAGE', ENOENT],
    ['NO_TLVS', ENOENT],
    'INVALID_TLV',
    'TLV_MULTIPLE_HASHES_FOUND',
    'TLV_INVALID_SIZE',
    'HASH_NOT_FOUND',
    ['NO_FREE_SLOT', EBADSTATE],
    'FLASH_OPEN_FAILED',
    'FLASH_READ_FAILED',
    'FLASH_WRITE_FAILED',
    'FLASH_ERASE_FAILED',
    ['INVALID_SLOT', EINVAL],
    ['NO_FREE_MEMORY', ENOMEM],
    'FLASH_CONTEXT_ALREADY_SET',
    'FLASH_CONTEXT_NOT_SET',
    'FLASH_AREA_DEVICE_NULL',
    ['INVALID_PAGE_OFFSET', EINVAL],
    ['INVALID_OFFSET', EINVAL],
    ['INVALID_LENGTH', EINVAL],
    ['INVALID_IMAGE_HEADER', EINVAL],
    'INVALID_IMAGE_HEADER_MAGIC',
    ['INVALID_HASH', EINVAL],
    ['INVALID_FLASH_ADDRESS', EINVAL],
    'VERSION_GET_FAILED',
    ['CURRENT_VERSION_IS_NEWER', EBADSTATE],
    ['IMAGE_ALREADY_PENDING', EBADSTATE],
    'INVALID_IMAGE_VECTOR_TABLE',
    'INVALID_IMAGE_TOO_LARGE',
    'INVALID_IMAGE_DATA_OVERRUN',
    'IMAGE_CONFIRMATION_DENIED',
    'IMAGE_SETTING_TEST_TO_ACTIVE_DENIED',
    'ACTIVE_SLOT_NOT_KNOWN',
  ),
  stat: inOrder(['OK', EOK], 'UNKNOWN', 'INVALID_GROUP', ['INVALID_STAT_NAME', ENOENT], 'INVALID_STAT_SIZE', 'WALK_ABORTED'),
  settings: inOrder(
    ['OK', EOK],
    'UNKNOWN',
    ['KEY_TOO_LONG', EINVAL],
    ['KEY_NOT_FOUND', ENOENT],
    ['READ_NOT_SUPPORTED', ENOENT],
    'ROOT_KEY_NOT_FOUND',
    'WRITE_NOT_SUPPORTED',
    'DELETE_NOT_SUPPORTED',
    'SAVE_NOT_SUPPORTED',
  ),
  fs: inOrder(
    ['OK', EOK],
    'UNKNOWN',
    ['FILE_INVALID_NAME', EINVAL],
    ['FILE_NOT_FOUND', ENOENT],
    'FILE_IS_DIRECTORY',
    'FILE_OPEN_FAILED',
    'FILE_SEEK_FAILED',
    'FILE_READ_FAILED',
    'FILE_TRUNCATE_FAILED',
    'FILE_DELETE_FAILED',
    'FILE_WRITE_FAILED',
    'FILE_OFFSET_NOT_VALID',
    'FILE_OFFSET_LARGER_THAN_FILE',
    ['CHECKSUM_HASH_NOT_FOUND', EINVAL],
    ['MOUNT_POINT_NOT_FOUND', ENOENT],
    'READ_ONLY_FILESYSTEM',
    'FILE_EMPTY',
  ),
  shell: inOrder(['OK', EOK], 'UNKNOWN', ['COMMAND_TOO_LONG', EINVAL], ['EMPTY_COMMAND', EINVAL]),
  enum: inOrder(['OK', EOK], 'UNKNOWN', ['TOO_MANY_GROUP_ENTRIES', EINVAL], 'INSUFFICIENT_HEAP', 'INDEX_TOO_LARGE'),
  // Zephyr's translator of this group says "no error" for two failures; the v1 answer is then a bare header (smp.md 1.3).
  'zephyr-basic': inOrder(
    ['OK', EOK],
    'UNKNOWN',
    ['FLASH_OPEN_FAILED', ENOENT],
    ['FLASH_CONFIG_QUERY_FAIL', EOK],
    ['FLASH_ERASE_FAILED', EOK],
  ),
};

const namedGroups = new Map<number, GroupName>(Object.entries(groupNumbers).map(([name, number]) => [number, name as GroupName]));
const namedCore = new Map<number, string>(Object.entries(coreCodes).map(([name, code]) => [code, name]));
const codesByGroup = new Map<number, ReadonlyMap<string, GroupCode>>(
  Object.entries(groupCodes).map(([name, codes]) => [groupNumbers[name as GroupName], new Map(Object.entries(codes))]),
);

/** The group's name; undefined for groups without one. */
export function groupName(group: number): GroupName | undefined {
  return namedGroups.get(group);
}

/** The number of a group by its name; undefined when there is no such group. */
export function groupNumber(name: string): number | undefined {
  return Object.hasOwn(groupNumbers, name) ? groupNumbers[name as GroupName] : undefined;
}

/** The name of a code: of `group` in SMP v2, of the core when `group` is undefined. Undefined for numbers without a name. */
export function codeName(group: number | undefined, code: number): string | undefined {
  if (group === undefined) return namedCore.get(code);
  for (const [name, entry] of codesByGroup.get(group) ?? []) if (entry.code === code) return name;
  return undefined;
}

/** The number of a named code: of `group` in SMP v2, of the core when `group` is undefined. */
export function codeNumber(group: number | undefined, name: string): number | undefined {
  if (group === undefined) return Object.hasOwn(coreCodes, name) ? coreCodes[name as CoreCodeName] : undefined;
  return codesByGroup.get(group)?.get(name)?.code;
}

/** The core code that a server sends to an SMP v1 client instead of a group's code; EUNKNOWN where it knows no better. */
export function toV1Code(group: number, code: number): number {
  for (const entry of codesByGroup.get(group)?.values() ?? []) if (entry.code === code) return entry.v1;
  return EUNKNOWN;
}
