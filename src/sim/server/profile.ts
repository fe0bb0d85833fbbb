/** What an SMP server was built with, as plain data. The code asks for features and never for a release. */

/** How packets and errors are answered (smp.md 0, 1.2, 1.3). */
export interface ProtocolFeatures {
  /** `request`: the version bits of the request come back, lowered to 1; `zero`: always 0 (Zephyr up to 3.3). */
  readonly answeredVersion: 'request' | 'zero';
  /** Key of group errors in version 1 answers: `err` (Zephyr 3.5), `ret` (3.4); `rc`: translated as for version 0. */
  readonly groupErrors: 'err' | 'ret' | 'rc';
  /** Which successful answers begin with `rc: 0`: all up to Zephyr 3.2 (later `CONFIG_MCUMGR_SMP_LEGACY_RC_BEHAVIOUR`), the statistics group's up to 3.7. */
  readonly successRc: 'all' | 'statistics' | 'none';
  /** `rsn` texts beside `rc` (`CONFIG_MCUMGR_SMP_VERBOSE_ERR_RESPONSE`). */
  readonly reasons: boolean;
  /** rc of an answer that does not fit its buffer: 7, or 2 up to Zephyr 3.0. */
  readonly tooLargeRc: number;
  /** A header that announces more than arrived is answered with rc 9; otherwise the handler sees the truncated payload. */
  readonly checksLength: boolean;
  /** Requests in one packet follow each other at multiples of this. */
  readonly requestAlign: 1 | 4;
}

/** One thread as taskstat shows it. Stack figures are in 4-byte words. */
export interface ThreadProfile {
  /** The key: a name, or the priority or index as text; names may repeat. */
  readonly name: string;
  readonly prio: number;
  readonly tid: number;
  readonly state: number;
  readonly stksiz?: number;
  readonly stkuse?: number;
  readonly runtime?: number;
}

/** The parts of os info (smp.md 3.1, command 7). */
export interface InfoProfile {
  readonly node: string;
  readonly release: string;
  readonly version: string;
  /** Absent when `CONFIG_MCUMGR_GRP_OS_INFO_BUILD_DATE_TIME` is off: format `b` is then unknown. */
  readonly buildDate?: string;
  readonly machine: string;
  readonly processor: string;
  readonly board: string;
  readonly os: string;
  /** Longest output, `CONFIG_MCUMGR_GRP_OS_INFO_MAX_RESPONSE_SIZE`. */
  readonly outputMax: number;
}

/** Commands that are absent are answered with rc 8. */
export interface OsFeatures {
  /** Echo without `d`: an empty string, or refused. */
  readonly echoWithoutText: 'empty' | 'refuse';
  readonly threads?: readonly ThreadProfile[];
  readonly params: boolean;
  readonly info?: InfoProfile;
  readonly bootloaderInfo: boolean;
  /** `milliseconds`: with `CONFIG_MCUMGR_GRP_OS_DATETIME_MS`. */
  readonly datetime?: 'seconds' | 'milliseconds';
  readonly resetDelayMs: number;
  /** `boot_mode` 1 of a reset enters the bootloader's recovery. */
  readonly bootMode: boolean;
}

