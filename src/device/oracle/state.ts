/** What the update oracle reasons about: one updatable image of a board, right before a boot or after it. */

/** Values of one kind, whether they were read from flash or told by an image list. */
export interface ImageState {
  /** Number of the image; the board runs image 0. */
  readonly image: number;
  /** Hash of the image that runs or, of images that do not run, of the installed one. Undefined: there is none, or nobody knows. */
  readonly active: string | undefined;
  /** False while the active image is on trial: unless it is confirmed, the next boot goes back. */
  readonly confirmed: boolean;
  /** Hash of the image in the other slot, where a bootloader could use it. */
  readonly other: string | undefined;
  /** What the bootloader was asked to do with the other image. */
  readonly request: 'none' | 'test' | 'permanent';
  /** Whether the active image has the higher version of the two. */
  readonly isNewer: boolean;
}

/** What a bootloader does by its mode (mcuboot.md 4 and 6). */
export interface ModeTraits {
  /** What makes it run another image: a request in the trailers, a higher version, or other things than we can see. */
  readonly picks: 'asked' | 'newest' | 'either';
  /** It goes back from an image that nobody confirmed. */
  readonly reverts: boolean;
}

/** A boot as it is judged. */
export interface Transition {
  readonly traits: ModeTraits;
  readonly before: ImageState;
  readonly after: ImageState;
  /** Other images may hold requests and reverts back: their own swaps come first, and dependencies must be met (mcuboot.md 7). */
  readonly heldBack: boolean;
  /** The application ran unobserved between the two states, so it may have confirmed itself. */
  readonly unseen: boolean;
  /** The image in the other slot ran on this board before, so there is no reason to refuse it. */
  readonly otherRan: boolean;
  /** The bootloader's console says that it refused the image in the other slot. */
  readonly refused: boolean;
  /** Whether the active image is whole after the boot: its bytes give its hash. Costs time, so it is asked for last. */
  readonly isIntact: () => boolean;
}
