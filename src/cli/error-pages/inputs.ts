/** Mistakes in pipelines and commands that only show when they run. */

import type { ErrorPages } from './page.ts';

export const inputPages = {
  'branch-cancelled': {
    means: 'The branch of a `parallel` was ended, because another one failed.',
    mend: 'Look at the branch that failed first.',
  },
  'buffer-too-small': {
    means: 'The packets of the server are so small that a chunk of an image has no room beside the header.',
    mend: 'Raise CONFIG_MCUMGR_TRANSPORT_NETBUF_SIZE in the firmware, or the MTU of the link.',
  },
  'called-here': {
    means: 'A note beside a mistake in a fragment: it says which step calls the fragment.',
    mend: 'Mend the mistake that it belongs to.',
  },
  cancelled: {
    means: 'Somebody stopped the run. Teardown has run, and the reports are written.',
    mend: 'Run again; cells that did not begin are reported as not run.',
  },
  'cannot-resume': {
    means: 'The folder holds no run that can be gone on with: it is of other pipelines, or its event log lacks what is needed.',
    mend: 'Give the folder of the run that was cut off, with the same selection, or begin a new run.',
  },
  'prompt-unattended': {
    means: 'A `prompt` asks a person, and bootproof was not started at a terminal.',
    mend: 'Run it at a terminal, or answer the step with `run --answer ID=TEXT`.',
  },
  'run-busy': {
    means: 'Another process is still at work in the folder of the run.',
    mend: 'Wait for it or end it; two processes cannot write one event log.',
  },
  'event-log-bad-event': {
    means: 'A line of the event log is JSON and no event that bootproof knows.',
    mend: 'The other lines are still good; see who wrote to the file.',
  },
  'event-log-format': {
    means: 'The event log was written by another version of bootproof.',
    mend: 'Use the version that wrote it, or a newer one.',
  },
  'event-log-not-json': {
    means: 'A line of the event log is damaged, as the last one is when a run is killed.',
    mend: 'The other lines are still good; a cell whose end is lost is reported as aborted.',
  },
  'event-log-unplanned-cell': {
    means: 'The event log tells of a cell that its plan does not have, as when parts of logs are joined.',
    mend: 'Join logs whole, each with its own start.',
  },
  'exec-output': {
    means: '`parse: json` was asked for, and the output of the program is no JSON.',
    mend: 'Let it print JSON and nothing else, or drop `parse`.',
  },
  'fault-unavailable': {
    means: 'The board cannot have this fault, and the plan could not know.',
    mend: 'Run the pipeline on a simulated board.',
  },
  'fault-unknown': { means: '`clear` names a fault that does not stand.', mend: 'The hint lists those that do.' },
  'flash-file-size': {
    means: 'A flash file was written for another profile: its size does not fit.',
    mend: 'Use the profile that wrote it, or another file.',
  },
  'flash-file-unwritable': {
    means: 'The flash of the simulator cannot be kept in the file.',
    mend: 'Choose a path in a folder that you may write to.',
  },
  'image-unknown': {
    means: 'A text that an expression gave is no image: neither an input of the pipeline nor a hash.',
    mend: 'The hint lists the inputs.',
  },
  'integer-too-wide': { means: 'A number in a request is too large for CBOR, which has 64 bits.', mend: 'Send it as text or bytes.' },
  'mark-unknown': {
    means: '`since: mark.NAME` names a step that has not run: its `when` did not hold.',
    mend: 'Use the id of a step that always runs before.',
  },
  'no-pipelines': {
    means: 'No file whose name ends in `.pipeline.yaml` was found.',
    mend: 'Name the folder, or begin a project with `bootproof init`.',
  },
  'plan-wrong': {
    means: 'The cells of a run cannot be planned: two pipelines have one id, a board is unknown, or there are too many cells.',
    mend: 'The message and its hint say which.',
  },
  'provision-image': {
    means: 'Only images of the pipeline can be written to a board; a hash or a slot number has no bytes.',
    mend: 'Declare the image under `inputs`.',
  },
  'raw-malformed': {
    means: 'The bytes of `smp: {raw: ...}` are no hexadecimal digits, or too few for a header.',
    mend: 'Write pairs of digits, at least eight bytes.',
  },
  'request-incomplete': { means: '`smp` needs group and command, or `raw`.', mend: 'Add what is missing.' },
  'save-path': { means: '`save` names a part of the result that is not there.', mend: 'The hint lists what the result has.' },
  'too-many-steps': { means: 'Loops within loops multiply to more steps than a cell may have.', mend: 'Lower a `count`.' },
  'package-unknown': {
    means: 'An expression gave `upgrade` the name of a package, and the pipeline has no input of type package with that name.',
    mend: 'Declare it under `inputs` with `package`.',
  },
  'package-invalid': {
    means: 'The package is not what nRF Connect SDK builds: a zip with a manifest.json and the MCUboot images that it lists.',
    mend: 'The message says what is wrong with it. Build it anew; its manifest and its files must belong together.',
  },
  'upgrade-unable': {
    means: 'The client that `upgrade` imitates does not have this mode, or cannot erase settings.',
    mend: 'Take one of the modes that the message names, or another client.',
  },
  'upload-image': {
    means: 'Only images of the pipeline can be uploaded; a hash or a slot number has no bytes.',
    mend: 'Declare the image under `inputs`.',
  },
  usage: { means: 'The command line is wrong. The message says where.', mend: '`bootproof COMMAND --help` shows examples.' },
  'wrong-kind': {
    means: 'The file is of another kind than the one that is needed here, such as a pipeline in place of a bench.',
    mend: 'Give a file whose `kind` is what the option needs.',
  },
  'smp-no-answer': {
    means: 'A request was not answered in time, though it was repeated where that is safe: the board is gone, busy, or has no such server.',
    mend: 'Read the console; check that nothing else reads the port, and raise `timeout` if the board is slow.',
  },
  'link-parted': {
    means:
      'The step needs the board to answer, and an earlier `disconnect` closed the link, in a loop or a fragment where lint cannot see it.',
    mend: 'Add `connect` before the step.',
  },
  'link-serving': {
    means: 'A step asks the board, while `serve` in another branch of `parallel` plays the server on its link.',
    mend: 'Beside `serve`, only look at the console, wait, or work on other boards.',
  },
  'advertising-not-possible': {
    means: '`wait` was to hear the board advertise on a transport that is not over BLE.',
    mend: 'Name a BLE transport of the board; `port` waits for ports of other kinds.',
  },
  'serve-not-possible': {
    means:
      'The transport in use cannot be turned around: the runner is the server on serial ports, TCP, RFC 2217 and UDP ports of its host (`?listen=on`) only, and simulated devices are no clients.',
    mend: 'Choose another transport of the board, with the matrix or with `connect`.',
  },
} as const satisfies ErrorPages;
