/** The inputs of a cell: images and packages, and values that are read in their type. */

import { parseDuration, parsePercentage, parseRate, parseSize } from '../base/quantities.ts';
import type { InputImage, InputPackage } from '../device/images.ts';
import type { AxisValue, ImageInput, InputDeclaration, PackageInput, QuantityKind } from '../language/model.ts';
import { supplyOf, type Artifacts, type Declaring, type InputSources, type Shelf } from './artifacts.ts';
import { inputError } from './input-error.ts';

/** What a value of an input can be. */
export type InputValue = string | number | boolean;

export interface CellInputs extends Artifacts {
  /** For expressions: images and packages as objects. */
  readonly scope: Readonly<Record<string, unknown>>;
}

/** Throws an input error that names the input. */
export function resolveInputs(pipeline: Declaring, sources: InputSources, shelf: Shelf): CellInputs {
  const images = new Map<string, InputImage>();
  const packages = new Map<string, InputPackage>();
  const scope: Record<string, unknown> = {};
  for (const declaration of pipeline.inputs.values()) {
    const { name } = declaration;
    if (declaration.type === 'image') {
      const image = sources.passed?.images.get(name) ?? { ...shelf.image(supplyOf(pipeline, declaration, sources)), name };
      images.set(name, image);
      scope[name] = { name, ...identityOf(image) };
    } else if (declaration.type === 'package') {
      const update = sources.passed?.packages.get(name) ?? { ...shelf.package(supplyOf(pipeline, declaration, sources)), name };
      packages.set(name, update);
      const inside = update.images.map((image) => ({ file: image.name, target: image.target, ...identityOf(image) }));
      scope[name] = { name, hash: update.hash, size: update.size, images: inside };
    } else {
      const given = sources.set.get(name) ?? sources.axes[name] ?? plannedValue(name, sources);
      scope[name] = given === undefined ? defaultOf(declaration) : readValue(declaration, given);
    }
  }
  return { images, packages, scope };
}

function identityOf({ version, hash, bytes }: Pick<InputImage, 'version' | 'hash' | 'bytes'>): object {
  return { version, hash, size: bytes.length };
}

function plannedValue(name: string, { plan }: InputSources): AxisValue | undefined {
  const planned = plan?.inputs.get(name);
  return planned?.type === 'value' ? planned.value : undefined;
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

type ValueInput = Exclude<InputDeclaration, ImageInput | PackageInput>;

/** What keeps a value from being that of an input: a clause and its mend. Images and packages are looked at by who knows the files. */
export function inputValueProblem(
  declaration: InputDeclaration,
  given: AxisValue,
): { readonly message: string; readonly hint: string } | undefined {
  if (declaration.type === 'image' || declaration.type === 'package' || readers[kindOf(declaration)](String(given)) !== undefined)
    return undefined;
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
