/** What an SMP server was built with, as plain data. The code asks for features and never for a release. */

import type { GroupName } from '../../smp/codes.ts';
import type { DecoderFeatures } from './fields.ts';

/** How packets and errors are answered (smp.md 0, 1.2, 1.3). */
export interface ProtocolFeatures {
  /** `request`: the version bits of the request come back, lowered to 1; `zero`: always 0 (Zephyr up to 3.3). */
  readonly answeredVersion: 'request' | 'zero';
  /** Key of group errors in version 1 answers: `err` (Zephyr 3.5), `ret` (3.4); `rc`: translated as for version 0. */
  readonly groupErrors: 'err' | 'ret' | 'rc';
  /**
   * Which successful answers say `rc: 0`: those of all commands that ever did, up to Zephyr 3.2 (later
   * `CONFIG_MCUMGR_SMP_LEGACY_RC_BEHAVIOUR`); those of the statistics group, up to 3.7; or none.
   */
  readonly successRc: 'legacy' | 'statistics' | 'none';
  /** `rsn` texts beside `rc` (`CONFIG_MCUMGR_SMP_VERBOSE_ERR_RESPONSE`). */
  readonly reasons: boolean;
  /** rc of an answer that does not fit its buffer: 7, or 2 up to Zephyr 3.0. */
  readonly tooLargeRc: number;
  /** A header that announces more than arrived is answered with rc 9; otherwise the handler sees the truncated payload. */
  readonly checksLength: boolean;
  /** Requests in one packet follow each other at multiples of this. */
  readonly requestAlign: 1 | 4;
  /** When an op other than read and write is refused: at once with rc 8, or behind the look-up of the command, with rc 3. */
  readonly opCheck: 'first' | 'behind-lookup';
  readonly decoder: DecoderFeatures;
  /** Version 0 is served (`CONFIG_MCUMGR_SMP_SUPPORT_ORIGINAL_PROTOCOL`). */
  readonly originalProtocol: boolean;
  /** The device is a client too (`CONFIG_SMP_CLIENT`): what carries the op of an answer is taken for one, and not answered. */
  readonly client: boolean;
  /** Core codes that this release has for errors of groups, where they are not those of today. The first row that fits counts. */
  readonly translation: readonly TranslatedError[];
}

/** `rc` of an error of a group in version 0 answers; without `command` for all commands of the group. */
export interface TranslatedError {
  readonly group: GroupName;
  readonly command?: number;
  readonly error: string;
  readonly rc: number;
}

/** A command that the application does not allow, as its hooks (`MGMT_EVT_OP_CMD_RECV` and the access hooks) answer it. */
export interface RefusedCommand {
  readonly group: number;
  readonly command: number;
  /** Both when absent. */
  readonly op?: 'read' | 'write';
  /** A core code, 11 (access denied) as a rule. */
  readonly rc: number;
}

/** One thread. Stack figures are in 4-byte words, as taskstat shows them. */
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

export type ThreadKey = 'prio' | 'tid' | 'state' | 'stksiz' | 'stkuse' | 'runtime' | 'cswcnt' | 'last_checkin' | 'next_checkin';

/** How taskstat shows a thread. */
export interface ThreadList {
  readonly keys: readonly ThreadKey[];
  /** Keys without a figure: left out (`..._TASKSTAT_ONLY_SUPPORTED_STATS`), or 0. */
  readonly unknown: 'omit' | 'zero';
  /** A negative priority shows as itself, or as the unsigned number of so many bits. */
  readonly priority: 'signed' | 'uint8' | 'uint32';
}

