/** The proof pairs of the field-report scenarios: a board on which each must fail, where and with what, and one on which it must pass. */

import { loadOne, loadPipelines } from '../../src/cli/documents.ts';
import { createBoards } from '../../src/cli/boards.ts';
import { formatDiagnostic } from '../../src/language/diagnostics.ts';
import type { Board } from '../../src/device/board.ts';
import type { Pipeline } from '../../src/language/model.ts';
import type { RunEvent } from '../../src/events/event.ts';
import { planCells } from '../../src/run/plan.ts';
import { runPipelines } from './run.ts';
import { projectPath } from './vectors.ts';

interface Proof {
  readonly pipeline: string;
  /** A board of `pipelines/seeds/proof.bench.yaml`. */
  readonly sick: string;
  /** The step that must fail, the code of its diagnostic, and a part of its message. */
  readonly step: string;
  readonly code: string;
  readonly message: string;
  readonly healthy: string;
}

const notValid = 'E: Image in the secondary slot is not valid!';

const proofs: readonly Proof[] = [
  { pipeline: 'seed.s2.fast-upload', sick: 'spi-anomaly-198', step: 'steps[5]', code: 'log-forbidden', message: notValid, healthy: 'spi' },
  { pipeline: 'seed.s2.fast-upload', sick: 'spi-anomaly-198', step: 'steps[5]', code: 'log-forbidden', message: notValid, healthy: 'qspi' },
  {
    pipeline: 'seed.s2.fast-upload',
    sick: 'spi-anomaly-198',
    step: 'steps[5]',
    code: 'log-forbidden',
    message: notValid,
    healthy: 'internal',
  },
  {
    pipeline: 'seed.s2.rate-limit',
    sick: 'spi-slow-bus',
    step: 'steps[5]',
    code: 'log-forbidden',
    message: notValid,
    healthy: 'spi-anomaly-198',
  },
  { pipeline: 'seed.s2.rate-limit', sick: 'spi-slow-bus', step: 'steps[5]', code: 'log-forbidden', message: notValid, healthy: 'qspi' },
  {
    pipeline: 'seed.s5.upload-arms-nothing',
    sick: 'auto-pending',
    step: 'steps[3]',
    code: 'image-differs',
    message: 'is pending',
    healthy: 'internal',
  },
  {
    pipeline: 'seed.s5.damaged-upload-arms-nothing',
    sick: 'auto-pending',
    step: 'steps[1]',
    code: 'image-differs',
    message: 'is pending',
    healthy: 'internal',
  },
  {
    pipeline: 'seed.s5.self-confirm',
    sick: 'auto-pending-no-confirm',
    step: 'steps[4]',
    code: 'active-differs',
    message: 'not confirmed',
    healthy: 'auto-pending-self-confirm',
  },
  {
    pipeline: 'seed.s5.revert',
    sick: 'auto-pending-self-confirm',
    step: 'steps[4]',
    code: 'active-differs',
    message: 'it is confirmed',
    healthy: 'auto-pending',
  },
  {
    pipeline: 'seed.s5.second-upload',
    sick: 'auto-pending-replace',
    step: 'steps[1]',
    code: 'error-missing',
    message: 'image: NO_FREE_SLOT was expected',
    healthy: 'auto-pending-keep',
  },
  {
    pipeline: 'seed.s1.swap-limit',
    sick: 'old-bootloader',
    step: 'steps[5]',
    code: 'image-differs',
    message: 'is still listed',
    healthy: 'internal',
  },
  {
    pipeline: 'seed.s1.pending-blocks',
    sick: 'stranding-replace',
    step: 'steps[6]',
    code: 'error-missing',
    message: 'image: NO_FREE_SLOT was expected',
    healthy: 'stranding',
  },
  {
    pipeline: 'seed.s1.erase-frees-pending',
    sick: 'keep-pending',
    step: 'steps[3]',
    code: 'smp-refused',
    message: 'NO_FREE_SLOT',
    healthy: 'internal',
  },
  {
    pipeline: 'seed.s1.trial-ends-by-confirm',
    sick: 'lost-confirm',
    step: 'steps[6]',
    code: 'active-differs',
    message: 'not confirmed',
    healthy: 'internal',
  },
  {
    pipeline: 'seed.s1.trial-ends-by-reset',
    sick: 'self-confirm',
    step: 'steps[5]',
    code: 'active-differs',
    message: 'it is confirmed',
    healthy: 'internal',
  },
  {
    pipeline: 'seed.s3.malformed-frames',
    sick: 'awaits-rest',
    step: 'steps[11]',
    code: 'response-differs',
    message: 'the action before had no response',
    healthy: 'internal',
  },
  {
    pipeline: 'seed.s3.malformed-frames',
    sick: 'restarts',
    step: 'steps[15]',
    code: 'log-forbidden',
    message: '*** Booting MCUboot',
    healthy: 'spi',
  },
  {
    pipeline: 'seed.s4.overwritten-hash',
    sick: 'any-hash',
    step: 'steps[2]',
    code: 'error-missing',
    message: 'image: HASH_NOT_FOUND was expected',
    healthy: 'internal',
  },
  {
    pipeline: 'seed.s4.overwritten-hash-v1',
    sick: 'ncs-1.9-any-hash',
    step: 'steps[4]',
    code: 'error-missing',
    message: 'SMP: EINVAL was expected',
    healthy: 'ncs-1.9',
  },
  {
    pipeline: 'seed.s4.inactive-variant',
    sick: 'ncs-1.9-b0-unaware',
    step: 'steps[5]',
    code: 'active-differs',
    message: 'is not the running image',
    healthy: 'ncs-1.9-b0',
  },
];

