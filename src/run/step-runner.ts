/** One step from its start event to its end event: condition, arguments, time limit, retries, expected errors, captures. */

import { deadline, sleep } from '../base/clock.ts';
import { BootproofError } from '../base/errors.ts';
import { formatDuration } from '../base/quantities.ts';
import { SmpRefusal } from '../client/errors.ts';
import type { InnerSteps, StepContext } from '../device/context.ts';
import { describeExpectedError, isExpectedError } from '../device/expected-error.ts';
import { Failure } from '../device/failure.ts';
import { withFault } from '../device/faults.ts';
import type { EventDiagnostic, JsonValue, Section } from '../events/event.ts';
import type { ExecutionOutcome } from '../events/outcome.ts';
import type { Diagnostic } from '../language/diagnostics.ts';
import { frameOf, placeOf } from '../language/diagnostics.ts';
import type { AnyStep, ExpectedError, Verb } from '../language/model.ts';
import { isWanted, resolveStep } from '../language/resolve.ts';
import type { ResolvedStep, Scope } from '../language/resolve.ts';
import { steps } from '../steps/index.ts';
import type { StepHandler, StepResult } from '../steps/step.ts';
import { diagnosticOfError, eventDiagnostic } from './diagnostics.ts';
import { asBootproofError, outcomeOfFault } from './outcome.ts';
import { stepTitle } from './step-title.ts';
import type { Emit } from './timeline.ts';

export interface StepRun {
  readonly cell: string;
  readonly attempt: number;
  /** Such as `steps[3]`; inner steps append theirs. Unique in the attempt. */
  readonly path: string;
  readonly section: Section;
  readonly emit: Emit;
  /** What a step is given apart from its own signal, position and progress. */
  readonly context: Omit<StepContext, 'step' | 'signal' | 'progress' | 'note' | 'tell' | 'inner' | 'operands'>;
  readonly scope: Scope;
  /** The steps within the step, which end with the given signal. */
  readonly inner: (signal: AbortSignal) => InnerSteps;
  readonly signal: AbortSignal;
  /** Of a step of a fragment: the step that calls it. */
  readonly caller: AnyStep | undefined;
}

export interface StepEndState {
  readonly outcome: ExecutionOutcome;
  readonly error?: BootproofError;
  readonly result: StepResult;
  readonly saved: Readonly<Record<string, JsonValue>>;
}

/** Verbs that leave the slots alone, or whose answer tells what became of them. After any other one, image lists of before are worth nothing. */
const tellingVerbs: ReadonlySet<Verb> = new Set<Verb>([
  'expect',
  'reset',
  'power',
  'connect',
  'disconnect',
  'mark-pending',
  'confirm',
  'echo',
  'wait',
  'collect',
  'settings',
  'files',
]);

/** Never throws: whatever happens becomes the outcome. */
export async function runStep(step: AnyStep, run: StepRun): Promise<StepEndState> {
  const { cell, attempt, path, section, emit, context } = run;
  const source = placeOf(step.span);
  if (step.id !== undefined) context.device.moments.step.tell(step.id);
  emit({ kind: 'step-start', cell, attempt, step: path, section, verb: step.verb, title: stepTitle(step), source });
  const startedAt = context.clock.now();
  if (!tellingVerbs.has(step.verb)) context.device.oracle?.unsure();
  const end = await settle(step, run);
  emit({
    kind: 'step-end',
    cell,
    attempt,
    step: path,
    outcome: end.outcome,
    durationMs: Math.round((context.clock.now() - startedAt) * 1000) / 1000,
    diagnostics: end.diagnostics,
    ...(Object.keys(end.result).length === 0 ? {} : { result: end.result }),
    ...(Object.keys(end.saved).length === 0 ? {} : { saved: end.saved }),
  });
  return end;
}

type Settled = StepEndState & { readonly diagnostics: readonly EventDiagnostic[] };

async function settle(step: AnyStep, run: StepRun): Promise<Settled> {
  try {
    const wanted = unwrap(isWanted(step, run.scope));
    if (!wanted) return { outcome: 'skipped', result: {}, saved: {}, diagnostics: [] };
    const result = await execute(step, run);
    return { outcome: 'passed', result, saved: capture(step, result), diagnostics: [] };
  } catch (thrown) {
    const error = asBootproofError(thrown);
    const severity = step.severity === 'warn' ? 'warning' : 'error';
    const diagnostics = error instanceof StepMistake ? error.diagnostics.map(eventDiagnostic) : [diagnosticOfError(error, step, severity)];
    const called = run.caller === undefined ? [] : [calledBy(run.caller)];
    return { outcome: outcomeOfFault(error.fault), error, result: {}, saved: {}, diagnostics: [...diagnostics, ...called] };
  }
}

/** The place of a call, for what happens in its fragment. */
function calledBy(caller: AnyStep): EventDiagnostic {
  const span = caller.locate([caller.verb]);
  return { code: 'called-here', severity: 'info', message: 'the fragment is called here', at: placeOf(span), frame: frameOf(span) };
}