/** What mpstat answers. Its layout changed twice (smp.md 3.1, command 3). */
export interface MemoryPools {
  /** `top`: the pools are the answer itself. `mynewt`: below `mpools`, with `rc` in front. */
  readonly layout: 'mpools' | 'tasks' | 'top' | 'mynewt';
  readonly pools: readonly {
    readonly name: string;
    readonly blksiz?: number;
    readonly nblks: number;
    readonly nfree: number;
    readonly min: number;
  }[];
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
  /** Console echo control is accepted, and does nothing here. */
  readonly consoleEcho: boolean;
  readonly threads?: readonly ThreadProfile[];
  readonly threadList: ThreadList;
  readonly memoryPools?: MemoryPools;
  readonly params: boolean;
  readonly info?: InfoProfile;
  readonly bootloaderInfo: boolean;
  /** An unknown query of the bootloader is an error of the group, and downgrade prevention is told; the first versions (Zephyr 3.5) did neither. */
  readonly bootloaderQueries: 'first' | 'mended';
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
  /**
   * What decides on flags, on slots in use and on state writes: what each image boots next (Zephyr 3.5); before, the flags
   * themselves, with the running image's slot active (3.3), or raw slot 0 and no other (up to 3.2).
   */
  readonly slotRules: 'next-boot' | 'running-image' | 'slot-0';
  /** A confirm that was refused, or failed, is answered as such; up to Zephyr 3.2 it always succeeds. */
  readonly tellsFailedConfirm: boolean;
  /** Erase looks at `slot`; in 2.7 it is always raw slot 1. */
  readonly erasesAnySlot: boolean;
  /** What a continuation is answered behind the last chunk: offset 0, or up to Zephyr 3.2 the size of the upload. */
  readonly idleOffset: 'zero' | 'size';
  /** Data is flashed in blocks of this size (`CONFIG_IMG_BLOCK_BUF_SIZE`). */
  readonly blockSize: number;
  /** A chunk that is not the last is cut to whole write units (Zephyr 2.7). */
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
  /** A save can be of one subtree. */
  readonly savesSubtrees: boolean;
  readonly nameMax: number;
  readonly valueMax: number;
}

export interface FilesFeatures {
  /** Where the file system is mounted. */
  readonly mount: string;
  readonly pathMax: number;
  /** Commands built in, by number. */
  readonly commands: readonly number[];
  /** An upload keeps its file open; up to Zephyr 3.2 it only keeps an offset, beyond which nothing is accepted. */
  readonly uploads: 'file' | 'offset';
  /** Where a download answer that says `rc` has it. */
  readonly downloadRc: 'first' | 'behind-data';
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
  /** Output is sent as a string of indefinite length (Zephyr 2.7). */
  readonly chunkedOutput: boolean;
}

/** The log group, which only Mynewt has. */
export interface LogFeatures {
  /** Names of the logs; each boot adds an entry to the first. */
  readonly logs: readonly string[];
  readonly modules: Readonly<Record<string, number>>;
  readonly levels: Readonly<Record<string, number>>;
}

/** How a UART takes what a host writes. */
export interface LineFeatures {
  /** Longest line of the console framing, marker and newline included. */
  readonly max: number;
  /** How many lines are kept until they are decoded; absent where the UART is slow enough to decode each in time. */
  readonly burst?: number;
  /** The UART is looked at so often; what came in between is there at once (native_sim: 10). Absent where each byte takes its time. */
  readonly pollMs?: number;
}

export interface ServerProfile {
  readonly name: string;
  readonly protocol: ProtocolFeatures;
  /** Groups built in, in the order in which the linker placed them: the enumeration group shows it. */
  readonly groups: readonly number[];
  /** Commands that the application does not allow. */
  readonly refused: readonly RefusedCommand[];
  /**
   * Net buffers, shared by requests and answers of all ports. A request that leaves none for its answer is answered with rc 2;
   * one that gets none itself is dropped, or blocks the server for good, which waits for what only it could give back.
   */
  readonly buffers: { readonly size: number; readonly count: number; readonly exhausted: 'drop' | 'block' };
  /** Processor time of a request in microseconds, flash work excluded. */
  readonly requestUs: number;
  readonly lines: LineFeatures;
  readonly os: OsFeatures;
  readonly image: ImageFeatures;
  readonly statistics: readonly StatisticsProfile[];
  readonly settings: SettingsFeatures;
  readonly files: FilesFeatures;
  readonly shell: ShellFeatures;
  readonly log: LogFeatures;
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

/** The profile of the Zephyr release `version`, by what it changes in a later one. */
export function earlier(later: ServerProfile, version: string, overrides: ServerOverrides): ServerProfile {
  const [major, minor] = version.split('.');
  const dated = later.os.info === undefined ? {} : { info: { ...later.os.info, release: `v${version}`, version } };
  return { ...changedProfile(later, { ...overrides, os: { ...dated, ...overrides.os } }), name: `z${major}.${minor}` };
}
