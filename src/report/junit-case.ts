/**
 * One case of a JUnit report: one result, one `system-out`, properties. `file` and `line` are in no published XSD, nor are the
 * properties of a case; GitLab and GitHub actions show the former, Jenkins the latter.
 */

import { unreachable } from '../base/assert.ts';
import { describeAttempt, describeFailure, describeIssue, headline, positionOf, titleOf } from './describe.ts';
import { isRed } from './summary.ts';
import { clip, headAndTail, oneLine, seconds } from './text.ts';
import { element } from './xml.ts';
import type { AttemptSummary, CellSummary } from './summary.ts';
import type { XmlElement } from './xml.ts';

/** Jenkins drops more than 100 000 characters of a failed case, and 1000 of a passed one. */
const outputBytesMax = { passed: 8 * 1024, other: 64 * 1024 };
const bodyBytesMax = 64 * 1024;
const messageBytesMax = 1000;
/** More attachment lines than anybody opens would push the log out of `system-out`. */
const attachmentsMax = 32;

export interface JunitCase {
  readonly xml: XmlElement;
  /** The name of the element that says how the case ended; undefined for a pass. */
  readonly verdict: string | undefined;
  readonly durationMs: number;
}

/** Gives the name, changed if it was given before in the same scope. */
export type Namer = (scope: string, name: string) => string;

export function createJunitCase(cell: CellSummary, unique: Namer): JunitCase {
  const classname = `${cell.plan.pipeline}.${cell.plan.board}`;
  const { file, line } = positionOf(cell);
  const attributes = {
    classname,
    name: unique(classname, titleOf(cell)),
    file: file === '' ? undefined : file,
    line: file === '' ? undefined : line,
    time: seconds(cell.durationMs),
  };
  const results = renderResults(cell);
  const output = describeOutput(cell);
  const content = [renderProperties(describeCell(cell)), ...results, ...(output === '' ? [] : [element('system-out', {}, output)])];
  return { xml: element('testcase', attributes, content), verdict: results[0]?.name, durationMs: cell.durationMs };
}

/** One element that says how the case ended, none for a pass; for a flaky one the failures that another attempt made good. */
function renderResults(cell: CellSummary): readonly XmlElement[] {
  switch (cell.outcome) {
    case 'passed':
      return [];
    case 'flaky':
      return cell.attempts.filter(({ outcome }) => isRed(outcome)).map(renderFlakyFailure);
    case 'failed':
      return [renderVerdict('failure', cell, cell.outcome)];
    case 'xpassed':
      return [renderVerdict('failure', cell, 'unexpected-pass')];
    case 'infra':
    case 'broken':
    case 'not-run':
    case 'aborted':
      return [renderVerdict('error', cell, cell.outcome)];
    case 'xfailed':
      return [renderSkipped(cell, `known issue ${describeIssue(cell)}`)];
    case 'skipped':
    case 'not-applicable':
      return [renderSkipped(cell, headline(cell))];
    default:
      return unreachable(cell.outcome);
  }
}

function renderVerdict(name: 'failure' | 'error', cell: CellSummary, type: string): XmlElement {
  return element(name, { message: shorten(headline(cell)), type }, describeCause(cell, headline(cell)));
}

function renderSkipped(cell: CellSummary, message: string): XmlElement {
  return element('skipped', { message: shorten(message) }, describeCause(cell, message));
}

/** The form of Maven's Surefire, which Jenkins reads. */
function renderFlakyFailure({ attempt, outcome, failedStep }: AttemptSummary): XmlElement {
  const diagnostics = failedStep?.diagnostics ?? [];
  const message = diagnostics[0]?.message ?? `attempt ${attempt} ${outcome}`;
  const trace = element('stackTrace', {}, describeCause({ failedStep, diagnostics }, message));
  return element('flakyFailure', { message: shorten(message), type: outcome }, [trace]);
}

function describeCause({ failedStep, diagnostics }: Pick<CellSummary, 'failedStep' | 'diagnostics'>, message: string): string {
  return headAndTail(describeFailure(message, failedStep, diagnostics), bodyBytesMax);
}

function shorten(message: string): string {
  return clip(oneLine(message), messageBytesMax);
}

function describeCell(cell: CellSummary): Readonly<Record<string, string | number | undefined>> {
  const attempt = cell.attempts.at(-1);
  return {
    ...cell.properties,
    cell: cell.plan.cell,
    board: attempt?.board ?? cell.plan.board,
    transport: attempt?.transport,
    outcome: cell.outcome,
    attempts: cell.attempts.length,
    ...(cell.issue && { issue: cell.issue.id, ticket: cell.issue.ticket }),
    ...(cell.outcome === 'flaky' && { flaky: 'true' }),
  };
}

/** Properties without a value are left out. */
export function renderProperties(properties: Readonly<Record<string, string | number | undefined>>): XmlElement {
  const present = Object.entries(properties).filter(([, value]) => value !== undefined);
  return element(
    'properties',
    {},
    present.map(([name, value]) => element('property', { name, value })),
  );
}

/** The log of the case; attachment lines come last, each alone on its line, as Jenkins and GitLab want them. */
function describeOutput(cell: CellSummary): string {
  const attempts = cell.attempts.map((attempt) => describeAttempt(attempt, cell.attempts.length));
  const remark = cell.outcome === 'flaky' ? ['flaky: failed, and passed when tried again'] : [];
  const attachments = cell.artifacts.slice(0, attachmentsMax).map(({ path }) => `[[ATTACHMENT|${oneLine(path)}]]\n`);
  const room = outputBytesMax[cell.outcome === 'passed' ? 'passed' : 'other'] - Buffer.byteLength(attachments.join(''));
  const log = disarm([...attempts, ...remark].map((text) => `${text}\n`).join(''));
  return headAndTail(log, Math.max(0, room)) + attachments.join('');
}

/** What a device prints must not make Jenkins fetch a file. */
function disarm(log: string): string {
  return log.replaceAll('[[ATTACHMENT|', '[[ATTACHMENT |');
}
