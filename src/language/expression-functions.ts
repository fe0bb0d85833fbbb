/** What expressions can do beyond plain CEL: numbers of one kind, quantities, versions, and a few helpers. */

import type { ASTNode, Environment } from '@marcbachmann/cel-js';
import { utf8, toHex } from '../base/bytes.ts';
import { compareVersions, parseVersion } from '../mcuboot/version.ts';
import type { ImageVersion } from '../mcuboot/version.ts';
import { parseAmount } from './amount.ts';
import { shorten } from './words.ts';

/** A node of a parsed expression. */
export type ExpressionNode = ASTNode;

/** A failure of an evaluation that is not CEL's own. */
export class ValueError extends Error {
  override readonly name = 'ValueError';
}

type Numeric = bigint | number;

const arithmetic: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
};

const comparisons: Readonly<Record<string, (order: number) => boolean>> = {
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
  '==': (order) => order === 0,
};

export function addFunctions(language: Environment): void {
  addNumbers(language);
  addDurations(language);
  addVersions(language);
  language.registerFunction('quantity(string): double', quantityValue);
  language.registerFunction('len(string): int', (text: string) => BigInt(text.length));
  language.registerFunction('len(list): int', (list: readonly unknown[]) => BigInt(list.length));
  language.registerFunction('len(map): int', (map: object) => BigInt(map instanceof Map ? map.size : Object.keys(map).length));
  language.registerFunction('first(list<T>): T', first);
  language.registerFunction('hex(string): string', (text: string) => toHex(utf8(text)));
  for (const type of ['int', 'double']) language.registerFunction(`hex(${type}): string`, (value: Numeric) => hexOf(value));
}

/** Numbers of the scope are doubles and written whole numbers are ints; nobody who writes a pipeline should have to know. */
function addNumbers(language: Environment): void {
  for (const [operator, apply] of Object.entries(arithmetic)) {
    const mixed = (a: Numeric, b: Numeric): number => apply(Number(a), Number(b));
    language.registerOperator(`int ${operator} double`, mixed);
    language.registerOperator(`double ${operator} int`, mixed);
  }
  language.registerOperator('int == double', (a: Numeric, b: Numeric) => Number(a) === Number(b));
}

interface CelDuration {
  readonly seconds: Numeric;
  readonly nanos: number;
}

/** The package does not tell its class. */
export function isDuration(value: unknown): value is CelDuration {
  return typeof value === 'object' && value !== null && 'nanos' in value && 'seconds' in value && value.constructor !== Object;
}

/** A duration as results of steps give it: in seconds. */
export function secondsOf({ seconds, nanos }: CelDuration): number {
  return Number(seconds) + nanos / 1e9;
}

/** `duration("30s")` is CEL's own; results are numbers of seconds. */
function addDurations(language: Environment): void {
  const type = 'google.protobuf.Duration';
  for (const [operator, holds] of Object.entries(comparisons)) {
    for (const number of ['int', 'double']) {
      language.registerOperator(`${number} ${operator} ${type}`, (a: Numeric, b: CelDuration) => holds(Number(a) - secondsOf(b)));
      if (operator !== '==')
        language.registerOperator(`${type} ${operator} ${number}`, (a: CelDuration, b: Numeric) => holds(secondsOf(a) - Number(b)));
    }
  }
}

class Version {
  readonly version: ImageVersion;
  constructor(version: ImageVersion) {
    this.version = version;
  }
}

/** Versions as MCUboot orders them, the build number included. */
function addVersions(language: Environment): void {
  language.registerType('Version', Version);
  language.registerFunction('semver(string): Version', (text: string) => {
    const version = parseVersion(text);
    if (version === undefined) throw new ValueError(`"${shorten(text)}" is no version`);
    return new Version(version);
  });
  for (const [operator, holds] of Object.entries(comparisons))
    language.registerOperator(`Version ${operator} Version`, (a: Version, b: Version) =>
      holds(compareVersions(a.version, b.version, { build: true })),
    );
}

function quantityValue(text: string): number {
  const value = parseAmount(text);
  if (value === undefined) throw new ValueError(`"${shorten(text)}" is no number with a unit`);
  return value;
}

function first(list: readonly unknown[]): unknown {
  if (list.length > 0) return list[0];
  throw new ValueError('the list is empty, so it has no first item');
}

function hexOf(value: Numeric): string {
  const number = Number(value);
  if (Number.isSafeInteger(number) && number >= 0) return number.toString(16);
  throw new ValueError(`hex() takes a whole number from 0 on, and this is ${number}`);
}
