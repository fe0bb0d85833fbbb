/** Errors of boards and of the programs of a bench. */

import type { ErrorPages } from './page.ts';

export const labPages = {
  'board-busy': {
    means: 'Another process on this host uses the board, or something that it shares, and did not give it back in time.',
    mend: 'Wait for the run that the message names, or raise `--wait`.',
  },
  'board-mixed': {
    means: 'A simulated board is one device. Its transports cannot be of different profiles, or partly real.',
    mend: 'Make two boards of it.',
  },
  'board-silent': {
    means:
      'The link opens, and nothing answers: no power, no SMP server on this transport, a wrong speed, or an image that does not start.',
    mend: 'Read the console; check the speed and that the firmware serves SMP here. `bootproof doctor --bench F` tries each line.',
  },
  'prompt-unanswered': {
    means: 'A `prompt` asked a person, who did not answer in time, or whose terminal was closed.',
    mend: 'Raise the `timeout` of the prompt, or answer it with `run --answer ID=TEXT`.',
  },
  'command-empty': {
    means: 'The argument list of a program is empty after its expressions were evaluated.',
    mend: 'Name the program first.',
  },
  'command-failed': {
    means: 'A program of the bench ended with an error. Its last words are in the message.',
    mend: 'Run it by hand as the hint shows.',
  },
  'command-not-started': {
    means: 'A program could not be started: it is not installed, not on the PATH, or may not be executed.',
    mend: 'Install it, or give its whole path.',
  },
  'command-timeout': {
    means: 'A program did not end in time, and was killed with all its children.',
    mend: 'Raise its `timeout`, or run it by hand to see what it waits for.',
  },
  'evidence-unwritable': {
    means:
      'The event log of a run, or evidence of a step, cannot be written any more: the disk is full, or broken. Without a log nothing can be proven, so boards are torn down and the run ends; what it did not finish is no pass.',
    mend: 'Make room, and go on with `run --resume DIR`.',
  },
  deadlock: {
    means: 'In virtual time, all work waits and no timer is armed that could wake it.',
    mend: 'This is a defect of bootproof or of a simulated device; please report it with the seed of the run.',
  },
  'internal-error': {
    means: 'A defect of bootproof kept the cell from being judged.',
    mend: 'Please report it with the event log of the run.',
  },
  'power-missing': {
    means: 'Nothing in the bench switches the power of the board.',
    mend: 'Add `power`, with a command or a recipe such as `uhubctl`.',
  },
  'power-unavailable': {
    means: 'A step switches the power of a board for which the bench has no commands.',
    mend: 'Add `power` to the board, with a command or a recipe such as `uhubctl`.',
  },
  'profile-unusable': {
    means: 'The profile of a simulated board cannot be read or has mistakes.',
    mend: '`bootproof lint` shows them all.',
  },
  'program-missing': { means: 'A program that the bench names is not on this host.', mend: 'Install it, or give its whole path.' },
  'provision-impossible': {
    means: 'A simulated board cannot be brought into the state that is asked for, such as a revert without an image to go back to.',
    mend: 'Give the images that the state needs; the hint names what is missing.',
  },
  'provision-unavailable': { means: 'The bench has no command that writes an image to this board.', mend: 'Add `provision` to the board.' },
  'provision-unsupported': {
    means: 'Commands of a bench write one image to the primary slot. Other states can only be set on simulated boards.',
    mend: 'Reach the state by steps, or run the pipeline on a simulated board.',
  },
  'reset-unavailable': {
    means: 'The bench has nothing that resets the board in the way that the step asks for.',
    mend: 'Add `reset: {pin: ...}`, `reset: {debugger: ...}` or `power` to the board, or reset via smp.',
  },
} as const satisfies ErrorPages;
