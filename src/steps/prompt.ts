/** `prompt`: a question to the person at the terminal. */

import { millisecondsOr } from '../base/measures.ts';
import { yesOrNo } from '../device/ask.ts';
import { Failure } from '../device/failure.ts';
import type { StepHandler } from './step.ts';

const answerMs = 10 * 60_000;
/** The limit of the step comes after that of the question, which says more. */
const marginMs = 10_000;

export const prompt: StepHandler<'prompt'> = {
  timeoutMs: ({ args: { timeout } }) => millisecondsOr(timeout, answerMs) + marginMs,
  run: async ({ text, choices, timeout }, { ask, cell, clock, signal, step }) => {
    const question = { id: step.id, about: cell, text, choices: choices ?? yesOrNo, ms: millisecondsOr(timeout, answerMs) };
    const answer = await clock.external(ask(question, signal));
    if (choices === undefined && answer !== 'yes') {
      throw new Failure(`the answer to "${text}" was ${answer}`, { code: 'prompt-no', wanted: 'yes', found: answer });
    }
    return { answer };
  },
};
