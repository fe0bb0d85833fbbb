/** Everything that makes a bench wrong although its schema is content. */

import { isListening, transportAddressProblem } from '../addresses.ts';
import { child, has, itemsOf, keySpanOf, keysOf, spanOf, textOf, type Cursor, type Report } from '../cursor.ts';
import { onlyOneOf } from '../only-one-of.ts';
import { code, suggestion } from '../words.ts';
import { checkCommand, checkRecipe } from './check-command.ts';
import { checkPorts, type AddressIdentity } from './check-ports.ts';
import { knownParameters } from './expand.ts';
import { powerRecipes, reserveRecipes, type Recipe } from './recipes.ts';

/** In one sentence, what is wrong with an address whose scheme is known; undefined when nothing is, or nobody can tell. */
export type AddressProblem = ((address: string) => string | undefined) | undefined;

export interface BenchContext {
  readonly addressProblem: AddressProblem;
  readonly addressIdentity: AddressIdentity;
  /** Whether a file beside the bench exists; undefined where nobody can tell. */
  readonly exists: ((path: string) => boolean) | undefined;
  readonly report: Report;
}

export function checkBench(root: Cursor, context: BenchContext): void {
  const boards = child(root, 'boards');
  for (const name of keysOf(boards)) {
    checkAddresses(child(boards, name), context);
    checkCommands(child(boards, name), context.report);
    checkRecovery(child(boards, name), context);
    checkSettings(child(boards, name), context.report);
  }
  checkPorts(boards, context.addressIdentity, context.report);
}

function checkAddresses(board: Cursor, { addressProblem, report }: BenchContext): void {
  const transports = child(board, 'transports');
  for (const transport of keysOf(transports)) checkAddress(child(transports, transport), addressProblem, report);
  checkConsole(child(board, 'console'), { transports: keysOf(transports), addressProblem, report });
}

function checkCommands(board: Cursor, report: Report): void {
  checkCommand(child(board, 'provision'), 'provision', report);
  for (const line of ['pin', 'debugger']) checkCommand(child(child(board, 'reset'), line), 'reset', report);
  const power = child(board, 'power');
  for (const key of ['off', 'on', 'cycle']) checkCommand(child(power, key), 'other', report);
  for (const [one, other] of [
    ['off', 'on'],
    ['on', 'off'],
  ] as const) {
    if (!has(power, one) || has(power, other) || has(power, 'recipe')) continue;
    const hint = `add ${code(other)}; a board that can only be cycled has ${code('cycle')}`;
    report('key-needs', keySpanOf(child(power, one)), `${code(one)} needs ${code(other)}`, { hint });
  }
  checkGroup(power, { recipes: powerRecipes, commands: ['off', 'on', 'cycle'] }, report);
  const reserve = child(board, 'reserve');
  for (const key of ['acquire', 'release']) checkCommand(child(reserve, key), 'other', report);
  checkGroup(reserve, { recipes: reserveRecipes, commands: ['acquire', 'release'] }, report);
}

interface Group {
  readonly recipes: Readonly<Record<string, Recipe<string>>>;
  readonly commands: readonly string[];
}

/** A recipe stands in place of all single commands, and parameters go with a recipe. */
function checkGroup(group: Cursor, { recipes, commands }: Group, report: Report): void {
  const written = commands.find((key) => has(group, key));
  if (written !== undefined) onlyOneOf(group, ['recipe', written], report);
  if (has(group, 'recipe')) return checkRecipe(group, { recipes, use: undefined, extra: commands }, report);
  const parameters = Object.values(recipes).flatMap(knownParameters);
  for (const key of keysOf(group)) {
    if (!parameters.includes(key)) continue;
    const hint = 'name the recipe, or remove it';
    report('key-needs', keySpanOf(child(group, key)), `${code(key)} is a parameter of a \`recipe\`, and there is none`, { hint });
  }
}

function checkRecovery(board: Cursor, { exists, report }: BenchContext): void {
  for (const rung of itemsOf(child(board, 'recover'))) {
    checkCommand(child(rung, 'command'), 'recover', report);
    const image = child(rung, 'image');
    const path = textOf(image);
    if (path !== undefined && exists?.(path) === false) report('file-missing', spanOf(image), `there is no file ${code(path)}`);
    if (path !== undefined && !has(board, 'provision') && !has(board, 'simulator')) {
      report('key-needs', spanOf(image), 'an image is written by the `provision` command, which this board does not have', {
        hint: 'add `provision`, or write the image with a `command`',
      });
    }
    if (textOf(rung) === 'reset' && isOnlyServed(board) && !has(board, 'reset') && !has(board, 'simulator')) {
      report('key-needs', spanOf(rung), 'every address of this board listens for it to ask (`listen=on`), so nobody can tell it to reset', {
        hint: 'add `reset: {pin: ...}` or `{debugger: ...}`, a transport with the address of its own server, or remove this rung',
      });
    }
    if (textOf(rung) === 'power' && !has(board, 'power') && !has(board, 'simulator')) {
      report('key-needs', spanOf(rung), 'the power of this board cannot be switched', { hint: 'add `power` to the board' });
    }
  }
}

function isOnlyServed(board: Cursor): boolean {
  const transports = child(board, 'transports');
  return keysOf(transports).every((name) => isListening(textOf(child(transports, name)) ?? ''));
}

function checkSettings(board: Cursor, report: Report): void {
  const transports = child(board, 'transports');
  if (!has(board, 'set') || keysOf(transports).some((name) => textOf(child(transports, name))?.startsWith('sim:'))) return;
  report('key-needs', keySpanOf(child(board, 'set')), '`set` changes a board in this process, and this one is another', {
    hint: 'boards in this process have `sim:PROFILE` as transports; others are changed by `fault: {do: knob, ...}` over `simulator`',
  });
}

/** Only addresses that the schema accepts: the others are reported already. */
function checkAddress(address: Cursor, addressProblem: AddressProblem, report: Report): void {
  const text = textOf(address);
  if (text === undefined || transportAddressProblem(text) !== undefined) return;
  const problem = addressProblem?.(text);
  if (problem !== undefined) report('malformed', spanOf(address), problem);
}

interface ConsoleContext {
  readonly transports: readonly string[];
  readonly addressProblem: AddressProblem;
  readonly report: Report;
}

/** A text with a colon is an address, every other one the name of a transport. */
function checkConsole(console: Cursor, { transports, addressProblem, report }: ConsoleContext): void {
  const text = textOf(console);
  if (text === undefined || text === '' || transports.includes(text)) return;
  if (!text.includes(':')) {
    return report('transport-unknown', spanOf(console), `the board has no transport ${code(text)}`, { hint: suggestion(text, transports) });
  }
  const problem = transportAddressProblem(text);
  if (problem === undefined) return checkAddress(console, addressProblem, report);
  report('malformed', spanOf(console), `\`console\` must be an address or the name of a transport; ${code(text)} is neither: ${problem}`);
}