/** Build options of the image group (smp.md 4). */
export interface ImageFeatures {
  readonly slotInfo: boolean;
  readonly directUpload: boolean;
  readonly frugalList: boolean;
  /** `CONFIG_IMG_ENABLE_IMAGE_CHECK`: compares the upload with `sha` and answers `match`. */
  readonly imageCheck: boolean;
  readonly eraseProgressively: boolean;
  readonly allowErasePending: boolean;
  /** Refuse `len` beyond the slot (error 30). */
  readonly sizeCheck: boolean;
  /** Bytes at the end of a slot that no image may use: known to builds with the "too large" options, answered as `max_image_size`. */
  readonly footerSize?: number;
  /** Refuse data beyond `len` (error 31). */
  readonly overrunCheck: boolean;
  /** Any refusal ends an upload that is going on (Zephyr 3.3). */
  readonly refusalEndsUpload: boolean;
  readonly compareBuild: boolean;
  /** Refuse images linked for another slot (error 25). */
  readonly rejectMismatchedAddress: boolean;
  /** Which slots of an image other than the running one may be confirmed. */
  readonly confirmOtherImage: 'none' | 'secondary' | 'any';
  /** Whether a slot may be confirmed that is not running: always up to Zephyr 4.2, later only in modes with revert, if at all. */
  readonly confirmInactiveSlot: 'always' | 'with-revert' | 'never';
  /** The core code that refuses a state write whose hash is unknown or missing, where that is no error of the group (3 in Zephyr 2.7). */
  readonly unknownHashRc?: number;
  /** Data is flashed in blocks of this size (`CONFIG_IMG_BLOCK_BUF_SIZE`). */
  readonly blockSize: number;
  /** Largest `data` that is accepted, where there is a limit (512 up to Zephyr 3.0). */
  readonly dataMax?: number;
  /** A chunk that is not the last is cut to whole write units (up to Zephyr 3.0). */
  readonly cutsToWriteUnit: boolean;
}

export interface StatisticsProfile {
  readonly name: string;
  /** Counters in order; `uptime-s` counts seconds since the start. */
  readonly fields: readonly (readonly [name: string, value: number | 'uptime-s'])[];
}

export interface SettingsFeatures {
  /** First parts of the keys for which the application has a handler; other keys are unknown roots. */
  readonly roots: readonly string[];
  /** There is a backend that `save` and `delete` can use. */
  readonly persistent: boolean;
  readonly nameMax: number;
  readonly valueMax: number;
}

export interface FilesFeatures {
  /** Where the file system is mounted. */
  readonly mount: string;
  readonly pathMax: number;
  readonly idleCloseMs: number;
  /** Bytes of a netbuf that a download leaves free for header and keys. */
  readonly downloadOverhead: number;
}

export interface ShellFeatures {
  /** Capacity of the dummy backend, the terminating NUL included: longer output is cut. */
  readonly outputMax: number;
  readonly lineMax: number;
  /** `kernel log_level` is built in. */
  readonly logLevelCommand: boolean;
  /** Key of the command's result: `rc` up to Zephyr 3.2. */
  readonly resultKey: 'ret' | 'rc';
}

export interface ServerProfile {
  readonly name: string;
  readonly protocol: ProtocolFeatures;
  /** Groups built in, in the order in which the linker placed them: the enumeration group shows it. */
  readonly groups: readonly number[];
  /** Net buffers, shared by requests and answers of all ports. */
  readonly buffers: { readonly size: number; readonly count: number };
  /** Processor time of a request in microseconds, flash work excluded. */
  readonly requestUs: number;
  /** Longest line of the console framing, marker and newline included. `burst`: how many lines of one write are kept until they are decoded; absent where the UART is slow enough to decode each in time. */
  readonly lines: { readonly max: number; readonly burst?: number };
  readonly os: OsFeatures;
  readonly image: ImageFeatures;
  readonly statistics: readonly StatisticsProfile[];
  readonly settings: SettingsFeatures;
  readonly files: FilesFeatures;
  readonly shell: ShellFeatures;
}

/** Changes to a built-in profile: single features inside its sections, whole values elsewhere. `null` takes an optional feature out. */
export type ServerOverrides = { readonly [Key in keyof ServerProfile]?: Override<ServerProfile[Key]> };
type Override<Value> = Value extends readonly unknown[] | string | number ? Value : { readonly [Key in keyof Value]?: Value[Key] | null };

/** A profile that differs from another one in what `overrides` names. */
export function changedProfile(base: ServerProfile, overrides: ServerOverrides): ServerProfile {
  const changed = Object.entries(overrides).map(([key, change]) => [key, merge(base[key as keyof ServerProfile], change)]);
  return { ...base, ...(Object.fromEntries(changed) as Partial<ServerProfile>) };
}

function merge(base: unknown, change: unknown): unknown {
  if (typeof change !== 'object' || change === null || Array.isArray(change)) return change;
  const merged = Object.entries({ ...(base as object), ...change }).filter(([, value]) => value !== null);
  return Object.fromEntries(merged);
}
