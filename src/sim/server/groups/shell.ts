/** The shell group (9): runs a shell line and answers what it printed (smp.md 3.8). */

import { cborChunks } from '../../../smp/cbor.ts';
import { coreCodes, groupCodes } from '../../../smp/codes.ts';
import { answerMap, fail, refuse } from '../answer.ts';
import { textOf } from '../fields.ts';
import type { Answer } from '../answer.ts';
import type { FieldReader } from '../fields.ts';
import type { Group, ServerContext } from '../group.ts';

const error = groupCodes.shell;

export function createShellGroup({ profile, shell }: ServerContext): Group {
  const execute = (readFields: FieldReader): Answer => {
    const line = commandLine(readFields, profile.shell.lineMax);
    if (typeof line !== 'string') return line;
    const { output, status } = shell(line);
    // The dummy backend begins with a line end and keeps what fits beside its terminating NUL.
    const kept = `\r\n${output}`.slice(0, profile.shell.outputMax - 1);
    return answerMap(['o', profile.shell.chunkedOutput ? cborChunks([kept]) : kept], [profile.shell.resultKey, status]);
  };
  return { id: 9, name: 'shell mgmt', commands: { 0: { write: execute } } };
}

/** The arguments joined by blanks, up to the first one that is no text; or the refusal. */
function commandLine(readFields: FieldReader, lineMax: number): string | Answer {
  const argv = readFields({ argv: 'array' })?.argv;
  if (argv === undefined) return refuse(coreCodes.EINVAL);
  const words: string[] = [];
  let length = 0;
  for (const item of argv) {
    const word = textOf(item);
    if (word === undefined) break;
    if (length + Buffer.byteLength(word) >= lineMax) return fail(error.COMMAND_TOO_LONG);
    words.push(word);
    length += Buffer.byteLength(word) + 1;
  }
  return words.length === 0 ? fail(error.EMPTY_COMMAND) : words.join(' ');
}
