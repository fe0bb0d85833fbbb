/* Generated from schemas/source/ by `npm run generate`. Do not edit. */

/**
 * Stores evidence about the board beside the reports.
 */
export type CollectArgs = ('console-tail' | 'image-list' | 'reset-reason')[];
/**
 * Runs several lists of steps at the same time. The first that fails cancels the others.
 */
export type ParallelArgs = Branch[];
/**
 * One way to bring a board back: `reset` (the bench's command, else over SMP), `power` (off and on), an image that is known to be good, or a command.
 */
export type Rung =
  | string
  | {
      /**
       * A file with an image that is known to be good, relative to the bench; the `provision` command of the board writes it.
       */
      image?: string;
      command?: Command;
    };

/**
 * The arguments of each action, once expressions are replaced by their values.
 */
export interface ActionArgs {
  call: CallArgs;
  collect: CollectArgs;
  confirm: ConfirmArgs;
  connect: ConnectArgs;
  disconnect: DisconnectArgs;
  echo: EchoArgs;
  erase: EraseArgs;
  exec: ExecArgs;
  files: FilesArgs;
  'mark-pending': MarkPendingArgs;
  parallel: ParallelArgs;
  power: PowerArgs;
  prompt: PromptArgs;
  provision: ProvisionArgs;
  repeat: RepeatArgs;
  reset: ResetArgs;
  send: SendArgs;
  serve: ServeArgs;
  settings: SettingsArgs;
  shell: ShellArgs;
  smp: SmpArgs;
  upgrade: UpgradeArgs;
  upload: UploadArgs;
  wait: WaitArgs;
}
/**
 * Runs the steps of a fragment: a file of steps that several pipelines share. Its results are the outputs of the fragment.
 */
export interface CallArgs {
  /**
   * The file of the fragment, relative to the file that calls it.
   */
  fragment: string;
  /**
   * The values of the fragment's inputs, by name. An image is named by an image input of the caller.
   */
  inputs?: {
    [k: string]: string | number | boolean;
  };
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
 * Opens the link to the board, over another of its transports where one is named, and tries again until it is there. Steps open the link by themselves; this is for a link that `disconnect` closed, for another transport, and for saying when the link must be there.
 */
export interface ConnectArgs {
  /**
   * The name of a transport of the board; it stays until another `connect` names one. Without it the one that is in use.
   */
  transport?: string;
  /**
   * How long the link may take to open; 15 s when it is not stated.
   */
  timeout?: string;
}
/**
 * Closes the link to the board. It stays closed until a `connect`; the teardown may open it again.
 */
export interface DisconnectArgs {
  /**
   * How long it may take to close; 15 s when it is not stated.
   */
  timeout?: string;
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
     * The exit code that is the pass; 0 when it is not stated. `any` leaves it to an `expect: {exit: CODE}` afterwards.
     */
    exit?: number | string;
  };
  /**
   * How standard output is read: `json` gives the step a `value` to use in expressions.
   */
  parse?: 'text' | 'json';
}
/**
 * One command of the file system group: moves a file between host and board, or asks about one that is there.
 */
