/** Whether a board with a disturbed link did what it may do, by the events of the run. */

import type { RunEvent } from '../../src/events/event.ts';
import type { LinkName } from './boards.ts';
import { disturbanceOf } from './disturbed.ts';
import type { DisturbanceName } from './disturbed.ts';

export interface Row {
  readonly link: LinkName;
  readonly cells: number;
  readonly passed: number;
  readonly wrong: readonly string[];
  /** What became of the cells that did not pass, and the marks that the disturbance left. */
  readonly notes: readonly string[];
}

type CellEnd = Extract<RunEvent, { kind: 'cell-end' }>;
type FaultInjected = Extract<RunEvent, { kind: 'fault' }>;

/** The board of a link has the link's name. */
export function judge(link: LinkName, name: DisturbanceName, events: readonly RunEvent[]): Row {
  const plan = events.flatMap((event) => (event.kind === 'plan' ? event.cells : []));
  const planned = new Set(plan.filter(({ board }) => board === link).map(({ cell }) => cell));
  const ends = events.filter((event): event is CellEnd => event.kind === 'cell-end' && planned.has(event.cell));
  const others = ends.filter(({ outcome }) => outcome !== 'passed');
  const faults = events.filter((event): event is FaultInjected => event.kind === 'fault' && event.board === link);
  const wrong = [
    ...(planned.size === 0 ? ['no cell was planned'] : []),
    ...(ends.length === planned.size ? [] : [`${ends.length} of ${planned.size} cells ended`]),
    ...others.filter((end) => !isAllowed(end, name, events)).map((end) => `${end.cell}: ${end.outcome}: ${reasonOf(end)}`),
    ...(name === 'vanished' ? unnoticed(ends) : unproven(name, faults, planned.size)),
  ];
  const notes = [...counted(others), ...harmIn(faults)];
  return { link, cells: ends.length, passed: ends.length - others.length, wrong, notes };
}

function isAllowed(end: CellEnd, name: DisturbanceName, events: readonly RunEvent[]): boolean {
  // The board is given up, and its other cells say so: the night goes on without it.
  if (name === 'vanished' && end.outcome === 'not-run') return end.reason?.startsWith('its board was given up: ') === true;
  return end.outcome === 'infra' && codesOf(end, events).some((code) => disturbanceOf(name).infra.includes(code));
}

/** Of what the cell itself says, and of what its failed steps say. */
function codesOf({ cell, diagnostics }: CellEnd, events: readonly RunEvent[]): readonly string[] {
  const steps = events.flatMap((event) => (event.kind === 'step-end' && event.cell === cell ? event.diagnostics : []));
  return [...diagnostics, ...steps].map(({ code }) => code);
}

function unnoticed(ends: readonly CellEnd[]): readonly string[] {
  return ends.some(({ outcome }) => outcome === 'infra') ? [] : ['no cell noticed that the port had gone'];
}

/** A pass proves nothing unless the link was really disturbed. */
function unproven(name: DisturbanceName, faults: readonly FaultInjected[], cells: number): readonly string[] {
  const { fault } = disturbanceOf(name);
  if (fault === undefined) return [];
  const started = faults.filter((event) => event.fault === fault.do && event.phase === 'started').length;
  const seen = fault.seen === undefined || faults.some(({ detail = '' }) => fault.seen?.test(detail));
  return [
    ...(started < cells ? [`the fault began in ${started} of ${cells} cells`] : []),
    ...(seen ? [] : ['the fault began, and did nothing to any packet']),
  ];
}

/** `of 76 packets: 1 lost, 0 twice, 0 late`, added up over all cells. */
function harmIn(faults: readonly FaultInjected[]): readonly string[] {
  const told = faults.flatMap(({ detail = '' }) => [
    ...detail.matchAll(/^of ([0-9]+) packets: ([0-9]+) lost, ([0-9]+) twice, ([0-9]+) late$/g),
  ]);
  if (told.length === 0) return [];
  const [packets, lost, twice, late] = [1, 2, 3, 4].map((index) => told.reduce((sum, numbers) => sum + Number(numbers[index]), 0));
  return [`of ${packets} packets: ${lost} lost, ${twice} twice, ${late} late`];
}

function counted(ends: readonly CellEnd[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const end of ends) {
    const said = `${end.outcome}: ${reasonOf(end)}`;
    counts.set(said, (counts.get(said) ?? 0) + 1);
  }
  return [...counts].map(([said, count]) => `${count} ${said}`);
}

function reasonOf({ reason = 'no reason' }: CellEnd): string {
  return reason.split('\n')[0]!.slice(0, 160);
}
