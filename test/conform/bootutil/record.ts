/** The records of the bootutil vectors, as far as the replay reads them. */

import type { SectorRun } from '../../../src/sim/flash/sector-map.ts';

/** Build settings of the bootloader: flags are 0 or 1. */
export interface LabConfig {
  readonly max_sectors: number;
  readonly max_align: number;
  readonly validate: number;
  readonly downgrade: number;
  readonly downgrade_seccnt: number;
  readonly bootstrap: number;
  /** `none`, or the name of a key. */
  readonly sig: string;
  readonly images: number;
  readonly hw_rollback: number;
  readonly verify_addr: number;
  readonly check_load_addr: number;
  readonly both_erase: number;
  readonly cmp_build: number;
  readonly minimal_scramble: number;
  readonly lib_xip: number;
  readonly allow_list: number;
}

/** A slot or the scratch area, each a flash of its own. `align` is the write size. */
export interface LabArea {
  readonly off: number;
  readonly align: number;
  readonly erase_required: boolean;
  readonly sectors: readonly SectorRun[];
}

/** The areas by name. */
export interface Geometry {
  readonly areas: Readonly<Record<string, LabArea>>;
}

/** A protected TLV. */
export interface TlvRecipe {
  readonly type: number;
  readonly hex: string;
}

/** How to make an image, and what must come out of it (README of the vectors, "Image recipe"). */
export interface ImageRecipe {
  readonly version: string;
  readonly body_len: number;
  readonly seed: number;
  readonly hdr_size?: number;
  readonly hdr_fill?: number;
  readonly flags?: number;
  readonly load_addr?: number;
  readonly vector?: readonly [number, number];
  readonly prot_tlvs?: readonly TlvRecipe[];
  readonly magic?: number;
  readonly hdr_img_size?: number;
  readonly hdr_prot_size?: number;
  readonly mutate?: readonly { readonly off: number; readonly xor?: number; readonly hex?: string }[];
  readonly built: { readonly size: number; readonly tlv_area_hex: string; readonly file_sha256: string };
}

/** What is needed to set up the lab. */
export interface LabSetup {
  readonly id: string;
  readonly mode: string;
  readonly config: LabConfig;
  readonly geometry: Geometry;
  readonly images: Readonly<Record<string, ImageRecipe>>;
}

/** Something that is done to the lab. */
export type Step =
  | {
      readonly op: 'program';
      readonly slot: string;
      readonly image: string;
      readonly at?: number;
      readonly trailer?: 'none' | 'pad' | 'pad-confirm';
    }
  | { readonly op: 'write'; readonly area: string; readonly off?: number; readonly from_end?: number; readonly hex: string }
  | { readonly op: 'erase'; readonly area: string }
  | { readonly op: 'counter'; readonly value: number }
  | { readonly op: 'set_pending'; readonly permanent: number; readonly image?: number }
  | { readonly op: 'set_confirmed'; readonly image?: number }
  | { readonly op: 'set_next'; readonly slot: number | string; readonly active: boolean; readonly confirm: boolean }
  | BootStep;

/** A boot. `cut_after` operations are executed, and half of the next one if it is torn. */
export interface BootStep {
  readonly op: 'boot';
  readonly cut_after?: number;
  readonly torn?: boolean;
}

/** Steps with what each of them answered. */
export interface ScenarioRecord extends LabSetup {
  readonly kind: 'scenario';
  readonly steps: readonly Step[];
  readonly results: readonly unknown[];
}

/** Trailer fields to be forced: `good`, `set` and so on. */
export type Triple = readonly [magic: string, imageOk: string, copyDone: string];

/** One combination of the trailers of both slots, and what was seen. */
export interface TruthRow {
  readonly p: Triple;
  readonly s: Triple;
}

/** All combinations of trailers. */
export interface TruthTableRecord extends LabSetup {
  readonly kind: 'truth_table';
  readonly rows: readonly TruthRow[];
}

/** One cut, and what the device did after it. */
export interface SweepCut {
  /** The operation that did not happen. */
  readonly k: number;
  /** Boots until something ran, the cut one included. */
  readonly boots: number;
  /** Index into the record's logs. */
  readonly resume_log: number;
  readonly follow_running?: unknown;
}

/** A boot that is cut at every `stride`th operation. */
export interface SweepRecord extends LabSetup {
  readonly kind: 'power_cut_sweep';
  readonly steps: readonly Step[];
  readonly victim: BootStep;
  readonly torn: boolean;
  readonly stride: number;
  readonly follow: readonly Step[];
  readonly expect_running: string | null;
  readonly uncut: Readonly<Record<string, unknown>>;
  readonly logs: readonly (readonly string[])[];
  readonly cuts: readonly SweepCut[];
  readonly summary: { readonly ops: number; readonly cuts: number; readonly ok: number };
}

/** A boot that is cut again while it resumes. */
export interface MultiCutRecord extends LabSetup {
  readonly kind: 'multi_cut';
  readonly steps: readonly Step[];
  readonly victim: BootStep;
  readonly expect_running: string | null;
  readonly rows: readonly { readonly cuts: readonly number[]; readonly seen: readonly string[]; readonly boots: number }[];
}

/** A scenario replayed on older trees. Geometry and images are those of the scenario with the same id, unless given. */
export interface VersionsRecord {
  readonly id: string;
  readonly mode: string;
  readonly config: LabConfig;
  readonly steps: readonly Step[];
  readonly geometry?: Geometry;
  readonly images?: Readonly<Record<string, ImageRecipe>>;
  readonly variants: readonly { readonly versions: readonly string[]; readonly results: readonly unknown[] }[];
}

/** Any line of a vector file. */
export type LabRecord = ScenarioRecord | TruthTableRecord | SweepRecord | MultiCutRecord | VersionsRecord;
