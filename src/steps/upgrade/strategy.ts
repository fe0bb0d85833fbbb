/** How a client updates a board, as data: `run-strategy.ts` alone knows what the moves do. */

import type { UpgradeClient, UpgradeMode, upgradeClients } from '../../language/upgrade-clients.ts';

export type ModeOf<Client extends UpgradeClient> = (typeof upgradeClients)[Client]['modes'][number];

export interface Strategy<Modes extends UpgradeMode = never> {
  /** Whether several images are one update, or one update after another. */
  readonly images: 'together' | 'one-by-one';
  readonly upload: UploadHabits;
  /** How long it waits after a reset until the board answers, in ms. */
  readonly patienceMs: number;
  /** What its user reads when it is done. */
  readonly success: string;
  /** The moves of each mode that it has. */
  readonly modes: Readonly<Record<Modes, readonly Move[]>>;
}

export interface UploadHabits {
  /** Requests that wait for their answers; `growing`: as many as the server's buffers hold. */
  readonly window: number | 'growing';
  /** Bytes of data in one request; undefined: what the server's buffer takes. */
  readonly chunk?: number;
  /** Absent: as long as the board needs to erase. */
  readonly firstChunkMs?: number;
  readonly chunkMs: number;
  readonly lastChunkMs: number;
  /** Whether an upload survives a link that breaks. */
  readonly reconnects: boolean;
  /** `any`: several images in an order by chance. */
  readonly order: 'given' | 'any';
}

/** One thing that a client does, for all images of the update that still need it. */
export type Move = ListMove | MarkMove | FindMove | PlainMove;

export interface PlainMove {
  readonly do: 'ask-params' | 'ask-bootloader' | 'upload' | 'erase-settings' | 'reset' | 'wait-for-swap';
  readonly tolerates?: 'refusal';
}

/** Reads the image list before the upload, and decides what has to be done. */
export interface ListMove {
  readonly do: 'list';
  /** Images that are not uploaded: those that run already, or those that any slot lists. */
  readonly skips: 'running' | 'listed';
  /** A secondary slot that holds the image to return to: what the client does about it. */
  readonly revert: 'confirm-running' | 'confirm-secondary' | 'reset';
  /** How often it resets the board to get rid of another image that is pending, and lists again. With 0 it resets once and does not look. */
  readonly looksAgain: number;
  readonly tolerates?: never;
}

/** The image state write, with the hash of each image. */
export interface MarkMove {
  readonly do: 'test' | 'confirm';
  /** `targets-above-0`: image 0 is left out. */
  readonly which: 'all' | 'targets-above-0';
  /** What the client says when the answer does not show the flag that it asked for; undefined: it does not look. */
  readonly unlessFlagged?: string;
  readonly tolerates?: 'refusal';
}

/** Looks where the images are when the board has answered again. */
export interface FindMove {
  readonly do: 'find';
  readonly demands: 'listed' | 'running' | 'confirmed';
  /** What the client says otherwise. */
  readonly otherwise: string;
  readonly tolerates?: never;
}
