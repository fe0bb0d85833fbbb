/** Images and packages of a cell: where they come from, and what is known of them. Equal ones are made once in a run. */

import { toHex } from '../base/bytes.ts';
import { unreachable } from '../base/assert.ts';
import type { Rng } from '../base/rng.ts';
import type { InputImage, InputPackage } from '../device/images.ts';
import type { AxisValue, ImageInput, ImageOrigin, PackageInput, Pipeline, Plan } from '../language/model.ts';
import { hash } from '../mcuboot/hash.ts';
import { parseImage } from '../mcuboot/image.ts';
import { parseUpdatePackage } from '../mcuboot/update-package.ts';
import { formatListedVersion } from '../mcuboot/version.ts';
import { buildInput, linkedFor } from './image-build.ts';
import { inputError } from './input-error.ts';

/** A pipeline or a fragment. */
export type Declaring = Pick<Pipeline, 'inputs' | 'source'>;

type ArtifactInput = ImageInput | PackageInput;

/** By the names of their inputs. */
export interface Artifacts {
  readonly images: ReadonlyMap<string, InputImage>;
  readonly packages: ReadonlyMap<string, InputPackage>;
}

export interface InputSources {
  /** From `--set`; paths in it are relative to where bootproof was started. */
  readonly set: ReadonlyMap<string, string>;
  readonly axes: Readonly<Record<string, AxisValue>>;
  /** Images and packages that are there already, which a call passes on. */
  readonly passed?: Artifacts;
  /** Its images can be named by axes; its values replace those of the pipeline. */
  readonly plan?: Pick<Plan, 'inputs' | 'source'> | undefined;
  /** Reads a file relative to the document `beside`, or to where bootproof was started. */
  readonly readFile: (path: string, beside: string | undefined) => Uint8Array;
  readonly rng: Rng;
  /** Of the board: images are linked for it. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Makes images and packages once, however many cells use them. */
export interface Shelf {
  readonly image: (supply: Supply) => Omit<InputImage, 'name'>;
  readonly package: (supply: Supply) => Omit<InputPackage, 'name'>;
}

export interface Supply {
  /** Equal keys are equal bytes. */
  readonly key: string;
  /** For messages. */
  readonly name: string;
  readonly make: () => Uint8Array;
}

export function createShelf(): Shelf {
  return { image: onShelf(imageOf), package: onShelf(packageOf) };
}

function onShelf<T>(describe: (bytes: Uint8Array, name: string) => T): (supply: Supply) => T {
  const made = new Map<string, T>();
  return ({ key, name, make }) => {
    const held = made.get(key) ?? describe(make(), name);
    made.set(key, held);
    return held;
  };
}

function imageOf(bytes: Uint8Array, name: string): Omit<InputImage, 'name'> {
  const { hash: identity, header } = parseImage(bytes);
  if (identity === undefined) throw inputError(name, 'has no hash, so no server could list it');
  return { bytes, hash: toHex(identity.digest), version: formatListedVersion(header.version) };
}

function packageOf(bytes: Uint8Array, name: string): Omit<InputPackage, 'name'> {
  return { hash: toHex(hash('sha256', bytes)), size: bytes.length, images: parseUpdatePackage(bytes, name) };
}

/** From `--set`, the axes of the cell, the plan, or the pipeline itself: the first that says something. Throws an input error. */
export function supplyOf(pipeline: Declaring, input: ArtifactInput, sources: InputSources): Supply {
  const { name, type } = input;
  const { set, axes, plan } = sources;
  const path = set.get(name);
  if (path !== undefined) return fileSupply(path, undefined, sources);
  const axis = axes[name];
  if (axis !== undefined) return axisSupply(pipeline, { type, value: String(axis) }, sources);
  const planned = plan?.inputs.get(name);
  if (planned?.type === 'value') return fileSupply(String(planned.value), plan!.source.name, sources);
  return plannedSupply(name, type, sources) ?? originSupply(name, originOf(input), { sources, beside: pipeline.source.name });
}

/** The value of an axis names an input of this type, of the plan or another one of the pipeline; or it is a file beside the plan, or else the pipeline. */
function axisSupply(
  pipeline: Declaring,
  { type, value }: { readonly type: ArtifactInput['type']; readonly value: string },
  sources: InputSources,
): Supply {
  const planned = plannedSupply(value, type, sources);
  if (planned !== undefined) return planned;
  const other = pipeline.inputs.get(value);
  if ((other?.type === 'image' || other?.type === 'package') && other.type === type) return supplyOf(pipeline, other, sources);
  return fileSupply(value, (sources.plan ?? pipeline).source.name, sources);
}

/** What the plan has of this name and type. */
function plannedSupply(name: string, type: ArtifactInput['type'], sources: InputSources): Supply | undefined {
  const planned = sources.plan?.inputs.get(name);
  if (planned?.type !== type) return undefined;
  return originSupply(name, originOf(planned), { sources, beside: sources.plan!.source.name });
}

function originOf(input: Pick<ImageInput, 'type' | 'image'> | Pick<PackageInput, 'type' | 'package'>): ImageOrigin {
  return input.type === 'image' ? input.image : input.package;
}

function originSupply(
  name: string,
  origin: ImageOrigin,
  { sources, beside }: { readonly sources: InputSources; readonly beside: string },
): Supply {
  switch (origin.from) {
    case 'file':
      return fileSupply(origin.file, beside, sources);
    case 'build': {
      const spec = linkedFor(name, origin, sources.facts);
      const key = `build ${name} ${JSON.stringify(spec)}`;
      return { key, name, make: () => buildInput(spec, sources.rng.fork(key)) };
    }
    case 'set':
      throw inputError(name, 'has no file', `give one with --set ${name}=PATH`);
    default:
      return unreachable(origin);
  }
}

function fileSupply(path: string, beside: string | undefined, { readFile }: InputSources): Supply {
  return { key: `file ${beside === undefined ? '' : `${beside} `}${path}`, name: path, make: () => readFile(path, beside) };
}
