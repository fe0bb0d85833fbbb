/** The clients of the field and what they do. The numbers in the comments are the sections of dfu-clients.md. */

import type { UpgradeClient } from '../../language/upgrade-clients.ts';
import type { ListMove, MarkMove, ModeOf, Move, Strategy } from './strategy.ts';

const restart: readonly Move[] = [{ do: 'reset' }, { do: 'wait-for-swap' }];
/** 1.1, 1.2: whatever answers the erase of the settings is good enough. */
const nordicRestart: readonly Move[] = [{ do: 'erase-settings', tolerates: 'refusal' }, ...restart];

/** What every careful client would do. It believes only what the new firmware itself lists. */
const ideal: Strategy<ModeOf<'ideal'>> = {
  images: 'together',
  upload: { window: 'growing', chunkMs: 10_000, lastChunkMs: 20_000, reconnects: true, order: 'given' },
  patienceMs: 120_000,
  success: 'the board runs what it was given',
  modes: {
    'test-and-confirm': [
      ...idealStart(),
      mark('test', 'the image is not pending after its test'),
      { do: 'erase-settings' },
      ...restart,
      { do: 'find', demands: 'running', otherwise: 'the tested image does not run after the reset' },
      mark('confirm', 'the running image is not confirmed after its confirm'),
      { do: 'find', demands: 'confirmed', otherwise: 'the image does not stay confirmed' },
    ],
    'confirm-only': [
      ...idealStart(),
      mark('confirm', 'the image is not permanent after its confirm'),
      { do: 'erase-settings' },
      ...restart,
      { do: 'find', demands: 'confirmed', otherwise: 'the confirmed image does not run after the reset' },
    ],
    'test-only': [
      ...idealStart(),
      mark('test', 'the image is not pending after its test'),
      { do: 'erase-settings' },
      ...restart,
      { do: 'find', demands: 'running', otherwise: 'the tested image does not run after the reset' },
    ],
    'upload-only': [...idealStart(), { do: 'find', demands: 'listed', otherwise: 'the image is not listed after its upload' }],
  },
};

function idealStart(): readonly Move[] {
  return [{ do: 'list', skips: 'running', revert: 'confirm-running', looksAgain: 1 }, { do: 'upload' }];
}

/**
 * 1.3: commands that a user types one after another. An error answer is printed as `Error: N`, and the exit code is 0 all the
 * same, so nothing stops a script. Nothing is read back. The window is that of the server's buffers here, where the real one stops at 5.
 */
const mcumgrCli: Strategy<ModeOf<'mcumgr-cli'>> = {
  images: 'together',
  upload: { window: 'growing', chunk: 512, firstChunkMs: 10_000, chunkMs: 10_000, lastChunkMs: 10_000, reconnects: true, order: 'given' },
  patienceMs: 60_000,
  success: 'Done',
  modes: {
    'test-and-confirm': [typed('upload'), typedMark('test'), typed('reset'), typed('wait-for-swap'), typedMark('confirm')],
    'confirm-only': [typed('upload'), typedMark('confirm'), typed('reset')],
    'test-only': [typed('upload'), typedMark('test'), typed('reset')],
    'upload-only': [typed('upload')],
  },
};

function typed(move: 'upload' | 'reset' | 'wait-for-swap'): Move {
  return { do: move, tolerates: 'refusal' };
}

function typedMark(move: 'test' | 'confirm'): Move {
  return { do: move, which: 'all', tolerates: 'refusal' };
}

/**
 * 1.3: `smpmgr upgrade FILE`, one file at a time. The image state is written only with `--confirm` or for a slot other than 0, so
 * the plain command uploads image 0, never marks it, resets, and reports success.
 */
