/** `smp`: any SMP request, sound or not. What a command means is the pipeline's business. */

import { fromHex, toHex } from '../base/bytes.ts';
import { BootproofError } from '../base/errors.ts';
import type { StepContext } from '../device/context.ts';
import type { LastAnswer } from '../device/device.ts';
import type { SmpArgs } from '../language/grammar.generated.ts';
import type { CborMap } from '../smp/cbor.ts';
import { groupNumber } from '../smp/codes.ts';
import { encodeRequest } from '../smp/message.ts';
import type { SmpCommand } from '../smp/message.ts';
import { fieldsOf } from '../smp/written-fields.ts';
import { shortMs } from './step.ts';
import type { StepHandler, StepResult } from './step.ts';

/** How long a silence must last: longer than any answer that does not wait for an erase. */
const silenceMs = 2000;

export const smp: StepHandler<'smp'> = {
  timeoutMs: shortMs,
  run: async (args, context) => {
    if (args.raw !== undefined) return await exchange(bytesOf(args.raw), args.expect, context);
    const command = commandOf(args);
    if (args.expect === 'silence')
      return await exchange(encodeRequest(command, args.payload, { version: 1, sequence: 0 }), 'silence', context);
    await context.device.request(command, args.payload, { signal: context.signal });
    return resultOf('', context.device.lastAnswer);
  },
};

async function exchange(packet: Uint8Array, expect: SmpArgs['expect'], { device, signal }: StepContext): Promise<StepResult> {
  const client = await device.client(signal);
  // What was answered before must not be taken for the answer to this, should there be none.
  device.noteAnswer(undefined);
  const silence = expect === 'silence';
  const answer = await client.requestRaw(packet, { expect: expect ?? 'answer', signal, timeoutMs: silence ? silenceMs : undefined });
  return resultOf(answer === undefined ? '' : toHex(answer), device.noteAnswer(answer));
}

function resultOf(hex: string, answer: LastAnswer | undefined): StepResult {
  switch (answer?.kind) {
    case 'response':
      return { hex, response: answer.fields, rc: 0 };
    case 'error':
      return { hex, response: {}, rc: answer.code };
    case 'exit':
    case undefined:
      return { hex, response: {}, rc: 0 };
  }
}

function bytesOf(raw: string): Uint8Array {
  const bytes = fromHex(raw);
  if (bytes !== undefined) return bytes;
  throw inputError(
    '`raw` is not an even number of hex digits',
    'raw-malformed',
    'write two digits for each byte; blanks may stand between bytes',
  );
}

/** A command whose fields nobody knows beforehand. */
function commandOf({ group: named, command, op }: SmpArgs): SmpCommand<SmpArgs['payload'], CborMap> {
  const group = typeof named === 'string' ? groupNumber(named) : named;
  if (group === undefined || command === undefined || op === undefined) {
    const hint = 'give `raw`, or `group`, `command` and `op`; groups without a name are given by number';
    throw inputError('the request is not complete, or its group has no such name', 'request-incomplete', hint);
  }
  const name = `command ${command} of group ${named}`;
  return { name, group, command, op, idempotent: op === 'read', encode: (payload = {}) => fieldsOf(payload), decode: (reply) => reply };
}

function inputError(message: string, code: string, hint: string): BootproofError {
  return new BootproofError(message, { fault: 'input', code, hint });
}
