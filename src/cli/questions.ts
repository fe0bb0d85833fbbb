/** Who answers the questions of a run: the command line, or the person at the terminal. */

import { createRealClock } from '../base/clock-real.ts';
import { abortable, deadline } from '../base/clock.ts';
import { BootproofError } from '../base/errors.ts';
import { formatDuration } from '../base/quantities.ts';
import { askNobody, choiceOf, yesOrNo } from '../device/ask.ts';
import type { Ask, Question } from '../device/ask.ts';
import type { AnyStep, Pipeline } from '../language/model.ts';
import { allSteps } from '../run/needs.ts';
import { flagError, readSetting } from './flags.ts';
import type { CliIo } from './io.ts';

type Prompt = Extract<AnyStep, { verb: 'prompt' }>;

/** Of `--answer ID=TEXT`. Throws an input error when an answer is for no step or is none of its choices, and when nobody could answer a step. */
export function readAnswers(flags: readonly string[], pipelines: readonly Pipeline[], io: CliIo): ReadonlyMap<string, string> {
  const answers = new Map(flags.map((text) => readSetting('--answer', text)));
  const prompts = pipelines.flatMap((pipeline) => [...allSteps(pipeline)].filter((step): step is Prompt => step.verb === 'prompt'));
  for (const [id, text] of answers) checkAnswer(id, text, prompts);
  const open = prompts.find(({ id }) => id === undefined || !answers.has(id));
  if (open !== undefined && io.readLine === undefined) throw unattended(open);
  return answers;
}

function checkAnswer(id: string, text: string, prompts: readonly Prompt[]): void {
  const asking = prompts.filter((step) => step.id === id);
  if (asking.length === 0) {
    const ids = [...new Set(prompts.flatMap((step) => step.id ?? []))];
    throw flagError(`--answer ${id}: no selected pipeline has a \`prompt\` step with this id`, `ids: ${ids.join(', ') || 'none'}`);
  }
  for (const { args } of asking) {
    const choices = choicesOf(args.choices);
    if (choices !== undefined && choiceOf(text, choices) === undefined)
      throw flagError(`--answer ${id}=${text}: this is none of the answers`, `they are ${choices.join(', ')}`);
  }
}

/** Undefined where expressions make them. */
function choicesOf(written: Prompt['args']['choices']): readonly string[] | undefined {
  if (written === undefined) return yesOrNo;
  const known = Array.isArray(written) ? (written as readonly string[]) : [];
  return known.length === 0 || known.some((choice) => choice.includes('${{')) ? undefined : known;
}

function unattended({ id, args, span }: Prompt): BootproofError {
  const hint =
    id === undefined
      ? 'run it at a terminal, or give the step an `id` and answer it with `--answer ID=TEXT`'
      : `run it at a terminal, or answer it with \`--answer ${id}=TEXT\``;
  return new BootproofError(`${span.source.name} asks "${args.text}", and nobody is there to answer`, {
    fault: 'input',
    code: 'prompt-unattended',
    hint,
  });
}

export interface AskerOptions {
  readonly answers: ReadonlyMap<string, string>;
  readonly io: CliIo;
  /** Keeps everything else off the terminal until it is released. */
  readonly hold: () => () => void;
}

/** One question at a time, in the order in which they come. */
export function createAsker({ answers, io, hold }: AskerOptions): Ask {
  let before: Promise<unknown> = Promise.resolve();
  const { readLine } = io;
  const person: Ask = readLine === undefined ? askNobody : (question, signal) => askPerson(question, signal, { io, readLine, hold });
  return (question, signal) => {
    const given = question.id === undefined ? undefined : answers.get(question.id);
    const choice = given === undefined ? undefined : choiceOf(given, question.choices);
    if (choice !== undefined) return Promise.resolve(choice);
    const turn = before.then(() => person(question, signal));
    before = turn.catch(() => undefined);
    return turn;
  };
}

interface Terminal extends Omit<AskerOptions, 'answers'> {
  readonly readLine: NonNullable<CliIo['readLine']>;
}

async function askPerson(question: Question, signal: AbortSignal, { io, readLine, hold }: Terminal): Promise<string> {
  const { text, about, choices, ms } = question;
  signal.throwIfAborted();
  const limit = deadline(createRealClock(), { ms, why: 'an answer', parent: signal, reason: () => unanswered(text, ms) });
  const release = hold();
  try {
    io.stderr(`${about} asks: ${text}\n${choices === yesOrNo ? '' : choices.map((choice, at) => `  ${at + 1} ${choice}\n`).join('')}`);
    for (;;) {
      io.stderr(choices === yesOrNo ? 'yes or no? ' : `1 to ${choices.length}? `);
      const line = await abortable(readLine(limit.signal), limit.signal);
      if (line === undefined) throw unanswered(text, undefined);
      const choice = choiceOf(line, choices);
      if (choice !== undefined) return choice;
    }
  } finally {
    limit.dispose();
    release();
  }
}

function unanswered(text: string, ms: number | undefined): BootproofError {
  const how = ms === undefined ? 'the terminal was closed' : `nobody did within ${formatDuration(ms)}`;
  return new BootproofError(`"${text}" was to be answered, and ${how}`, { fault: 'infra', code: 'prompt-unanswered' });
}
