/** `provision`: brings the board to a named state past its firmware. */

import { BootproofError } from '../base/errors.ts';
import type { ProvisionOptions, SlotContent } from '../device/board-control.ts';
import type { StepContext } from '../device/context.ts';
import { resolveImage } from '../device/images.ts';
import { awaitAnswer } from '../device/liveness.ts';
import type { ProvisionArgs } from '../language/grammar.generated.ts';
import type { StepHandler } from './step.ts';

type SlotArgs = NonNullable<ProvisionArgs['slots']>[number];

/** A debug probe writes a few hundred KiB in seconds; the rest is for slow ones and for the boot. */
const provisionMs = 120_000;
const bootMs = 30_000;
/** An image on trial was swapped in, which takes minutes in slow flash. */
const trialMs = 300_000;

export const provision: StepHandler<'provision'> = {
  timeoutMs: () => provisionMs + trialMs,
  run: async (args, context) => {
    const { device } = context;
    const { provision: apply } = device.control;
    if (apply === undefined) {
      throw new BootproofError(`board ${device.board} cannot be provisioned`, {
        fault: 'input',
        code: 'provision-unavailable',
        hint: 'give the board a `provision` command in the bench',
      });
    }
    const options = readOptions(args, context);
    device.console.openEpoch('provision');
    device.oracle?.forget();
    device.requests.forget();
    await apply(options, context.signal);
    const boots = options.slots?.some(({ slot, content }) => slot === 0 && content.kind === 'image') ?? true;
    if (boots) await awaitAnswer(context, options.state === 'revert' || options.confirmed === false ? trialMs : bootMs);
    return {};
  },
};

/** `image` alone means: that image in the primary slot of image 0, and nothing that waits in the secondary. */
function readOptions(args: ProvisionArgs, context: StepContext): ProvisionOptions {
  const { image, slots, confirmed, erase, state } = args;
  const named = image === undefined ? [] : [{ slot: 0, content: imageContent(image, context) }];
  const cleared = image === undefined || slots?.some(({ slot }) => slot === 1) ? [] : [{ slot: 1, content: { kind: 'empty' } as const }];
  const listed = (slots ?? []).map((entry) => ({ slot: entry.slot, content: contentOf(entry, context) }));
  const all = [...named, ...cleared, ...listed];
  return {
    ...(all.length === 0 ? {} : { slots: all }),
    ...(confirmed === undefined ? {} : { confirmed }),
    ...(erase === undefined ? {} : { erase }),
    ...(state === undefined ? {} : { state }),
  };
}

function contentOf({ image, raw }: SlotArgs, context: StepContext): SlotContent {
  if (image !== undefined) return imageContent(image, context);
  if (raw !== undefined) return { kind: 'raw', bytes: context.files.read(raw) };
  return { kind: 'empty' };
}

function imageContent(image: string | number, { images }: StepContext): SlotContent {
  const reference = resolveImage(image, images);
  if (reference.kind === 'input') return { kind: 'image', bytes: reference.image.bytes };
  throw new BootproofError('only an input of this pipeline can be written into a slot', {
    fault: 'input',
    code: 'provision-image',
    hint: `inputs of type image: ${[...images.keys()].join(', ') || 'none'}`,
  });
}
