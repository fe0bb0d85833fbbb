/** One execution of a cell: open the board, setup, steps, evidence on failure, teardown, and the outcome of it all. */

import { deadline } from '../base/clock.ts';
import { BootproofError } from '../base/errors.ts';
import { formatDuration } from '../base/quantities.ts';
import type { Board } from '../device/board.ts';
import type { BoardEvent } from '../device/board-event.ts';
import { createConsoleRecord } from '../device/console-record.ts';
import type { ConsoleRecord } from '../device/console-record.ts';
import type { Device } from '../device/device.ts';
import { Failure } from '../device/failure.ts';
import { awaitComeback } from '../device/comeback.ts';
import type { EventDiagnostic } from '../events/event.ts';
import type { ExecutionOutcome } from '../events/outcome.ts';
import { expectationsOf } from '../language/model.ts';
import type { AnyStep, Pipeline } from '../language/model.ts';
import { compilePattern } from '../language/pattern.ts';
import type { Cell } from './cell.ts';
import { diagnosticOfError } from './diagnostics.ts';
import { isServed } from './needs.ts';
import { asBootproofError, outcomeOfFault } from './outcome.ts';
import { limitConsole } from './console-limit.ts';
import type { ConsoleLimit } from './console-limit.ts';
import { createSections } from './sections.ts';
import type { OpenedDevice, Sections, SectionsOptions } from './sections.ts';
import type { FailedStep } from './step-list.ts';

export interface AttemptOptions extends SectionsOptions {
  /** Aborted when the run is cancelled. The teardown still runs. */
  readonly signal: AbortSignal;
}

export interface AttemptEnd {
  readonly outcome: ExecutionOutcome;
  readonly reason?: string;
  /** What decided the outcome apart from a step, such as a line that `forbid-log` names. */
  readonly diagnostics: readonly EventDiagnostic[];
}

/** An attempt of a pipeline that states no `timeout`. */
const attemptMs = 30 * 60_000;
/** Each teardown step gets what its verb takes, the whole teardown this much. */
const teardownMs = 5 * 60_000;

export async function runAttempt(options: AttemptOptions): Promise<AttemptEnd> {
  const { cell, clock, emit, attempt } = options;
  const startedAt = clock.now();
  emit({ kind: 'attempt-start', cell: cell.id, attempt, board: cell.board.name, transport: cell.transport });
  const said = createConsoleRecord();
  const end = await execute(options, said).catch((thrown: unknown) => endOfError(asBootproofError(thrown)));
  // A board in this process that passed says the same again when it is run again; the event log has it, too.
  if (!said.empty && !(cell.board.local && end.outcome === 'passed')) keepConsole(options, said);
  const durationMs = Math.round((clock.now() - startedAt) * 1000) / 1000;
  emit({ kind: 'attempt-end', cell: cell.id, attempt, outcome: end.outcome, durationMs });
  return end;
}

/** Evidence that cannot be kept does not change what the attempt has shown. */
function keepConsole(options: AttemptOptions, said: ConsoleRecord): void {
  try {
    options.filesBeside(options.cell.pipeline.source.name).keep('console.log', said.bytes());
  } catch (thrown) {
    tellOf(options, asBootproofError(thrown).message);
  }
}

async function execute(options: AttemptOptions, said: ConsoleRecord): Promise<AttemptEnd> {
  const { cell, clock, signal } = options;
  const ms = cell.pipeline.timeoutMs ?? attemptMs;
  const limit = deadline(clock, { ms, why: 'the time limit of the attempt', parent: signal, reason: () => tooLong(ms) });
  try {
    return await withDevices(options, { said, signal: limit.signal }, (opened) => runSections(options, opened, limit.signal));
  } finally {
    limit.dispose();
  }
}

