/** `upload`: an image over SMP. */

import { BootproofError } from '../base/errors.ts';
import { millisecondsOf } from '../base/measures.ts';
import { parsePercentage, parseRate, parseSize } from '../base/quantities.ts';
import type { StepContext } from '../device/context.ts';
import { resolveImage } from '../device/images.ts';
import type { InputImage } from '../device/images.ts';
import { sendImage } from '../device/send-image.ts';
import type { UploadArgs } from '../language/grammar.generated.ts';
import { checked } from './step.ts';
import type { StepHandler, StepResult } from './step.ts';

/** 1 MiB at 2 KiB/s, and the erase before it. */
const uploadMs = 10 * 60_000;

export const upload: StepHandler<'upload'> = {
  timeoutMs: () => uploadMs,
  run: (args, context) => transfer(args, inputImageOf(args.image, context), context),
};

async function transfer(args: UploadArgs, image: InputImage, context: StepContext): Promise<StepResult> {
  const { bytes, seconds, rate, efficiency, retransmitted, reconnects, match } = await sendImage(context, image, {
    reconnect: () => context.device.client(context.signal),
    image: args.target ?? (args.slot === undefined ? undefined : Math.floor(args.slot / 2)),
    window: args.window,
    chunk: args.chunk === undefined ? undefined : checked(parseSize(args.chunk)),
    rate: args.rate === undefined ? undefined : checked(parseRate(args.rate)),
    firstChunkMs: args['first-timeout'] === undefined ? context.device.eraseMs : millisecondsOf(args['first-timeout']),
    sha: args.sha,
    resume: args.resume,
    upgrade: args['upgrade-only'],
    stopAt: args['stop-at'] === undefined ? undefined : extentOf(args['stop-at']),
  });
  const figures = { bytes, seconds, rate, efficiency, retransmitted, reconnects };
  return match === undefined ? figures : { ...figures, match };
}

/** `40%` or `20 KiB`. */
function extentOf(text: string): { readonly fraction: number } | { readonly bytes: number } {
  const fraction = parsePercentage(text);
  return fraction === undefined ? { bytes: checked(parseSize(text)) } : { fraction };
}

export function inputImageOf(name: string | number, { images }: StepContext): InputImage {
  const reference = resolveImage(name, images);
  if (reference.kind === 'input') return reference.image;
  throw new BootproofError('only an input of this pipeline can be uploaded', {
    fault: 'input',
    code: 'upload-image',
    hint: `inputs of type image: ${[...images.keys()].join(', ') || 'none'}`,
  });
}