const smpmgr: Strategy<ModeOf<'smpmgr'>> = {
  images: 'one-by-one',
  upload: { window: 1, firstChunkMs: 40_000, chunkMs: 2_000, lastChunkMs: 2_000, reconnects: false, order: 'given' },
  patienceMs: 60_000,
  success: 'Upgrade complete.',
  modes: {
    'confirm-only': [{ do: 'upload' }, { do: 'confirm', which: 'all' }, { do: 'reset' }],
    'test-only': [{ do: 'upload' }, { do: 'test', which: 'targets-above-0' }, { do: 'reset' }],
    'upload-only': [{ do: 'upload' }],
  },
};

/** 1.2: the answer to a test or confirm must show the flag; a board that shows none is accused of its downgrade prevention. */
const downgrade = 'Downgrade forbidden';

/**
 * 1.2. Resets without a limit while another image is pending (here: five times). Uploads of several images have no order. What runs
 * after the reset is not looked at: the confirm of the hash succeeds wherever the image lies. The window is the library's own default.
 */
const nrfConnectAndroid: Strategy<ModeOf<'nrf-connect-android'>> = {
  images: 'together',
  upload: { window: 1, firstChunkMs: 40_000, chunkMs: 2_500, lastChunkMs: 20_000, reconnects: false, order: 'any' },
  patienceMs: 120_000,
  success: 'Upgrade complete',
  modes: {
    'test-and-confirm': [...androidStart(), mark('test', downgrade), ...nordicRestart, mark('confirm', downgrade)],
    'confirm-only': [...androidStart(), mark('confirm', downgrade), ...nordicRestart],
    'test-only': [...androidStart(), mark('test', downgrade), ...nordicRestart],
    'upload-only': androidStart(),
  },
};

function androidStart(): readonly Move[] {
  const list: ListMove = { do: 'list', skips: 'listed', revert: 'reset', looksAgain: 5 };
  return [{ do: 'ask-params' }, { do: 'ask-bootloader' }, list, { do: 'upload' }];
}

const iosTest = mark('test', 'Image was tested but it did not switch to a pending state.');
const iosConfirm = mark('confirm', 'Image was confirmed, but did not switch to permanent state.');

/**
 * 1.1, versions 1.4 and later. In a revert situation it confirms the secondary slot itself, which changes nothing, and uploads all the
 * same (3.0 S1). Success of `test-only` and `confirm-only` is declared without talking to the new firmware.
 */
const nrfConnectIos: Strategy<ModeOf<'nrf-connect-ios'>> = {
  images: 'together',
  upload: { window: 1, firstChunkMs: 40_000, chunkMs: 10_000, lastChunkMs: 10_000, reconnects: false, order: 'given' },
  // Three tries of 40 s, 10 s apart.
  patienceMs: 140_000,
  success: 'Upgrade complete',
  modes: {
    'test-and-confirm': [
      ...iosStart(),
      iosTest,
      ...nordicRestart,
      { do: 'find', demands: 'listed', otherwise: 'Image found to be not Tested after Reset' },
      iosConfirm,
    ],
    'confirm-only': [...iosStart(), iosConfirm, ...nordicRestart],
    'test-only': [...iosStart(), iosTest, ...nordicRestart],
    'upload-only': [...iosStart(), { do: 'reset' }, { do: 'wait-for-swap' }],
  },
};

function iosStart(): readonly Move[] {
  const list: ListMove = { do: 'list', skips: 'listed', revert: 'confirm-secondary', looksAgain: 0 };
  return [{ do: 'ask-params' }, { do: 'ask-bootloader' }, list, { do: 'upload' }];
}

function mark(move: 'test' | 'confirm', unlessFlagged: string): MarkMove {
  return { do: move, which: 'all', unlessFlagged };
}

export const strategies: { readonly [Client in UpgradeClient]: Strategy<ModeOf<Client>> } = {
  ideal,
  'mcumgr-cli': mcumgrCli,
  smpmgr,
  'nrf-connect-android': nrfConnectAndroid,
  'nrf-connect-ios': nrfConnectIos,
};
