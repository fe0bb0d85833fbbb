/** Replays power cuts: one at every flash operation of a boot, and several in a row. */

import type { FlashHooks } from '../../../src/sim/flash/hooks.ts';
import { differences } from './differences.ts';
import { startedVersion } from './lab.ts';
import type { AreaState, Lab, Observation } from './lab.ts';
import type { MultiCutRecord, Step, SweepCut, SweepRecord } from './record.ts';

/** Replays a sweep; returns the differences. */
export function replaySweep(lab: Lab, record: SweepRecord): string[] {
  prepare(lab, record.steps);
  const start = lab.snapshot();
  const trace: string[] = [];
  const uncut = lab.boot(record.victim, tracing(trace));
  const whole = { primary: lab.sha256('primary'), secondary: lab.sha256('secondary') };
  const after = lab.states();
  const { log, flash, running } = uncut;
  const found = differences(record.uncut, { log, flash, trace, running, after, follow_running: follow(lab, record.follow) }, 'uncut');
  const oks: boolean[] = [];
  for (const cut of record.cuts) {
    lab.restore(start);
    const seen = replayCut(lab, record, cut, whole);
    oks.push(seen['ok'] === true);
    const expected = { ...cut, resume_log: record.logs[cut.resume_log] };
    found.push(...differences(expected, { ...seen, op: trace[cut.k] }, `cut ${cut.k}`));
  }
  const summary = { ops: trace.length, cuts: record.cuts.length, ok: oks.filter(Boolean).length };
  const { ops, cuts, ok } = record.summary;
  return [...found, ...differences({ ops, cuts, ok }, summary, 'summary')];
}

/** Replays rows of repeated cuts; returns the differences. */
export function replayMultiCut(lab: Lab, record: MultiCutRecord): string[] {
  prepare(lab, record.steps);
  const start = lab.snapshot();
  return record.rows.flatMap((row, index) => {
    lab.restore(start);
    const tried = row.cuts.slice(0, row.seen.length).map((cut) => lab.boot({ op: 'boot', cut_after: cut }));
    const { last, boots } = bootOn(lab, tried, row.boots);
    const { outcome, running } = last;
    const seen = tried.map((boot) => boot.outcome);
    const found = { cuts: row.cuts, seen, boots, outcome, running, ok: running === record.expect_running };
    return differences({ ...row, assert: undefined }, found, `row ${index}`);
  });
}

/** Boots until something runs, but not more often than the lab did: a device that is bricked stays so. */
function bootOn(lab: Lab, tried: readonly Observation[], boots: number): { readonly last: Observation; readonly boots: number } {
  const all = [...tried];
  while (all.at(-1)?.outcome !== 'boot' && all.length < boots) all.push(lab.boot({ op: 'boot' }));
  return { last: all.at(-1) ?? lab.boot({ op: 'boot' }), boots: all.length };
}

function prepare(lab: Lab, steps: readonly Step[]): void {
  for (const step of steps) {
    if (step.op === 'boot') lab.boot(step);
    else lab.perform(step);
  }
}

function replayCut(lab: Lab, record: SweepRecord, cut: SweepCut, whole: { primary: string; secondary: string }): Record<string, unknown> {
  const { k } = cut;
  const interrupted = lab.boot({ op: 'boot', cut_after: k, torn: record.torn });
  const { outcome: cut_outcome } = interrupted;
  const swap_type_seen = lab.swapType();
  const resumed = lab.boot({ op: 'boot' });
  const { last, boots } = bootOn(lab, [interrupted, resumed], cut.boots);
  const { outcome, running, result } = last;
  const { primary, secondary } = lab.states();
  return {
    ...{ k, cut_outcome, swap_type_seen, boots, outcome, running },
    version: startedVersion(result),
    ok: running === record.expect_running,
    resume_log: resumed.log,
    resume_flash: resumed.flash,
    same_primary_as_uncut: primary!.sha256 === whole.primary,
    same_secondary_as_uncut: secondary!.sha256 === whole.secondary,
    primary_trailer: trailerList(primary!),
    secondary_trailer: trailerList(secondary!),
    secondary_holds: secondary!.holds,
    follow_running: cut.follow_running === undefined ? undefined : follow(lab, record.follow),
  };
}

function follow(lab: Lab, steps: readonly Step[]): (string | null)[] {
  const running: (string | null)[] = [];
  for (const step of steps) {
    if (step.op === 'boot') running.push(lab.boot(step).running);
    else lab.perform(step);
  }
  return running;
}

function tracing(trace: string[]): FlashHooks {
  const hex = (value: number): string => `0x${value.toString(16)}`;
  return {
    write: ({ flash, kind, at, length }) => {
      trace.push(`${kind === 'erase' ? 'E' : 'W'} ${flash} ${hex(at)} ${hex(length)}`);
      return 'proceed';
    },
  };
}

function trailerList({ magic, swap_type, copy_done, image_ok }: AreaState): unknown[] {
  return [magic, swap_type, copy_done, image_ok];
}
