/** What MCUboot's serial recovery was built with, as plain data (smp.md 6). */

import type { DecoderFeatures } from '../server/fields.ts';

export interface RecoveryFeatures {
  /** `BOOT_SERIAL_MAX_RECEIVE_SIZE`. */
  readonly receiveSize: number;
  /** Longest line; what is beyond it is cut off. */
  readonly lineMax: number;
  /** `BOOT_MGMT_ECHO`; before MCUboot 2.1, builds without it did not even refuse. */
  readonly echo: 'answered' | 'refused' | 'silent';
  /** `BOOT_MGMT_MCUMGR_PARAMS`. */
  readonly params: boolean;
  /** `BOOT_SERIAL_IMG_GRP_HASH`. */
  readonly hashes: boolean;
  /** `BOOT_SERIAL_IMG_GRP_IMAGE_STATE`. */
  readonly imageState: boolean;
  /** `BOOT_SERIAL_IMG_GRP_SLOT_INFO`. */
  readonly slotInfo: boolean;
  /** `MCUBOOT_SERIAL_DIRECT_IMAGE_UPLOAD`. */
  readonly directUpload: boolean;
  /** Images by the numbers that uploads give, where they are not those of the slots; a wrong table is field failure E7. */
  readonly imageMap: Readonly<Record<number, number>>;
  /** Group 63 erases the storage partition (`BOOT_MGMT_CUSTOM_STORAGE_ERASE`). */
  readonly storageErase: boolean;
  /** `BOOT_ERASE_PROGRESSIVELY`. */
  readonly eraseProgressively: boolean;
  readonly decoder: DecoderFeatures;
  /** Uploads must be a map of one to five known members with nothing behind it (MCUboot 1.6 to 1.10). */
  readonly strictUpload: boolean;
  /** `image` of an upload holds for all its chunks, or for the packet that it is in. */
  readonly uploadImage: 'remembered' | 'each-packet';
  readonly resetDelayMs: number;
}

/** When recovery takes over. */
export interface RecoveryEntry {
  readonly noApplication: boolean;
  /** On the retained boot mode that an OS reset with `boot_mode` 1 sets. */
  readonly request: boolean;
}

/** `profile` names an entry of the built-in table. */
export interface RecoveryProfile {
  readonly profile: string;
  readonly entry: RecoveryEntry;
  readonly overrides?: Partial<RecoveryFeatures>;
}
