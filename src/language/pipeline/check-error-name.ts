/** SMP errors by name, as `expect-error` and the noun `error` write them. */

import { coreCodes, groupCodes, groupNumber, groupNumbers } from '../../smp/codes.ts';
import { child, spanOf, textOf, type Cursor, type Report } from '../cursor.ts';
import { code, list, nearest, suggestion } from '../words.ts';

/** Checks a `{group, code}` against the names of SMP. Numbers are taken as they are. */
export function checkErrorName(error: Cursor, report: Report): void {
  const group = textOf(child(error, 'group'));
  const name = textOf(child(error, 'code'));
  if (group !== undefined && groupNumber(group) === undefined) {
    const groups = Object.keys(groupNumbers);
    return report('error-unknown', spanOf(child(error, 'group')), `there is no SMP group ${code(group)}`, {
      hint: suggestion(group, groups) ?? `there are ${list(groups)}`,
    });
  }
  if (name === undefined) return;
  const known = codeNames(group);
  if (known.includes(name)) return;
  const owner = group === undefined ? 'SMP itself' : `the group ${code(group)}`;
  report('error-unknown', spanOf(child(error, 'code')), `${owner} has no error ${code(name)}`, { hint: errorHint(name, known) });
}

function codeNames(group: string | undefined): readonly string[] {
  if (group === undefined) return Object.keys(coreCodes);
  return Object.keys((groupCodes as Readonly<Record<string, object>>)[group] ?? {});
}

function errorHint(name: string, known: readonly string[]): string | undefined {
  const near = nearest(name, known);
  if (near !== undefined) return `did you mean ${code(near)}?`;
  const owner = Object.entries(groupCodes).find(([, codes]) => Object.hasOwn(codes, name))?.[0];
  return owner === undefined
    ? 'write its name as Zephyr spells it, or its number'
    : `the group ${code(owner)} has it: add ${code(`group: ${owner}`)}`;
}
