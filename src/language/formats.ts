/** The formats of text values that the schemas name: what each one means, how it is written, and what is wrong with a text that is not one. */

import { fromHex } from '../base/bytes.ts';
import { parseDuration, parsePercentage, parseRate, parseSize } from '../base/quantities.ts';
import { parseVersion } from '../mcuboot/version.ts';
import { parseAmount } from './amount.ts';
import { controlAddressProblem, flashAddressProblem, lockProblem, rungProblem, transportAddressProblem } from './addresses.ts';
import { regularExpressionProblem, linePatternProblem } from './pattern.ts';
import { isOneExpression } from './template.ts';
import { unitsByHabit } from './unit-habits.ts';
import { trustedKeyProblem } from './trusted-key.ts';
import { list } from './words.ts';

export interface TextFormat {
  /** With its article, as messages name it. */
  readonly what: string;
  /** One that helps; absent where only the author knows. */
  readonly example?: string;
  /** Of values that are a number with a unit: the most likely unit of a number without one. */
  readonly unit?: string;
  /** Why a text is not of this format: a clause that begins with what is wrong. Undefined when it is. */
  readonly problem: (text: string) => string | undefined;
  /** What a text that is not of this format was probably meant to be. */
  readonly meant?: (text: string) => string | undefined;
}

/** `what` in a message is followed by the example, so a plain mismatch needs no words of its own. */
const mismatch = '';

function quantity(what: string, example: string, unit: string, parse: (text: string) => number | undefined): TextFormat {
  const meant = (text: string): string | undefined => {
    const options = unitsByHabit(text).filter((option) => parse(option) !== undefined);
    return options.length === 0 ? undefined : `write ${list(options, 'or')}`;
  };
  return { what, example, unit, meant, problem: (text) => (isOneExpression(text) || parse(text) !== undefined ? undefined : mismatch) };
}

function shaped(what: string, example: string | undefined, shape: RegExp): TextFormat {
  return { what, ...(example === undefined ? {} : { example }), problem: (text) => (shape.test(text) ? undefined : mismatch) };
}

const table = {
  duration: quantity('a duration with its unit (us, ms, s, m, h)', '90s', 's', parseDuration),
  size: quantity('a size with its unit (B, kB, KiB, MB, MiB)', '64 KiB', ' B', parseSize),
  rate: quantity('a rate with its unit (B/s, kB/s, KiB/s, MB/s, MiB/s)', '3 KiB/s', ' B/s', parseRate),
  percentage: quantity('a percentage from 0% to 100%', '40%', '%', parsePercentage),
  extent: quantity('a percentage or a size with its unit', '40%', ' B', (text) => parsePercentage(text) ?? parseSize(text)),
  amount: {
    what: 'a number, with its unit if it has one',
    example: '2 KiB/s',
    problem: (text) => (isOneExpression(text) || parseAmount(text) !== undefined ? undefined : mismatch),
  },
  expression: {
    what: 'one expression in `${{ }}`',
    example: '${{ steps.up.rate }}',
    problem: (text) => (isOneExpression(text) ? undefined : mismatch),
  },
  hex: {
    what: 'an even number of hex digits in quotes',
    example: '0a1b',
    problem: (text) => (isOneExpression(text) || fromHex(text) !== undefined ? undefined : mismatch),
  },
  name: shaped('a name of letters, digits, "-", "_" and "."', undefined, /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/),
  'dotted-name': shaped(
    'a name of lower-case words joined by "." and "-"',
    'ota.test-then-confirm',
    /^[a-z0-9][a-z0-9_-]*(?:\.[a-z0-9_-]+)*$/,
  ),
  'result-path': shaped('a path of names joined by "."', 'rate', /^[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*$/),
  'image-version': {
    what: 'a version as MCUboot stores it',
    example: '1.2.3+4',
    problem: (text) => (parseVersion(text) === undefined ? mismatch : undefined),
  },
  'flash-operations': {
    what: 'the number of a flash operation, `all`, `{every: N}` or `{sample: N}`',
    problem: (text) => (text === 'all' || isOneExpression(text) ? undefined : mismatch),
  },
  reduction: {
    what: '`full`, `pairwise` or `{sample: N}`',
    problem: (text) => (['full', 'pairwise'].includes(text) ? undefined : mismatch),
  },
  date: { what: 'a date as year-month-day', example: '2027-03-01', problem: (text) => (isDate(text) ? undefined : mismatch) },
  'log-window': shaped('`boot`, `step`, `start` or `mark.ID` with the id of an earlier step', 'boot', /^(?:boot|step|start|mark\..+)$/),
  'log-pattern': { what: 'a text or a /regular expression/', problem: linePatternProblem },
  'regular-expression': { what: 'a regular expression', problem: regularExpressionProblem },
  'transport-address': { what: 'the address of a transport', example: 'serial:/dev/ttyACM0?baud=115200', problem: transportAddressProblem },
  'control-address': { what: 'the control port of a simulator', example: 'tcp:127.0.0.1:4100', problem: controlAddressProblem },
  'trusted-key': {
    what: '`none`, `demo:` with the name of a demo key, or a public key in PEM',
    example: 'demo:ed25519',
    problem: trustedKeyProblem,
  },
  'confirm-moment': {
    what: '`never`, `at-boot`, `on-command`, or a duration',
    example: '30s',
    problem: (text) => (['never', 'at-boot', 'on-command'].includes(text) || parseDuration(text) !== undefined ? undefined : mismatch),
  },
  'flash-address': { what: 'an address in flash', example: '0xc000', problem: flashAddressProblem },
  rung: { what: '`reset`, `power`, an image or a command', example: 'reset', problem: rungProblem },
  lock: { what: 'a lock as kind:name', example: 'ble-adapter:hci0', problem: lockProblem },
} satisfies Readonly<Record<string, TextFormat>>;

/** The calendar has it: a 30th of February would move into March. */
function isDate(text: string): boolean {
  const ms = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : NaN;
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text);
}

export type FormatName = keyof typeof table;

export const formats: Readonly<Record<FormatName, TextFormat>> = table;

export function isFormatName(name: string): name is FormatName {
  return Object.hasOwn(formats, name);
}
