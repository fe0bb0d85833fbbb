/** The commands of a board's bench entry: placeholders filled in, run, written to the event log, and judged. */

import type { Clock } from '../base/clock.ts';
import { BootproofError } from '../base/errors.ts';
import { utf8 } from '../base/bytes.ts';
import { encodeConsole } from '../events/console-text.ts';
import { fillPlaceholders } from '../language/bench/placeholders.ts';
import type { BoardEntry, CommandEntry } from '../language/model.ts';
import { encodeIntelHex } from '../mcuboot/intel-hex.ts';
import { placed } from './bench-error.ts';
import type { BoardSources } from './board.ts';
import type { BoardEvent } from './board-event.ts';
import { nameOf, runCommand } from './command.ts';
import type { CommandRequest, CommandResult } from './command.ts';

export interface CommandContext {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly emit: (event: BoardEvent) => void;
}

export interface BenchCommands {
  /** Runs a command to its end. Throws an infra error, placed in the bench, unless it ends well. */
  run(
    command: CommandEntry,
    purpose: string,
    options?: { readonly image?: Uint8Array; readonly signal?: AbortSignal | undefined },
  ): Promise<void>;
}

const commandMs = 120_000;
/** What the event log keeps of the output of one command. */
const loggedMax = 4096;

export function benchCommands({ name }: BoardEntry, sources: BoardSources, { clock, signal, emit }: CommandContext): BenchCommands {
  const run: BenchCommands['run'] = async (command, purpose, { image, signal: limit = signal } = {}) => {
    const words = fillCommand(command, { name, sources, image });
    const timeoutMs = command.timeoutMs ?? commandMs;
    const startedAt = clock.now();
    const tell = (done?: CommandResult): void =>
      emit({
        kind: 'command',
        purpose,
        run: 'shell' in words ? [words.shell] : words,
        durationMs: Math.round((clock.now() - startedAt) * 1000) / 1000,
        output: encodeConsole(utf8(`${done?.stdout ?? ''}${done?.stderr ?? ''}`.slice(-loggedMax))),
        ...(done === undefined ? {} : { exit: done.exit }),
      });
    const done = await clock.external(runCommand({ run: words, env: command.env, timeoutMs, signal: limit })).catch((thrown: unknown) => {
      tell();
      throw placed(thrown, name, command.span);
    });
    tell(done);
    if (done.exit !== 0) throw placed(failed(words, done), name, command.span);
  };
  return { run };
}

interface Values {
  readonly name: string;
  readonly sources: BoardSources;
  readonly image: Uint8Array | undefined;
}

/** Files are only written for placeholders that are there. */
function fillCommand(command: CommandEntry, { name, sources, image = new Uint8Array() }: Values): CommandRequest['run'] {
  const files: Record<string, string> = { board: name };
  const fill = (text: string): string => {
    if (text.includes('{image}')) files['image'] ??= sources.writeFile('image.bin', image);
    if (text.includes('{image-hex}'))
      files['image-hex'] ??= sources.writeFile('image.hex', utf8(encodeIntelHex(image, command.address ?? 0)));
    if (text.includes('{script}')) files['script'] ??= sources.writeFile('script.txt', utf8(fill(command.script ?? '')));
    return fillPlaceholders(text, files);
  };
  return 'shell' in command.run ? { shell: fill(command.run.shell) } : command.run.map(fill);
}

/** Many programs say last how they are used, and before that what was wrong. */
const [saidLines, saidMax] = [3, 300];

function lastWords(output: string): string {
  const lines = output.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
  return lines.slice(-saidLines).join(' / ').slice(-saidMax);
}

function failed(run: CommandRequest['run'], { exit, stdout, stderr }: CommandResult): BootproofError {
  const said = lastWords(stderr.trim() === '' ? stdout : stderr);
  return new BootproofError(`${nameOf(run)} ended with exit code ${exit}${said === '' ? '' : `: ${said}`}`, {
    fault: 'infra',
    code: 'command-failed',
    hint: `run it by hand: ${'shell' in run ? run.shell : run.join(' ')}`,
  });
}
