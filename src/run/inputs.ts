/** The inputs of a cell: files are read, images are built, values are read in their type. Equal images are made once in a run. */

import { toHex } from '../base/bytes.ts';
import { assert, unreachable } from '../base/assert.ts';
import { BootproofError } from '../base/errors.ts';
import { parseDuration, parsePercentage, parseRate, parseSize } from '../base/quantities.ts';
import type { Rng } from '../base/rng.ts';
import type { InputImage } from '../device/images.ts';
import type { AxisValue, ImageBuild, ImageInput, ImageOrigin, InputDeclaration, Pipeline, Plan, QuantityKind } from '../language/model.ts';
import { generateBody } from '../mcuboot/body.ts';
import { buildBootloader } from '../mcuboot/bootloader-build.ts';
import { buildImage } from '../mcuboot/build.ts';
import { demoKey } from '../mcuboot/demo-keys.ts';
import { defaultHeaderSize } from '../mcuboot/image-spec.ts';
import type { ImageSpec } from '../mcuboot/image-spec.ts';
import { parseImage } from '../mcuboot/image.ts';
import { formatListedVersion, parseVersion } from '../mcuboot/version.ts';
import type { ImageVersion } from '../mcuboot/version.ts';

/** What a value of an input can be. */
export type InputValue = string | number | boolean;

export interface CellInputs {
  readonly images: ReadonlyMap<string, InputImage>;
  /** For expressions: images as objects with `name`, `version`, `hash`, `size`. */
  readonly scope: Readonly<Record<string, unknown>>;
}

export interface InputSources {
  /** From `--set`; paths in it are relative to where bootproof was started. */
  readonly set: ReadonlyMap<string, string>;
  readonly axes: Readonly<Record<string, AxisValue>>;
  /** Images that are there already, which a call passes on. */
  readonly images?: ReadonlyMap<string, InputImage>;
  /** Its images can be named by axes; its values replace those of the pipeline. */
  readonly plan?: Pick<Plan, 'inputs' | 'source'> | undefined;
  /** Reads a file relative to the document `beside`, or to where bootproof was started. */
  readonly readFile: (path: string, beside: string | undefined) => Uint8Array;
  readonly rng: Rng;
  /** Of the board: images are linked for it. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Makes images once, however many cells use them. */
export class ImageShelf {
  readonly #images = new Map<string, Omit<InputImage, 'name'>>();

