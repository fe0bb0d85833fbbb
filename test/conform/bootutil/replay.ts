/** Replays records of the bootutil vectors on the simulated bootloader and tells where the two differ. */

import { messageOf } from '../../../src/base/errors.ts';
import { mcubootReleases } from '../../../src/sim/bootloader/index.ts';
import type { BootResult, McubootRelease } from '../../../src/sim/bootloader/index.ts';
import { differences } from './differences.ts';
import { findKeyIn } from './keys.ts';
import type { KeyFinder } from './keys.ts';
import { Lab, startedVersion } from './lab.ts';
import type { AreaState } from './lab.ts';
import type { LabRecord, LabSetup, ScenarioRecord, Step, VersionsRecord } from './record.ts';
import { replayMultiCut, replaySweep } from './sweep.ts';
import { replayTruthTable } from './truth-table.ts';

/** The verdict on one record. A skip names why the record says nothing about the simulator. */
export type CaseResult =
  | { readonly id: string; readonly verdict: 'passed' }
  | { readonly id: string; readonly verdict: 'failed'; readonly differences: readonly string[] }
  | { readonly id: string; readonly verdict: 'skipped'; readonly reason: string };

/** What may come from outside the replayed records. */
export interface ReplayOptions {
  /** Further records: those of older trees take geometry and images from the scenario with the same id. */
  readonly library?: readonly unknown[];
  readonly keys?: KeyFinder;
}

/** What the records need from outside themselves. */
interface Surroundings {
  readonly setups: ReadonlyMap<string, LabSetup>;
  readonly keys: KeyFinder;
}

/** Replays records one after the other. */
export function replayBootutil(records: readonly unknown[], report: (result: CaseResult) => void, options: ReplayOptions = {}): void {
  const { library = [], keys = findKeyIn([]) } = options;
  const setups = new Map<string, LabSetup>();
  for (const record of [...library, ...records] as readonly LabRecord[]) {
    if ('geometry' in record && 'images' in record) setups.set(record.id, record as LabSetup);
  }
  for (const record of records as readonly LabRecord[]) report(replayOrFail(record, { setups, keys }));
}

/** A record on which the replay itself trips is a failed case, and the others still get their turn. */
function replayOrFail(record: LabRecord, around: Surroundings): CaseResult {
  try {
    return replayRecord(record, around);
  } catch (thrown) {
    return { id: record.id, verdict: 'failed', differences: [`the replay stopped: ${messageOf(thrown)}`] };
  }
}

function replayRecord(record: LabRecord, { setups, keys }: Surroundings): CaseResult {
  const { id } = record;
  if (!('kind' in record)) {
    const setup = setups.get(id);
    const { geometry = setup?.geometry, images = setup?.images } = record;
    if (geometry !== undefined && images !== undefined) return judge(id, replayVersions(record, { ...record, geometry, images }, keys));
    return { id, verdict: 'skipped', reason: 'no scenario with this id to take geometry and images from' };
  }
  const lab = new Lab(record, { keys });
  switch (record.kind) {
    case 'scenario':
      return judge(id, replayScenario(lab, record));
    case 'truth_table':
      return judge(id, replayTruthTable(lab, record));
    case 'power_cut_sweep':
      return judge(id, replaySweep(lab, record));
    case 'multi_cut':
      return judge(id, replayMultiCut(lab, record));
  }
}

function judge(id: string, found: readonly string[]): CaseResult {
  return found.length === 0 ? { id, verdict: 'passed' } : { id, verdict: 'failed', differences: found };
}

function replayScenario(lab: Lab, record: ScenarioRecord): string[] {
  const observed = record.steps.map((step) => observe(lab, step));
  return record.results.flatMap((expected, index) =>
    differences(expected, observed[index], `step ${index} (${record.steps[index]?.op ?? '?'})`),
  );
}

function replayVersions(record: VersionsRecord, setup: LabSetup, keys: KeyFinder): string[] {
  return record.variants.flatMap(({ versions, results }) =>
    versions.flatMap((version) => {
      if (!isRelease(version)) return [`${version}: an unknown release`];
      const lab = new Lab(setup, { release: version, keys });
      const observed = record.steps.map((step) => brief(observe(lab, step)));
      return results.flatMap((expected, index) =>
        differences(withoutAssertion(expected), observed[index], `${version} step ${index} (${record.steps[index]?.op ?? '?'})`),
      );
    }),
  );
}

function isRelease(version: string): version is McubootRelease {
  return (mcubootReleases as readonly string[]).includes(version);
}

/** Source lines of assertions are not for a model to reproduce. */
function withoutAssertion(expected: unknown): unknown {
  return Object.fromEntries(Object.entries(expected as Record<string, unknown>).filter(([key]) => key !== 'assert'));
}

/** Results of older trees have fewer fields, and each area as a list of five values. */
function brief(observed: Record<string, unknown>): Record<string, unknown> {
  if (!('after' in observed)) return observed;
  const { outcome, running, swap_type_before, log, flash, rc } = observed;
  const areas = Object.entries(observed['after'] as Record<string, AreaState>);
  const after = areas.map(([name, state]) => [name, [state.magic, state.swap_type, state.copy_done, state.image_ok, state.holds]]);
  return { outcome, running, swap_type_before, log, flash, rc, after: Object.fromEntries(after) as unknown };
}

/** Performs one step and describes what came of it as the records do. */
function observe(lab: Lab, step: Step): Record<string, unknown> {
  if (step.op === 'boot') return observeBoot(lab, step);
  const rc = lab.perform(step);
  return rc === undefined ? {} : { rc, after: lab.states() };
}

function observeBoot(lab: Lab, step: Extract<Step, { op: 'boot' }>): Record<string, unknown> {
  const second = lab.areas.has('primary1');
  const before = { swap_type_before: lab.swapType(), ...(second ? { swap_type_before_1: lab.swapType(1) } : {}) };
  const { result, running, intact, violations, ...observed } = lab.boot(step);
  const after = { swap_type_after: lab.swapType(), ...(second ? { swap_type_after_1: lab.swapType(1) } : {}) };
  return {
    ...before,
    ...observed,
    ...after,
    ...(Object.keys(violations).length === 0 ? {} : { violations }),
    ...(result.outcome === 'boot' ? { ...startedImage(result), running, running_intact: intact } : {}),
    ...(lab.config.rollbackCounter ? { security_counter: lab.counter() } : {}),
    after: lab.states(),
  };
}

function startedImage(result: Extract<BootResult, { outcome: 'boot' }>): Record<string, unknown> {
  return { slot: result.image.slot, image_off: result.image.offset, version: startedVersion(result) };
}
