/** `upload`: an image over SMP. */

import { BootproofError } from '../base/errors.ts';
import { millisecondsOf } from '../base/measures.ts';
import { parsePercentage, parseRate, parseSize } from '../base/quantities.ts';
import type { StepContext } from '../device/context.ts';
import { Failure } from '../device/failure.ts';
import { describeImages, matches, rawSlot, readImages } from '../device/image-state.ts';
import { describeImage, resolveImage } from '../device/images.ts';
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
  if (args.slot !== undefined && args['stop-at'] === undefined) await demandSlot(image, args.slot, context);
  const figures = { bytes, seconds, rate, efficiency, retransmitted, reconnects };
  return match === undefined ? figures : { ...figures, match };
}

/** An image list takes a server that checks signatures (serial recovery) seconds per slot. */
const listMs = 10_000;

/** Servers with one image put every upload into its secondary slot, whatever the request says (smp.md 4.6). */
async function demandSlot(image: InputImage, slot: number, context: StepContext): Promise<void> {
  const images = await readImages(context, listMs);
  const reference = { kind: 'input', image } as const;
  if (images.some((entry) => rawSlot(entry) === slot && matches(entry, reference))) return;
  throw new Failure(`${describeImage(reference)} was uploaded, and is not in slot ${slot}`, {
    code: 'upload-slot',
    wanted: `${describeImage(reference)} in slot ${slot}`,
    found: describeImages(images),
    hint: 'servers choose the slot by the image number: slots 0 and 1 are of image 0, slots 2 and 3 of image 1',
  });
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
