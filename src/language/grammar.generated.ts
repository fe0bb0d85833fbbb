/* Generated from schemas/source/ by `npm run generate`. Do not edit. */

/**
 * Stores evidence about the board beside the reports.
 */
export type CollectArgs = ('console-tail' | 'image-list' | 'reset-reason')[];

/**
 * The arguments of each action, once expressions are replaced by their values.
 */
export interface ActionArgs {
  collect: CollectArgs;
  confirm: ConfirmArgs;
  echo: EchoArgs;
  erase: EraseArgs;
  exec: ExecArgs;
  'mark-pending': MarkPendingArgs;
  provision: ProvisionArgs;
  reset: ResetArgs;
  upload: UploadArgs;
  wait: WaitArgs;
}
/**
 * Confirms an image, so that the bootloader keeps it: the SMP image state write with confirm.
 */
export interface ConfirmArgs {
  /**
   * The image to confirm: the name of an input, a slot number, or a quoted hash. Without it, the running image.
   */
  image?: string | number;
}
/**
 * Sends a text with the SMP echo command and checks that the same text comes back.
 */
export interface EchoArgs {
  /**
   * The text to send.
   */
  d: string;
}
/**
 * Erases an image slot, or the settings storage, over SMP.
 */
export interface EraseArgs {
  /**
   * The slot to erase.
   */
  slot?: number;
  /**
   * Erases the settings storage in place of a slot.
   */
  storage?: boolean;
}
/**
 * Runs a program on the host: an argument list, never a shell.
 */
export interface ExecArgs {
  /**
   * The program and its arguments.
   */
  run: string[];
  /**
   * Environment variables that are added to those of bootproof.
   */
  env?: {
    [k: string]: string;
  };
  /**
   * What must be true of the program's end.
   */
  expect?: {
    /**
     * The exit code that is the pass; 0 when it is not stated.
     */
    exit?: number;
  };
  /**
   * How standard output is read: `json` gives the step a `value` to use in expressions.
   */
  parse?: 'text' | 'json';
}
/**
 * Asks the bootloader to test an image at the next boot: the SMP image state write without confirm.
 */
export interface MarkPendingArgs {
  /**
   * The image to test: the name of an input, a slot number, or a quoted hash.
   */
  image: string | number;
}
/**
 * Brings the board into the named state by the cheapest way it knows: a simulated board is set, a real one runs the `provision` command of its bench.
 */
export interface ProvisionArgs {
  /**
   * The image that runs afterwards, by the name of an input.
   */
  image?: string;
  /**
   * Whether that image is confirmed, so that it stays over a reset.
   */
  confirmed?: boolean;
  /**
   * What is erased first: `all` of the flash, or only the `settings` storage.
   */
  erase?: 'all' | 'settings';
  /**
   * The exact content of slots, for states that `image` cannot say.
   */
  slots?: {
    /**
     * The number of the slot.
     */
    slot: number;
    /**
     * The image that is written into the slot, by the name of an input.
     */
    image?: string;
    /**
     * The slot is erased.
     */
    empty?: boolean;
    /**
     * A file whose bytes are written into the slot as they are, header or not.
     */
    raw?: string;
  }[];
  /**
   * What the bootloader is asked to do at the next boot: `test` and `permanent` swap, `revert` swaps back.
   */
  state?: 'normal' | 'test' | 'permanent' | 'revert';
}
/**
 * Resets the board. The next boot epoch is opened before the request is sent.
 */
export interface ResetArgs {
  /**
   * What boots: the application as usual, or the serial recovery of the bootloader.
   */
  mode?: 'normal' | 'bootloader';
  /**
   * How the board is reset. Everything but `smp` needs a command in the bench.
   */
  via?: 'smp' | 'pin' | 'power' | 'debugger';
  /**
   * Asks the server to reset even if the application objects.
   */
  force?: boolean;
}
/**
 * Uploads an image over SMP and verifies what the server says about it.
 */
export interface UploadArgs {
  /**
   * What is uploaded, by the name of an input.
   */
  image: string;
  /**
   * The slot that it must end up in. Slot 1 is the secondary slot of image 0.
   */
  slot?: number;
  /**
   * The image number of the upload request, for devices with more than one image.
   */
  target?: number;
  /**
   * How many requests may wait for their response at the same time.
   */
  window?: number;
  /**
   * The largest amount of image data in one request. Without it, as much as the server's buffer takes.
   */
  chunk?: string;
  /**
   * Upper limit of the transfer rate. `0 B/s` means as fast as the link goes.
   */
  rate?: string;
  /**
   * Whether the first request carries the SHA-256 of the file, with which servers recognise an upload to resume.
   */
  sha?: boolean;
  /**
   * Asks the server to refuse an image that is not newer than the running one.
   */
  'upgrade-only'?: boolean;
  /**
   * Goes on where an interrupted upload of the same file stopped. `false` starts over.
   */
  resume?: boolean;
  /**
   * Stops on purpose when this much is transferred, as a client that loses interest does.
   */
  'stop-at'?: string;
}
/**
 * Lets time pass, or waits until something happens.
 */
