/** Replays recorded exchanges of real SMP servers on the simulated device and tells where the two differ. */

import { createVirtualClock } from '../../../src/base/clock-virtual.ts';
import { messageOf } from '../../../src/base/errors.ts';
import { formatVersion } from '../../../src/mcuboot/version.ts';
import { Bench } from './bench.ts';
import { codecDifferences } from './codec.ts';
import { compareAnswer } from './compare.ts';
import { answeredPackets, bytesOf, hexMember, member, requestPackets, soundPacketMax, writtenParts } from './record.ts';
import { simulatedServer } from './server-of.ts';
import { skipReason } from './skips.ts';
import { hashOf, HashBindings, shapeOf, standIn } from './stand-ins.ts';
import { Uploads } from './uploads.ts';
import type { Clock } from '../../../src/base/clock.ts';
import type { Exchange, Meta, RecordedPacket, ServerRecord, SmpRecord } from './record.ts';
import type { RecordedImages, SimulatedServer } from './server-of.ts';
import type { Rewrite } from './uploads.ts';

/** The verdict on one record. A skip names why the record says nothing about the simulator. */
export type CaseResult =
  | { readonly name: string; readonly verdict: 'passed' }
  | { readonly name: string; readonly verdict: 'failed'; readonly differences: readonly string[] }
  | { readonly name: string; readonly verdict: 'skipped'; readonly reason: string };

export interface ReplayOptions {
  readonly report: (result: CaseResult) => void;
  /** Only records that address one of these groups are judged. All are replayed, since they change the server. */
  readonly groups?: readonly number[] | undefined;
}

/** Replays the records of one file in order. */
export async function replaySmp(records: readonly unknown[], options: ReplayOptions): Promise<void> {
  const [first, ...rest] = records as readonly SmpRecord[];
  if (first?.kind !== 'server') {
    options.report({ name: 'first line', verdict: 'failed', differences: ['it does not describe a server'] });
    return;
  }
  const clock = createVirtualClock();
  await clock.drive(new Replay(first, rest, { clock, ...options }).run());
}

class Replay {
  readonly #record: ServerRecord;
  readonly #records: readonly SmpRecord[];
  readonly #options: ReplayOptions & { readonly clock: Clock };
  readonly #server: SimulatedServer;
  readonly #factoryImage: Uint8Array;
  readonly #hashes = new HashBindings();
  readonly #uploads: Uploads;
  #bench: Bench;

  constructor(record: ServerRecord, records: readonly SmpRecord[], options: ReplayOptions & { readonly clock: Clock }) {
    this.#record = record;
    this.#records = records;
    this.#options = options;
    this.#server = simulatedServer(record, recordedImages(records));
    this.#factoryImage = standIn(this.#server.factory, { damaged: false });
    if (this.#server.factoryHash !== undefined) this.#hashes.bind(this.#server.factoryHash, hashOf(this.#factoryImage));
    this.#uploads = new Uploads(this.#hashes, soundPacketMax(record));
    this.#bench = this.#newBench();
  }

  async run(): Promise<void> {
    await this.#powerOn();
    for (const record of this.#records) {
      try {
        if (record.kind === 'exchange') await this.#exchange(record);
        else if (record.kind === 'meta') await this.#meta(record);
      } catch (thrown) {
        this.#judge('name' in record ? record.name : record.kind, [`the replay failed: ${messageOf(thrown)}`]);
      }
    }
  }

  #newBench(): Bench {
    return new Bench(this.#options.clock, this.#server, this.#factoryImage);
  }

  async #powerOn(): Promise<void> {
    await this.#bench.powerOn({ intoRecovery: this.#server.startsInRecovery });
    this.#bench.takeConsoleLines();
  }

