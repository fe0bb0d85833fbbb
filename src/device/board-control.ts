/**
 * What can be done to a board past its firmware: set its flash, switch its power, damage it on purpose. Which of these a
 * board offers depends on its bench entry; the others are undefined, so that a pipeline that needs them is not applicable.
 */

import type { ToldFault } from '../sim/control.ts';
import type { ProvisionOptions, SimDevice, SlotContent } from '../sim/device.ts';

export type { ProvisionOptions, SlotContent };

export type PowerAction = 'on' | 'off' | 'cut';
/** What pulls the reset: a line to the chip's pin, or the debug probe. */
export type ResetLine = 'pin' | 'debugger';

export interface ArmedFault {
  clear(): Promise<void> | void;
}

export interface BoardControl {
  /** Brings the board to the named state, the cheapest way there is. */
  readonly provision?: (options: ProvisionOptions, signal?: AbortSignal) => Promise<void> | void;
  readonly power?: (action: PowerAction, signal?: AbortSignal) => Promise<void> | void;
  readonly reset?: (line: ResetLine, signal?: AbortSignal) => Promise<void> | void;
  /** Arms a fault; `clear` ends it. */
  readonly injectFault?: (fault: ToldFault) => Promise<ArmedFault> | ArmedFault;
  /** The device itself, where it is simulated in this process. */
  readonly sim?: SimDevice;
  close(): Promise<void>;
}
