/** `send`: text or bytes to the console. */

import { assert } from '../base/assert.ts';
import { fromHex, utf8 } from '../base/bytes.ts';
import type { SendArgs } from '../language/grammar.generated.ts';
import { shortMs } from './step.ts';
import type { StepHandler } from './step.ts';

const lineEnds: Readonly<Record<NonNullable<SendArgs['line-end']>, string>> = { lf: '\n', cr: '\r', crlf: '\r\n', none: '' };

export const send: StepHandler<'send'> = {
  timeoutMs: shortMs,
  run: async (args, { device, signal }) => {
    await device.sendText(bytesOf(args), signal);
    return {};
  },
};

function bytesOf({ text, hex = '', 'line-end': lineEnd = 'lf' }: SendArgs): Uint8Array {
  if (text !== undefined) return utf8(text + lineEnds[lineEnd]);
  const bytes = fromHex(hex);
  assert(bytes !== undefined, 'hex digits passed the schema');
  return bytes;
}