  async #meta(record: Meta): Promise<void> {
    if (record.name === 'server-restarted' || record.name === 'fresh-device' || record.name.startsWith('section-')) {
      this.#bench = this.#newBench();
      await this.#powerOn();
    } else if (record.name.endsWith('power-cycle')) {
      await this.#bench.pressReset();
      this.#judge(record.name, consoleDifferences(record.console_lines ?? [], this.#bench.takeConsoleLines()));
    }
  }

  async #exchange(exchange: Exchange): Promise<void> {
    const rewrite = this.#uploads.rewrite(exchange);
    const unfed = rewrite?.missing === undefined ? [] : await this.#feed(rewrite.missing);
    const context = { server: this.#record, exchange, rewrite };
    const skipped = skipReason(context);
    if (skipped !== undefined) {
      this.#report(exchange, { name: exchange.name, verdict: 'skipped', reason: skipped });
      return;
    }
    const answers = await this.#write(exchange, rewrite);
    const differences = [
      ...unfed,
      ...(isUnsteady(exchange, this.#record) ? this.#compareCommon(exchange, answers) : this.#compareAll(exchange, answers)),
      ...(await this.#comparePulse(exchange)),
      ...(await this.#compareReset(exchange)),
      ...codecDifferences(exchange, this.#server.port === 'serial' || this.#server.port === 'shell'),
    ];
    const reason = differences.length === 0 ? undefined : skipReason({ ...context, answers: answers.length });
    if (reason === undefined) this.#judge(exchange.name, differences, exchange);
    else this.#report(exchange, { name: exchange.name, verdict: 'skipped', reason });
  }

  async #write(exchange: Exchange, rewrite: Rewrite | undefined): Promise<readonly Uint8Array[]> {
    const parts = rewrite === undefined ? writtenParts(exchange) : this.#bench.frame(rewrite.packet);
    const options = { gapMs: exchange.gap_ms ?? 0, expected: answeredPackets(exchange).length };
    const answers = await this.#bench.write(parts, options);
    for (const answer of answers) if (rewrite !== undefined) this.#uploads.noteAnswer(answer);
    return answers;
  }

  /** Sends the chunks that were not recorded. */
  async #feed({ from, to }: { readonly from: number; readonly to: number }): Promise<readonly string[]> {
    for (let off = from; off < to;) {
      const answer = await this.#bench.request(this.#uploads.chunk(off, to));
      const next = answer === undefined ? off : this.#uploads.noteAnswer(answer);
      if (next <= off) return [`the upload does not go on at ${off}`];
      off = next;
    }
    return [];
  }

  #compareAll(exchange: Exchange, answers: readonly Uint8Array[]): readonly string[] {
    const recorded = answeredPackets(exchange);
    const count = recorded.length === answers.length ? [] : [`${recorded.length} answers recorded, ${answers.length} simulated`];
    return [...count, ...recorded.flatMap((packet, index) => this.#compare(packet, answers[index]))];
  }

  /** Which of them were answered is a matter of timing: only those are compared that both servers answered. */
  #compareCommon(exchange: Exchange, answers: readonly Uint8Array[]): readonly string[] {
    const recorded = answeredPackets(exchange).filter(({ payload }) => member(payload, 'rc') !== outOfBuffersRc);
    return recorded.flatMap((packet) => {
      const key = keyOf(bytesOf(packet.smp_hex));
      const candidates = answers.filter((answer) => keyOf(answer) === key && !isOutOfBuffers(answer));
      const differences = candidates.map((answer) => this.#compare(packet, answer));
      return differences.some((found) => found.length === 0) ? [] : (differences[0] ?? []);
    });
  }

  #compare(recorded: RecordedPacket, answer: Uint8Array | undefined): readonly string[] {
    if (answer === undefined) return [`not answered: ${JSON.stringify(recorded.payload)}`];
    return compareAnswer(bytesOf(recorded.smp_hex), answer, this.#hashes);
  }

  /** The recorder looked after many exchanges whether the server was still there. */
  async #comparePulse(exchange: Exchange): Promise<readonly string[]> {
    if (exchange.alive_after === undefined) return [];
    const sequence = (requestPackets(exchange).at(-1)?.seq ?? 0) + 1;
    const echoes = await this.#bench.echoesUntilAnswer(sequence);
    const simulated = echoes === undefined ? false : echoes === 1 || `yes, but only at echo attempt ${echoes}`;
    if (simulated === exchange.alive_after || isBurst(exchange)) return [];
    // Of the bootloader, which has no echo, the recorder only noted that it answered at all.
    if (this.#server.startsInRecovery && exchange.alive_after === true && echoes !== undefined) return [];
    return [`alive afterwards: recorded ${exchange.alive_after}, simulated ${simulated}`];
  }

  async #compareReset(exchange: Exchange): Promise<readonly string[]> {
    const [request] = requestPackets(exchange);
    const accepted = request?.group === 0 && request.id === 5 && request.op === 2 && answeredPackets(exchange).some(isSuccess);
    if (!accepted) return [];
    await this.#bench.reboot();
    const lines = this.#bench.takeConsoleLines();
    return exchange.console_lines === undefined ? [] : consoleDifferences(exchange.console_lines, lines);
  }

  #judge(name: string, differences: readonly string[], exchange?: Exchange): void {
    this.#report(exchange, differences.length === 0 ? { name, verdict: 'passed' } : { name, verdict: 'failed', differences });
  }

  #report(exchange: Exchange | undefined, result: CaseResult): void {
    const { groups } = this.#options;
    const addressed = exchange === undefined ? [] : requestPackets(exchange).map(({ group }) => group);
    if (groups === undefined || addressed.some((group) => groups.includes(group))) this.#options.report(result);
  }
}