/** The teardown of an attempt whose runner died after its steps had begun. Whatever happens, the attempt is as aborted as it was. */
export async function tearDownLate(options: AttemptOptions): Promise<void> {
  const { cell, clock, before = [] } = options;
  if (cell.pipeline.teardown.every((_, index) => before.some(({ step }) => step === `teardown[${index}]`))) return;
  const limit = deadline(clock, { ms: teardownMs, why: 'the time limit of the teardown', reason: () => tooLong(teardownMs) });
  try {
    const place = { said: createConsoleRecord(), signal: limit.signal };
    await withDevices(options, place, (opened) => tearDown(createSections(options, opened), options));
  } catch (thrown) {
    tellDirty(options, `could not run: ${asBootproofError(thrown).message}`);
  } finally {
    limit.dispose();
  }
}

interface Opening {
  /** What the board says; of several boards nothing, since their text in one file would be no text. The event log has each of them. */
  readonly said: ConsoleRecord;
  readonly signal: AbortSignal;
}

async function withDevices<T>(
  options: AttemptOptions,
  { said, signal }: Opening,
  use: (opened: readonly OpenedDevice[]) => Promise<T>,
): Promise<T> {
  const { cell, clock, rng } = options;
  const opened: OpenedDevice[] = [];
  const limits: ConsoleLimit[] = [];
  try {
    for (const [role, board] of cell.board.members ?? new Map([['', cell.board]])) {
      const limit = limitConsole({ emit: (event) => emitAt(options, board, event), full: (text) => tellOf(options, text) });
      limits.push(limit);
      const emit = (event: BoardEvent): void => {
        if (event.kind === 'console' && role === '') said.add(event.text);
        limit.on(event);
      };
      const transport = transportOf(cell, role, board);
      const chance = role === '' ? rng : rng.fork(`device ${role}`);
      const device = await board.open({ transport, clock, rng: chance, signal, emit });
      opened.push({ role, device });
    }
    return await use(opened);
  } finally {
    await Promise.all(opened.map(({ device }) => device.close()));
    for (const limit of limits) limit.end();
  }
}

/** One board of several takes the transport of the cell if it has it. */
function transportOf({ pipeline, board: { members }, transport }: Cell, role: string, board: Board): string {
  if (members === undefined) return transport;
  return pipeline.devices.get(role)?.transport ?? (board.transports.includes(transport) ? transport : (board.transports[0] ?? ''));
}

function emitAt({ cell, attempt, emit }: AttemptOptions, board: Board, event: BoardEvent): void {
  emit({ ...event, board: board.name, cell: cell.id, attempt });
}

async function runSections(options: AttemptOptions, opened: readonly OpenedDevice[], signal: AbortSignal): Promise<AttemptEnd> {
  const { pipeline } = options.cell;
  const guard = new AbortController();
  const watched = AbortSignal.any([signal, guard.signal]);
  const sections = createSections(options, opened);
  const watches = opened.flatMap(({ device }) => [watchForbidden(pipeline.forbidLog, device, guard), watchBoots(device, guard)]);
  const unwatch = (): void => watches.forEach((stop) => stop());
  try {
    let end = endOfFailure(await sections.upToFailure(['setup', 'steps'], watched));
    if (end.outcome === 'passed') end = await lookAfterReset(options, opened, watched);
    if (guard.signal.aborted) end = withGuarded(end, asBootproofError(guard.signal.reason), options);
    unwatch();
    for (const { device } of opened) device.rejoin();
    if (end.outcome !== 'passed') await sections.each('on-failure', signal);
    return end.outcome === 'passed' && sections.held() === 0 ? withoutProof(pipeline) : end;
  } finally {
    unwatch();
    await tearDown(sections, options);
  }
}

function endOfFailure(failed: FailedStep | undefined): AttemptEnd {
  if (failed === undefined) return { outcome: 'passed', diagnostics: [] };
  const { path, verb, error } = failed;
  return { outcome: outcomeOfFault(error.fault), reason: `${path} ${verb}: ${error.message}`, diagnostics: [] };
}

/** Expectations that `when` or a loop left out have judged nothing. A pipeline that has none is judged by what its actions say. */
function withoutProof(pipeline: Pipeline): AttemptEnd {
  const count = expectationsOf(pipeline).length;
  if (count === 0) return { outcome: 'passed', diagnostics: [] };
  return { outcome: 'skipped', reason: `no expectation was reached, of ${count}: nothing is proven`, diagnostics: [] };
}

