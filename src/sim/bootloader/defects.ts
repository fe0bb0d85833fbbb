/**
 * What bootloaders in the field did wrong (dfu-clients.md 3.3, 3.7 and 3.8). A defect is asked for at one place, where the sound
 * bootloader does the right thing; a bootloader without defects is MCUboot.
 */

/** A field that is absent is no defect. */
export interface BootDefects {
  /**
   * What becomes of a request for a test or for good: it is passed over at every boot (`kept`), withdrawn (`cleared`), answered
   * with the end of the candidate (`refused`), or it stops the bootloader (`panic`). Field failures A1, C6 and C9.
   */
  readonly requests?: 'kept' | 'cleared' | 'refused' | 'panic' | undefined;
  /** The bootloader was built with another place for the secondary slots than the application, where there is nothing (C9). */
  readonly blind?: boolean | undefined;
  /** Bytes, header and TLVs included, beyond which no candidate is installed (A1). */
  readonly imageSizeMax?: number | undefined;
  /**
   * How a swap goes wrong that was interrupted: it is forgotten (`lost`, H5), the sector under way is passed over (`skips-sector`,
   * H2), the image is checked by the header of the other one (`wrong-headers`, H4), a revert is not confirmed (`unconfirmed`,
   * H1), or the swap is never marked done (`unfinished`, H3).
   */
  readonly resume?: 'lost' | 'skips-sector' | 'wrong-headers' | 'unconfirmed' | 'unfinished' | undefined;
  /** A refused candidate loses everything but its trailer: the slot is empty, and pending (C1). */
  readonly keepsTrailer?: boolean | undefined;
  /** Images whose requests are passed over although nothing is wrong with them (E1). */
  readonly passedOver?: readonly number[] | undefined;
  /** The network core does not take over what it is given (E4). */
  readonly networkCoreFails?: boolean | undefined;
  /** Downgrade prevention looks at requests for a test only (G2). */
  readonly permanentDowngrades?: boolean | undefined;
  /** The security counter is raised to that of an image that nobody has confirmed (G3). */
  readonly earlyCounter?: boolean | undefined;
}