  take(key: string, make: () => Uint8Array): Omit<InputImage, 'name'> {
    const held = this.#images.get(key);
    if (held !== undefined) return held;
    const made = describe(key, make());
    this.#images.set(key, made);
    return made;
  }
}

/** A pipeline or a fragment. */
type Declaring = Pick<Pipeline, 'inputs' | 'source'>;

/** Throws an input error that names the input. */
export function resolveInputs(pipeline: Declaring, sources: InputSources, shelf: ImageShelf): CellInputs {
  const images = new Map<string, InputImage>();
  const scope: Record<string, unknown> = {};
  for (const declaration of pipeline.inputs.values()) {
    const given = sources.set.get(declaration.name) ?? sources.axes[declaration.name] ?? plannedValue(declaration.name, sources);
    if (declaration.type === 'image') {
      const image = { ...resolveImageInput(pipeline, declaration, { sources, shelf }), name: declaration.name };
      images.set(declaration.name, image);
      scope[declaration.name] = { name: image.name, version: image.version, hash: image.hash, size: image.bytes.length };
    } else {
      scope[declaration.name] = given === undefined ? defaultOf(declaration) : readValue(declaration, given);
    }
  }
  return { images, scope };
}

interface ImageContext {
  readonly sources: InputSources;
  readonly shelf: ImageShelf;
}

type ShelfImage = Omit<InputImage, 'name'>;

/** From `--set`, the axes of the cell, the plan, or the pipeline itself: the first that says something. */
function resolveImageInput(pipeline: Declaring, { name, image }: ImageInput, context: ImageContext): ShelfImage {
  const { images, set, axes, plan } = context.sources;
  const passed = images?.get(name);
  if (passed !== undefined) return passed;
  const path = set.get(name);
  if (path !== undefined) return fileImage(path, undefined, context);
  const axis = axes[name];
  if (axis !== undefined) return resolveAxisImage(pipeline, String(axis), context);
  const planned = plan?.inputs.get(name);
  if (planned?.type === 'image') return originImage(name, planned.image, { ...context, beside: plan!.source.name });
  if (planned?.type === 'value') return fileImage(String(planned.value), plan!.source.name, context);
  return originImage(name, image, { ...context, beside: pipeline.source.name });
}

/** The value of an axis over an image names an image of the plan or another one of the pipeline; or it is a file beside the plan, or else the pipeline. */
function resolveAxisImage(pipeline: Declaring, value: string, context: ImageContext): ShelfImage {
  const { plan } = context.sources;
  const planned = plan?.inputs.get(value);
  if (planned?.type === 'image') return originImage(value, planned.image, { ...context, beside: plan!.source.name });
  const other = pipeline.inputs.get(value);
  if (other?.type === 'image') return resolveImageInput(pipeline, other, context);
  return fileImage(value, (plan ?? pipeline).source.name, context);
}

function originImage(name: string, origin: ImageOrigin, context: ImageContext & { readonly beside: string }): ShelfImage {
  const { sources, shelf, beside } = context;
  switch (origin.from) {
    case 'file':
      return fileImage(origin.file, beside, context);
    case 'build': {
      const spec = linkedFor(name, origin, sources.facts);
      const label = `build ${name} ${JSON.stringify(spec)}`;
      return shelf.take(label, () => buildInput(spec, sources.rng.fork(label)));
    }
    case 'set':
      throw inputError(name, 'has no image', `give one with --set ${name}=PATH`);
    default:
      return unreachable(origin);
  }
}

function fileImage(path: string, beside: string | undefined, { sources, shelf }: ImageContext): ShelfImage {
  return shelf.take(`file ${beside === undefined ? '' : `${beside} `}${path}`, () => sources.readFile(path, beside));
}

function plannedValue(name: string, { plan }: InputSources): AxisValue | undefined {
  const planned = plan?.inputs.get(name);
  return planned?.type === 'value' ? planned.value : undefined;
}

/** The build with the address of its slot, which the facts of the board know when nobody states it. */
function linkedFor(name: string, build: ImageBuild, facts: Readonly<Record<string, unknown>>): ImageBuild & { readonly address: number } {
  const { bootloader = {} } = facts as { readonly bootloader?: Readonly<Record<string, unknown>> };
  const known = build.bootloader === undefined ? bootloader['image-address'] : bootloader[build.bootloader.slot];
  if (build.address !== undefined) return { ...build, address: build.address };
  if (typeof known === 'number') return { ...build, address: known };
  if (build.bootloader === undefined) return { ...build, address: anyAddress };
  const hint = 'state the facts `bootloader.s0` and `bootloader.s1` in the bench, and let the pipeline require them';
  throw inputError(name, `cannot be built: nobody knows where the board has its slot ${build.bootloader.slot}`, hint);
}

/** Of an nRF52840's primary slot; most bootloaders do not look. */
const anyAddress = 0xc000;

function buildInput(build: ImageBuild & { readonly address: number }, rng: Rng): Uint8Array {
  const { key, hash, pure, securityCounter, dependencies = [], bootloader } = build;
  const spec: ImageSpec = {
    version: versionOf(build.version),
    body: bodyOf(build, rng),
    dependencies: dependencies.map(({ image, version }) => ({ image, minimum: versionOf(version) })),
    ...(hash !== undefined && { hash }),
    ...(pure !== undefined && { pure }),
    ...(securityCounter !== undefined && { securityCounter }),
    ...(bootloader !== undefined && { loadAddress: build.address + defaultHeaderSize }),
  };
  return buildImage(spec, key === 'none' ? undefined : demoKey(key));
}

function bodyOf({ size, address, bootloader }: ImageBuild & { readonly address: number }, rng: Rng): Uint8Array {
  const start = address + defaultHeaderSize;
  if (bootloader === undefined) return generateBody(size, rng, start);
  const banner = [`*** Booting MCUboot ${bootloader.release} ***`];
  return buildBootloader({ size, version: bootloader.firmwareVersion, address: start, banner, rng }, demoKey('ecdsa-p256'));
}

function versionOf(text: string): ImageVersion {
  const version = parseVersion(text);
  assert(version !== undefined, `the schema lets "${text}" through as a version`);
  return version;
}

function describe(key: string, bytes: Uint8Array): Omit<InputImage, 'name'> {
  const image = parseImage(bytes);
  if (image.hash === undefined) throw inputError(key, 'has no hash, so no server could list it');
  return { bytes, hash: toHex(image.hash.digest), version: formatListedVersion(image.header.version) };
}

function defaultOf(declaration: ValueInput): InputValue {
  if (declaration.default !== undefined) return declaration.default;
  throw inputError(declaration.name, 'has no value', `give one with --set ${declaration.name}=VALUE`);
}

function readValue(declaration: ValueInput, given: AxisValue): InputValue {
  const value = readers[kindOf(declaration)](String(given));
  if (value !== undefined) return value;
  const { message, hint } = mismatch(declaration, given);
  throw inputError(declaration.name, message, hint);
}

type ValueInput = Exclude<InputDeclaration, ImageInput>;

/** What keeps a value from being that of an input: a clause and its mend. Images are looked at by who knows the files. */
export function inputValueProblem(
  declaration: InputDeclaration,
  given: AxisValue,
): { readonly message: string; readonly hint: string } | undefined {
  if (declaration.type === 'image' || readers[kindOf(declaration)](String(given)) !== undefined) return undefined;
  return mismatch(declaration, given);
}

function mismatch(declaration: ValueInput, given: AxisValue): { readonly message: string; readonly hint: string } {
  const kind = kindOf(declaration);
  return { message: `cannot be "${String(given)}"`, hint: `it is of type ${kind}, for example ${examples[kind]}` };
}

function kindOf(declaration: ValueInput): ValueKind {
  return declaration.type === 'quantity' ? declaration.quantity : declaration.type;
}

type ValueKind = 'string' | 'integer' | 'boolean' | QuantityKind;

/** Quantities stay text, as they are written in pipelines; reading them only checks them. */
const readers: Readonly<Record<ValueKind, (text: string) => InputValue | undefined>> = {
  string: (text) => text,
  integer: (text) => (/^-?\d{1,15}$/.test(text) ? Number(text) : undefined),
  boolean: (text) => (text === 'true' ? true : text === 'false' ? false : undefined),
  duration: (text) => (parseDuration(text) === undefined ? undefined : text),
  size: (text) => (parseSize(text) === undefined ? undefined : text),
  rate: (text) => (parseRate(text) === undefined ? undefined : text),
  percentage: (text) => (parsePercentage(text) === undefined ? undefined : text),
};

const examples: Readonly<Record<ValueKind, string>> = {
  string: 'text',
  integer: '3',
  boolean: 'true',
  duration: '90s',
  size: '64 KiB',
  rate: '3 KiB/s',
  percentage: '40%',
};

function inputError(name: string, problem: string, hint?: string): BootproofError {
  return new BootproofError(`input ${name} ${problem}`, { fault: 'input', code: 'input-value', ...(hint === undefined ? {} : { hint }) });
}