const outOfBuffersRc = 2;

/** Several packets at once: how many are answered depends on when the server looks. */
function isBurst(exchange: Exchange): boolean {
  return requestPackets(exchange).length > 1 && (exchange.request_parts_hex ?? []).length > 1;
}

/** Records of which the set of answers is no truth: bursts, and lines that native_sim's receive pool loses. */
function isUnsteady(exchange: Exchange, { config }: ServerRecord): boolean {
  const lines = exchange.request_parts_hex ?? [];
  const unpaced = config.target === 'native_sim' && config.transport !== 'udp' && lines.length > 1 && exchange.gap_ms === undefined;
  return isBurst(exchange) || unpaced;
}

function isSuccess({ payload }: RecordedPacket): boolean {
  return member(payload, 'err') === undefined && (member(payload, 'rc') ?? 0) === 0;
}

function isOutOfBuffers(answer: Uint8Array): boolean {
  return Buffer.from(answer.subarray(8)).toString('hex') === 'bf62726302ff';
}

/** Group, sequence and command: what pairs answers with requests. */
function keyOf(packet: Uint8Array): string {
  return Buffer.from(packet.subarray(4, 8)).toString('hex');
}

/** The bootloader's own lines. Debug lines, banners and the application's lines are no truth. */
function consoleDifferences(recorded: readonly string[], simulated: readonly string[]): readonly string[] {
  const [a, b] = [recorded, simulated].map((lines) => lines.filter((line) => /^[IWE]: /.test(line)));
  return a!.join('\n') === b!.join('\n') ? [] : [`console: recorded\n${indent(a!)}\n  simulated\n${indent(b!)}`];
}

function indent(lines: readonly string[]): string {
  return lines.map((line) => `    ${line}`).join('\n');
}

/** Images are only seen as the first chunks of their uploads. Those that were made to hang are uploaded under names that say so. */
function recordedImages(records: readonly SmpRecord[]): RecordedImages {
  const uploads = records.flatMap((record) => {
    if (record.kind !== 'exchange') return [];
    const data = hexMember(requestPackets(record)[0]?.payload, 'data');
    const shape = data === undefined ? undefined : shapeOf(bytesOf(data));
    return shape === undefined ? [] : [{ name: record.name, shape }];
  });
  const hanging = uploads.filter(({ name }) => name.includes('hang'));
  return { shapes: uploads.map(({ shape }) => shape), hangingVersions: hanging.map(({ shape }) => formatVersion(shape.version)) };
}
