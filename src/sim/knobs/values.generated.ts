/* Generated from schemas/source/ by `npm run generate`. Do not edit. */

/**
 * What each knob is set to, as profiles and pipelines write it.
 */
export interface KnobValues {
  /**
   * The application takes trailers to begin so many bytes lower than the bootloader does, and so what it asks for goes nowhere.
   */
  'app.trailer-offset-delta': {
    /**
     * For the trailer of the primary slots, which holds confirms.
     */
    primary?: string | number;
    /**
     * For the trailer of the secondary slots, which holds requests.
     */
    secondary?: string | number;
  };
  /**
   * Flash stores wrong bits, and reports success.
   */
  'flash.corrupt': {
    /**
     * The name of the chip; any when it is not stated.
     */
    flash?: string;
    /**
     * The first byte of the chip that suffers.
     */
    from?: string | number;
    /**
     * The first byte behind that does not.
     */
    to?: string | number;
    /**
     * Bytes between two wrong bits on average, 4096 when it is not stated.
     */
    'bytes-per-error'?: number;
    /**
     * Only while data is written faster than this.
     */
    'write-rate'?: string;
  };
  /**
   * The device restarts on a packet that is shorter than its header says.
   */
  'rx.partial-restart': boolean;
  /**
   * A packet that is shorter than its header says is kept for so long, and what comes next is taken for its rest.
   */
  'rx.partial-timeout': string;
  /**
   * The server takes any hash for that of the image in the secondary slot.
   */
  'state.any-hash': boolean;
  /**
   * The server marks an upload pending by itself after the last chunk.
   */
  'upload.autopend': boolean;
}
