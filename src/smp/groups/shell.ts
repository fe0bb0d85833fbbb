/** The command of the shell group (smp.md 3.8). */

import { groupNumbers } from '../codes.ts';
import { integer, optional, required, text } from '../fields.ts';
import type { SmpCommand } from '../message.ts';

export interface ShellReply {
  /** Cut without notice at the server's buffer; holds CR LF and ANSI sequences. */
  readonly output: string;
  /** What the shell's command returned; not 0 is a failure of that command, not of the request. */
  readonly status: number;
}

/** The server joins `argv` with single blanks; it adds no quotes. */
export const shellExecute: SmpCommand<{ readonly argv: readonly string[] }, ShellReply> = {
  name: 'shell execute',
  group: groupNumbers.shell,
  command: 0,
  op: 'write',
  idempotent: false,
  encode: (request) => ({ argv: request.argv }),
  decode: (reply) => ({
    output: required(reply, 'o', text),
    // Up to Zephyr 3.2 the status is called `rc`.
    status: optional(reply, 'ret', integer) ?? required(reply, 'rc', integer),
  }),
};
