/** Proves each line of a board's bench entry: ports open, firmware answers, programs are there, and on request the power goes off and on. */

import type { Clock } from '../../base/clock.ts';
import { BootproofError } from '../../base/errors.ts';
import { formatDuration } from '../../base/quantities.ts';
import { createRng } from '../../base/rng.ts';
import { SmpRefusal } from '../../client/errors.ts';
import { answeringTransport } from '../../device/answering.ts';
import { placed } from '../../device/bench-error.ts';
import type { Board, OpenOptions } from '../../device/board.ts';
import type { Device } from '../../device/device.ts';
import type { BoardEntry, CommandEntry } from '../../language/model.ts';
import { imageStateRead } from '../../smp/groups/image.ts';
import { osEcho, osInfo } from '../../smp/groups/os.ts';
import { openTransport } from '../../transport/open.ts';
import { findProgram } from './host.ts';
import { ok, trouble } from './finding.ts';
import type { Finding } from './finding.ts';

export interface Examination {
  readonly entry: BoardEntry;
  /** Made without the console, which is proven by itself. */
  readonly board: Board;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Whether the power may be switched. */
  readonly power: boolean;
}

const answerMs = 5_000;

export async function examineBoard(examination: Examination): Promise<readonly Finding[]> {
  const { entry, power } = examination;
  const findings: Finding[] = [];
  for (const name of entry.transports.keys()) findings.push(await examineTransport(name, examination));
  if (entry.console?.at === 'address') findings.push(await examineConsole(entry.console.address, examination));
  for (const [subject, command] of commandsOf(entry)) findings.push(examineProgram(subject, command, entry));
  if (power) findings.push(await examinePower(examination));
  return findings;
}

function openOptions({ clock, signal }: Examination, transport: string): OpenOptions {
  return { transport, clock, signal, rng: createRng(0), emit: () => undefined };
}

async function examineTransport(name: string, examination: Examination): Promise<Finding> {
  const { entry, board, clock, signal } = examination;
  const subject = `transports.${name}`;
  try {
    const options = openOptions(examination, name);
    const answer = board.answers.has(name);
    await board.upkeep?.checkHealth({ ...options, answer, ms: answerMs, answerMs });
    if (!answer) return ok(subject, 'the port is free to listen on; whether the board finds it shows only when it asks (`serve`)');
    const device = await board.open(options);
    try {
      const askedAt = clock.now();
      await device.request(osEcho, { text: 'bootproof' }, { signal, timeoutMs: answerMs }).catch(acceptRefusal);
      const echo = `answers in ${formatDuration(Math.round(clock.now() - askedAt))}`;
      return ok(subject, [echo, await identityOf(device, signal), await imagesOf(device, signal)].join('; '));
    } finally {
      await device.close();
    }
  } catch (thrown) {
    return trouble(subject, thrown, entry.locate(['transports', name]));
  }
}

/** A refusal is an answer. */
function acceptRefusal(thrown: unknown): undefined {
  if (thrown instanceof SmpRefusal) return undefined;
  throw thrown;
}

async function identityOf(device: Device, signal: AbortSignal): Promise<string> {
  const info = await device.request(osInfo, { format: 'sbv' }, { signal, timeoutMs: answerMs }).catch(acceptRefusal);
  return info === undefined ? 'does not say what it is' : info.output;
}

async function imagesOf(device: Device, signal: AbortSignal): Promise<string> {
  const state = await device.request(imageStateRead, undefined, { signal, timeoutMs: answerMs }).catch(acceptRefusal);
  if (state === undefined) return 'has no image list';
  const shown = state.slots.map(({ slot, version, active, confirmed, pending }) => {
    const flags = Object.entries({ active, confirmed, pending }).flatMap(([flag, set]) => (set ? [flag] : []));
    return [`slot ${slot}: ${version}`, ...flags].join(' ');
  });
  return shown.join(', ') || 'its slots are empty';
}

async function examineConsole(address: string, { entry, clock, signal }: Examination): Promise<Finding> {
  let heard = 0;
  const events = { packet: () => undefined, text: (bytes: Uint8Array) => void (heard += bytes.length), lost: () => undefined };
  try {
    const port = await openTransport(address, events, { clock, signal });
    await port.close();
    return ok('console', heard > 0 ? `opens, and gave ${heard} bytes` : 'opens');
  } catch (thrown) {
    return trouble('console', placed(thrown, entry.name, entry.locate(['console'])));
  }
}

function commandsOf({ provision, reset, power, reserve, recover = [] }: BoardEntry): readonly (readonly [string, CommandEntry])[] {
  const rungs = recover.flatMap((rung, index) => (rung.kind === 'command' ? [[`recover[${index}]`, rung.command] as const] : []));
  const groups = [...Object.entries({ provision }), ...grouped('reset', reset), ...grouped('power', power), ...grouped('reserve', reserve)];
  return [...groups.flatMap(([subject, command]) => (command === undefined ? [] : [[subject, command] as const])), ...rungs];
}

function grouped(name: string, group: object): readonly (readonly [string, CommandEntry | undefined])[] {
  return Object.entries(group).map(([key, command]) => [`${name}.${key}`, command as CommandEntry | undefined]);
}

function examineProgram(subject: string, { run, span }: CommandEntry, { name }: BoardEntry): Finding {
  const program = 'shell' in run ? 'sh' : (run[0] ?? '');
  const path = findProgram(program);
  if (path !== undefined) return ok(subject, path);
  const missing = new BootproofError(`${program} is not on the PATH`, {
    fault: 'infra',
    code: 'program-missing',
    hint: 'install it, or put its folder on the PATH of the user who runs bootproof',
  });
  return trouble(subject, placed(missing, name, span));
}

async function examinePower(examination: Examination): Promise<Finding> {
  const { entry, board, signal } = examination;
  const [first = ''] = entry.transports.keys();
  const transport = answeringTransport(entry, first);
  const options = openOptions(examination, transport ?? first);
  try {
    const rung = board.upkeep?.rungs.find(({ name }) => name === 'power');
    if (rung === undefined) throw noPower();
    await rung.climb(options);
    if (transport === undefined) return ok('power', 'went off and on; whether the board is back shows only when it asks');
    await board.upkeep?.checkHealth({ ...options, answer: true, ms: board.upkeep.bootMs, answerMs: board.upkeep.bootMs });
    return ok('power', 'went off and on, and the board answers again');
  } catch (thrown) {
    signal.throwIfAborted();
    return trouble('power', thrown, entry.locate(['power']));
  }
}

function noPower(): BootproofError {
  return new BootproofError('the power cannot be switched', {
    fault: 'infra',
    code: 'power-missing',
    hint: 'give the board `power`, and name it in `recover` if that is written',
  });
}
