/** What the product did not do: failed expectations, refused requests, broken rules of updates. */

import type { ErrorPages } from './page.ts';

export const productPages = {
  'active-differs': {
    means:
      'Another image runs than the one that is expected, or its `confirmed` flag differs. Directly after a reset the board may simply not be there yet.',
    mend: 'Look at the slots under `found`; give the expectation a `within` if the board needs time.',
  },
  'advertising-missing': {
    means:
      'The board did not advertise over BLE within the time of the `wait`: its firmware does not run, or a central is connected to it.',
    mend: 'See the console for whether it booted; the message lists the devices that were heard. A link that is open is closed by `disconnect`.',
  },
  'attempt-timeout': {
    means: 'The pipeline was not done within its `timeout`, which covers `setup` and `steps` together.',
    mend: 'The log shows which step took the time. Raise `timeout` if it may.',
  },
  'boot-differs': {
    means: 'The boot that is looked at did not swap as expected, or there were more or fewer boots.',
    mend: 'Compare the console of the boot with what was pending before it.',
  },
  'prompt-no': {
    means: 'The person who was asked said no to a question that needs a yes.',
    mend: 'Look at what the question is about. A question with `choices` takes any of them.',
  },
  'echo-differs': {
    means: 'The board sent the text of an echo back changed.',
    mend: 'Bytes were damaged under way, or two answers were mixed up: look at the frames in the log.',
  },
  'error-differs': {
    means: 'The board refused, and with another error than the one under `expect-error`.',
    mend: 'Compare `wanted` and `found`; old servers send legacy codes without a group.',
  },
  'error-missing': {
    means: 'The board did what it should have refused.',
    mend: 'If that is right now, remove `expect-error`; else it is a defect of the product.',
  },
  'exec-exit': {
    means: 'The program of `exec` ended with another exit code than the one that is expected.',
    mend: 'Its last words are in the message. Write `expect: {exit: N}` if N is right.',
  },
  'exit-differs': {
    means: 'The program that the step before ran ended with another exit code than the one that is expected, or no program ran there.',
    mend: 'Look at what it said in the result of its `exec`; put the `expect` directly after that `exec`.',
  },
  'fault-missed': {
    means: 'The step ended before the moment of its fault, so nothing was disturbed and nothing is proven.',
    mend: 'Choose a moment that the step has: a smaller offset, or a line that is said.',
  },
  'file-differs': {
    means: 'A file on the board holds other bytes than the file of the host, or has another length or hash.',
    mend: 'Compare `wanted` and `found`; the transfer may have been cut.',
  },
  'file-offset': {
    means: 'The board acknowledged another place of a file than the one that was sent.',
    mend: 'The server lost or repeated a chunk: look at the frames in the log.',
  },
  'flash-failure': {
    means: 'An operation of the simulated flash failed, because a knob made it fail.',
    mend: 'It is what the profile or the fault asks for; check what the bootloader makes of it.',
  },
  'flash-misuse': {
    means: 'Firmware used the simulated flash in a way that real flash punishes: writing without erasing, unaligned, or across its end.',
    mend: 'It is a defect of what wrote, and of this simulator when MCUboot itself did.',
  },
  'frames-differ': {
    means: 'The frames on the wire are not those that the expectation describes.',
    mend: 'The log has every frame, decoded; compare count and order.',
  },
  'frames-dropped': {
    means: 'More frames went over the wire than are kept, so nothing can be said about them as a whole.',
    mend: 'Look at a shorter window.',
  },
  'image-differs': {
    means: 'The image is not where it is expected, or its flags differ.',
    mend: 'Look at the slots under `found`: each says version, hash and flags.',
  },
  'link-differs': {
    means:
      'The link carries another amount in one piece than expected, did not break in the window, broke for another reason, or was back too late.',
    mend: 'Look at the losses under `found`, and at the `link` events in the log; `since` says where the window begins.',
  },
  'log-forbidden': {
    means: 'The console said a line that must not come.',
    mend: 'The message has the line, its time and its boot; the console around it is in the artifacts.',
  },
  'log-missing': {
    means: 'The console did not say the line in the window. Windows begin with the last boot unless `since` says otherwise.',
    mend: '`found` has what was said. Check the pattern, the window, and `within`.',
  },
  'log-window-open': {
    means: 'The event that ends the window of an absence did not come, so the absence was not seen to its end.',
    mend: 'Give the step a longer `within`, or another end.',
  },
  'oracle-bricked': {
    means: 'After a reset nothing runs: the bootloader found no image to start, or the board did not come back.',
    mend: 'Read the console of the bootloader, and what the slots hold. A power cut in a swap that is not resumed is the usual reason.',
  },
  'oracle-confirm-lost': {
    means: 'An image was confirmed, and is not confirmed after a reset.',
    mend: 'Check that the confirm is written where the bootloader reads it, and that nothing erases it.',
  },
  'oracle-confirmed-replaced': {
    means: 'A confirmed image was replaced, though no update was asked for.',
    mend: 'Find out what requested the swap: a stale trailer is the usual reason.',
  },
  'oracle-damaged-image': {
    means: 'The image that runs does not have the hash that it carries.',
    mend: 'Flash operations were lost or done twice during the swap.',
  },
  'oracle-foreign-image': {
    means: 'After a boot an image runs that was neither the active nor the pending one.',
    mend: 'Find out who wrote it, and whether the bootloader mixed up what it moved.',
  },
  'oracle-not-reverted': {
    means: 'An image on trial was not confirmed, and is still there after the next boot.',
    mend: 'Check that bootloader and application agree on the trailer, and whether something confirms the image unasked.',
  },
  'oracle-refused-image': {
    means: 'The bootloader said that the image is not valid, and it runs nevertheless.',
    mend: 'Compare what the console says with what was uploaded.',
  },
  'oracle-revert-unconfirmed': {
    means: 'A revert brought the old image back without marking it as confirmed, so the next boot will swap once more.',
    mend: 'Look at how the bootloader resumes a revert after a power cut.',
  },
  'oracle-trial-skipped': {
    means: 'An image that was to be tested is confirmed at its first boot.',
    mend: 'The bootloader did not mark the swap as done, or marked the image confirmed; or the application confirms itself too early.',
  },
  'oracle-way-back-lost': {
    means: 'The confirmed image was erased or overwritten before the new one was confirmed, so a failure cannot be reverted.',
    mend: 'Find out what wrote to its slot.',
  },
  'power-cut': {
    means: 'The power of the simulated board was cut in the middle of a flash operation.',
    mend: 'It is what the fault asks for; what counts is what the next boot makes of it.',
  },
  'repeat-exhausted': {
    means: 'The condition of a `repeat` did not come true in as many rounds as it may take.',
    mend: '`found` has the values of the last round. Raise `count`, or wait within the loop.',
  },
  'response-differs': {
    means: 'The answer of the last action has other fields or values than expected.',
    mend: 'Compare `wanted` and `found`.',
  },
  'serve-unfinished': {
    means:
      'The runner played the server, and what `until` waits for did not happen within `timeout`: the device asked too little, or gave up.',
    mend: 'The frames in the log show what was asked and answered. No request at all: look at port, baud rate and the start of the client.',
  },
  'shell-status': {
    means: 'A command of the shell on the board returned another status than the one that is expected.',
    mend: 'What it said is in the message. Write `ret: N` if N is right.',
  },
  'slot-empty': {
    means: 'The step names an image by its slot, and the slot is empty.',
    mend: 'Upload first, or check whether the last boot moved the image.',
  },
  'slots-differ': {
    means: 'The slots do not hold what is expected.',
    mend: 'Compare `wanted` and `found`; without `exact` only the slots that you name are compared.',
  },
  'smp-malformed': {
    means: 'The board sent an SMP packet that cannot be read: a wrong length, broken CBOR, or a field of another type.',
    mend: 'The message has the byte; the log has the frame.',
  },
  'smp-refused': {
    means: 'The board refused the request with an SMP error, and no `expect-error` allows it.',
    mend: 'The message names group and code. See the console for the reason of the server.',
  },
  'smp-unexpected-answer': {
    means: 'The answer belongs to another request: another group, command or operation.',
    mend: 'The server mixes up requests; send one at a time with `window: 1` to see.',
  },
  'state-differs': {
    means: 'The update of the image stands elsewhere than expected.',
    mend: '`found` has the state and the slots it was read from.',
  },
  'step-timeout': { means: 'The step was not done within its `timeout`.', mend: 'Raise it if the board may take longer.' },
  'upload-stuck': {
    means: 'The server keeps asking for the same offset: it cannot write, or it loses what it is sent.',
    mend: 'See its console for flash errors; try `window: 1` and a smaller `chunk`.',
  },
  'upload-slot': {
    means:
      'The upload ended well, and the image is not in the slot that `slot` demands. Servers with one image put every upload into slot 1.',
    mend: 'Compare with the slots under `found`; leave `slot` out where any slot is good.',
  },
  'value-differs': {
    means: 'A value that was measured is not what the expectation demands. The values that were read are in the message.',
    mend: 'Compare `wanted` and `found`.',
  },
  'link-stays': {
    means: '`wait` was to see the link break, and it stayed. Not every link notices: a serial port of a debug probe outlives the board.',
    mend: 'Wait for a console line instead, or look at what should have ended the link.',
  },
  'upgrade-blocked': {
    means: 'Another image was pending before the update, and still is after the resets with which the client tried to have it installed.',
    mend: 'Read what the bootloader says about that image on the console; `erase: {slot: 1}` removes it where the server allows that.',
  },
  'upgrade-failed': {
    means: 'The client of an `upgrade` did not find the image in the state that it had asked for. The message is what its user would read.',
    mend: 'Compare the image list in the message with the console: the bootloader says why it refused or reverted an image.',
  },
} as const satisfies ErrorPages;
