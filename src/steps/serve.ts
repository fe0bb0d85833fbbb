/** `serve`: the runner as the SMP server of a device that is itself a client. */

import { toHex } from '../base/bytes.ts';
import { abortable, deadline, sleep } from '../base/clock.ts';
import { millisecondsOf } from '../base/measures.ts';
import { formatDuration } from '../base/quantities.ts';
import type { BootproofError } from '../base/errors.ts';
import type { StepContext } from '../device/context.ts';
import { Failure } from '../device/failure.ts';
import { createInbox, type Inbox } from '../device/server/inbox.ts';
import { createReceivedImage, type ReceivedImage } from '../device/server/received-image.ts';
import { createScriptServer, type Reaction } from '../device/server/script-server.ts';
import type { ServedRequest } from '../device/server/served-link.ts';
import { createUsualAnswers, servedBuffers } from '../device/server/usual-answers.ts';
import type { ServeArgs } from '../language/grammar.generated.ts';
import { compilePattern } from '../language/pattern.ts';
import { hash } from '../mcuboot/hash.ts';
import { formatListedVersion } from '../mcuboot/version.ts';
import type { StepHandler, StepResult } from './step.ts';

/** Opening the port may take longer than the device is given. */
const openMs = 30_000;

export const serve: StepHandler<'serve'> = {
  timeoutMs: ({ args }) => millisecondsOf(args.timeout) + openMs,
  run: async (args, context) => {
    const received = createReceivedImage();
    const tally: Tally = { requests: 0, answers: 0 };
    await untilDone(args, context, { received, tally });
    return resultOf(received, tally);
  },
};

interface Tally {
  requests: number;
  answers: number;
}

interface Serving {
  readonly received: ReceivedImage;
  readonly tally: Tally;
}

/** What a real server drops beyond its buffers, a client must send again. */
const waitingMax = servedBuffers.count * 4;

async function untilDone(args: ServeArgs, context: StepContext, serving: Serving): Promise<void> {
  const { device, signal } = context;
  const inbox = createInbox(waitingMax);
  const pattern = args.until.log === undefined ? undefined : compilePattern(args.until.log);
  let said = false;
  const forget = device.console.onLine(({ text }) => {
    said ||= pattern?.find(text) !== undefined;
    if (said) inbox.wake();
  });
  const events = { request: (request: ServedRequest) => inbox.put(request), lost: (error: BootproofError) => inbox.fail(error), signal };
  try {
    await device.serve(events, () => answerAll(args, context, { ...serving, inbox, isOver: () => said }));
  } finally {
    forget();
  }
}

interface Answering extends Serving {
  readonly inbox: Inbox;
  /** Whether the console has said what ends it. */
  readonly isOver: () => boolean;
}

async function answerAll({ until, timeout, script = [] }: ServeArgs, { clock, signal }: StepContext, answering: Answering): Promise<void> {
  const { received, tally, inbox, isOver } = answering;
  const respond = createScriptServer(script, createUsualAnswers(received));
  const isDone = (): boolean =>
    isOver() || (until.uploaded === true && received.file !== undefined) || tally.requests >= (until.requests ?? Infinity);
  const ms = millisecondsOf(timeout);
  const limit = deadline(clock, { ms, why: 'the end of serving', parent: signal, reason: () => unfinished(until, ms, answering) });
  try {
    while (!isDone()) {
      const request = await inbox.next(limit.signal);
      const reaction = request === undefined ? undefined : respond(request.packet);
      if (request === undefined || reaction === undefined) continue;
      tally.requests += 1;
      tally.answers += await react(reaction, request, { clock, signal: limit.signal });
    }
  } finally {
    limit.dispose();
  }
}

/** The number of packets that were sent. */
async function react(
  { delayMs, packet, copies }: Reaction,
  request: ServedRequest,
  { clock, signal }: Pick<StepContext, 'clock' | 'signal'>,
): Promise<number> {
  if (packet === undefined) return 0;
  if (delayMs > 0) await sleep(clock, delayMs, 'the delay of an answer', signal);
  let sent = 0;
  while (sent < copies && (await abortable(request.reply(packet), signal))) sent += 1;
  return sent;
}

function resultOf(received: ReceivedImage, { requests, answers }: Tally): StepResult {
  const { bytes, file, image } = received;
  return {
    requests,
    answers,
    bytes,
    uploaded: file !== undefined,
    sha256: file === undefined ? '' : toHex(hash('sha256', file)),
    hash: image?.hash === undefined ? '' : toHex(image.hash.digest),
    version: image === undefined ? '' : formatListedVersion(image.header.version),
  };
}

function unfinished(until: ServeArgs['until'], ms: number, { received, tally }: Serving): Failure {
  const missing =
    until.log !== undefined
      ? `the console did not say "${until.log}"`
      : until.uploaded === true
        ? `the device did not finish an upload: ${received.bytes} bytes came`
        : `the device made ${tally.requests} ${tally.requests === 1 ? 'request' : 'requests'}, not ${until.requests ?? 0}`;
  return new Failure(`${missing} within ${formatDuration(ms)}`, {
    code: 'serve-unfinished',
    wanted: until,
    found: { requests: tally.requests, answers: tally.answers, bytes: received.bytes },
    hint:
      tally.requests === 0
        ? 'no request came: check that the device runs its client, on this port and with this baud rate'
        : 'look at the frames in the log',
  });
}