export interface WaitArgs {
  /**
   * How long to wait.
   */
  for?: string;
  /**
   * What to wait for.
   */
  until?: {
    /**
     * A console line of the current boot that contains this text, or matches this /regular expression/.
     */
    log: string;
  };
  /**
   * How long `until` may take before the step fails.
   */
  timeout?: string;
}
/**
 * The arguments of each expectation, once expressions are replaced by their values.
 */
export interface NounArgs {
  active: ActiveArgs;
  error: ErrorArgs;
  image: ImageArgs;
  log: LogArgs;
  response: ResponseArgs;
  slots: SlotsArgs;
  value: ValueArgs;
}
/**
 * The image that runs.
 */
export interface ActiveArgs {
  /**
   * The image that must be running: the name of an input, a slot number, or a quoted hash.
   */
  active: string | number;
  /**
   * Whether the image must be confirmed.
   */
  confirmed?: boolean;
}
/**
 * The error that the last SMP request of the step before was answered with.
 */
export interface ErrorArgs {
  /**
   * The error that must have come back.
   */
  error: {
    /**
     * The SMP group that the code belongs to. Without it, a code of SMP itself such as `EINVAL`.
     */
    group?: string;
    /**
     * The error, by its name or its number.
     */
    code: string | number;
  };
}
/**
 * One image in the device's image list and its flags.
 */
export interface ImageArgs {
  /**
   * The image: the name of an input, a slot number, or a quoted hash.
   */
  image: string | number;
  /**
   * The slot that must hold the image.
   */
  slot?: number;
  /**
   * Whether the bootloader must be about to boot the image.
   */
  pending?: boolean;
  /**
   * Whether the image must be confirmed.
   */
  confirmed?: boolean;
  /**
   * Whether the pending swap must be for good.
   */
  permanent?: boolean;
  /**
   * Whether the image must be bootable.
   */
  bootable?: boolean;
  /**
   * The image must be in no slot.
   */
  absent?: boolean;
}
/**
 * What the console said, or did not say, in a window of time.
 */
export interface LogArgs {
  /**
   * What the console must have said, or must not say in the window that `until` or `for` ends.
   */
  log: {
    /**
     * A line must contain this text, or match this /regular expression/.
     */
    match?: string;
    /**
     * No line may contain this text or match this /regular expression/. Needs an end: `until` or `for` beside `log`.
     */
    none?: string;
    /**
     * Lines that must come in this order, with any others between them.
     */
    order?: string[];
  };
  /**
   * Where the window begins: at this `boot`, this `step`, the `start` of the cell, or where the step of an id began (`mark.ID`). `boot` when it is not stated.
   */
  since?: string;
  /**
   * Where the window of an absence ends.
   */
  until?: {
    /**
     * The moment at which this image answers as the running one.
     */
    active?: string | number;
    /**
     * The moment at which the console says this.
     */
    log?: string;
  };
  /**
   * How long the window of an absence stays open.
   */
  for?: string;
}
/**
 * The response to the last SMP request of the step before.
 */
export interface ResponseArgs {
  /**
   * Fields that the response must have, by their SMP names. Fields that are not listed may hold anything.
   */
  response: {
    [k: string]: unknown;
  };
}
/**
 * The device's whole image list.
 */
export interface SlotsArgs {
  /**
   * What must be true of the slots, one entry per slot.
   */
  slots: {
    /**
     * The number of the slot.
     */
    slot: number;
    /**
     * The image number, for devices with more than one image; 0 when it is not stated.
     */
    target?: number;
    /**
     * The image that the slot must hold: the name of an input or a quoted hash.
     */
    image?: string | number;
    /**
     * The version that the slot must hold.
     */
    version?: string;
    /**
     * The slot must hold no image.
     */
    empty?: boolean;
    /**
     * Whether the slot must be the running one.
     */
    active?: boolean;
    /**
     * Whether the image must be confirmed.
     */
    confirmed?: boolean;
    /**
     * Whether the bootloader must be about to boot the image.
     */
    pending?: boolean;
    /**
     * Whether the pending swap must be for good.
     */
    permanent?: boolean;
    /**
     * Whether the image must be bootable.
     */
    bootable?: boolean;
  }[];
  /**
   * Whether slots that are not listed must be empty. Without it they may hold anything.
   */
  exact?: boolean;
}
/**
 * The value of an expression. Without a comparison it must be true.
 */