/** Runs with a limit of its own, since the attempt's may be what ended the steps. A failed teardown makes the board dirty, never the product guilty. */
async function tearDown(sections: Sections, options: AttemptOptions): Promise<void> {
  const { cell, clock } = options;
  if (cell.pipeline.teardown.length === 0) return;
  const limit = deadline(clock, { ms: teardownMs, why: 'the time limit of the teardown', reason: () => tooLong(teardownMs) });
  const clean = await sections.each('teardown', limit.signal);
  limit.dispose();
  if (!clean) tellDirty(options, 'failed');
}

function tellDirty(options: AttemptOptions, why: string): void {
  tellOf(options, `the teardown ${why}: ${options.cell.board.name} is dirty, and the next cell must bring it to a known state itself`);
}

function tellOf({ cell, attempt, emit }: AttemptOptions, text: string): void {
  emit({ kind: 'note', severity: 'warning', text, board: cell.board.name, cell: cell.id, attempt });
}

/** The first forbidden line aborts the attempt. */
function watchForbidden(patterns: readonly string[], device: Device, guard: AbortController): () => void {
  const forbidden = patterns.map(compilePattern);
  return device.console.onLine(({ text, epoch }) => {
    const hit = forbidden.find((pattern) => pattern.find(text) !== undefined);
    if (hit === undefined || guard.signal.aborted) return;
    const message = `the console said "${text}" in boot epoch ${epoch}, which forbid-log excludes`;
    guard.abort(new Failure(message, { code: 'log-forbidden', wanted: `no line with "${hit.text}"`, found: text }));
  });
}

/** A boot that broke a rule of the update oracle aborts the attempt. */
function watchBoots({ oracle }: Device, guard: AbortController): () => void {
  return oracle?.onViolation((failure) => guard.abort(failure)) ?? ((): void => undefined);
}

/** A board that the last step has made boot must come back, even if nobody looks. */
async function lookAfterReset(
  { cell, clock, inputs: { images } }: AttemptOptions,
  opened: readonly OpenedDevice[],
  signal: AbortSignal,
): Promise<AttemptEnd> {
  const last = cell.pipeline.steps.at(-1);
  const device = (opened.find(({ role }) => role === last?.device) ?? opened[0])?.device;
  if (last === undefined || !boots(last) || device?.oracle === undefined || device.parted || isServed(cell.pipeline))
    return { outcome: 'passed', diagnostics: [] };
  try {
    await awaitComeback({ device, clock, signal, images });
    return { outcome: 'passed', diagnostics: [] };
  } catch (thrown) {
    const error = asBootproofError(thrown);
    return { outcome: outcomeOfFault(error.fault), reason: error.message, diagnostics: [diagnosticOfError(error, last)] };
  }
}

function boots(step: AnyStep): boolean {
  return step.verb === 'reset' || step.verb === 'upgrade' || (step.verb === 'power' && step.args.off === undefined);
}

/** What the guard saw may come with the very last step, whose own work it did not disturb, or with a step that fails by itself. */
function withGuarded(end: AttemptEnd, seen: BootproofError, options: AttemptOptions): AttemptEnd {
  const guarded = endOfError(seen, options);
  if (end.outcome === 'passed') return guarded;
  if (end.reason?.endsWith(seen.message) === true) return end;
  return { ...end, diagnostics: [...end.diagnostics, ...guarded.diagnostics] };
}

function endOfError(error: BootproofError, options?: AttemptOptions): AttemptEnd {
  const step = options?.cell.pipeline.steps.at(-1);
  return { outcome: outcomeOfFault(error.fault), reason: error.message, diagnostics: [diagnosticOfError(error, step)] };
}

function tooLong(ms: number): BootproofError {
  return new Failure(`not done after ${formatDuration(ms)}`, {
    code: 'attempt-timeout',
    hint: 'raise the `timeout` of the pipeline if it may take longer',
  });
}