export interface ProofResult {
  readonly proof: Proof;
  /** Undefined: the sick board was caught as it must be. Otherwise what happened instead. */
  readonly missed: string | undefined;
  /** Undefined: the healthy board passed. Otherwise why not. */
  readonly blamed: string | undefined;
}

/** Runs all proof pairs. Throws when a scenario has none. */
export async function prove(): Promise<readonly ProofResult[]> {
  const { pipelines, boards } = load();
  const unproven = [...pipelines.keys()].filter((id) => !proofs.some(({ pipeline }) => pipeline === id));
  if (unproven.length > 0) throw new Error(`no proof pair for ${unproven.join(', ')}`);
  const results: ProofResult[] = [];
  for (const proof of proofs) {
    const pipeline = get(pipelines, proof.pipeline);
    const caught = await runOn(pipeline, get(boards, proof.sick));
    const clean = await runOn(pipeline, get(boards, proof.healthy));
    results.push({ proof, missed: firstOf(caught, (end) => missedBy(end, proof)), blamed: firstOf(clean, blamedBy) });
  }
  return results;
}

function load(): { readonly pipelines: ReadonlyMap<string, Pipeline>; readonly boards: ReadonlyMap<string, Board> } {
  const folder = projectPath('pipelines/seeds');
  const { pipelines, diagnostics } = loadPipelines([folder]);
  const { document: bench, diagnostics: ofBench } = loadOne('bench', `${folder}/proof.bench.yaml`);
  const mistakes = [...diagnostics, ...ofBench];
  if (mistakes.length > 0) throw new Error(mistakes.map(formatDiagnostic).join('\n'));
  return { pipelines: byKey(pipelines, ({ id }) => id), boards: byKey(createBoards(bench), ({ name }) => name) };
}

function byKey<T>(all: readonly T[], key: (one: T) => string): ReadonlyMap<string, T> {
  return new Map(all.map((one) => [key(one), one]));
}

function get<T>(all: ReadonlyMap<string, T>, key: string): T {
  const found = all.get(key);
  if (found === undefined) throw new Error(`there is no ${key}`);
  return found;
}

type StepEnd = Extract<RunEvent, { kind: 'step-end' }>;
type CellEnd = Extract<RunEvent, { kind: 'cell-end' }>;

interface Ended {
  readonly end: CellEnd;
  /** The steps that count as failed. */
  readonly failed: readonly StepEnd[];
}

async function runOn(pipeline: Pipeline, board: Board): Promise<readonly Ended[]> {
  const { events } = await runPipelines([], { cells: planCells({ pipelines: [pipeline], boards: { all: [board], chosen: [board] } }) });
  const failed = events.filter((event) => event.kind === 'step-end').filter(hasError);
  const ends = events.filter((event) => event.kind === 'cell-end');
  return ends.map((end) => ({ end, failed: failed.filter(({ cell }) => cell === end.cell) }));
}

function hasError({ diagnostics }: StepEnd): boolean {
  return diagnostics.some(({ severity }) => severity === 'error');
}

function firstOf(ended: readonly Ended[], problem: (one: Ended) => string | undefined): string | undefined {
  return ended.length === 0 ? 'nothing ran' : ended.map(problem).find((one) => one !== undefined);
}

function missedBy({ end, failed }: Ended, { step, code, message }: Proof): string | undefined {
  const [first] = failed;
  if (end.outcome !== 'failed' || first === undefined) return `it ${end.outcome}: ${end.reason ?? ''}`;
  const [diagnostic] = first.diagnostics;
  const asPromised = first.step === step && diagnostic?.code === code && diagnostic.message.includes(message);
  return asPromised ? undefined : `${first.step} failed with ${diagnostic?.code}: ${diagnostic?.message}`;
}

function blamedBy({ end }: Ended): string | undefined {
  return end.outcome === 'passed' ? undefined : `it ${end.outcome}: ${end.reason ?? ''}`;
}
