/**
 * JUnit XML in the form that Jenkins, GitLab, GitHub actions and Azure all read: one suite for each pipeline on each board,
 * no nested suites, exact counts, names that are unique in the run.
 */

import { createJunitCase, renderProperties } from './junit-case.ts';
import { fromSummary } from './reporter.ts';
import { oneLine, seconds } from './text.ts';
import { element, renderElement } from './xml.ts';
import type { RunStart } from '../events/event.ts';
import type { JunitCase, Namer } from './junit-case.ts';
import type { Output } from './reporter.ts';
import type { CellSummary, RunSummary } from './summary.ts';

/** GitLab refuses files above 30 MB and about 250 000 nodes; a case has about ten. */
const fileLimits = { charactersMax: 20_000_000, casesMax: 15_000 };

export const createJunitReporter = fromSummary('junit', renderJunit);

interface Suite {
  readonly xml: string;
  readonly cases: readonly JunitCase[];
}

function renderJunit(run: RunSummary): readonly Output[] {
  const unique = createNamer();
  const suites = groupBySuite(run.cells).map((cells, index) => makeSuite(run.start, cells, { index, unique }));
  return divide(suites).map((part, index) => ({ path: index === 0 ? 'junit.xml' : `junit-${index + 1}.xml`, text: renderFile(part) }));
}

function renderFile(suites: readonly Suite[]): string {
  const { tests, failures, errors, time } = countCases(suites.flatMap((suite) => suite.cases));
  const counts = `name="bootproof" tests="${tests}" failures="${failures}" errors="${errors}" time="${time}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ${counts}>\n${suites.map((suite) => suite.xml).join('')}</testsuites>\n`;
}

/** Whole suites per file, as many as fit; at least one file. */
function divide(suites: readonly Suite[]): readonly (readonly Suite[])[] {
  const parts: Suite[][] = [[]];
  let characters = 0;
  let cases = 0;
  for (const suite of suites) {
    characters += suite.xml.length;
    cases += suite.cases.length;
    if (cases > suite.cases.length && (characters > fileLimits.charactersMax || cases > fileLimits.casesMax)) {
      parts.push([]);
      characters = suite.xml.length;
      cases = suite.cases.length;
    }
    parts.at(-1)!.push(suite);
  }
  return parts;
}

/** One suite for each pipeline on each board, in the order of the plan. */
function groupBySuite(cells: readonly CellSummary[]): readonly (readonly CellSummary[])[] {
  const groups = new Map<string, CellSummary[]>();
  for (const cell of cells) {
    const key = JSON.stringify([cell.plan.pipeline, cell.plan.board]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [cell]);
    else group.push(cell);
  }
  return [...groups.values()];
}

function makeSuite(
  start: RunStart | undefined,
  cells: readonly CellSummary[],
  place: { readonly index: number; readonly unique: Namer },
): Suite {
  const { pipeline, board } = cells[0]!.plan;
  const cases = cells.map((cell) => createJunitCase(cell, place.unique));
  const attributes = {
    name: place.unique('', `${pipeline} on ${board}`),
    id: place.index,
    hostname: start?.host['hostname'],
    timestamp: start && timestamp(start, cells),
    ...countCases(cases),
  };
  const properties = start === undefined ? [] : [renderProperties(describeRun(start))];
  return { xml: renderElement(element('testsuite', attributes, [...properties, ...cases.map(({ xml }) => xml)]), '  '), cases };
}

function countCases(cases: readonly JunitCase[]) {
  const count = (verdict: string): number => cases.filter((testCase) => testCase.verdict === verdict).length;
  const time = seconds(cases.reduce((sum, { durationMs }) => sum + durationMs, 0));
  return { tests: cases.length, failures: count('failure'), errors: count('error'), skipped: count('skipped'), time };
}

/** When the first cell of a suite started, or the run if none did; to the second, as the XSDs demand. */
function timestamp(start: RunStart, cells: readonly CellSummary[]): string {
  const startedAt = cells.reduce((first, cell) => Math.min(first, cell.startedAt ?? Infinity), Infinity);
  const ms = Date.parse(start.started) + (Number.isFinite(startedAt) ? startedAt : 0);
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

function describeRun({ run, seed, bootproof, host }: RunStart): Readonly<Record<string, string | number>> {
  const facts = Object.fromEntries(Object.entries(host).map(([name, value]) => [`host.${name}`, value]));
  return { run, seed, bootproof, ...facts };
}

/** Equal names get a number, because consumers keep only one case of them. */
function createNamer(): Namer {
  const used = new Set<string>();
  return (scope, name) => {
    const line = oneLine(name);
    const keyOf = (candidate: string): string => JSON.stringify([oneLine(scope), candidate]);
    let unique = line;
    for (let times = 2; used.has(keyOf(unique)); times += 1) unique = `${line} (${times})`;
    used.add(keyOf(unique));
    return unique;
  };
}
