/** `collect`: keeps evidence about the board beside the reports. What cannot be had is noted, since evidence is asked for when things are broken. */

import { utf8 } from '../base/bytes.ts';
import { messageOf } from '../base/errors.ts';
import type { StepContext } from '../device/context.ts';
import { readImages } from '../device/image-state.ts';
import type { CollectArgs } from '../language/grammar.generated.ts';
import { shortMs } from './step.ts';
import type { StepHandler } from './step.ts';

type Evidence = CollectArgs[number];

const consoleLines = 500;
/** A board that has just failed may still be busy with its flash. */
const answerMs = 15_000;

export const collect: StepHandler<'collect'> = {
  timeoutMs: shortMs,
  run: async (wanted, context) => {
    for (const name of wanted) {
      try {
        const { file, text } = await collectors[name](context);
        context.files.keep(file, utf8(text));
      } catch (thrown) {
        context.note(`${name} could not be collected: ${messageOf(thrown)}`, 'warning');
      }
    }
    return {};
  },
};

const collectors: Readonly<Record<Evidence, (context: StepContext) => Promise<{ readonly file: string; readonly text: string }>>> = {
  'console-tail': ({ device }) =>
    Promise.resolve({ file: 'console-tail.txt', text: linesOf(device.console.since(0).slice(-consoleLines)) }),
  'image-list': async (context) => ({ file: 'image-list.json', text: `${JSON.stringify(await readImages(context, answerMs), null, 2)}\n` }),
  'reset-reason': ({ device }) => {
    const booted = device.console.since(device.console.epochStart).filter(({ text }) => /reset|boot/i.test(text));
    return Promise.resolve({ file: 'reset-reason.txt', text: linesOf(booted) });
  },
};

function linesOf(lines: readonly { readonly text: string }[]): string {
  return lines.map(({ text }) => `${text}\n`).join('');
}