export interface FilesArgs {
  /**
   * Writes a file of the host to the board. What was there under this name is replaced.
   */
  upload?: {
    /**
     * The path on the board.
     */
    name: string;
    /**
     * The file of the host, relative to the folder of the pipeline.
     */
    file: string;
  };
  /**
   * Reads a file of the board, and keeps it with the evidence of the cell.
   */
  download?: {
    /**
     * The path on the board.
     */
    name: string;
    /**
     * A file of the host, which must have the same contents.
     */
    equals?: string;
  };
  /**
   * Asks for the length of a file of the board.
   */
  status?: {
    /**
     * The path on the board.
     */
    name: string;
    /**
     * A file of the host, which must have the same length.
     */
    equals?: string;
  };
  /**
   * Has the board compute a hash or a checksum of a file, or of a part of it.
   */
  hash?: {
    /**
     * The path on the board.
     */
    name: string;
    /**
     * What is computed; `crc32` (that of IEEE 802.3) when it is not stated.
     */
    type?: 'crc32' | 'sha256';
    /**
     * The first byte that counts; 0 when it is not stated.
     */
    off?: number;
    /**
     * How many bytes count; all up to the end when it is not stated.
     */
    len?: number;
    /**
     * A file of the host, of which the same bytes must give the same.
     */
    equals?: string;
  };
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
export interface Branch {
  /**
   * What reports and messages call the branch.
   */
  name?: string;
  /**
   * The device that the steps of the branch are for, where the pipeline has several.
   */
  device?: string;
  /**
   * What the branch does, one step after another.
   */
  steps: unknown[];
}
/**
 * Switches the power of the board. Simulated boards do it themselves, others by the `power` commands of the bench. The next boot epoch is opened before the power comes back.
 */
export interface PowerArgs {
  /**
   * Takes the power away until a later step gives it back.
   */
  off?: boolean;
  /**
   * Gives the power back, and the board boots.
   */
  on?: boolean;
  /**
   * Takes the power away and gives it back.
   */
  cycle?: boolean;
  /**
   * Waits for a moment, takes the power away there, whatever the board is doing, and gives it back.
   */
  cut?: {
    /**
     * The time from the begin of the step to the cut.
     */
    after?: string;
    /**
     * What the step waits for.
     */
    at?: {
      /**
       * A console line with this text or `/regular expression/`, printed after the step has begun.
       */
      log?: string;
      /**
       * The flash operation (a write or an erase) with this number, counted from 1 at the begin of the step. Only on boards that are simulated in this process.
       */
      'flash-op'?: number;
      /**
       * The bootloader begins to work, its serial recovery answers, or the application does. Only on boards that are simulated in this process.
       */
      'boot-phase'?: 'bootloader' | 'recovery' | 'application';
    };
  };
  /**
   * With `cycle` and `cut`: how long the power stays away. Without it a cycle takes 1 s and a cut 100 ms; a bench that only has a `cycle` command knows by itself.
   */
  for?: string;
}
/**
 * Asks the person at the terminal. Without `choices` the answer is yes or no, and no fails the step. A run that nobody attends is refused before any board is touched, unless `run --answer ID=TEXT` answers the step with this id.
 */
export interface PromptArgs {
  /**
   * The question.
   */
  text: string;
  /**
   * The possible answers, chosen by number or by their text. None of them fails the step: look at `answer` afterwards.
   *
   * Items: A possible answer.
   */
  choices?: string[];
  /**
   * How long to wait for the answer, in real time also where boards run in virtual time; 10 minutes when it is not stated.
   */
  timeout?: string;
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
   * Whether that image is confirmed, so that it stays over a reset; with `false` it runs on trial.
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
   * Where the update stands afterwards, as `expect: {state: ...}` names it. `test`, `permanent`: slot 0 runs, and the image in slot 1 waits for the next boot. `revert`: the image in slot 0 runs on trial, and the next boot goes back to the one in slot 1.
   */
  state?: 'normal' | 'test' | 'permanent' | 'revert';
}
/**
 * Runs steps again and again: `count` times, or with `until` only as long as it does not hold.
 */
export interface RepeatArgs {
  /**
   * How many rounds there are; with `until`, how many there are at most.
   */
  count: number;
  /**
   * An expression that is looked at after each round. The last round is the one after which it is true; if it never is, the step fails.
   */
  until?: string;
  /**
   * The steps of one round. Expressions in them read the number of the round, counted from 0, as `repeat.index`.
   */
  steps: unknown[];
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
 * Sends text or bytes to the console of the board, as if they were typed: over the console's own port, or over the link that it shares. What the board says to it is on the console, where `expect: {log: ...}` looks. The board needs a console.
 */
export interface SendArgs {
  /**
   * A line of text, in UTF-8.
   */
  text?: string;
  /**
   * Bytes as hex digits in quotes, such as `03` for Ctrl-C. Nothing is added.
   */
  hex?: string;
  /**
   * What ends `text`; `lf` when it is not stated, which Zephyr's shell, U-Boot and Linux take for the Enter key, and SMP servers on the same UART for the end of a line.
   */
  'line-end'?: 'lf' | 'cr' | 'crlf' | 'none';
}
/**
 * Plays the SMP server for a device that is itself a client, on the board's serial port, its TCP address, or a UDP port of this host (`udp:0.0.0.0:1337?listen=on`), until something has happened. A link that breaks, as when the device resets, is opened again. Requests for which the script has no rule are answered as by a device with two slots that takes any upload.
 */
export interface ServeArgs {
  /**
   * Rules for answers. The first one that is for a request decides.
   */
  script?: ServeRule[];
  /**
   * When the step is done.
   */
  until: {
    /**
     * So many requests came, answered or not.
     */
    requests?: number;
    /**
     * An image was uploaded to its end, and the last request was answered.
     */
    uploaded?: true;
    /**
     * The console says a line, after the step began, that contains this text, or matches this /regular expression/.
     */
    log?: string;
  };
  /**
   * How long that may take before the step fails.
   */
  timeout: string;
}
/**
 * How requests are answered. `answer`, `error` or `silence`; without them the usual answer, with `delay` and `copies`.
 */
export interface ServeRule {
  match?: FramePattern;
  /**
   * The fields of the response, by their SMP names. `{hex: TEXT}` in place of a value gives bytes.
   */
  answer?: {
    [k: string]: unknown;
  };
  /**
   * The error with which the request is refused.
   */
  error?: {
    /**
     * The SMP group that the code belongs to. Without it, a code of SMP itself such as `EINVAL`.
     */
    group?: string;
    /**
     * The error, by its name or its number.
     */
    code: string | number;
  };
  /**
   * The request is not answered.
   */
  silence?: true;
  /**
   * How long the answer, and all after it, has to wait.
   */
  delay?: string;
  /**
   * How many requests the rule is for; later ones go to the rules after it. Without it, all.
   */
  times?: number;
  /**
   * How often the answer is sent, in one burst; once when it is not stated.
   */
  copies?: number;
}
/**
 * What an SMP packet must hold. What is not stated may be anything.
 */
export interface FramePattern {
  /**
   * Whether it is a request of the host (`read`, `write`) or a response of the device.
   */
  op?: 'read' | 'read-response' | 'write' | 'write-response';
  /**
   * The group, by its name or its number.
   */
  group?: string | number;
  /**
   * The number of the command in its group.
   */
  command?: number;
  /**
   * The sequence number.
   */
  seq?: number;
  /**
   * Values that the payload must have, by their paths. Items of lists are counted from 0; bytes are written as hex digits.
   */
  payload?: {
    [k: string]: string | number | boolean | null;
  };
}
/**
 * One command of the settings group: reads or changes settings of the application. What is written counts at once, and survives a reset only when it is saved.
 */
export interface SettingsArgs {
  /**
   * Reads a setting. The result has it as `val` (hex digits) and as `text`.
   */
  read?: {
    /**
     * The key of the setting.
     */
    name: string;
    /**
     * The most bytes that are wanted; the server's own limit when it is not stated.
     */
    'max-size'?: number;
  };
  /**
   * Gives a setting a value, in exactly one of the two forms.
   */
  write?: {
    /**
     * The key of the setting.
     */
    name: string;
    /**
     * The value as text, in UTF-8.
     */
    text?: string;
    /**
     * The value as hex digits in quotes.
     */
    val?: string;
  };
  /**
   * Deletes the saved value. The running one stays until the next reset.
   */
  delete?: {
    /**
     * The key of the setting.
     */
    name: string;
  };
  /**
   * Makes the application take over what was written.
   */
  commit?: {};
  /**
   * Reads all saved settings back into the running ones.
   */
  load?: {};
  /**
   * Saves the running settings, so that they survive a reset.
   */
  save?: {
    /**
     * Only the settings below this key; servers before Zephyr 4.4 save all of them.
     */
    name?: string;
  };
}
/**
 * Runs a command of the device's shell over SMP. The step passes when the command returned what `ret` says, 0 without it.
 */
export interface ShellArgs {
  /**
   * The command and its arguments. The server joins them with single blanks and adds no quotes.
   */
  argv: string[];
  /**
   * The status that the command must return; 0 when it is not stated.
   */
  ret?: number;
}
/**
 * Sends any SMP request: a command by its numbers, or bytes as they are.
 */
export interface SmpArgs {
  /**
   * The group, by its name or its number.
   */
  group?: string | number;
  /**
   * The number of the command in its group.
   */
  command?: number;
  /**
   * Whether the request reads or writes.
   */
  op?: 'read' | 'write';
  /**
   * The fields of the request, by their SMP names. `{hex: TEXT}` in place of a value gives bytes.
   */
  payload?: {
    [k: string]: unknown;
  };
  /**
   * A whole packet as hex digits in quotes, sent as it is, sound or not. An answer that is an error is a result like any other.
   */
  raw?: string;
  /**
   * Whether the device must answer (when it is not stated) or stay silent.
   */
  expect?: 'answer' | 'silence';
}
/**
 * A whole update as a known client does it: its requests in its order, its patience, and its own idea of success.
 */
export interface UpgradeArgs {
  /**
   * The client that is imitated. `ideal` asks the board for everything that it reports, and is the default.
   */
  as?: 'ideal' | 'mcumgr-cli' | 'smpmgr' | 'nrf-connect-android' | 'nrf-connect-ios';
  /**
   * What becomes of an image after the upload; `test-and-confirm` when it is not stated. Not every client has every mode.
   */
  mode?: 'test-and-confirm' | 'confirm-only' | 'test-only' | 'upload-only';
  /**
   * The one image of the update, by the name of an input.
   */
  image?: string;
  /**
   * The images of an update of several, in the order in which the client is given them.
   */
  images?: {
    /**
     * What is uploaded, by the name of an input.
     */
    image: string;
    /**
     * The image number, for devices with more than one image; 0 when it is not stated.
     */
    target?: number;
  }[];
  /**
   * The images of an update package, by the name of an input of type package.
   */
  package?: string;
  /**
   * Erases the settings storage before the reset, on clients that offer it.
   */
  'erase-settings'?: boolean;
  /**
   * How long the client was told that the bootloader needs (estimated swap time); nothing when it is not stated. Clients that know no such time do not wait.
   */
  'swap-time'?: string;
  /**
   * Keeps the step passing when the client reports failure, for pipelines that compare `verdict` with what the board does.
   */
  'report-only'?: boolean;
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
   * How long the server may take to answer the first request, during which it erases the slot. Without it, what the bench says of the board (`erase-time`), or 60 s.
   */
  'first-timeout'?: string;
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
    log?: string;
    /**
     * A link over the transport of this name can be opened: the port is there, and somebody listens. It is closed again.
     */
    port?: string;
    /**
     * The board advertises on the BLE transport of this name: its firmware runs, and nobody is connected to it. It is looked for in a scan, and no connection is made.
     */
    advertising?: string;
    /**
     * The link is gone, or breaks by itself: the port vanished, or the other end closed it.
     */
    disconnect?: true;
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
  boot: BootArgs;
  bricked: BrickedArgs;
  error: ErrorArgs;
  exit: ExitArgs;
  frames: FramesArgs;
  image: ImageArgs;
  link: LinkArgs;
  log: LogArgs;
  response: ResponseArgs;
  slots: SlotsArgs;
  state: StateArgs;
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
 * What the bootloader did at the last boot in the window, by its own console lines, and how often the device booted.
 */
export interface BootArgs {
  /**
   * What must be true of the boot, or of the number of boots.
   */
  boot: {
    /**
     * What it did to the slots: nothing (`none`, also when it refused or passed over what was asked for), a swap on trial, one for good, or one back.
     */
    swap?: 'none' | 'test' | 'permanent' | 'revert';
    /**
     * How it ended: an image was started (`booted`), one was started and the other one `refused`, there was `no-image` to start, it stopped (`panic`), or it waits in serial `recovery`.
     */
    verdict?: 'booted' | 'refused' | 'no-image' | 'panic' | 'recovery';
    /**
     * How often the device booted in the window, which `since` then has to name.
     */
    count?: number;
    /**
     * How often the device may have booted in the window, which `since` then has to name.
     */
    'at-most'?: number;
  };
  /**
   * The image number, for devices with more than one image; 0 when it is not stated.
   */
  target?: number;
  /**
   * Where the window begins: at this `boot`, this `step`, the `start` of the cell, or where the step of an id began (`mark.ID`). `boot` when it is not stated.
   */
  since?: string;
}
/**
 * The device still answers SMP over any of its transports, be it the application or serial recovery, with a result or a refusal. The link stays as it was.
 */
export interface BrickedArgs {
  /**
   * `false`: an answer must come over one of the transports, within 60 s when the step has no `within`.
   */
  bricked: false;
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
 * The exit code of the program that the step before ran with `exec`.
 */
export interface ExitArgs {
  /**
   * The exit code that the program must have ended with. The `exec` leaves it to be judged here with `expect: {exit: any}`.
   */
  exit: number;
}
/**
 * The SMP packets between the host and the device in a window of time.
 */
export interface FramesArgs {
  /**
   * Which packets must have passed. `match` alone means: at least one.
   */
  frames: {
    match?: FramePattern;
    /**
     * How many packets match; 0 means that none may have passed.
     */
    count?: number;
    /**
     * The least number of packets that match.
     */
    'at-least'?: number;
    /**
     * The largest number of packets that match.
     */
    'at-most'?: number;
    /**
     * Packets that must have passed in this order, with any others between them.
     */
    order?: FramePattern[];
  };
  /**
   * Where the window begins: at this `boot`, this `step`, the `start` of the cell, or where the step of an id began (`mark.ID`). `boot` when it is not stated.
   */
  since?: string;
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
 * The link to the device: what it carries, why it broke in the window, and how soon it was back.
 */
export interface LinkArgs {
  /**
   * What must be true of the link.
   */
  link: {
    /**
     * The bytes that go in one piece: the ATT MTU over BLE, elsewhere the largest SMP packet that the link carries whole.
     */
    mtu?: number;
    /**
     * The code and message of the last loss must contain this text, or match this /regular expression/.
     */
    reason?: string;
    /**
     * The link must have broken, and have been open again after this long at most.
     */
    'reconnected-within'?: string;
  };
  /**
   * Where the window begins: at this `boot`, this `step`, the `start` of the cell, or where the step of an id began (`mark.ID`). `boot` when it is not stated.
   */
  since?: string;
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
 * Where the update of one image stands, by the device's image list.
 */
export interface StateArgs {
  /**
   * `normal`: the running image is confirmed and nothing waits. `test`: the next boot tries another image. `permanent`: it takes it for good. `revert`: the running image is on trial, and the next boot goes back. `stuck`: what waits had waited before the last boot already, and the bootloader passed it over.
   */
  state: 'normal' | 'test' | 'permanent' | 'revert' | 'stuck';
  /**
   * The image number, for devices with more than one image; 0 when it is not stated.
   */
  target?: number;
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
  delay: DelayFault;
  duplicate: DuplicateFault;
  knob: KnobFault;
  'link-drop': LinkDropFault;
  loss: LossFault;
  'low-mtu': LowMtuFault;
  'power-cut': PowerCutFault;
  reorder: ReorderFault;
  stall: StallFault;
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
 * Packets take longer, in both directions.
 */
export interface DelayFault {
  /**
   * How much later packets arrive: 200 ms when it is not stated.
   */
  by?: string;
  /**
   * How long it lasts. Without it, `power-cut`, `link-drop` and `stall` last 100 ms, and everything else to the end of the step; what the verb `fault` began lasts until it is cleared.
   */
  for?: string;
}
/**
 * Packets arrive twice, in both directions.
 */
export interface DuplicateFault {
  /**
   * The share of packets that suffers, drawn from the seed of the run; 10% when it is not stated.
   */
  share?: string;
  /**
   * How long it lasts. Without it, `power-cut`, `link-drop` and `stall` last 100 ms, and everything else to the end of the step; what the verb `fault` began lasts until it is cleared.
   */
  for?: string;
}
/**
 * Changes a simulated device: what is wrong with it, at once, and what its firmware and links are, from its next boot on.
 */
export interface KnobFault {
  set: Settings;
  /**
   * How long it lasts. Without it, `power-cut`, `link-drop` and `stall` last 100 ms, and everything else to the end of the step; what the verb `fault` began lasts until it is cleared.
   */
  for?: string;
}
/**
 * Knobs by their names, and values of the profile by their paths.
 */
export interface Settings {
  /**
   * Whether a BLE board goes by another address once another image runs than the one that ran when the knob was turned.
   */
  'addr.rotate'?: boolean;
  /**
   * What the application refuses, and how.
   */
  'app.hook'?: {
    /**
     * Chunks of uploads.
     */
    chunk?: {
      /**
       * A code of SMP itself.
       */
      rc?: number;
      /**
       * An error of the group of the command.
       */
      error?: number;
    };
    /**
     * Resets without force.
     */
    reset?: {
      /**
       * A code of SMP itself.
       */
      rc?: number;
      /**
       * An error of the group of the command.
       */
      error?: number;
    };
    /**
     * Requests and confirms.
     */
    state?: {
      /**
       * A code of SMP itself.
       */
      rc?: number;
      /**
       * An error of the group of the command.
       */
      error?: number;
    };
    /**
     * Erases of slots.
     */
    erase?: {
      /**
       * A code of SMP itself.
       */
      rc?: number;
      /**
       * An error of the group of the command.
       */
      error?: number;
    };
  };
  /**
   * Each query of the image state prints what the next boot will do.
   */
  'app.log-state-queries'?: boolean;
  /**
   * The application takes trailers to begin so many bytes lower than the bootloader does, and so what it asks for goes nowhere.
   */
  'app.trailer-offset-delta'?: {
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
   * When a BLE board loses the keys of its bond: when its storage is erased, or once another image runs.
   */
  'bond.drop-on'?: 'erase' | 'swap';
  /**
   * How long a boot takes that does not swap.
   */
  'boot.boot-time'?: string;
  /**
   * The security counter is raised to that of an image that nobody has confirmed.
   */
  'boot.counter-bug'?: boolean;
  /**
   * Downgrade prevention lets permanent requests pass.
   */
  'boot.downgrade-bug'?: boolean;
  /**
   * The largest image, header and TLVs included, that the bootloader installs.
   */
  'boot.max-swappable'?: string | number;
  /**
   * How a swap goes wrong that was interrupted.
   */
  'boot.resume-bug'?: 'none' | 'lost-swap' | 'shifted-header' | 'wrong-hdr' | 'revert-flag' | 'magic-bad';
  /**
   * A refused image is erased but for its trailer, as if the erase had been interrupted: the slot is empty, and pending.
   */
  'boot.scramble-interrupt'?: boolean;
  /**
   * Whether the bootloader finds the secondary slots where the application puts them.
   */
  'boot.sees-secondary'?: boolean;
  /**
   * What becomes of a request for a swap: it is carried out, passed over at every boot, withdrawn, answered with the end of the candidate, or it stops the bootloader.
   */
  'boot.swap-policy'?: 'swap' | 'refuse-keep-pending' | 'refuse-clear' | 'invalid-scramble' | 'panic';
  /**
   * How long a boot takes that swaps.
   */
  'boot.swap-time'?: string;
  /**
   * A watchdog resets a bootloader that is not done by then, in the middle of what it does.
   */
  'boot.watchdog'?: string;
  /**
   * Whether a BLE board advertises again when a link has ended; without it, only after a restart.
   */
  'bt.adv-restart'?: boolean;
  /**
   * For how long a BLE board takes a link that has ended for alive, and does not advertise.
   */
  'bt.phantom-conn'?: string;
  /**
   * Buffers for notifications of a BLE board whose work queue waits for one that only itself could give back: it sends nothing any more until it restarts.
   */
  'bt.tx-buffers'?: number;
  /**
   * Notifications of a BLE board that may be on their way at once; one more is lost, and the console says so.
   */
  'bt.tx-contexts'?: number;
  /**
   * What the server says it is when it is asked for its information, whatever was asked.
   */
  'endpoint.identity'?: string;
  /**
   * Another board of the same make, with empty slots, answers every request of the same ports as well, and sooner.
   */
  'endpoint.two-servers'?: boolean;
  /**
   * Cells that are not erased can be programmed again, which only moves bits away from the erased value, and is no error.
   */
  'flash.and-semantics'?: boolean;
  /**
   * Flash stores wrong bits, and reports success.
   */
  'flash.corrupt'?: {
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
   * Erases that do not begin and end at multiples of this size fail.
   */
  'flash.erase-align-strict'?: string | number;
  /**
   * The application asserts, and resets, when it is to erase flash.
   */
  'flash.erase-asserts'?: boolean;
  /**
   * The state of the external chips, which are all but the one with the primary slot of image 0: not there, all reads fail for bit errors beyond correction, or not yet ready at the first boot after power-on.
   */
  'flash.ext'?: 'ok' | 'absent' | 'ecc' | 'late';
  /**
   * What arrives on any link while the application erases flash is lost.
   */
  'flash.radio-blocking'?: boolean;
  /**
   * Writes and erases that fail.
   */
  'flash.write-error'?: {
    /**
     * The name of the chip; any when it is not stated.
     */
    flash?: string;
    /**
     * The first byte of the chip that fails.
     */
    from?: string | number;
    /**
     * The first byte behind that does not.
     */
    to?: string | number;
    /**
     * What fails: programs when it is not stated.
     */
    kinds?: ('read' | 'program' | 'erase')[];
    /**
     * With an error, or unnoticed and half done; with an error when it is not stated.
     */
    fate?: 'fail' | 'partial';
    /**
     * Only so many, from the first on.
     */
    count?: number;
  };
  /**
   * By how much the handles of SMP's attributes are higher once another image runs than the one that ran when the knob was turned.
   */
  'gatt.handles-shift'?: number;
  /**
   * Groups, and single commands of groups, that are answered as if they were not built in (rc 8).
   */
  'groups.unsupported'?: string[];
  /**
   * The MTU that still holds for what is written to a BLE board after a larger one was agreed on; longer writes are lost.
   */
  'link.asym-mtu'?: string | number;
  /**
   * Connection parameters that a BLE board asks for on each link; the central grants what the specification allows.
   *
   * Items: One request.
   */
  'link.conn-params'?: {
    /**
     * When, from the beginning of the link on.
     */
    at: string;
    /**
     * Between two connection events, 7.5ms to 4s.
     */
    interval: string;
    /**
     * Connection events that the board may sleep through; none when it is not stated.
     */
    latency?: number;
    /**
     * The silence after which the link is over, 4s when it is not stated.
     */
    supervision?: string;
  }[];
  /**
   * A BLE link that carries less the longer it lasts.
   */
  'link.degrade'?: {
    /**
     * What it carries to the board in the beginning.
     */
    from: string;
    /**
     * What it carries in the end.
     */
    to: string;
    /**
     * How long the change takes.
     */
    over: string;
  };
  /**
   * Data bytes of a packet that the link layer of a BLE board takes, 27 to 251; 251 without it.
   */
  'link.dle'?: string | number;
  /**
   * How late a BLE board answers the MTU exchange.
   */
  'link.mtu-late'?: string;
  /**
   * Whether a BLE board answers a central that asks for the 2M PHY; without an answer the link ends after 40 s.
   */
  'link.phy-reply'?: 'normal' | 'none';
  /**
   * What a BLE board agrees to when a central asks for the 2M PHY; 1M without it.
   */
  'link.phy'?: '1M' | '2M';
  /**
   * What image lists show as a hash: the one that was written with the image, or that of what lies in the slot.
   */
  'list.hash-source'?: 'tlv' | 'computed';
  /**
   * Slots that image lists do not show, counted as erase counts them (2 * image + slot).
   */
  'list.omit-slots'?: number[];
  /**
   * How image lists are written: without hashes, without any image, or with keys that no client knows.
   */
  'list.style'?: 'no-hash' | 'empty' | 'extra-keys';
  /**
   * The network core does not take over what the bootloader hands it.
   */
  'multi.net-update-fails'?: boolean;
  /**
   * Updates of other images are passed over when that of image 0 was requested before them.
   */
  'multi.order-sensitive'?: boolean;
  /**
   * What becomes of a reset that is asked for: it is answered and forgotten, answered and carried out a minute later, or refused with this rc.
   */
  'os.reset'?: 'ignore' | 'late' | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10;
  /**
   * What the server says about its buffers, whatever they are.
   */
  'params.claims'?: {
    /**
     * The size of a buffer.
     */
    'buf-size'?: number;
    /**
     * How many there are.
     */
    'buf-count'?: number;
  };
  /**
   * What serial recovery does when another image than the first is uploaded, such as that of a network core: it hangs until the next reset.
   */
  'recovery.net'?: 'hang';
  /**
   * Answers that are sent later.
   */
  'rsp.delay'?: {
    /**
     * Only answers of this group.
     */
    group?: number;
    /**
     * Only answers of this command.
     */
    command?: number;
    /**
     * The share of them, drawn from the seed of the run; all when it is not stated.
     */
    share?: string;
    /**
     * Only so many, from the first on.
     */
    count?: number;
    /**
     * How much later, 1s when it is not stated.
     */
    by?: string;
  };
  /**
   * Answers that are never sent.
   */
  'rsp.drop'?: {
    /**
     * Only answers of this group.
     */
    group?: number;
    /**
     * Only answers of this command.
     */
    command?: number;
    /**
     * The share of them, drawn from the seed of the run; all when it is not stated.
     */
    share?: string;
    /**
     * Only so many, from the first on.
     */
    count?: number;
  };
  /**
   * Answers that are sent twice.
   */
  'rsp.dup'?: {
    /**
     * Only answers of this group.
     */
    group?: number;
    /**
     * Only answers of this command.
     */
    command?: number;
    /**
     * The share of them, drawn from the seed of the run; all when it is not stated.
     */
    share?: string;
    /**
     * Only so many, from the first on.
     */
    count?: number;
  };
  /**
   * Answers that are sent after the next one.
   */
  'rsp.reorder'?: {
    /**
     * Only answers of this group.
     */
    group?: number;
    /**
     * Only answers of this command.
     */
    command?: number;
    /**
     * The share of them, drawn from the seed of the run; all when it is not stated.
     */
    share?: string;
    /**
     * Only so many, from the first on.
     */
    count?: number;
  };
  /**
   * Answers that are given in place of the server's own. The first entry that fits and is not used up answers; requests that none fits go to the server.
   *
   * Items: Requests, and what they are answered.
   */
  'rsp.script'?: {
    /**
     * Which requests: those that agree in everything that is stated.
     */
    match: {
      /**
       * The number of the group.
       */
      group?: number;
      /**
       * The number of the command in its group.
       */
      command?: number;
      /**
       * Whether the request reads or writes.
       */
      op?: 'read' | 'write';
    };
    /**
     * What they are answered: exactly one of these.
     */
    answer: {
      /**
       * A success with these fields. `{hex: TEXT}` in place of a value gives bytes.
       */
      payload?: {
        [k: string]: unknown;
      };
      /**
       * A code of SMP itself.
       */
      rc?: number;
      /**
       * An error of the group of the command.
       */
      error?: number;
      /**
       * Nothing is sent.
       */
      silence?: true;
    };
    /**
     * How often; always when it is not stated.
     */
    times?: number;
  }[];
  /**
   * Answers that lack their second half.
   */
  'rsp.truncate'?: {
    /**
     * Only answers of this group.
     */
    group?: number;
    /**
     * Only answers of this command.
     */
    command?: number;
    /**
     * The share of them, drawn from the seed of the run; all when it is not stated.
     */
    share?: string;
    /**
     * Only so many, from the first on.
     */
    count?: number;
  };
  /**
   * Answers with another sequence number than that of their request.
   */
  'rsp.wrong-seq'?: {
    /**
     * Only answers of this group.
     */
    group?: number;
    /**
     * Only answers of this command.
     */
    command?: number;
    /**
     * The share of them, drawn from the seed of the run; all when it is not stated.
     */
    share?: string;
    /**
     * Only so many, from the first on.
     */
    count?: number;
  };
  /**
   * What arrives in one write that is longer arrives with a wrong byte.
   */
  'rx.corrupt-over'?: string | number;
  /**
   * What becomes of a request that finds no free buffer.
   */
  'rx.overflow'?: 'drop' | 'error' | 'reset';
  /**
   * The device restarts on a packet that is shorter than its header says.
   */
  'rx.partial-restart'?: boolean;
  /**
   * A packet that is shorter than its header says is kept for so long, and what comes next is taken for its rest.
   */
  'rx.partial-timeout'?: string;
  /**
   * UARTs send back what comes in.
   */
  'serial.echo'?: boolean;
  /**
   * Log text that gets into the middle of frames of answers, on the UARTs of the application.
   */
  'serial.interleave'?: {
    /**
     * The text; a line of a log when it is not stated.
     */
    text?: string;
    /**
     * The share of answers, drawn from the seed of the run; all when it is not stated.
     */
    share?: string;
    /**
     * Only so many, from the first on.
     */
    count?: number;
  };
  /**
   * Bytes of an answer's frame that fit into the send buffer of a UART; the others are never sent.
   */
  'serial.tx-truncate'?: string | number;
  /**
   * The server takes any hash for that of the image in the secondary slot.
   */
  'state.any-hash'?: boolean;
  /**
   * What a confirm of the other slot does while a revert is due: nothing, as Zephyr has it; or it is refused; or it makes the other slot permanent, so that the way back is an update.
   */
  'state.revert-confirm-other'?: 'noop' | 'error' | 'apply';
  /**
   * Chunks are taken in whole units of this size; the client has to send the rest again.
   */
  'upload.accept-floor'?: string | number;
  /**
   * The server marks an upload pending by itself after the last chunk.
   */
  'upload.autopend'?: boolean;
  /**
   * So many chunks are refused with rc 10 (busy) before one is taken.
   */
  'upload.busy'?: number;
  /**
   * What a first chunk does that comes again while its upload goes on: it starts anew, is told how far the upload is, or gets no answer. Zephyr resumes when it names the same hash, and starts anew otherwise.
   */
  'upload.duplicate-first'?: 'restart' | 'resume' | 'ignore';
  /**
   * Uploads are refused (rc 1) after a boot that swapped, until the next plain boot.
   */
  'upload.fail-after-swap'?: boolean;
  /**
   * What is known of an upload that is going on survives resets and power cuts, but for what had not been flashed. Zephyr keeps it in RAM.
   */
  'upload.persist'?: boolean;
  /**
   * Once, when an upload has come so far, the server forgets it and asks for offset 0: the client must begin anew, with length and hash.
   */
  'upload.rewind'?: string | number;
  /**
   * The first chunk of an upload is answered so much later.
   */
  'upload.silent-first'?: string;
  /**
   * Every upload goes into the secondary slot of image 0, whatever image it is for.
   */
  'upload.single-secondary'?: boolean;
  /**
   * An erase does not end the upload that was going on: the next one of the same file goes on in its middle.
   */
  'upload.stale-resume'?: boolean;
  /**
   * The MCUboot release, which decides on log lines and on what was mended since.
   */
  'bootloader.release'?:
    | 'v1.7.2'
    | 'v1.7.2-ncs1'
    | 'v1.7.99-ncs2'
    | 'v1.7.99-ncs4'
    | 'v1.8.0'
    | 'v1.9.0'
    | 'v1.9.99-ncs1'
    | 'v1.10.0'
    | 'v1.10.0-ncs1'
    | 'v2.0.0'
    | 'v2.0.99-ncs1'
    | 'v2.1.0'
    | 'v2.1.0-ncs1'
    | 'v2.1.0-ncs5'
    | 'v2.2.0'
    | 'v2.3.0'
    | 'ncs-v3.2.0'
    | 'ncs-v3.4.0'
    | 'v2.4.0'
    | 'head';
  /**
   * How images are installed: by a swap (`scratch`, `move`, `offset`), by a copy (`overwrite`), by a loader application (`firmware-loader`), or not at all.
   */
  'bootloader.mode'?:
    'scratch' | 'move' | 'offset' | 'overwrite' | 'xip' | 'xip-revert' | 'ramload' | 'ramload-revert' | 'single' | 'firmware-loader';
  /**
   * What images must be signed with: `demo:ed25519` (when it is not stated) or another demo key, `none`, or the text of a public key in PEM.
   */
  'bootloader.key'?: string;
  /**
   * The sectors that a slot may have (BOOT_MAX_IMG_SECTORS), 128 when it is not stated.
   */
  'bootloader.max-sectors'?: number;
  /**
   * The alignment of the trailer's fields (BOOT_MAX_ALIGN), 8 when it is not stated.
   */
  'bootloader.max-align'?: 8 | 16 | 32;
  /**
   * Whether the primary image is checked at every boot (BOOT_VALIDATE_SLOT0), `true` when it is not stated.
   */
  'bootloader.validate-primary'?: boolean;
  /**
   * What an update must not be lower than (DOWNGRADE_PREVENTION), `none` when it is not stated.
   */
  'bootloader.downgrade-prevention'?: 'none' | 'version' | 'security-counter';
  /**
   * Whether a valid secondary image is installed when the primary slot holds none (BOOT_BOOTSTRAP).
   */
  'bootloader.bootstrap'?: boolean;
  /**
   * The hash algorithm of images, `sha256` when it is not stated.
   */
  'bootloader.hash'?: 'sha256' | 'sha384' | 'sha512';
  /**
   * How images name the key that signed them: by its hash (when it is not stated), or in full (HW_KEY).
   */
  'bootloader.public-keys'?: 'hash' | 'full';
  /**
   * Whether the signature covers the image itself and no hash (SIGN_PURE).
   */
  'bootloader.pure-signature'?: boolean;
  /**
   * Whether images with a lower security counter than the stored one are refused (HW_ROLLBACK_PROT).
   */
  'bootloader.rollback-counter'?: boolean;
  /**
   * By what images are refused that were not linked for the primary slot (VERIFY_IMG_ADDRESS, CHECK_HEADER_LOAD_ADDRESS).
   */
  'bootloader.address-check'?: 'none' | 'reset-vector' | 'load-address';
  /**
   * Whether build numbers are compared, too (VERSION_CMP_USE_BUILD_NUMBER).
   */
  'bootloader.compare-build'?: boolean;
  /**
   * Whether only TLVs of known types may be unprotected (USE_TLV_ALLOW_LIST), `true` when it is not stated.
   */
  'bootloader.tlv-allow-list'?: boolean;
  /**
   * Whether only header and trailer of a refused image are destroyed (MINIMAL_SCRAMBLE).
   */
  'bootloader.minimal-scramble'?: boolean;
  /**
   * Whether flash that needs no erase is known as such (DEV_WITHOUT_ERASE); otherwise it is erased all the same.
   */
  'bootloader.knows-no-erase'?: boolean;
  /**
   * Whether the library in the application was built for direct-xip (BOOTUTIL_LIB_FOR_DIRECT_XIP).
   */
  'bootloader.direct-xip-library'?: boolean;
  /**
   * The address of the first byte.
   */
  'bootloader.executable-ram.start'?: number;
  /**
   * How much RAM there is.
   */
  'bootloader.executable-ram.size'?: string | number;
  /**
   * Lines that are printed before the bootloader's own.
   */
  'bootloader.banner'?: string[];
  /**
   * From power-on to the first line, 5ms when it is not stated.
   */
  'bootloader.start'?: string;
  /**
   * What follows a failed assertion: the device stands still (`halt`, when it is not stated), or is reset.
   */
  'bootloader.on-panic'?: 'halt' | 'reset';
  /**
   * The generation of MCUboot whose answers it gives. Options that are not stated have its defaults.
   */
  'bootloader.recovery.profile'?: 'mcuboot-2.x' | 'mcuboot-1.x';
  /**
   * Whether recovery takes over when there is no image to start (BOOT_SERIAL_NO_APPLICATION).
   */
  'bootloader.recovery.no-application'?: boolean;
  /**
   * Whether an SMP reset with `boot_mode` 1 enters recovery (BOOT_SERIAL_BOOT_MODE).
   */
  'bootloader.recovery.request'?: boolean;
  /**
   * The largest packet (BOOT_SERIAL_MAX_RECEIVE_SIZE).
   */
  'bootloader.recovery.receive-size'?: string | number;
  /**
   * What echo gets: an answer (BOOT_MGMT_ECHO), a refusal, or nothing as before MCUboot 2.1.
   */
  'bootloader.recovery.echo'?: 'answered' | 'refused' | 'silent';
  /**
   * Whether the sizes of buffers can be asked (BOOT_MGMT_MCUMGR_PARAMS).
   */
  'bootloader.recovery.params'?: boolean;
  /**
   * Whether image lists have hashes (BOOT_SERIAL_IMG_GRP_HASH).
   */
  'bootloader.recovery.hashes'?: boolean;
  /**
   * Whether image lists have flags, and images can be marked (BOOT_SERIAL_IMG_GRP_IMAGE_STATE).
   */
  'bootloader.recovery.image-state'?: boolean;
  /**
   * Whether slots can be asked for (BOOT_SERIAL_IMG_GRP_SLOT_INFO).
   */
  'bootloader.recovery.slot-info'?: boolean;
  /**
   * Whether uploads name the slot that they go to (MCUBOOT_SERIAL_DIRECT_IMAGE_UPLOAD).
   */
  'bootloader.recovery.direct-upload'?: boolean;
  /**
   * Images by the numbers that uploads give, where they are not those of the slots.
   */
  'bootloader.recovery.image-map'?: {
    [k: string]: number;
  };
  /**
   * Whether the storage partition can be erased (BOOT_MGMT_CUSTOM_STORAGE_ERASE).
   */
  'bootloader.recovery.storage-erase'?: boolean;
  /**
   * Whether the slot is erased while the upload goes on (BOOT_ERASE_PROGRESSIVELY).
   */
  'bootloader.recovery.erase-progressively'?: boolean;
  /**
   * From the answer to a reset until it happens.
   */
  'bootloader.recovery.reset-delay'?: string;
  /**
   * Whether uploads are refused that hold anything beside image, data, len, off and sha (MCUboot 1.6 to 1.10).
   */
  'bootloader.recovery.strict-upload'?: boolean;
  /**
   * The Zephyr release whose answers it gives, or Mynewt. A release that is not listed behaves as the next one down.
   */
  'server.profile'?: 'z4.4' | 'z4.2' | 'z4.0' | 'z3.7' | 'z3.5' | 'z3.4' | 'z3.3' | 'z3.2' | 'z3.1' | 'z3.0' | 'z2.7' | 'z2.6' | 'mynewt';
  /**
   * The SMP groups that are built in, in the order of the enumeration group.
   */
  'server.groups'?: ('os' | 'image' | 'stat' | 'settings' | 'log' | 'fs' | 'shell' | 'enum' | 'zephyr-basic')[];
  /**
   * The size of each (MCUMGR_TRANSPORT_NETBUF_SIZE).
   */
  'server.buffers.size'?: string | number;
  /**
   * How many there are (MCUMGR_TRANSPORT_NETBUF_COUNT).
   */
  'server.buffers.count'?: number;
  /**
   * What a request does for which there is no buffer: nothing, or it blocks the server for good.
   */
  'server.buffers.exhausted'?: 'drop' | 'block';
  /**
   * The longest line, marker and newline included (UART_MCUMGR_RX_BUF_SIZE).
   */
  'server.lines.max'?: number;
  /**
   * How many lines are kept until they are decoded (UART_MCUMGR_RX_BUF_COUNT); more of them are lost. All when it is not stated.
   */
  'server.lines.burst'?: number;
  /**
   * How often the UART is looked at; what came in between is there at once. When it is not stated, bytes take their time.
   */
  'server.lines.poll'?: string;
  /**
   * Commands that the application does not allow.
   */
  'server.refused'?: {
    /**
     * The group of the command.
     */
    group: 'os' | 'image' | 'stat' | 'settings' | 'log' | 'fs' | 'shell' | 'enum' | 'zephyr-basic';
    /**
     * The number of the command in its group.
     */
    command: number;
    /**
     * Only this op; both when it is not stated.
     */
    op?: 'read' | 'write';
    /**
     * The code of the refusal: 11 is access denied, 10 busy, 8 not supported.
     */
    rc: number;
  }[];
  /**
   * Processor time of a request, without the work on the flash.
   */
  'server.request-time'?: string;
  /**
   * The version bits of answers: those of the request, or always 0.
   */
  'server.protocol.answered-version'?: 'request' | 'zero';
  /**
   * The key of errors of a group in answers of version 1.
   */
  'server.protocol.group-errors'?: 'err' | 'ret' | 'rc';
  /**
   * Which successful answers say `rc: 0`: those of the commands that did up to Zephyr 3.2, those of the statistics group, or none.
   */
  'server.protocol.success-rc'?: 'legacy' | 'statistics' | 'none';
  /**
   * Whether errors come with a text (`rsn`).
   */
  'server.protocol.reasons'?: boolean;
  /**
   * Whether packets that are shorter than their header says are refused.
   */
  'server.protocol.checks-length'?: boolean;
  /**
   * Whether CBOR has definite lengths and shortest heads, in answers and in what is accepted (ZCBOR_CANONICAL).
   */
  'server.protocol.canonical'?: boolean;
  /**
   * Whether SMP version 1 is served; without it, it is refused as too old (rc 12).
   */
  'server.protocol.original-protocol'?: boolean;
  /**
   * Whether packets that carry the op of an answer are taken for answers, and get none (SMP_CLIENT).
   */
  'server.protocol.client'?: boolean;
  /**
   * The code of an answer that does not fit its buffer.
   */
  'server.protocol.too-large-rc'?: 2 | 7;
  /**
   * Whether the sizes of buffers can be asked.
   */
  'server.os.params'?: boolean;
  /**
   * Whether the bootloader can be asked for.
   */
  'server.os.bootloader-info'?: boolean;
  /**
   * From the answer to a reset until it happens.
   */
  'server.os.reset-delay'?: string;
  /**
   * Whether a reset can ask for the bootloader's recovery.
   */
  'server.os.boot-mode'?: boolean;
  /**
   * Whether the console's echo can be switched, as in Mynewt; without it, that is refused.
   */
  'server.os.console-echo'?: boolean;
  /**
   * How fine the device's date is.
   */
  'server.os.datetime'?: 'seconds' | 'milliseconds';
  /**
   * Below which key pools are: `mpools`, `tasks`, none (`top`), or `mpools` behind an `rc`.
   */
  'server.os.memory-pools.layout'?: 'mpools' | 'tasks' | 'top' | 'mynewt';
  /**
   * The pools, in order.
   */
  'server.os.memory-pools.pools'?: {
    /**
     * The key of the pool.
     */
    name: string;
    /**
     * Bytes of a block.
     */
    blksiz?: number;
    /**
     * Blocks, or bytes where there are no blocks.
     */
    nblks: number;
    /**
     * How many are free.
     */
    nfree: number;
    /**
     * How many were free at the least.
     */
    min: number;
  }[];
  /**
   * Whether slots can be asked for.
   */
  'server.image.slot-info'?: boolean;
  /**
   * Whether uploads may name a slot.
   */
  'server.image.direct-upload'?: boolean;
  /**
   * Whether image lists leave out what is false.
   */
  'server.image.frugal-list'?: boolean;
  /**
   * Whether the upload is compared with its `sha` (IMG_ENABLE_IMAGE_CHECK).
   */
  'server.image.image-check'?: boolean;
  /**
   * Whether the slot is erased while the upload goes on.
   */
  'server.image.erase-progressively'?: boolean;
  /**
   * Whether an upload may replace an image that is pending.
   */
  'server.image.allow-erase-pending'?: boolean;
  /**
   * Whether build numbers are compared, too.
   */
  'server.image.compare-build'?: boolean;
  /**
   * Whether images linked for another slot are refused.
   */
  'server.image.reject-mismatched-address'?: boolean;
  /**
   * Whether a length beyond the slot is refused (error 30).
   */
  'server.image.size-check'?: boolean;
  /**
   * Whether data beyond the length is refused (error 31).
   */
  'server.image.overrun-check'?: boolean;
  /**
   * Whether any refusal ends the upload that is going on.
   */
  'server.image.refusal-ends-upload'?: boolean;
  /**
   * Which slots of an image other than the running one may be confirmed.
   */
  'server.image.confirm-other-image'?: 'none' | 'secondary' | 'any';
  /**
   * Whether a slot may be confirmed that is not running.
   */
  'server.image.confirm-inactive-slot'?: 'always' | 'with-revert' | 'never';
  /**
   * The blocks in which data is flashed (IMG_BLOCK_BUF_SIZE).
   */
  'server.image.block-size'?: string | number;
  /**
   * What no image may use at the end of a slot.
   */
  'server.image.footer-size'?: string | number;
  /**
   * The first parts of the keys that the application handles.
   */
  'server.settings.roots'?: string[];
  /**
   * Whether there is a store to save to.
   */
  'server.settings.persistent'?: boolean;
  /**
   * A key must be shorter than this (GRP_SETTINGS_NAME_LEN).
   */
  'server.settings.name-max'?: number;
  /**
   * The longest value that is read (GRP_SETTINGS_VALUE_LEN).
   */
  'server.settings.value-max'?: number;
  /**
   * Where the file system is mounted.
   */
  'server.fs.mount'?: string;
  /**
   * The longest path (GRP_FS_PATH_LEN).
   */
  'server.fs.path-max'?: number;
  /**
   * Bytes of output that are kept; the rest is lost (SHELL_BACKEND_DUMMY_BUF_SIZE).
   */
  'server.shell.output-max'?: number;
  /**
   * The longest command line.
   */
  'server.shell.line-max'?: number;
  /**
   * When it confirms itself: `never` (when it is not stated), `at-boot`, `on-command` (the shell command `mcuboot confirm`), or so long after its start.
   */
  'application.confirm'?: string;
  /**
   * The first lines on the console.
   */
  'application.lines'?: string[];
  /**
   * From the bootloader's jump to the first line, 10ms when it is not stated.
   */
  'application.start'?: string;
  /**
   * From the first line to an SMP server that answers, 40ms when it is not stated.
   */
  'application.server-start'?: string;
  /**
   * A crash prints lines and may restart the device; a hang is silent.
   */
  'application.fault.do'?: 'crash' | 'hang';
  /**
   * How long after the start of the application.
   */
  'application.fault.after'?: string;
  /**
   * What a crash prints.
   */
  'application.fault.lines'?: string[];
  /**
   * After which kinds of reset: the power came, the reset pin, the firmware itself, a fatal error. After all of them when it is not stated.
   */
  'application.fault.resets'?: ('power' | 'pin' | 'software' | 'crash')[];
  /**
   * Whether the device restarts after a crash, `true` when it is not stated.
   */
  'application.fault.restart'?: boolean;
  /**
   * What single versions do in place of the above, by version as image lists show it.
   */
  'application.versions'?: {
    [k: string]: {
      /**
       * When this version confirms itself.
       */
      confirm?: string;
      fault?: ApplicationFault;
    };
  };
  /**
   * Bits per second, 115200 when it is not stated.
   */
  'links.serial.baud'?: number;
  /**
   * The largest datagram in bytes, 1500 when it is not stated.
   */
  'links.udp.datagram-max'?: number;
  /**
   * The ATT MTU, 247 when it is not stated.
   */
  'links.ble.mtu'?: number;
  /**
   * Whether packets may span several writes, `true` when it is not stated.
   */
  'links.ble.reassembly'?: boolean;
  /**
   * What SMP demands of a link. Nobody can pair with the simulated device: notifications are refused, and writes are dropped.
   */
  'links.ble.security'?: 'encryption' | 'authentication';
}
/**
 * What goes wrong in an application.
 */
export interface ApplicationFault {
  /**
   * A crash prints lines and may restart the device; a hang is silent.
   */
  do: 'crash' | 'hang';
  /**
   * How long after the start of the application.
   */
  after: string;
  /**
   * What a crash prints.
   */
  lines?: string[];
  /**
   * After which kinds of reset: the power came, the reset pin, the firmware itself, a fatal error. After all of them when it is not stated.
   */
  resets?: ('power' | 'pin' | 'software' | 'crash')[];
  /**
   * Whether the device restarts after a crash, `true` when it is not stated.
   */
  restart?: boolean;
}
/**
 * Breaks the link to the board, and lets nobody open it again for a while.
 */
export interface LinkDropFault {
  /**
   * How long it lasts. Without it, `power-cut`, `link-drop` and `stall` last 100 ms, and everything else to the end of the step; what the verb `fault` began lasts until it is cleared.
   */
  for?: string;
}
/**
 * Packets vanish on the link, in both directions.
 */
export interface LossFault {
  /**
   * The share of packets that suffers, drawn from the seed of the run; 10% when it is not stated.
   */
  share?: string;
  /**
   * How long it lasts. Without it, `power-cut`, `link-drop` and `stall` last 100 ms, and everything else to the end of the step; what the verb `fault` began lasts until it is cleared.
   */
  for?: string;
}
/**
 * The link carries no packet that is longer.
 */
export interface LowMtuFault {
  /**
   * The longest SMP packet in bytes, 64 when it is not stated.
   */
  'bytes-max'?: number;
  /**
   * How long it lasts. Without it, `power-cut`, `link-drop` and `stall` last 100 ms, and everything else to the end of the step; what the verb `fault` began lasts until it is cleared.
   */
  for?: string;
}
/**
 * Takes the power away in the middle of flash work, and gives it back a moment later.
 */
export interface PowerCutFault {
  /**
   * With `flash-op`: whether the operation is not begun, torn in its middle, torn at a place that chance chooses, or just complete when the power goes; torn in its middle when it is not stated.
   */
  when?: 'before' | 'during' | 'anywhere' | 'after';
  /**
   * How long it lasts. Without it, `power-cut`, `link-drop` and `stall` last 100 ms, and everything else to the end of the step; what the verb `fault` began lasts until it is cleared.
   */
  for?: string;
}
/**
 * Packets are overtaken by later ones, in both directions.
 */
export interface ReorderFault {
  /**
   * The share of packets that suffers, drawn from the seed of the run; 10% when it is not stated.
   */
  share?: string;
  /**
   * How much later packets arrive: 200 ms when it is not stated.
   */
  by?: string;
  /**
   * How long it lasts. Without it, `power-cut`, `link-drop` and `stall` last 100 ms, and everything else to the end of the step; what the verb `fault` began lasts until it is cleared.
   */
  for?: string;
}
/**
 * Nothing passes the link in either direction for a while; then everything does.
 */
export interface StallFault {
  /**
   * How long it lasts. Without it, `power-cut`, `link-drop` and `stall` last 100 ms, and everything else to the end of the step; what the verb `fault` began lasts until it is cleared.
   */
  for?: string;
}
/**
 * The moment at which it begins. Without one it begins at once: with the step that has it, or where the verb `fault` stands.
 */
export interface FaultTrigger {
  /**
   * When so much of an upload is done.
   */
  progress?: string;
  /**
   * When so many bytes of an upload are done; what `corrupt` changes begins with this byte.
   */
  offset?: string;
  /**
   * At the flash operation (a write or an erase) with this number, counted from 1 at the begin of the step, or from where the verb `fault` stands. `all`, `{every: N}` and `{sample: N}` are a sweep: the pipeline runs once for each operation that is meant.
   */
  'flash-op'?:
    | number
    | string
    | {
        /**
         * The first operation, and from there on each one that is so many further on.
         */
        every?: number;
        /**
         * So many operations, drawn from the seed of the run.
         */
        sample?: number;
      };
  /**
   * When the console prints a line with this text or `/regular expression/`.
   */
  log?: string;
  /**
   * When the bootloader begins to work, its serial recovery answers, or the application does.
   */
  'boot-phase'?: 'bootloader' | 'recovery' | 'application';
  /**
   * When the board has begun to boot so many times.
   */
  boot?: number;
  /**
   * When the step with this id begins.
   */
  step?: string;
}
/**
 * What an input is: exactly one of `image`, `package`, `type` and `quantity`.
 */
export interface Input {
  /**
   * What the input is for.
   */
  about?: string;
  image?: ImageOrigin;
  package?: PackageOrigin;
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
 * Where an image comes from: a file, or built and signed on the fly. With neither, it is given by a plan or `--set`.
 */
export interface ImageOrigin {
  /**
   * A signed image. The path is relative to the file that names it.
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
    /**
     * The hash algorithm, the usual one of the key when it is not stated.
     */
    hash?: 'sha256' | 'sha384' | 'sha512';
    /**
     * Whether the signature covers the image itself and no hash (ed25519 only).
     */
    pure?: boolean;
    /**
     * The security counter in the protected TLVs.
     */
    'security-counter'?: number;
    /**
     * The lowest versions that other images of the device must have for this one to be installed.
     */
    dependencies?: {
      /**
       * The number of the other image.
       */
      image: number;
      /**
       * The lowest version that will do.
       */
      version: string;
    }[];
    /**
     * The address of the slot that the image is linked for: that of the board's primary slot (its fact `bootloader.image-address`) when it is not stated.
     */
    address?: number;
    /**
     * Makes the image an update of MCUboot itself, for a board with an immutable first stage. The slots are the facts `bootloader.s0` and `bootloader.s1`.
     */
    bootloader?: {
      /**
       * The slot of the first stage that it is linked for: the one from which MCUboot does not run will do.
       */
      slot: 's0' | 's1';
      /**
       * The version by which the first stage chooses.
       */
      'firmware-version': number;
      /**
       * The release that its banner names, which says how a simulated board behaves with it.
       */
      release: string;
    };
  };
}
/**
 * Where an update package comes from: a file. Without it, it is given by a plan or `--set`.
 */
export interface PackageOrigin {
  /**
   * A zip with a manifest.json, as nRF Connect SDK builds it. The path is relative to the file that names it.
   */
  file?: string;
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
   * What is true of the board, for the `requires` of pipelines. What its firmware says of itself (bootloader mode, number of images, SMP groups and buffers) is read from it when nobody declares it.
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
   * How long the board may take to answer after a reset, the swap of an image included. 30 s where it is not said.
   */
  'boot-time'?: string;
  /**
   * How long the board may take to erase a slot: for `erase`, and as an upload begins. Where it is not said, `erase` waits for 3 minutes and an upload for 60 s; large external flash needs more.
   */
  'erase-time'?: string;
  /**
   * The control port of a `bootproof sim` process that this board is.
   */
  simulator?: string;
  set?: Settings;
  provision?: Command;
  /**
   * How the board is reset from outside.
   */
  reset?: {
    pin?: Command;
    debugger?: Command;
  };
  /**
   * What brings the board back when the lab failed it, from the mildest to the strongest. After each one the board is asked for a sign of life; when none helps, it gets no more work in this run. Without it: reset, then power where that can be switched.
   */
  recover?: Rung[];
  /**
   * How the board's power is switched.
   */
  power?: {
    off?: Command;
    on?: Command;
    cycle?: Command;
    /**
     * Ready-made commands, in place of `off`, `on` and `cycle`.
     */
    recipe?: 'uhubctl' | 'labgrid';
    /**
     * For uhubctl: the hub, as `uhubctl` lists it.
     */
    location?: string;
    /**
     * For uhubctl: the port of the hub.
     */
    port?: string | number;
    /**
     * For uhubctl: how long the power stays off in a cycle.
     */
    delay?: string;
    /**
     * For labgrid: the place.
     */
    place?: string;
  };
  /**
   * What takes the board from others who share it, before its first cell, and gives it back after its last one.
   */
  reserve?: {
    acquire?: Command;
    release?: Command;
    /**
     * Ready-made commands, in place of `acquire` and `release`.
     */
    recipe?: 'labgrid';
    /**
     * For labgrid: the place.
     */
    place?: string;
  };
  /**
   * What the board shares with others, as kind:name. No two cells that hold the same lock run at the same time.
   */
  locks?: string[];
}
/**
 * A program on the host: an argument list (`run`), a ready-made one (`recipe`), or a line for the shell (`shell`). In all texts `{image}` stands for the path of the image, `{image-hex}` for the path of the same image as Intel HEX, `{script}` for the path of the script, `{board}` for the name of the board; `{{` and `}}` are braces.
 */
export interface Command {
  /**
   * The program and its arguments. No shell reads them.
   */
  run?: string[];
  /**
   * A line that the shell of the host runs, for pipes and the like.
   */
  shell?: string;
  /**
   * A ready-made command for a program that is often used. It takes the parameters `serial`, `target`, `address`, `config`, `build-dir`, `runner` and `speed` as it needs them.
   */
  recipe?: 'nrfutil' | 'west' | 'pyocd' | 'openocd' | 'jlink';
  /**
   * The serial number of the debug probe, in quotes.
   */
  serial?: string;
  /**
   * The chip, as the program calls it.
   */
  target?: string;
  /**
   * Where the image goes: the address of the primary slot.
   */
  address?: string | number;
  /**
   * For openocd: the configuration of board and probe.
   */
  config?: string;
  /**
   * For west: the build folder.
   */
  'build-dir'?: string;
  /**
   * For west: the runner.
   */
  runner?: string;
  /**
   * For jlink: the speed of the debug port in kHz.
   */
  speed?: number;
  /**
   * A text that is written to a file for the program, which finds it at `{script}`.
   */
  script?: string;
  /**
   * Environment variables that are added to those of bootproof.
   */
  env?: {
    [k: string]: string;
  };
  /**
   * How long the program may take. Then it is killed, with everything that it started.
   */
  timeout?: string;
}
/**
 * What a simulated device is made of.
 */
export interface Profile {
  /**
   * The version of the file format.
   */
  version: 1;
  /**
   * What the file is.
   */
  kind: 'profile';
  /**
   * What reports and the fact `profile` call the device.
   */
  name: string;
  /**
   * Free text: what the device is, and where the figures come from.
   */
  about?: string;
  /**
   * The flash chips by the names that areas refer to.
   */
  flash: {
    [k: string]: Chip;
  };
  /**
   * The slots of each updatable image. The place in the list is the number of the image.
   */
  images: ImageSlots[];
  scratch?: Area;
  storage?: Area;
  bootloader: Bootloader;
  server?: Server;
  application?: Application;
  /**
   * Where the console is: on a UART of its own (`own`, when it is not stated), or on that of the SMP serial port.
   */
  console?: 'own' | 'serial';
  /**
   * What the links of the device can carry.
   */
  links?: {
    /**
     * The UART.
     */
    serial?: {
      /**
       * Bits per second, 115200 when it is not stated.
       */
      baud?: number;
    };
    /**
     * SMP in UDP datagrams.
     */
    udp?: {
      /**
       * The largest datagram in bytes, 1500 when it is not stated.
       */
      'datagram-max'?: number;
    };
    /**
     * SMP over Bluetooth Low Energy.
     */
    ble?: {
      /**
       * The ATT MTU, 247 when it is not stated.
       */
      mtu?: number;
      /**
       * Whether packets may span several writes, `true` when it is not stated.
       */
      reassembly?: boolean;
      /**
       * What SMP demands of a link. Nobody can pair with the simulated device: notifications are refused, and writes are dropped.
       */
      security?: 'encryption' | 'authentication';
    };
  };
  'first-stage'?: FirstStage;
  loader?: Loader;
  'network-core'?: Area;
  knobs?: Knobs;
}
/**
 * One flash chip.
 */
export interface Chip {
  /**
   * Runs of equal sectors, from the start of the chip. A sector is the smallest unit that can be erased.
   */
  sectors: {
    /**
     * The size of each sector of the run.
     */
    size: string | number;
    /**
     * How many sectors follow each other.
     */
    count: number;
  }[];
  /**
   * The smallest unit that can be programmed, in bytes.
   */
  'write-size': 1 | 2 | 4 | 8 | 16 | 32;
  /**
   * What erased bytes read as, 255 when it is not stated.
   */
  'erased-value'?: 255 | 0;
  /**
   * Whether bytes must be erased before they can be programmed; not so for RRAM and MRAM. `true` when it is not stated.
   */
  'erase-required'?: boolean;
  /**
   * How long work on the chip takes.
   */
  times: {
    /**
     * To erase one sector.
     */
    'erase-sector': string;
    /**
     * To program one unit of `write-size`.
     */
    'program-unit': string;
    /**
     * To read one byte.
     */
    'read-byte': string;
  };
}
/**
 * The slots of one updatable image.
 */
export interface ImageSlots {
  primary: Area;
  secondary?: Area;
  /**
   * `network`: the image runs on the network core of an nRF5340. Its primary slot is the flash of that core, which is written and never read.
   */
  core?: 'network';
}
/**
 * A part of a chip. Both ends are sector boundaries.
 */
export interface Area {
  /**
   * The name of the chip.
   */
  flash: string;
  /**
   * Where the area begins, counted from the start of the chip. Devicetrees write it as `0x82000`.
   */
  offset: string | number;
  /**
   * The size of the area.
   */
  size: string | number;
  /**
   * What firmware calls the address of the area, where that is not its offset.
   */
  address?: number;
}
/**
 * How MCUboot was built. Options that are not stated have MCUboot's own defaults.
 */
export interface Bootloader {
  /**
   * The MCUboot release, which decides on log lines and on what was mended since.
   */
  release:
    | 'v1.7.2'
    | 'v1.7.2-ncs1'
    | 'v1.7.99-ncs2'
    | 'v1.7.99-ncs4'
    | 'v1.8.0'
    | 'v1.9.0'
    | 'v1.9.99-ncs1'
    | 'v1.10.0'
    | 'v1.10.0-ncs1'
    | 'v2.0.0'
    | 'v2.0.99-ncs1'
    | 'v2.1.0'
    | 'v2.1.0-ncs1'
    | 'v2.1.0-ncs5'
    | 'v2.2.0'
    | 'v2.3.0'
    | 'ncs-v3.2.0'
    | 'ncs-v3.4.0'
    | 'v2.4.0'
    | 'head';
  /**
   * How images are installed: by a swap (`scratch`, `move`, `offset`), by a copy (`overwrite`), by a loader application (`firmware-loader`), or not at all.
   */
  mode: 'scratch' | 'move' | 'offset' | 'overwrite' | 'xip' | 'xip-revert' | 'ramload' | 'ramload-revert' | 'single' | 'firmware-loader';
  /**
   * What images must be signed with: `demo:ed25519` (when it is not stated) or another demo key, `none`, or the text of a public key in PEM.
   */
  key?: string;
  /**
   * The sectors that a slot may have (BOOT_MAX_IMG_SECTORS), 128 when it is not stated.
   */
  'max-sectors'?: number;
  /**
   * The alignment of the trailer's fields (BOOT_MAX_ALIGN), 8 when it is not stated.
   */
  'max-align'?: 8 | 16 | 32;
  /**
   * Whether the primary image is checked at every boot (BOOT_VALIDATE_SLOT0), `true` when it is not stated.
   */
  'validate-primary'?: boolean;
  /**
   * What an update must not be lower than (DOWNGRADE_PREVENTION), `none` when it is not stated.
   */
  'downgrade-prevention'?: 'none' | 'version' | 'security-counter';
  /**
   * Whether a valid secondary image is installed when the primary slot holds none (BOOT_BOOTSTRAP).
   */
  bootstrap?: boolean;
  /**
   * The hash algorithm of images, `sha256` when it is not stated.
   */
  hash?: 'sha256' | 'sha384' | 'sha512';
  /**
   * How images name the key that signed them: by its hash (when it is not stated), or in full (HW_KEY).
   */
  'public-keys'?: 'hash' | 'full';
  /**
   * Whether the signature covers the image itself and no hash (SIGN_PURE).
   */
  'pure-signature'?: boolean;
  /**
   * Whether images with a lower security counter than the stored one are refused (HW_ROLLBACK_PROT).
   */
  'rollback-counter'?: boolean;
  /**
   * By what images are refused that were not linked for the primary slot (VERIFY_IMG_ADDRESS, CHECK_HEADER_LOAD_ADDRESS).
   */
  'address-check'?: 'none' | 'reset-vector' | 'load-address';
  /**
   * Whether build numbers are compared, too (VERSION_CMP_USE_BUILD_NUMBER).
   */
  'compare-build'?: boolean;
  /**
   * Whether only TLVs of known types may be unprotected (USE_TLV_ALLOW_LIST), `true` when it is not stated.
   */
  'tlv-allow-list'?: boolean;
  /**
   * Whether only header and trailer of a refused image are destroyed (MINIMAL_SCRAMBLE).
   */
  'minimal-scramble'?: boolean;
  /**
   * Whether flash that needs no erase is known as such (DEV_WITHOUT_ERASE); otherwise it is erased all the same.
   */
  'knows-no-erase'?: boolean;
  /**
   * Whether the library in the application was built for direct-xip (BOOTUTIL_LIB_FOR_DIRECT_XIP).
   */
  'direct-xip-library'?: boolean;
  /**
   * Where images may be loaded to in the RAM load modes.
   */
  'executable-ram'?: {
    /**
     * The address of the first byte.
     */
    start: number;
    /**
     * How much RAM there is.
     */
    size: string | number;
  };
  /**
   * Lines that are printed before the bootloader's own.
   */
  banner?: string[];
  /**
   * From power-on to the first line, 5ms when it is not stated.
   */
  start?: string;
  /**
   * What follows a failed assertion: the device stands still (`halt`, when it is not stated), or is reset.
   */
  'on-panic'?: 'halt' | 'reset';
  recovery?: Recovery;
}
/**
 * MCUboot's serial recovery: a built-in one, and what this device changes in it.
 */
export interface Recovery {
  /**
   * The generation of MCUboot whose answers it gives. Options that are not stated have its defaults.
   */
  profile: 'mcuboot-2.x' | 'mcuboot-1.x';
  /**
   * Whether recovery takes over when there is no image to start (BOOT_SERIAL_NO_APPLICATION).
   */
  'no-application'?: boolean;
  /**
   * Whether an SMP reset with `boot_mode` 1 enters recovery (BOOT_SERIAL_BOOT_MODE).
   */
  request?: boolean;
  /**
   * The largest packet (BOOT_SERIAL_MAX_RECEIVE_SIZE).
   */
  'receive-size'?: string | number;
  /**
   * What echo gets: an answer (BOOT_MGMT_ECHO), a refusal, or nothing as before MCUboot 2.1.
   */
  echo?: 'answered' | 'refused' | 'silent';
  /**
   * Whether the sizes of buffers can be asked (BOOT_MGMT_MCUMGR_PARAMS).
   */
  params?: boolean;
  /**
   * Whether image lists have hashes (BOOT_SERIAL_IMG_GRP_HASH).
   */
  hashes?: boolean;
  /**
   * Whether image lists have flags, and images can be marked (BOOT_SERIAL_IMG_GRP_IMAGE_STATE).
   */
  'image-state'?: boolean;
  /**
   * Whether slots can be asked for (BOOT_SERIAL_IMG_GRP_SLOT_INFO).
   */
  'slot-info'?: boolean;
  /**
   * Whether uploads name the slot that they go to (MCUBOOT_SERIAL_DIRECT_IMAGE_UPLOAD).
   */
  'direct-upload'?: boolean;
  /**
   * Images by the numbers that uploads give, where they are not those of the slots.
   */
  'image-map'?: {
    [k: string]: number;
  };
  /**
   * Whether the storage partition can be erased (BOOT_MGMT_CUSTOM_STORAGE_ERASE).
   */
  'storage-erase'?: boolean;
  /**
   * Whether the slot is erased while the upload goes on (BOOT_ERASE_PROGRESSIVELY).
   */
  'erase-progressively'?: boolean;
  /**
   * From the answer to a reset until it happens.
   */
  'reset-delay'?: string;
  /**
   * Whether uploads are refused that hold anything beside image, data, len, off and sha (MCUboot 1.6 to 1.10).
   */
  'strict-upload'?: boolean;
}
/**
 * A built-in SMP server, and what this device changes in it.
 */
export interface Server {
  /**
   * The Zephyr release whose answers it gives, or Mynewt. A release that is not listed behaves as the next one down.
   */
  profile: 'z4.4' | 'z4.2' | 'z4.0' | 'z3.7' | 'z3.5' | 'z3.4' | 'z3.3' | 'z3.2' | 'z3.1' | 'z3.0' | 'z2.7' | 'z2.6' | 'mynewt';
  /**
   * The SMP groups that are built in, in the order of the enumeration group.
   */
  groups?: ('os' | 'image' | 'stat' | 'settings' | 'log' | 'fs' | 'shell' | 'enum' | 'zephyr-basic')[];
  /**
   * The net buffers that requests and answers share.
   */
  buffers?: {
    /**
     * The size of each (MCUMGR_TRANSPORT_NETBUF_SIZE).
     */
    size?: string | number;
    /**
     * How many there are (MCUMGR_TRANSPORT_NETBUF_COUNT).
     */
    count?: number;
    /**
     * What a request does for which there is no buffer: nothing, or it blocks the server for good.
     */
    exhausted?: 'drop' | 'block';
  };
  /**
   * How a UART takes lines.
   */
  lines?: {
    /**
     * The longest line, marker and newline included (UART_MCUMGR_RX_BUF_SIZE).
     */
    max?: number;
    /**
     * How many lines are kept until they are decoded (UART_MCUMGR_RX_BUF_COUNT); more of them are lost. All when it is not stated.
     */
    burst?: number;
    /**
     * How often the UART is looked at; what came in between is there at once. When it is not stated, bytes take their time.
     */
    poll?: string;
  };
  /**
   * Commands that the application does not allow.
   */
  refused?: {
    /**
     * The group of the command.
     */
    group: 'os' | 'image' | 'stat' | 'settings' | 'log' | 'fs' | 'shell' | 'enum' | 'zephyr-basic';
    /**
     * The number of the command in its group.
     */
    command: number;
    /**
     * Only this op; both when it is not stated.
     */
    op?: 'read' | 'write';
    /**
     * The code of the refusal: 11 is access denied, 10 busy, 8 not supported.
     */
    rc: number;
  }[];
  /**
   * Processor time of a request, without the work on the flash.
   */
  'request-time'?: string;
  /**
   * How packets and errors are answered.
   */
  protocol?: {
    /**
     * The version bits of answers: those of the request, or always 0.
     */
    'answered-version'?: 'request' | 'zero';
    /**
     * The key of errors of a group in answers of version 1.
     */
    'group-errors'?: 'err' | 'ret' | 'rc';
    /**
     * Which successful answers say `rc: 0`: those of the commands that did up to Zephyr 3.2, those of the statistics group, or none.
     */
    'success-rc'?: 'legacy' | 'statistics' | 'none';
    /**
     * Whether errors come with a text (`rsn`).
     */
    reasons?: boolean;
    /**
     * Whether packets that are shorter than their header says are refused.
     */
    'checks-length'?: boolean;
    /**
     * Whether CBOR has definite lengths and shortest heads, in answers and in what is accepted (ZCBOR_CANONICAL).
     */
    canonical?: boolean;
    /**
     * Whether SMP version 1 is served; without it, it is refused as too old (rc 12).
     */
    'original-protocol'?: boolean;
    /**
     * Whether packets that carry the op of an answer are taken for answers, and get none (SMP_CLIENT).
     */
    client?: boolean;
    /**
     * The code of an answer that does not fit its buffer.
     */
    'too-large-rc'?: 2 | 7;
  };
  /**
   * Build options of the os group.
   */
  os?: {
    /**
     * Whether the sizes of buffers can be asked.
     */
    params?: boolean;
    /**
     * Whether the bootloader can be asked for.
     */
    'bootloader-info'?: boolean;
    /**
     * From the answer to a reset until it happens.
     */
    'reset-delay'?: string;
    /**
     * Whether a reset can ask for the bootloader's recovery.
     */
    'boot-mode'?: boolean;
    /**
     * Whether the console's echo can be switched, as in Mynewt; without it, that is refused.
     */
    'console-echo'?: boolean;
    /**
     * How fine the device's date is.
     */
    datetime?: 'seconds' | 'milliseconds';
    /**
     * What mpstat answers; without it, it is refused.
     */
    'memory-pools'?: {
      /**
       * Below which key pools are: `mpools`, `tasks`, none (`top`), or `mpools` behind an `rc`.
       */
      layout: 'mpools' | 'tasks' | 'top' | 'mynewt';
      /**
       * The pools, in order.
       */
      pools: {
        /**
         * The key of the pool.
         */
        name: string;
        /**
         * Bytes of a block.
         */
        blksiz?: number;
        /**
         * Blocks, or bytes where there are no blocks.
         */
        nblks: number;
        /**
         * How many are free.
         */
        nfree: number;
        /**
         * How many were free at the least.
         */
        min: number;
      }[];
    };
  };
  /**
   * Build options of the image group.
   */
  image?: {
    /**
     * Whether slots can be asked for.
     */
    'slot-info'?: boolean;
    /**
     * Whether uploads may name a slot.
     */
    'direct-upload'?: boolean;
    /**
     * Whether image lists leave out what is false.
     */
    'frugal-list'?: boolean;
    /**
     * Whether the upload is compared with its `sha` (IMG_ENABLE_IMAGE_CHECK).
     */
    'image-check'?: boolean;
    /**
     * Whether the slot is erased while the upload goes on.
     */
    'erase-progressively'?: boolean;
    /**
     * Whether an upload may replace an image that is pending.
     */
    'allow-erase-pending'?: boolean;
    /**
     * Whether build numbers are compared, too.
     */
    'compare-build'?: boolean;
    /**
     * Whether images linked for another slot are refused.
     */
    'reject-mismatched-address'?: boolean;
    /**
     * Whether a length beyond the slot is refused (error 30).
     */
    'size-check'?: boolean;
    /**
     * Whether data beyond the length is refused (error 31).
     */
    'overrun-check'?: boolean;
    /**
     * Whether any refusal ends the upload that is going on.
     */
    'refusal-ends-upload'?: boolean;
    /**
     * Which slots of an image other than the running one may be confirmed.
     */
    'confirm-other-image'?: 'none' | 'secondary' | 'any';
    /**
     * Whether a slot may be confirmed that is not running.
     */
    'confirm-inactive-slot'?: 'always' | 'with-revert' | 'never';
    /**
     * The blocks in which data is flashed (IMG_BLOCK_BUF_SIZE).
     */
    'block-size'?: string | number;
    /**
     * What no image may use at the end of a slot.
     */
    'footer-size'?: string | number;
  };
  /**
   * Build options of the settings group.
   */
  settings?: {
    /**
     * The first parts of the keys that the application handles.
     */
    roots?: string[];
    /**
     * Whether there is a store to save to.
     */
    persistent?: boolean;
    /**
     * A key must be shorter than this (GRP_SETTINGS_NAME_LEN).
     */
    'name-max'?: number;
    /**
     * The longest value that is read (GRP_SETTINGS_VALUE_LEN).
     */
    'value-max'?: number;
  };
  /**
   * Build options of the file system group.
   */
  fs?: {
    /**
     * Where the file system is mounted.
     */
    mount?: string;
    /**
     * The longest path (GRP_FS_PATH_LEN).
     */
    'path-max'?: number;
  };
  /**
   * Build options of the shell group.
   */
  shell?: {
    /**
     * Bytes of output that are kept; the rest is lost (SHELL_BACKEND_DUMMY_BUF_SIZE).
     */
    'output-max'?: number;
    /**
     * The longest command line.
     */
    'line-max'?: number;
  };
}
/**
 * What the application does, and when.
 */
export interface Application {
  /**
   * When it confirms itself: `never` (when it is not stated), `at-boot`, `on-command` (the shell command `mcuboot confirm`), or so long after its start.
   */
  confirm?: string;
  /**
   * The first lines on the console.
   */
  lines?: string[];
  /**
   * From the bootloader's jump to the first line, 10ms when it is not stated.
   */
  start?: string;
  /**
   * From the first line to an SMP server that answers, 40ms when it is not stated.
   */
  'server-start'?: string;
  fault?: ApplicationFault;
  /**
   * What single versions do in place of the above, by version as image lists show it.
   */
  versions?: {
    [k: string]: {
      /**
       * When this version confirms itself.
       */
      confirm?: string;
      fault?: ApplicationFault;
    };
  };
}
/**
 * The immutable first stage of nRF Connect SDK. It starts the newer valid one of two copies of MCUboot; the factory puts version 1 into `s0`.
 */
export interface FirstStage {
  s0: Area;
  s1: Area;
  /**
   * What MCUboot must be signed with: `demo:ecdsa-p256` (when it is not stated), or the text of a public key of P-256 in PEM.
   */
  key?: string;
  /**
   * Whether its lines have level letters, as since nRF Connect SDK 2.7.
   */
  'log-levels'?: boolean;
}
/**
 * When the firmware loader is started instead of the application, and what it offers.
 */
export interface Loader {
  /**
   * Whether an OS reset with boot mode 1 starts it (BOOT_FIRMWARE_LOADER_BOOT_MODE).
   */
  request?: boolean;
  /**
   * Whether it is started when there is no bootable application (BOOT_FIRMWARE_LOADER_NO_APPLICATION).
   */
  'no-application'?: boolean;
  server?: Server;
  application?: Application;
}
/**
 * What is wrong with the device on purpose, so that pipelines can be proven to catch it. A healthy device has none.
 */
export interface Knobs {
  /**
   * Whether a BLE board goes by another address once another image runs than the one that ran when the knob was turned.
   */
  'addr.rotate'?: boolean;
  /**
   * What the application refuses, and how.
   */
  'app.hook'?: {
    /**
     * Chunks of uploads.
     */
    chunk?: {
      /**
       * A code of SMP itself.
       */
      rc?: number;
      /**
       * An error of the group of the command.
       */
      error?: number;
    };
    /**
     * Resets without force.
     */
    reset?: {
      /**
       * A code of SMP itself.
       */
      rc?: number;
      /**
       * An error of the group of the command.
       */
      error?: number;
    };
    /**
     * Requests and confirms.
     */
    state?: {
      /**
       * A code of SMP itself.
       */
      rc?: number;
      /**
       * An error of the group of the command.
       */
      error?: number;
    };
    /**
     * Erases of slots.
     */
    erase?: {
      /**
       * A code of SMP itself.
       */
      rc?: number;
      /**
       * An error of the group of the command.
       */
      error?: number;
    };
  };
  /**
   * Each query of the image state prints what the next boot will do.
   */
  'app.log-state-queries'?: boolean;
  /**
   * The application takes trailers to begin so many bytes lower than the bootloader does, and so what it asks for goes nowhere.
   */
  'app.trailer-offset-delta'?: {
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
   * When a BLE board loses the keys of its bond: when its storage is erased, or once another image runs.
   */
  'bond.drop-on'?: 'erase' | 'swap';
  /**
   * How long a boot takes that does not swap.
   */
  'boot.boot-time'?: string;
  /**
   * The security counter is raised to that of an image that nobody has confirmed.
   */
  'boot.counter-bug'?: boolean;
  /**
   * Downgrade prevention lets permanent requests pass.
   */
  'boot.downgrade-bug'?: boolean;
  /**
   * The largest image, header and TLVs included, that the bootloader installs.
   */
  'boot.max-swappable'?: string | number;
  /**
   * How a swap goes wrong that was interrupted.
   */
  'boot.resume-bug'?: 'none' | 'lost-swap' | 'shifted-header' | 'wrong-hdr' | 'revert-flag' | 'magic-bad';
  /**
   * A refused image is erased but for its trailer, as if the erase had been interrupted: the slot is empty, and pending.
   */
  'boot.scramble-interrupt'?: boolean;
  /**
   * Whether the bootloader finds the secondary slots where the application puts them.
   */
  'boot.sees-secondary'?: boolean;
  /**
   * What becomes of a request for a swap: it is carried out, passed over at every boot, withdrawn, answered with the end of the candidate, or it stops the bootloader.
   */
  'boot.swap-policy'?: 'swap' | 'refuse-keep-pending' | 'refuse-clear' | 'invalid-scramble' | 'panic';
  /**
   * How long a boot takes that swaps.
   */
  'boot.swap-time'?: string;
  /**
   * A watchdog resets a bootloader that is not done by then, in the middle of what it does.
   */
  'boot.watchdog'?: string;
  /**
   * Whether a BLE board advertises again when a link has ended; without it, only after a restart.
   */
  'bt.adv-restart'?: boolean;
  /**
   * For how long a BLE board takes a link that has ended for alive, and does not advertise.
   */
  'bt.phantom-conn'?: string;
  /**
   * Buffers for notifications of a BLE board whose work queue waits for one that only itself could give back: it sends nothing any more until it restarts.
   */
  'bt.tx-buffers'?: number;
  /**
   * Notifications of a BLE board that may be on their way at once; one more is lost, and the console says so.
   */
  'bt.tx-contexts'?: number;
  /**
   * What the server says it is when it is asked for its information, whatever was asked.
   */
  'endpoint.identity'?: string;
  /**
   * Another board of the same make, with empty slots, answers every request of the same ports as well, and sooner.
   */
  'endpoint.two-servers'?: boolean;
  /**
   * Cells that are not erased can be programmed again, which only moves bits away from the erased value, and is no error.
   */
  'flash.and-semantics'?: boolean;
  /**
   * Flash stores wrong bits, and reports success.
   */
  'flash.corrupt'?: {
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
   * Erases that do not begin and end at multiples of this size fail.
   */
  'flash.erase-align-strict'?: string | number;
  /**
   * The application asserts, and resets, when it is to erase flash.
   */
  'flash.erase-asserts'?: boolean;
  /**
   * The state of the external chips, which are all but the one with the primary slot of image 0: not there, all reads fail for bit errors beyond correction, or not yet ready at the first boot after power-on.
   */
  'flash.ext'?: 'ok' | 'absent' | 'ecc' | 'late';
  /**
   * What arrives on any link while the application erases flash is lost.
   */
  'flash.radio-blocking'?: boolean;
  /**
   * Writes and erases that fail.
   */
  'flash.write-error'?: {
    /**
     * The name of the chip; any when it is not stated.
     */
    flash?: string;
    /**
     * The first byte of the chip that fails.
     */
    from?: string | number;
    /**
     * The first byte behind that does not.
     */
    to?: string | number;
    /**
     * What fails: programs when it is not stated.
     */
    kinds?: ('read' | 'program' | 'erase')[];
    /**
     * With an error, or unnoticed and half done; with an error when it is not stated.
     */
    fate?: 'fail' | 'partial';
    /**
     * Only so many, from the first on.
     */
    count?: number;
  };
  /**
   * By how much the handles of SMP's attributes are higher once another image runs than the one that ran when the knob was turned.
   */
  'gatt.handles-shift'?: number;
  /**
   * Groups, and single commands of groups, that are answered as if they were not built in (rc 8).
   */
  'groups.unsupported'?: string[];
  /**
   * The MTU that still holds for what is written to a BLE board after a larger one was agreed on; longer writes are lost.
   */
  'link.asym-mtu'?: string | number;
  /**
   * Connection parameters that a BLE board asks for on each link; the central grants what the specification allows.
   *
   * Items: One request.
   */
  'link.conn-params'?: {
    /**
     * When, from the beginning of the link on.
     */
    at: string;
    /**
     * Between two connection events, 7.5ms to 4s.
     */
    interval: string;
    /**
     * Connection events that the board may sleep through; none when it is not stated.
     */
    latency?: number;
    /**
     * The silence after which the link is over, 4s when it is not stated.
     */
    supervision?: string;
  }[];
  /**
   * A BLE link that carries less the longer it lasts.
   */
  'link.degrade'?: {
    /**
     * What it carries to the board in the beginning.
     */
    from: string;
    /**
     * What it carries in the end.
     */
    to: string;
    /**
     * How long the change takes.
     */
    over: string;
  };
  /**
   * Data bytes of a packet that the link layer of a BLE board takes, 27 to 251; 251 without it.
   */
  'link.dle'?: string | number;
  /**
   * How late a BLE board answers the MTU exchange.
   */
  'link.mtu-late'?: string;
  /**
   * Whether a BLE board answers a central that asks for the 2M PHY; without an answer the link ends after 40 s.
   */
  'link.phy-reply'?: 'normal' | 'none';
  /**
   * What a BLE board agrees to when a central asks for the 2M PHY; 1M without it.
   */
  'link.phy'?: '1M' | '2M';
  /**
   * What image lists show as a hash: the one that was written with the image, or that of what lies in the slot.
   */
  'list.hash-source'?: 'tlv' | 'computed';
  /**
   * Slots that image lists do not show, counted as erase counts them (2 * image + slot).
   */
  'list.omit-slots'?: number[];
  /**
   * How image lists are written: without hashes, without any image, or with keys that no client knows.
   */
  'list.style'?: 'no-hash' | 'empty' | 'extra-keys';
  /**
   * The network core does not take over what the bootloader hands it.
   */
  'multi.net-update-fails'?: boolean;
  /**
   * Updates of other images are passed over when that of image 0 was requested before them.
   */
  'multi.order-sensitive'?: boolean;
  /**
   * What becomes of a reset that is asked for: it is answered and forgotten, answered and carried out a minute later, or refused with this rc.
   */
  'os.reset'?: 'ignore' | 'late' | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10;
  /**
   * What the server says about its buffers, whatever they are.
   */
  'params.claims'?: {
    /**
     * The size of a buffer.
     */
    'buf-size'?: number;
    /**
     * How many there are.
     */
    'buf-count'?: number;
  };
  /**
   * What serial recovery does when another image than the first is uploaded, such as that of a network core: it hangs until the next reset.
   */
  'recovery.net'?: 'hang';
  /**
   * Answers that are sent later.
   */
  'rsp.delay'?: {
    /**
     * Only answers of this group.
     */
    group?: number;
    /**
     * Only answers of this command.
     */
    command?: number;
    /**
     * The share of them, drawn from the seed of the run; all when it is not stated.
     */
    share?: string;
    /**
     * Only so many, from the first on.
     */
    count?: number;
    /**
     * How much later, 1s when it is not stated.
     */
    by?: string;
  };
  /**
   * Answers that are never sent.
   */
  'rsp.drop'?: {
    /**
     * Only answers of this group.
     */
    group?: number;
    /**
     * Only answers of this command.
     */
    command?: number;
    /**
     * The share of them, drawn from the seed of the run; all when it is not stated.
     */
    share?: string;
    /**
     * Only so many, from the first on.
     */
    count?: number;
  };
  /**
   * Answers that are sent twice.
   */
  'rsp.dup'?: {
    /**
     * Only answers of this group.
     */
    group?: number;
    /**
     * Only answers of this command.
     */
    command?: number;
    /**
     * The share of them, drawn from the seed of the run; all when it is not stated.
     */
    share?: string;
    /**
     * Only so many, from the first on.
     */
    count?: number;
  };
  /**
   * Answers that are sent after the next one.
   */
  'rsp.reorder'?: {
    /**
     * Only answers of this group.
     */
    group?: number;
    /**
     * Only answers of this command.
     */
    command?: number;
    /**
     * The share of them, drawn from the seed of the run; all when it is not stated.
     */
    share?: string;
    /**
     * Only so many, from the first on.
     */
    count?: number;
  };
  /**
   * Answers that are given in place of the server's own. The first entry that fits and is not used up answers; requests that none fits go to the server.
   *
   * Items: Requests, and what they are answered.
   */
  'rsp.script'?: {
    /**
     * Which requests: those that agree in everything that is stated.
     */
    match: {
      /**
       * The number of the group.
       */
      group?: number;
      /**
       * The number of the command in its group.
       */
      command?: number;
      /**
       * Whether the request reads or writes.
       */
      op?: 'read' | 'write';
    };
    /**
     * What they are answered: exactly one of these.
     */
    answer: {
      /**
       * A success with these fields. `{hex: TEXT}` in place of a value gives bytes.
       */
      payload?: {
        [k: string]: unknown;
      };
      /**
       * A code of SMP itself.
       */
      rc?: number;
      /**
       * An error of the group of the command.
       */
      error?: number;
      /**
       * Nothing is sent.
       */
      silence?: true;
    };
    /**
     * How often; always when it is not stated.
     */
    times?: number;
  }[];
  /**
   * Answers that lack their second half.
   */
  'rsp.truncate'?: {
    /**
     * Only answers of this group.
     */
    group?: number;
    /**
     * Only answers of this command.
     */
    command?: number;
    /**
     * The share of them, drawn from the seed of the run; all when it is not stated.
     */
    share?: string;
    /**
     * Only so many, from the first on.
     */
    count?: number;
  };
  /**
   * Answers with another sequence number than that of their request.
   */
  'rsp.wrong-seq'?: {
    /**
     * Only answers of this group.
     */
    group?: number;
    /**
     * Only answers of this command.
     */
    command?: number;
    /**
     * The share of them, drawn from the seed of the run; all when it is not stated.
     */
    share?: string;
    /**
     * Only so many, from the first on.
     */
    count?: number;
  };
  /**
   * What arrives in one write that is longer arrives with a wrong byte.
   */
  'rx.corrupt-over'?: string | number;
  /**
   * What becomes of a request that finds no free buffer.
   */
  'rx.overflow'?: 'drop' | 'error' | 'reset';
  /**
   * The device restarts on a packet that is shorter than its header says.
   */
  'rx.partial-restart'?: boolean;
  /**
   * A packet that is shorter than its header says is kept for so long, and what comes next is taken for its rest.
   */
  'rx.partial-timeout'?: string;
  /**
   * UARTs send back what comes in.
   */
  'serial.echo'?: boolean;
  /**
   * Log text that gets into the middle of frames of answers, on the UARTs of the application.
   */
  'serial.interleave'?: {
    /**
     * The text; a line of a log when it is not stated.
     */
    text?: string;
    /**
     * The share of answers, drawn from the seed of the run; all when it is not stated.
     */
    share?: string;
    /**
     * Only so many, from the first on.
     */
    count?: number;
  };
  /**
   * Bytes of an answer's frame that fit into the send buffer of a UART; the others are never sent.
   */
  'serial.tx-truncate'?: string | number;
  /**
   * The server takes any hash for that of the image in the secondary slot.
   */
  'state.any-hash'?: boolean;
  /**
   * What a confirm of the other slot does while a revert is due: nothing, as Zephyr has it; or it is refused; or it makes the other slot permanent, so that the way back is an update.
   */
  'state.revert-confirm-other'?: 'noop' | 'error' | 'apply';
  /**
   * Chunks are taken in whole units of this size; the client has to send the rest again.
   */
  'upload.accept-floor'?: string | number;
  /**
   * The server marks an upload pending by itself after the last chunk.
   */
  'upload.autopend'?: boolean;
  /**
   * So many chunks are refused with rc 10 (busy) before one is taken.
   */
  'upload.busy'?: number;
  /**
   * What a first chunk does that comes again while its upload goes on: it starts anew, is told how far the upload is, or gets no answer. Zephyr resumes when it names the same hash, and starts anew otherwise.
   */
  'upload.duplicate-first'?: 'restart' | 'resume' | 'ignore';
  /**
   * Uploads are refused (rc 1) after a boot that swapped, until the next plain boot.
   */
  'upload.fail-after-swap'?: boolean;
  /**
   * What is known of an upload that is going on survives resets and power cuts, but for what had not been flashed. Zephyr keeps it in RAM.
   */
  'upload.persist'?: boolean;
  /**
   * Once, when an upload has come so far, the server forgets it and asks for offset 0: the client must begin anew, with length and hash.
   */
  'upload.rewind'?: string | number;
  /**
   * The first chunk of an upload is answered so much later.
   */
  'upload.silent-first'?: string;
  /**
   * Every upload goes into the secondary slot of image 0, whatever image it is for.
   */
  'upload.single-secondary'?: boolean;
  /**
   * An erase does not end the upload that was going on: the next one of the same file goes on in its middle.
   */
  'upload.stale-resume'?: boolean;
}
/**
 * Failures that are expected, each with a ticket, an owner and a day on which the excuse ends.
 */
export interface KnownIssues {
  /**
   * The version of the file format.
   */
  version: 1;
  /**
   * What the file is.
   */
  kind: 'known-issues';
  /**
   * Free text.
   */
  about?: string;
  /**
   * The known issues. The first one that matches a cell is the one that counts.
   */
  issues: KnownIssue[];
}
/**
 * A failure that is expected until it is mended. The cells still run; a different failure is not excused.
 */
export interface KnownIssue {
  /**
   * The name that reports know the issue by.
   */
  id: string;
  /**
   * Where the issue is followed.
   */
  ticket: string;
  /**
   * Who mends it.
   */
  owner: string;
  /**
   * `xfail`: the cell fails every time. `quarantine`: it fails now and then, and a pass proves nothing. `xfail` when it is not stated.
   */
  mode?: 'xfail' | 'quarantine';
  /**
   * The cells that the issue is about. `*` stands for any text.
   */
  match: {
    /**
     * The id of the pipeline.
     */
    pipeline: string;
    /**
     * Values by axis, `board` and `transport` among them.
     */
    cells?: {
      [k: string]: string | number | boolean;
    };
  };
  /**
   * What the failure says: a text or a /regular expression/ that its message contains. Any failure of the product when it is not stated.
   */
  signature?: string;
  /**
   * The day from which on it is known.
   */
  since?: string;
  /**
   * The last day on which the failure is excused; after it the cells are red again.
   */
  expires: string;
  /**
   * Whether a pass is red, so that the entry is deleted. True for `xfail` when it is not stated; `quarantine` has none.
   */
  strict?: boolean;
}
/**
 * Which pipelines run on which boards with which axes.
 */
export interface Plan {
  /**
   * The version of the file format.
   */
  version: 1;
  /**
   * What the file is.
   */
  kind: 'plan';
  /**
   * The stable name that reports and the history know the plan by.
   */
  id: string;
  /**
   * Free text, shown in reports.
   */
  about?: string;
  /**
   * The pipelines of the plan: those found under `paths` that all the other keys let pass.
   */
  select: {
    /**
     * Pipelines, or folders of them, relative to the plan's file.
     */
    paths: string[];
    /**
     * Only pipelines with one of these ids; `*` stands for any text.
     */
    ids?: string[];
    /**
     * Only pipelines that carry all of these tags.
     */
    tags?: string[];
    /**
     * No pipelines that carry one of these tags.
     */
    'not-tags'?: string[];
  };
  /**
   * The boards of the bench that take part, by name or as `label:NAME`; all of them when it is not stated.
   */
  boards?: string[];
  /**
   * The combinations that each pipeline runs with. The keys are applied in this order: axes, add, set, drop; then what a board cannot do is taken out, then `reduce` chooses.
   */
  matrix?: {
    /**
     * Values by axis; every combination of them is a cell. `board` and `transport` choose from the bench, every other axis sets the input of its name.
     */
    axes?: {
      [k: string]: (string | number | boolean)[];
    };
    /**
     * Combinations beside those of the axes.
     */
    add?: Combination[];
    /**
     * Values for the combinations that match, in place of those that they have.
     */
    set?: {
      match: Combination;
      values: Combination;
    }[];
    /**
     * Combinations that do not run: all that have these values. `reason` is no axis; it says why.
     */
    drop?: Combination[];
    /**
     * Which of the cells that can run do run: all of them (`full`), so many that each pair of values of two axes occurs (`pairwise`), or so many drawn from the seed of the run (`{sample: N}`).
     */
    reduce?:
      | string
      | {
          /**
           * So many cells of each pipeline, drawn from the seed of the run.
           */
          sample?: number;
        };
  };
  /**
   * Values of inputs of the pipelines, by name. Axes name the images and packages among them.
   */
  inputs?: {
    [k: string]:
      | {
          image?: ImageOrigin;
          package?: PackageOrigin;
        }
      | string
      | number
      | boolean;
  };
  /**
   * What is tried again, and where.
   */
  retry?: {
    /**
     * How often a cell is tried again.
     */
    max: number;
    /**
     * After which outcomes; `infra` when it is not stated. A cell that passes after it has `failed` is flaky, never passed.
     */
    on?: ('infra' | 'failed')[];
    /**
     * Where: on the same board, or on another one that the plan lets the cell run on, if there is one.
     */
    board?: 'same' | 'other';
  };
}
/**
 * Values by axis.
 */
export interface Combination {
  [k: string]: string | number | boolean;
}
/**
 * What must hold for a release. Its form is checked; no command judges runs by it yet, so that a gate must not rely on it alone.
 */
export interface Policy {
  /**
   * The version of the file format.
   */
  version: 1;
  /**
   * What the file is.
   */
  kind: 'policy';
  /**
   * The stable name that verdicts carry.
   */
  id: string;
  /**
   * Free text, shown with the verdict.
   */
  about?: string;
  /**
   * What the runs must show.
   */
  require: {
    /**
     * The share of passed cells among those that were judged; 100% when it is not stated.
     */
    'pass-rate'?: string;
    /**
     * So many cells must have been judged; 1 when it is not stated.
     */
    'cells-at-least'?: number;
    /**
     * On so many boards must each pipeline have passed with each combination of the other axes.
     */
    'boards-per-cell'?: number;
    /**
     * Pipelines that must be among the judged ones, by id; `*` stands for any text.
     */
    pipelines?: string[];
    /**
     * How old a run may be.
     */
    'evidence-age'?: string;
  };
  /**
   * What is tolerated; nothing when it is not stated.
   */
  allow?: {
    /**
     * So many flaky cells.
     */
    flaky?: number;
    /**
     * So many cells that failed as a known issue says.
     */
    xfailed?: number;
    /**
     * The share of planned cells that the lab may have lost (infra, aborted, not run).
     */
    infra?: string;
  };
}

export const actionVerbs = [
  'call',
  'collect',
  'confirm',
  'connect',
  'disconnect',
  'echo',
  'erase',
  'exec',
  'files',
  'mark-pending',
  'parallel',
  'power',
  'prompt',
  'provision',
  'repeat',
  'reset',
  'send',
  'serve',
  'settings',
  'shell',
  'smp',
  'upgrade',
  'upload',
  'wait',
] as const;

/** The keys of each expectation. */
export const nounKeys = {
  active: ['active', 'confirmed'],
  boot: ['boot', 'target', 'since'],
  bricked: ['bricked'],
  error: ['error'],
  exit: ['exit'],
  frames: ['frames', 'since'],
  image: ['image', 'slot', 'pending', 'confirmed', 'permanent', 'bootable', 'absent'],
  link: ['link', 'since'],
  log: ['log', 'since', 'until', 'for'],
  response: ['response'],
  slots: ['slots', 'exact'],
  state: ['state', 'target'],
  value: ['value', 'equals', 'at-least', 'at-most', 'matches'],
} as const;

/** The parameters of each fault. */
export const faultKeys = {
  corrupt: ['bytes', 'xor'],
  delay: ['by', 'for'],
  duplicate: ['share', 'for'],
  knob: ['set', 'for'],
  'link-drop': ['for'],
  loss: ['share', 'for'],
  'low-mtu': ['bytes-max', 'for'],
  'power-cut': ['when', 'for'],
  reorder: ['share', 'by', 'for'],
  stall: ['for'],
} as const;

/** The moments at which each fault can begin; `now` is without `at`. */
export const faultMoments = {
  corrupt: ['offset'],
  delay: ['now', 'progress', 'offset', 'flash-op', 'log', 'boot-phase', 'boot', 'step'],
  duplicate: ['now', 'progress', 'offset', 'flash-op', 'log', 'boot-phase', 'boot', 'step'],
  knob: ['now', 'progress', 'offset', 'flash-op', 'log', 'boot-phase', 'boot', 'step'],
  'link-drop': ['now', 'progress', 'offset', 'flash-op', 'log', 'boot-phase', 'boot', 'step'],
  loss: ['now', 'progress', 'offset', 'flash-op', 'log', 'boot-phase', 'boot', 'step'],
  'low-mtu': ['now', 'progress', 'offset', 'flash-op', 'log', 'boot-phase', 'boot', 'step'],
  'power-cut': ['now', 'progress', 'offset', 'flash-op', 'log', 'boot-phase', 'boot', 'step'],
  reorder: ['now', 'progress', 'offset', 'flash-op', 'log', 'boot-phase', 'boot', 'step'],
  stall: ['now', 'progress', 'offset', 'flash-op', 'log', 'boot-phase', 'boot', 'step'],
} as const;

/** The parameters that each fault cannot do without. */
export const faultRequired = {
  corrupt: [],
  delay: [],
  duplicate: [],
  knob: ['set'],
  'link-drop': [],
  loss: [],
  'low-mtu': [],
  'power-cut': [],
  reorder: [],
  stall: [],
} as const;

/** The verbs that a fault can disturb, of those that cannot disturb all. */
export const faultVerbs = { corrupt: ['upload'] } as const;

/** The types of what expressions can read of `steps.ID`, by verb; verbs that are not listed have no result. */
export const resultTypes = {
  echo: { r: 'string' },
  exec: { exit: 'integer', stdout: 'string', stderr: 'string', value: 'any' },
  files: { len: 'integer', output: 'string', file: 'string', seconds: 'number' },
  prompt: { answer: 'string' },
  repeat: { rounds: 'integer' },
  serve: {
    requests: 'integer',
    answers: 'integer',
    bytes: 'integer',
    uploaded: 'boolean',
    sha256: 'string',
    hash: 'string',
    version: 'string',
  },
  settings: { val: 'string', text: 'string' },
  shell: { o: 'string', ret: 'integer' },
  smp: { hex: 'string', response: 'object', rc: 'integer' },
  upgrade: { verdict: 'string', text: 'string', done: 'string', bytes: 'integer', seconds: 'number', rate: 'number' },
  upload: {
    bytes: 'integer',
    seconds: 'number',
    rate: 'number',
    efficiency: 'number',
    retransmitted: 'integer',
    reconnects: 'integer',
    match: 'boolean',
  },
} as const;
