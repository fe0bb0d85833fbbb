/** What a terminal shows while a run goes on: a line for each cell that ended, and below them what every board does now. */

import { styleText } from 'node:util';
import { formatDuration, formatSize } from '../base/quantities.ts';
import type { CellOutcome } from '../events/outcome.ts';
import type { EventDiagnostic, RunEvent } from '../events/event.ts';
import { isRed } from '../report/summary.ts';
import type { CliIo } from './io.ts';

export interface LiveView {
  on(event: RunEvent): void;
  /** Shows nothing until the returned function is called. */
  hold(): () => void;
  /** Removes the moving part. */
  end(): void;
}

interface Working {
  readonly title: string;
  step: string;
  progress: string;
  /** What went wrong first. */
  problem: EventDiagnostic | undefined;
}

/** More boards than this are counted, not shown. */
const rowsMax = 12;
const barWidth = 12;
const columnsMax = 100;
/** Of terminals that do not say how large they are. */
const usualSize = { columns: 80, rows: 24 };

export function createLiveView(io: CliIo): LiveView {
  const working = new Map<string, Working>();
  const titles = new Map<string, string>();
  let shown = 0;
  /** Lines that wait while somebody else has the terminal. */
  let held: string[] | undefined;

  const clear = (): void => {
    if (shown > 0) io.stdout(`\u001b[${shown}A\u001b[0J`);
    shown = 0;
  };
  const draw = (): void => {
    if (held !== undefined) return;
    clear();
    // What wraps or scrolls away cannot be taken back. The cursor needs a column and a row of its own.
    const size = io.size ?? usualSize;
    const columns = Math.min(columnsMax, size.columns - 1);
    const most = Math.max(0, Math.min(rowsMax, size.rows - 2));
    const rows = [...working.values()].slice(0, most).map((one) => rowOf(one, columns));
    if (working.size > most) rows.push(cut(`  and ${working.size - most} more`, columns));
    io.stdout(rows.map((row) => `${row}\n`).join(''));
    shown = rows.length;
  };
  const finish = (line: string): void => {
    if (held !== undefined) return void held.push(line);
    clear();
    io.stdout(`${line}\n`);
    draw();
  };

  return {
    on: (event) => {
      switch (event.kind) {
        case 'plan':
          for (const { cell } of event.cells) titles.set(cell, cell);
          io.stdout(`${event.cells.length} cells\n`);
          return;
        case 'cell-start':
          working.set(event.cell, { title: titles.get(event.cell) ?? event.cell, step: 'starting', progress: '', problem: undefined });
          return draw();
        case 'step-start':
          return change(working.get(event.cell), draw, { step: event.title, progress: '' });
        case 'step-progress':
          return change(working.get(event.cell), draw, { progress: bar(event.done, event.total, event.unit) });
        case 'step-end':
          return noteProblem(working.get(event.cell), event.diagnostics);
        case 'cell-end': {
          const problem = working.get(event.cell)?.problem ?? event.diagnostics[0];
          working.delete(event.cell);
          return finish(cellText(event, problem));
        }
        case 'run-end':
          return finish(runLine(event));
        default:
          return;
      }
    },
    hold: () => {
      clear();
      held = [];
      return () => {
        const lines = held ?? [];
        held = undefined;
        for (const line of lines) finish(line);
        draw();
      };
    },
    end: clear,
  };
}

function change(one: Working | undefined, draw: () => void, change: Partial<Working>): void {
  if (one === undefined) return;
  Object.assign(one, change);
  draw();
}

function noteProblem(one: Working | undefined, diagnostics: readonly EventDiagnostic[]): void {
  if (one !== undefined) one.problem ??= diagnostics.find(({ severity }) => severity === 'error');
}

/** The outcome, and for a bad one why, where, and what to do. */
function cellText(
  { cell, outcome, reason, durationMs }: Extract<RunEvent, { kind: 'cell-end' }>,
  problem: EventDiagnostic | undefined,
): string {
  const took = durationMs > 0 ? ` ${styleText('dim', formatDuration(durationMs))}` : '';
  const lines = [`${styleText(colourOf(outcome), outcome.padEnd(14))} ${cell}${took}`];
  if (reason !== undefined) lines.push(`    ${reason}`);
  if (isRed(outcome) && problem !== undefined) {
    if (problem.at !== undefined) lines.push(styleText('dim', `    at ${problem.at.file}:${problem.at.line}:${problem.at.column}`));
    if (problem.hint !== undefined) lines.push(`    hint: ${problem.hint}`);
  }
  return lines.join('\n');
}

function runLine({ counts, exitCode }: Extract<RunEvent, { kind: 'run-end' }>): string {
  const parts = Object.entries(counts).map(([outcome, count]) => `${count} ${outcome}`);
  return styleText(exitCode === 0 ? 'green' : 'red', parts.join(', ') || 'no cells');
}

function colourOf(outcome: CellOutcome): 'red' | 'green' | 'yellow' {
  if (isRed(outcome)) return 'red';
  return outcome === 'passed' ? 'green' : 'yellow';
}

function bar(done: number, total: number | undefined, unit = ''): string {
  const amount = (value: number): string => (unit === 'B' ? formatSize(value) : `${value} ${unit}`.trim());
  if (total === undefined || total <= 0) return amount(done);
  const filled = Math.min(barWidth, Math.round((done / total) * barWidth));
  return `[${'#'.repeat(filled)}${'.'.repeat(barWidth - filled)}] ${amount(done)} of ${amount(total)}`;
}

/** What is done counts more than where: a long title gives way to the step, and both to its progress. */
function rowOf({ title, step, progress }: Working, columns: number): string {
  const room = columns - `  :  ${progress}`.length;
  const place = cut(title, Math.max(room - step.length, Math.floor(columns / 4)));
  return cut(`  ${place}: ${cut(step, room - place.length)} ${progress}`.trimEnd(), columns);
}

function cut(text: string, columns: number): string {
  return text.length <= columns ? text : `${text.slice(0, Math.max(0, columns - 3))}...`;
}
