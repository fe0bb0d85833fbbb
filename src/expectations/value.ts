/** `value`: a value that earlier steps measured. */

import { compareAmount } from '../language/amount.ts';
import { compileExpression } from '../language/pattern.ts';
import type { JsonValue } from '../events/event.ts';
import type { ValueArgs } from '../language/grammar.generated.ts';
import { met, polled } from './expectation.ts';
import type { Verdict } from './expectation.ts';

export const value = polled<'value'>('value-differs', (args, { operands }) => Promise.resolve(compare(args, operands)));

/** What `matches` looks at: texts as they are, everything else as JSON. */
function textOf(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function compare(args: ValueArgs, operands: string): Verdict {
  const found = args.value as JsonValue;
  const { equals, matches } = args;
  const fail = (wanted: string): Verdict => ({
    met: false,
    message: `the value is ${JSON.stringify(found)}, not ${wanted}${operands === '' ? '' : ` (${operands})`}`,
    found,
    wanted,
  });
  if (equals !== undefined && found !== equals) return fail(JSON.stringify(equals));
  if (args['at-least'] !== undefined && !(compareAmount(found, args['at-least']) >= 0)) return fail(`at least ${args['at-least']}`);
  if (args['at-most'] !== undefined && !(compareAmount(found, args['at-most']) <= 0)) return fail(`at most ${args['at-most']}`);
  if (matches !== undefined && compileExpression(matches).find(textOf(found)) === undefined) return fail(`matching ${matches}`);
  const compared = [equals, args['at-least'], args['at-most'], matches].some((demand) => demand !== undefined);
  return compared || found === true ? met : fail('true');
}