/** Expressions of the step that cannot be evaluated. */
class StepMistake extends BootproofError {
  readonly diagnostics: readonly Diagnostic[];
  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics[0]?.message ?? 'the step cannot be evaluated', { fault: 'input', code: diagnostics[0]?.code ?? 'expression' });
    this.diagnostics = diagnostics;
  }
}

/** The value, or the diagnostics as an error. */
export function unwrap<T>(
  resolution: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] },
): T {
  if (resolution.ok) return resolution.value;
  throw new StepMistake(resolution.diagnostics);
}

async function execute(step: AnyStep, run: StepRun): Promise<StepResult> {
  const resolved = unwrap(resolveStep(step, run.scope)) as ResolvedStep<Verb>;
  const ms = resolved.timeoutMs ?? handlerOf(resolved.verb).timeoutMs(resolved, run.context.device);
  const { clock } = run.context;
  const limit = deadline(clock, { ms, why: `time limit of ${run.path}`, parent: run.signal, reason: () => tooLong(ms) });
  const place = { cell: run.cell, attempt: run.attempt, board: run.context.device.board };
  const context: StepContext = {
    ...run.context,
    step,
    signal: limit.signal,
    progress: createProgress(run),
    operands: resolved.operands,
    inner: run.inner(limit.signal),
    note: (text, severity = 'info') => run.emit({ kind: 'note', severity, text, ...place }),
    tell: (event) => run.emit({ ...event, ...place }),
  };
  try {
    const work = (): Promise<StepResult> => runVerb(resolved, context, step.expectError);
    return await withFault(resolved.fault, context, () => withRetries(resolved, context, work));
  } finally {
    limit.dispose();
  }
}

function handlerOf<V extends Verb>(verb: V): StepHandler<V> {
  return steps[verb];
}

function runVerb<V extends Verb>(
  resolved: ResolvedStep<V>,
  context: StepContext,
  expected: ExpectedError | undefined,
): Promise<StepResult> {
  const work = handlerOf(resolved.verb).run(resolved.args, context, resolved);
  return expected === undefined ? work : demandError(work, expected, context);
}

/** With `expect-error` exactly that refusal is the pass. */
async function demandError(work: Promise<StepResult>, expected: ExpectedError, { device }: StepContext): Promise<StepResult> {
  const wanted = describeExpectedError(expected);
  try {
    await work;
  } catch (thrown) {
    if (!(thrown instanceof SmpRefusal)) throw thrown;
    const answer = device.lastAnswer;
    if (answer?.kind === 'error' && isExpectedError(answer, expected)) return {};
    throw new Failure(`the device refused for another reason: ${thrown.message}`, { code: 'error-differs', wanted, found: thrown.message });
  }
  throw new Failure(`the device did it, but ${wanted} was expected`, { code: 'error-missing', wanted, found: 'success' });
}

/** Only what the lab did wrong is tried again; a product that fails once has failed. */
async function withRetries(step: ResolvedStep<Verb>, context: StepContext, work: () => Promise<StepResult>): Promise<StepResult> {
  const { max, delayMs } = step.retry ?? { max: 0, delayMs: 0 };
  for (let retry = 0; ; retry += 1) {
    try {
      return await work();
    } catch (thrown) {
      const infra = thrown instanceof BootproofError && thrown.fault === 'infra';
      if (!infra || retry >= max || context.signal.aborted) throw thrown;
      context.note(`try ${retry + 1} of ${max + 1} failed: ${thrown.message}`, 'warning');
      await sleep(context.clock, delayMs, 'the pause before the next try', context.signal);
    }
  }
}

function tooLong(ms: number): BootproofError {
  return new Failure(`the step was not done after ${formatDuration(ms)}`, {
    code: 'step-timeout',
    hint: 'raise its `timeout` if it may take longer',
  });
}

/** Progress that comes faster than anybody could look is left out, but for its end. */
const progressMs = 200;

function createProgress({ emit, cell, attempt, path, context }: StepRun): StepContext['progress'] {
  let shownAt = -progressMs;
  return (done, total, unit) => {
    if (total !== undefined) context.device.moments.progress.tell(done, total);
    const now = context.clock.now();
    if (now - shownAt < progressMs && done !== total) return;
    shownAt = now;
    emit({
      kind: 'step-progress',
      cell,
      attempt,
      step: path,
      done,
      ...(total === undefined ? {} : { total }),
      ...(unit === undefined ? {} : { unit }),
    });
  };
}

/** The values that `save` takes out of the result. */
function capture(step: AnyStep, result: StepResult): Readonly<Record<string, JsonValue>> {
  return Object.fromEntries([...step.save].map(([name, path]) => [name, valueAt(result, path)]));
}

function valueAt(result: StepResult, path: string): JsonValue {
  let value: JsonValue | undefined = result;
  for (const key of path.split('.')) {
    value = typeof value === 'object' && value !== null ? (value as Readonly<Record<string, JsonValue>>)[key] : undefined;
  }
  if (value !== undefined) return value;
  throw new BootproofError(`the result of the step has no "${path}"`, {
    fault: 'input',
    code: 'save-path',
    hint: `it has: ${Object.keys(result).join(', ') || 'nothing'}`,
  });
}
