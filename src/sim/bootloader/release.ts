/** What differs between MCUboot releases, as data (mcuboot.md 8.4; vectors of 20 trees). Code asks for a feature, never for a release. */

/** Trees that were measured, oldest first. `head` is just after v2.4.0. */
export const mcubootReleases = [
  'v1.7.2',
  'v1.7.2-ncs1',
  'v1.7.99-ncs2',
  'v1.7.99-ncs4',
  'v1.8.0',
  'v1.9.0',
  'v1.9.99-ncs1',
  'v1.10.0',
  'v1.10.0-ncs1',
  'v2.0.0',
  'v2.0.99-ncs1',
  'v2.1.0',
  'v2.1.0-ncs1',
  'v2.1.0-ncs5',
  'v2.2.0',
  'v2.3.0',
  'ncs-v3.2.0',
  'ncs-v3.4.0',
  'v2.4.0',
  'head',
] as const;

/** Name of a measured tree. */
export type McubootRelease = (typeof mcubootReleases)[number];

/** The first release that has each feature. */
const featureSince = {
  /** Log: `Image index: 0, Swap type: ...` instead of `Swap type: ...`; overwrite lines name the image. */
  imageIndexInLog: 'v2.0.0',
  /** Log: `Starting swap using move algorithm.` */
  announcesSwap: 'v1.9.0',
  /** Log: how much room an image would need that does not fit. */
  logsRequiredRoom: 'v1.9.0',
  /** Log: errors begin with a capital letter. */
  capitalisedErrors: 'v2.4.0',
  /** Swap modes have downgrade prevention. */
  swapDowngradePrevention: 'v1.10.0',
  /** Images with flags that this build cannot deal with are refused. */
  refusesUnsupportedFlags: 'v2.1.0-ncs5',
  /** Erases go sector by sector instead of in one call for the whole region. */
  erasesBySector: 'v2.2.0',
  /** Offset mode keeps the sizes of the TLV areas in the trailer. */
  storesTlvSizes: 'v2.3.0',
  /** Move mode gives up a revert whose image is gone. */
  clearsStuckRevert: 'v2.1.0-ncs5',
  /** TLVs of unknown types must be protected. */
  tlvAllowList: 'v2.1.0',
  /** Images that reach into the trailer are refused. */
  limitsSize: 'v1.10.0',
  /** So are images that leave no room to swap. */
  limitsSizeToSwap: 'v2.2.0',
  /** Bootstrap in move and offset mode copies the image instead of the whole slot and leaves the secondary slot alone. */
  bootstrapCopiesImageOnly: 'head',
  /** Confirming needs no copy_done: a padded image can confirm itself. */
  confirmsWithoutCopyDone: 'v1.7.99-ncs2',
  /** Marking a slot with a bad trailer pending leaves it alone instead of erasing it. */
  pendingKeepsBadSlot: 'v2.3.0',
  /** Log of direct-xip and RAM load: `Image 0 loaded from the ...`. */
  imageNumberInSlotLog: 'v1.7.99-ncs4',
  /** Log of direct-xip and RAM load: `No slot to load for image 0`. */
  logsMissingSlot: 'v1.7.99-ncs4',
  /** Direct-xip without revert starts the newer of two images; before, finding one newer than the other made the boot fail. */
  survivesVersionOrder: 'v1.7.99-ncs2',
  /** Direct-xip passes over images that were linked for the other slot. */
  checksRomAddress: 'v1.7.99-ncs2',
  /** A swap in progress is resumed even if no trailer has a good magic; before, that was a failed assertion. */
  resumesWithoutMagic: 'v1.10.0',
  /** Zephyr port: `Starting Direct-XIP bootloader`. */
  namesDirectXip: 'v1.7.99-ncs2',
  /** Zephyr port: `Image version: v1.2.3`. */
  printsImageVersion: 'v2.1.0-ncs5',
  /** Zephyr port: the chainload line of RAM load shows the load address. */
  printsLoadAddress: 'v2.2.0',
  /** nRF Connect SDK: an update of the bootloader itself is announced as what it is, a copy (3.0). */
  copiesBootloader: 'v2.1.0-ncs5',
  /** nRF Connect SDK: the device is reset at once after such an update (3.3). */
  restartsForBootloader: 'v2.3.0',
  /** nRF Connect SDK: the load address in the header says what a candidate is for (3.2). */
  assignsByLoadAddress: 'ncs-v3.2.0',
} as const satisfies Record<string, McubootRelease>;

/** Name of a feature. */
export type ReleaseFeature = keyof typeof featureSince;

/** Which features a release has. */
export type ReleaseFeatures = Readonly<Record<ReleaseFeature, boolean>>;

const features = new Map(
  mcubootReleases.map((release, age) => {
    const has = Object.entries(featureSince).map(([feature, since]) => [feature, mcubootReleases.indexOf(since) <= age]);
    return [release, Object.fromEntries(has) as ReleaseFeatures];
  }),
);

/** The features of a release: those of all before it and its own. */
export function featuresOf(release: McubootRelease): ReleaseFeatures {
  return features.get(release)!;
}