export interface ValueArgs {
  /**
   * The expression that is checked.
   */
  value: string | number | boolean | null | unknown[] | {};
  /**
   * The value must be equal to this.
   */
  equals?: string | number | boolean | null;
  /**
   * The value must not be below this number or quantity.
   */
  'at-least'?: string | number;
  /**
   * The value must not be above this number or quantity.
   */
  'at-most'?: string | number;
  /**
   * The value as text must match this regular expression.
   */
  matches?: string;
}
/**
 * The parameters of each fault, by the word that `do` names it with.
 */
export interface FaultArgs {
  corrupt: CorruptFault;
}
/**
 * Changes image data on its way to the device.
 */
export interface CorruptFault {
  /**
   * How many bytes are changed, from the offset on; 1 when it is not stated.
   */
  bytes?: number;
  /**
   * The mask that is applied to each byte. Without it, masks are drawn from the seed of the run.
   */
  xor?: number;
}
/**
 * The moment of the fault.
 */
export interface FaultTrigger {
  /**
   * When this byte of the image is sent.
   */
  offset?: string;
}
/**
 * What an input is: exactly one of `image`, `type` and `quantity`.
 */
export interface Input {
  /**
   * What the input is for.
   */
  about?: string;
  /**
   * An image: from a file, built and signed on the fly, or (with neither) given by the plan or `--set`.
   */
  image?: {
    /**
     * A signed image. The path is relative to the pipeline's file.
     */
    file?: string;
    /**
     * An image that bootproof builds and signs with its demo key; simulated boards accept it.
     */
    build?: {
      /**
       * The version in the image header, always in quotes.
       */
      version: string;
      /**
       * The size of the application in the image.
       */
      size: string;
      /**
       * The demo key that signs the image, `ed25519` when it is not stated. `ed25519-untrusted` is one that simulated boards refuse, `none` leaves the image unsigned.
       */
      key?: 'ed25519' | 'ecdsa-p256' | 'ecdsa-p384' | 'rsa-2048' | 'rsa-3072' | 'ed25519-untrusted' | 'none';
    };
  };
  /**
   * A plain value.
   */
  type?: 'string' | 'integer' | 'boolean';
  /**
   * A value with a unit.
   */
  quantity?: 'duration' | 'size' | 'rate' | 'percentage';
  /**
   * The value of a `type` or `quantity` that nobody sets.
   */
  default?: string | number | boolean;
}
/**
 * One device under test, real or simulated.
 */
export interface Board {
  /**
   * Free text, shown in reports.
   */
  about?: string;
  /**
   * Words to select boards by.
   */
  labels?: string[];
  /**
   * What is true of the board and cannot be asked of it. The `requires` of a pipeline is about these.
   */
  facts?: {
    [k: string]: unknown;
  };
  /**
   * The ways to talk SMP with the board, by name. The first one is used when nothing is chosen.
   */
  transports: {
    [k: string]: string;
  };
  /**
   * Where the console is: an address of its own, or the name of the transport that it is shared with.
   */
  console?: string;
  /**
   * The control port of a `bootproof sim` process that this board is.
   */
  simulator?: string;
  provision?: Command;
  recover?: Command;
  /**
   * How the board's power is switched.
   */
  power?: {
    off?: Command;
    on?: Command;
    cycle?: Command;
  };
  /**
   * What the board shares with others, as kind:name. No two cells that hold the same lock run at the same time.
   */
  locks?: string[];
}
/**
 * A program on the host: an argument list, never a shell.
 */
export interface Command {
  /**
   * The program and its arguments. `{image}` stands for the path of the image, `{board}` for the name of the board.
   */
  run: string[];
  /**
   * Environment variables that are added to those of bootproof.
   */
  env?: {
    [k: string]: string;
  };
  /**
   * How long the program may take.
   */
  timeout?: string;
}

export const actionVerbs = ['collect', 'confirm', 'echo', 'erase', 'exec', 'mark-pending', 'provision', 'reset', 'upload', 'wait'] as const;

/** The keys of each expectation. */
export const nounKeys = {
  active: ['active', 'confirmed'],
  error: ['error'],
  image: ['image', 'slot', 'pending', 'confirmed', 'permanent', 'bootable', 'absent'],
  log: ['log', 'since', 'until', 'for'],
  response: ['response'],
  slots: ['slots', 'exact'],
  value: ['value', 'equals', 'at-least', 'at-most', 'matches'],
} as const;

/** The parameters of each fault. */
export const faultKeys = { corrupt: ['bytes', 'xor'] } as const;

/** The verbs that each fault can disturb. */
export const faultVerbs = { corrupt: ['upload'] } as const;

/** The types of what expressions can read of `steps.ID`, by verb; verbs that are not listed have no result. */
export const resultTypes = {
  echo: { r: 'string' },
  exec: { exit: 'integer', stdout: 'string', stderr: 'string', value: 'any' },
  upload: { bytes: 'integer', seconds: 'number', rate: 'number', efficiency: 'number', retransmitted: 'integer', match: 'boolean' },
} as const;
