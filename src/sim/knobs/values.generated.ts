/* Generated from schemas/source/ by `npm run generate`. Do not edit. */

/**
 * What each knob is set to, as profiles and pipelines write it.
 */
export interface KnobValues {
  /**
   * Whether a BLE board goes by another address once another image runs than the one that ran when the knob was turned.
   */
  'addr.rotate': boolean;
  /**
   * What the application refuses, and how.
   */
  'app.hook': {
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
  'app.log-state-queries': boolean;
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
   * When a BLE board loses the keys of its bond: when its storage is erased, or once another image runs.
   */
  'bond.drop-on': 'erase' | 'swap';
  /**
   * How long a boot takes that does not swap.
   */
  'boot.boot-time': string;
  /**
   * The security counter is raised to that of an image that nobody has confirmed.
   */
  'boot.counter-bug': boolean;
  /**
   * Downgrade prevention lets permanent requests pass.
   */
  'boot.downgrade-bug': boolean;
  /**
   * The largest image, header and TLVs included, that the bootloader installs.
   */
  'boot.max-swappable': string | number;
  /**
   * How a swap goes wrong that was interrupted.
   */
  'boot.resume-bug': 'none' | 'lost-swap' | 'shifted-header' | 'wrong-hdr' | 'revert-flag' | 'magic-bad';
  /**
   * A refused image is erased but for its trailer, as if the erase had been interrupted: the slot is empty, and pending.
   */
  'boot.scramble-interrupt': boolean;
  /**
   * Whether the bootloader finds the secondary slots where the application puts them.
   */
  'boot.sees-secondary': boolean;
  /**
   * What becomes of a request for a swap: it is carried out, passed over at every boot, withdrawn, answered with the end of the candidate, or it stops the bootloader.
   */
  'boot.swap-policy': 'swap' | 'refuse-keep-pending' | 'refuse-clear' | 'invalid-scramble' | 'panic';
  /**
   * How long a boot takes that swaps.
   */
  'boot.swap-time': string;
  /**
   * A watchdog resets a bootloader that is not done by then, in the middle of what it does.
   */
  'boot.watchdog': string;
  /**
   * Whether a BLE board advertises again when a link has ended; without it, only after a restart.
   */
  'bt.adv-restart': boolean;
  /**
   * For how long a BLE board takes a link that has ended for alive, and does not advertise.
   */
  'bt.phantom-conn': string;
  /**
   * Buffers for notifications of a BLE board whose work queue waits for one that only itself could give back: it sends nothing any more until it restarts.
   */
  'bt.tx-buffers': number;
  /**
   * Notifications of a BLE board that may be on their way at once; one more is lost, and the console says so.
   */
  'bt.tx-contexts': number;
  /**
   * What the server says it is when it is asked for its information, whatever was asked.
   */
  'endpoint.identity': string;
  /**
   * Another board of the same make, with empty slots, answers every request of the same ports as well, and sooner.
   */
  'endpoint.two-servers': boolean;
  /**
   * Cells that are not erased can be programmed again, which only moves bits away from the erased value, and is no error.
   */
  'flash.and-semantics': boolean;
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
   * Erases that do not begin and end at multiples of this size fail.
   */
  'flash.erase-align-strict': string | number;
  /**
   * The application asserts, and resets, when it is to erase flash.
   */
  'flash.erase-asserts': boolean;
  /**
   * The state of the external chips, which are all but the one with the primary slot of image 0: not there, all reads fail for bit errors beyond correction, or not yet ready at the first boot after power-on.
   */
  'flash.ext': 'ok' | 'absent' | 'ecc' | 'late';
  /**
   * What arrives on any link while the application erases flash is lost.
   */
  'flash.radio-blocking': boolean;
  /**
   * Writes and erases that fail.
   */
  'flash.write-error': {
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
  'gatt.handles-shift': number;
  /**
   * Groups, and single commands of groups, that are answered as if they were not built in (rc 8).
   */
  'groups.unsupported': string[];
  /**
   * The MTU that still holds for what is written to a BLE board after a larger one was agreed on; longer writes are lost.
   */
  'link.asym-mtu': string | number;
  /**
   * Connection parameters that a BLE board asks for on each link; the central grants what the specification allows.
   *
   * Items: One request.
   */
  'link.conn-params': {
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
  'link.degrade': {
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
  'link.dle': string | number;
  /**
   * How late a BLE board answers the MTU exchange.
   */
  'link.mtu-late': string;
  /**
   * Whether a BLE board answers a central that asks for the 2M PHY; without an answer the link ends after 40 s.
   */
  'link.phy-reply': 'normal' | 'none';
  /**
   * What a BLE board agrees to when a central asks for the 2M PHY; 1M without it.
   */
  'link.phy': '1M' | '2M';
  /**
   * What image lists show as a hash: the one that was written with the image, or that of what lies in the slot.
   */
  'list.hash-source': 'tlv' | 'computed';
  /**
   * Slots that image lists do not show, counted as erase counts them (2 * image + slot).
   */
  'list.omit-slots': number[];
  /**
   * How image lists are written: without hashes, without any image, or with keys that no client knows.
   */
  'list.style': 'no-hash' | 'empty' | 'extra-keys';
  /**
   * The network core does not take over what the bootloader hands it.
   */
  'multi.net-update-fails': boolean;
  /**
   * Updates of other images are passed over when that of image 0 was requested before them.
   */
  'multi.order-sensitive': boolean;
  /**
   * What becomes of a reset that is asked for: it is answered and forgotten, answered and carried out a minute later, or refused with this rc.
   */
  'os.reset': 'ignore' | 'late' | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10;
  /**
   * What the server says about its buffers, whatever they are.
   */
  'params.claims': {
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
  'recovery.net': 'hang';
  /**
   * Answers that are sent later.
   */
  'rsp.delay': {
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
  'rsp.drop': {
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
  'rsp.dup': {
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
  'rsp.reorder': {
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
  'rsp.script': {
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
  'rsp.truncate': {
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
  'rsp.wrong-seq': {
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
  'rx.corrupt-over': string | number;
  /**
   * What becomes of a request that finds no free buffer.
   */
  'rx.overflow': 'drop' | 'error' | 'reset';
  /**
   * The device restarts on a packet that is shorter than its header says.
   */
  'rx.partial-restart': boolean;
  /**
   * A packet that is shorter than its header says is kept for so long, and what comes next is taken for its rest.
   */
  'rx.partial-timeout': string;
  /**
   * UARTs send back what comes in.
   */
  'serial.echo': boolean;
  /**
   * Log text that gets into the middle of frames of answers, on the UARTs of the application.
   */
  'serial.interleave': {
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
  'serial.tx-truncate': string | number;
  /**
   * The server takes any hash for that of the image in the secondary slot.
   */
  'state.any-hash': boolean;
  /**
   * What a confirm of the other slot does while a revert is due: nothing, as Zephyr has it; or it is refused; or it makes the other slot permanent, so that the way back is an update.
   */
  'state.revert-confirm-other': 'noop' | 'error' | 'apply';
  /**
   * Chunks are taken in whole units of this size; the client has to send the rest again.
   */
  'upload.accept-floor': string | number;
  /**
   * The server marks an upload pending by itself after the last chunk.
   */
  'upload.autopend': boolean;
  /**
   * So many chunks are refused with rc 10 (busy) before one is taken.
   */
  'upload.busy': number;
  /**
   * What a first chunk does that comes again while its upload goes on: it starts anew, is told how far the upload is, or gets no answer. Zephyr resumes when it names the same hash, and starts anew otherwise.
   */
  'upload.duplicate-first': 'restart' | 'resume' | 'ignore';
  /**
   * Uploads are refused (rc 1) after a boot that swapped, until the next plain boot.
   */
  'upload.fail-after-swap': boolean;
  /**
   * What is known of an upload that is going on survives resets and power cuts, but for what had not been flashed. Zephyr keeps it in RAM.
   */
  'upload.persist': boolean;
  /**
   * Once, when an upload has come so far, the server forgets it and asks for offset 0: the client must begin anew, with length and hash.
   */
  'upload.rewind': string | number;
  /**
   * The first chunk of an upload is answered so much later.
   */
  'upload.silent-first': string;
  /**
   * Every upload goes into the secondary slot of image 0, whatever image it is for.
   */
  'upload.single-secondary': boolean;
  /**
   * An erase does not end the upload that was going on: the next one of the same file goes on in its middle.
   */
  'upload.stale-resume': boolean;
}
