/** Questions to people. */

import { BootproofError } from '../base/errors.ts';

export interface Question {
  /** The id of the step that asks. */
  readonly id: string | undefined;
  /** The cell that asks. */
  readonly about: string;
  readonly text: string;
  readonly choices: readonly string[];
  /** How long to wait, in real time. */
  readonly ms: number;
}

/** Resolves with one of the choices. Rejects with an infra error when nobody answers, and with the signal's reason. */
export type Ask = (question: Question, signal: AbortSignal) => Promise<string>;

export const yesOrNo: readonly string[] = ['yes', 'no'];

/** The choice that an answer means: by its text, its number, or `y` and `n`. */
export function choiceOf(answer: string, choices: readonly string[]): string | undefined {
  const word = answer.trim().toLowerCase();
  const exact = choices.find((choice) => choice.toLowerCase() === word);
  if (exact !== undefined || word === '') return exact;
  if (choices === yesOrNo) return choices.find((choice) => choice.startsWith(word));
  return /^\d$/.test(word) ? choices[Number(word) - 1] : undefined;
}

export const askNobody: Ask = ({ text }) => Promise.reject(unattended(text));

function unattended(text: string): BootproofError {
  return new BootproofError(`nobody is there to answer "${text}"`, {
    fault: 'input',
    code: 'prompt-unattended',
    hint: 'run it at a terminal, or answer the step by its id with `--answer ID=TEXT`',
  });
}
