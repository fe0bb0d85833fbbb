/** Everything that makes a bench wrong although its schema is content. */

import { child, keysOf, spanOf, textOf, type Cursor, type Report } from '../cursor.ts';
import { transportAddressProblem } from '../addresses.ts';
import { code, suggestion } from '../words.ts';

/** In one sentence, what is wrong with an address whose scheme is known; undefined when nothing is, or nobody can tell. */
export type AddressProblem = ((address: string) => string | undefined) | undefined;

export function checkBench(root: Cursor, addressProblem: AddressProblem, report: Report): void {
  const boards = child(root, 'boards');
  for (const name of keysOf(boards)) {
    const board = child(boards, name);
    const transports = child(board, 'transports');
    for (const transport of keysOf(transports)) checkAddress(child(transports, transport), addressProblem, report);
    checkConsole(child(board, 'console'), { transports: keysOf(transports), addressProblem, report });
  }
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
