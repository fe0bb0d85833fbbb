/**
 * TAP for `prove` and every other consumer: version 13, because Perl's harness fails any stream that says 14, flat, one
 * point per cell, the steps in its YAML block. Points come in the order of the plan, so that a number means the same
 * cell in every report of a plan; a cell that ends early waits for those before it.
 */

import { cellOutcomes } from '../events/outcome.ts';
import { unreachable } from '../base/assert.ts';
import { describeIssue, displayJson, headline, mainDiagnostic } from './describe.ts';
import { clip, oneLine, printable } from './text.ts';
import type { EventDiagnostic, JsonValue } from '../events/event.ts';
import type { ReporterFactory } from './reporter.ts';
import type { RunFold } from './fold.ts';
import type { CellSummary, RunSummary, StepSummary } from './summary.ts';

/** Longest quoted scalar, in bytes. Perl's YAML reader gives up on strings that need more than 32766 steps of its regular expression. */
const scalarBytesMax = 4096;

export const createTapReporter: ReporterFactory = (run) => {
  let text = '';
  let points = 0;
  const write = (more: string): string => {
    text += more;
    return more;
  };
  const writePoints = (isReady: (index: number) => boolean): string => {
    let more = '';
    for (; points < run.planned && isReady(points); points += 1) more += renderPoint(run.cell(points), points + 1);
    return write(more);
  };
  return {
    name: 'tap',
    on: (event) => {
      const head = text === '' ? write(renderHead(run)) : '';
      if (event.kind === 'plan') return head + write(renderPlan(run.planned));
      if (event.kind === 'cell-end') return head + writePoints(run.isDecided);
      if (event.kind === 'run-end') return head + writePoints(run.isDecided) + write(renderTail(run.summary()));
      return head === '' ? undefined : head;
    },
    end: () => {
      if (run.finish === 'killed') {
        writePoints(() => true);
        write(renderTail(run.summary()));
      }
      return [{ path: 'results.tap', text }];
    },
  };
};

function renderHead({ start }: RunFold): string {
  const made = start === undefined ? 'run unknown' : `run ${start.run}, bootproof ${start.bootproof}, seed ${start.seed}`;
  return `TAP version 13\n# ${oneLine(made)}\n`;
}

function renderPlan(planned: number): string {
  return planned === 0 ? '1..0 # SKIP no cell is planned\n' : `1..${planned}\n`;
}

function renderTail(run: RunSummary): string {
  const counts = cellOutcomes.filter((outcome) => run.counts[outcome] > 0).map((outcome) => `${run.counts[outcome]} ${outcome}`);
  const finish = run.finish === 'complete' ? '' : `# the run was ${run.finish}\n`;
  return `${finish}# ${counts.join(', ') || 'no cells'}\n`;
}

function renderPoint(cell: CellSummary, number: number): string {
  const { title, cell: id } = cell.plan;
  const { ok, directive } = judge(cell);
  return `${ok ? 'ok' : 'not ok'} ${number} - ${escape(title)} (${escape(id)})${directive}\n${renderYaml(cell)}`;
}

/**
 * An unexpected pass must not be `ok # TODO`: `prove` would call that a success. TAP has no word for a flaky cell, and the
 * exit code of its run is that of a failure.
 */
function judge(cell: CellSummary): { readonly ok: boolean; readonly directive: string } {
  switch (cell.outcome) {
    case 'passed':
      return { ok: true, directive: '' };
    case 'skipped':
    case 'not-applicable':
      return { ok: true, directive: directive('SKIP', headline(cell)) };
    case 'xfailed':
      return { ok: false, directive: directive('TODO', describeIssue(cell)) };
    case 'failed':
    case 'infra':
    case 'broken':
    case 'xpassed':
    case 'flaky':
    case 'not-run':
    case 'aborted':
      return { ok: false, directive: '' };
    default:
      return unreachable(cell.outcome);
  }
}

/** A brace at the end of a line would open a subtest for parsers of TAP 14, so a blank follows it. */
function directive(word: 'SKIP' | 'TODO', reason: string): string {
  return ` # ${word} ${escape(reason).replace(/\{$/, '{ ')}`;
}

/** TAP escapes, for descriptions and reasons. */
function escape(text: string): string {
  return oneLine(text).replace(/[\\#]/g, '\\$&');
}

function renderYaml(cell: CellSummary): string {
  const attempt = cell.attempts.at(-1);
  const block: YamlMap = {
    outcome: cell.outcome,
    duration_ms: milliseconds(cell.durationMs),
    pipeline: cell.plan.pipeline,
    board: attempt?.board ?? cell.plan.board,
    transport: attempt?.transport,
    attempts: cell.attempts.length > 1 ? cell.attempts.length : undefined,
    ticket: cell.issue?.ticket,
    message: cell.outcome === 'passed' ? cell.reason : headline(cell),
    ...explain(mainDiagnostic(cell)),
    steps: attempt?.steps.map(describeStep),
  };
  return `  ---\n${yamlLines(block, '  ').join('\n')}\n  ...\n`;
}

function explain(diagnostic: EventDiagnostic | undefined): YamlMap {
  if (diagnostic === undefined) return {};
  const { severity, code, at, found, wanted, hint } = diagnostic;
  return {
    severity,
    code,
    at: at && { file: at.file, line: at.line, column: at.column },
    found: yamlOf(found),
    wanted: yamlOf(wanted),
    hint,
  };
}

function describeStep(step: StepSummary): YamlMap {
  return {
    step: step.step,
    verb: step.verb,
    title: step.title,
    outcome: step.outcome,
    duration_ms: milliseconds(step.durationMs),
    message: step.diagnostics[0]?.message,
  };
}

function milliseconds(ms: number): number {
  return Number(ms.toFixed(3));
}

interface YamlMap {
  readonly [key: string]: string | number | boolean | YamlMap | readonly YamlMap[] | undefined;
}

/**
 * Only what Perl's reader of TAP's YAML subset understands: maps and lists of maps in block form, words as keys, strings in
 * double quotes on one line. A list item that is itself a string with a colon would stop `prove` altogether.
 */
function yamlLines(map: YamlMap, indent: string): readonly string[] {
  return Object.entries(map).flatMap(([key, value]) => {
    if (value === undefined) return [];
    if (typeof value !== 'object') return `${indent}${key}: ${typeof value === 'string' ? quote(value) : value}`;
    const lines = isList(value) ? value.flatMap((item) => listItem(item, `${indent}  `)) : yamlLines(value, `${indent}  `);
    return lines.length === 0 ? [] : [`${indent}${key}:`, ...lines];
  });
}

function listItem(item: YamlMap, indent: string): readonly string[] {
  const [first = '', ...rest] = yamlLines(item, `${indent}  `);
  return [`${indent}- ${first.trimStart()}`, ...rest];
}

function isList(value: YamlMap | readonly YamlMap[]): value is readonly YamlMap[] {
  return Array.isArray(value);
}

/** JSON strings are double-quoted YAML once the characters are gone on which the two differ. */
function quote(text: string): string {
  return JSON.stringify(clip(printable(text), scalarBytesMax));
}

function yamlOf(value: JsonValue | undefined): string | number | boolean | undefined {
  if (value === undefined || typeof value === 'number' || typeof value === 'boolean') return value;
  return displayJson(value);
}
