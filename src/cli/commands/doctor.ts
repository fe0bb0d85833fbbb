/** `bootproof doctor`: what this host has for boards, and whether every line of a bench is true. */

import type { Command } from 'commander';
import { createRealClock } from '../../base/clock-real.ts';
import { formatDiagnostic, hasErrors } from '../../language/diagnostics.ts';
import type { Bench, BoardEntry } from '../../language/model.ts';
import { createBoards } from '../boards.ts';
import { loadOne } from '../documents.ts';
import { examineBoard } from '../doctor/board.ts';
import { trouble } from '../doctor/finding.ts';
import type { Finding } from '../doctor/finding.ts';
import { examineHost } from '../doctor/host.ts';
import { createHostClaims } from '../host-claims.ts';
import type { CliIo } from '../io.ts';
import { onInterrupt } from '../signals.ts';

const examples = `
Examples:
  bootproof doctor                              serial ports, Bluetooth adapters, and the rights to use them
  bootproof doctor --bench lab.bench.yaml       proves each line: opens the ports, asks the firmware, finds the programs
  bootproof doctor --bench lab.bench.yaml --power --json
                                                for programs; \`bootproof schema doctor\` describes it

Exit codes: 0 all is well, 2 usage or mistakes in the bench, 3 something is missing, 130 interrupted.
`;

interface DoctorFlags {
  readonly bench?: string;
  readonly power: boolean;
  readonly json: boolean;
}

interface BoardReport {
  readonly board: string;
  readonly findings: readonly Finding[];
}

export function registerDoctorCommand(program: Command, io: CliIo): void {
  program
    .command('doctor')
    .description('look at this host and prove each line of a bench, with a mend for whatever is missing')
    .option('--bench <FILE>', 'the boards to prove')
    .option('--power', 'switch the power of each board off and on', false)
    .option('--json', 'as JSON, for other programs', false)
    .addHelpText('after', examples)
    .action(async (flags: DoctorFlags) => io.exit(await examine(flags, io)));
}

async function examine({ bench: path, power, json }: DoctorFlags, io: CliIo): Promise<number> {
  const { document: bench, diagnostics } = loadOne('bench', path);
  for (const diagnostic of diagnostics) io.stderr(`${formatDiagnostic(diagnostic)}\n`);
  if (hasErrors(diagnostics)) return 2;
  const interrupt = onInterrupt(() => io.stderr('\nStopping.\n'));
  try {
    const host = await examineHost();
    const boards = bench === undefined ? [] : await examineBoards(bench, power, interrupt.signal);
    io.stdout(json ? `${JSON.stringify({ host, boards }, null, 2)}\n` : render(host, boards));
    if (interrupt.signal.aborted) return 130;
    return boards.some(({ findings }) => findings.some(({ state }) => state === 'error')) ? 3 : 0;
  } finally {
    interrupt.dispose();
  }
}

/** How long the doctor waits for a board that is at work. */
const busyMs = 2_000;

/** Boards at the same time: each waits for its own ports. */
function examineBoards(bench: Bench, power: boolean, signal: AbortSignal): Promise<readonly BoardReport[]> {
  const clock = createRealClock();
  const claims = createHostClaims('bootproof doctor');
  const silent = new Map([...bench.boards].map(([name, entry]) => [name, withoutConsole(entry)] as const));
  const boards = createBoards({ ...bench, boards: silent });
  return Promise.all(
    boards.map(async (board): Promise<BoardReport> => {
      const entry = bench.boards.get(board.name)!;
      let free = (): void => undefined;
      try {
        free = await claims.claim(board.upkeep?.claims ?? [], { waitMs: busyMs, clock, signal });
        return { board: board.name, findings: await examineBoard({ entry, board, clock, signal, power }) };
      } catch (thrown) {
        return { board: board.name, findings: [trouble('board', thrown, entry.span)] };
      } finally {
        free();
      }
    }),
  );
}

function withoutConsole(entry: BoardEntry): BoardEntry {
  const { console, ...rest } = entry;
  // A console that shares a transport opens no port.
  return console?.at === 'address' ? rest : entry;
}

function render(host: readonly Finding[], boards: readonly BoardReport[]): string {
  const sections = [sectionText('this host', host), ...boards.map(({ board, findings }) => sectionText(`board ${board}`, findings))];
  const findings = boards.flatMap((board) => board.findings);
  const wrong = findings.filter(({ state }) => state === 'error').length;
  const summary = boards.length === 0 ? '' : `\n${boards.length} boards: ${findings.length - wrong} lines proven, ${wrong} not\n`;
  return `${sections.join('\n')}${summary}`;
}

function sectionText(title: string, findings: readonly Finding[]): string {
  return `${title}\n${findings.map(findingText).join('')}`;
}

function findingText({ subject, state, message, at, hint }: Finding): string {
  const lines = [`  ${state.padEnd(5)} ${subject}: ${message}`];
  if (at !== undefined) lines.push(`        at ${at.file}:${at.line}:${at.column}`);
  if (hint !== undefined) lines.push(`        hint: ${hint}`);
  return lines.map((line) => `${line}\n`).join('');
}
