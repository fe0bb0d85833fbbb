/**
 * `npm run bench:upload [-- --json FILE] [--only TEXT]`: uploads over shaped links against what the link can carry, and
 * against a client that sends 128 bytes and waits. Serial and UDP run in virtual time, BLE in real time.
 */

import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { createRng } from '../src/base/rng.ts';
import { generateBody } from '../src/mcuboot/body.ts';
import { buildImage } from '../src/mcuboot/build.ts';
import type { UploadOptions } from '../src/client/upload.ts';
import { clientCpuUs } from './upload-cpu.ts';
import { bleLimit, uartLimit, udpLimit, type Limit } from './upload-limits.ts';
import { overBle, overMemory, profileOf, type DeviceShape, type Transfer } from './upload-links.ts';

interface Case {
  readonly name: string;
  readonly limit: Limit;
  /** Share of the limit that is demanded. */
  readonly target: number;
  readonly imageBytes: number;
  readonly run: (image: Uint8Array, options: UploadOptions) => Promise<Transfer>;
  readonly options?: UploadOptions;
  /** What the same link gives to 128-byte chunks, one at a time; undefined where our client has to wait, too. */
  readonly naive: Limit | undefined;
}

const naiveChunk: UploadOptions = { chunk: 128, window: 1 };
/** Header, keys and 128 bytes of data. */
const naivePacket = 128 + 25;
const naiveFactor = 3;
const cpuUsMax = 50;
const [small, large] = [24 * 1024, 440 * 1024];

const device: DeviceShape = { buffers: { size: 384, count: 4 }, requestUs: 500 };
const udpDevice: DeviceShape = { buffers: { size: 2048, count: 8 }, requestUs: 500 };
const deviceMs = device.requestUs / 1000;
/** The latency timer of an FTDI adapter, as it comes. */
const adapterMs = 16;
const windowOf = ({ buffers }: DeviceShape): number => buffers.count - 1;
/** One Ethernet frame less the headers of IPv4 and UDP. */
const udpPacket = 1500 - 28;
const ble = { intervalMs: 15, packetsPerEvent: 6 };
const bleMtu = 247;

const serialCases = [115_200, 1_000_000].map((baud): Case => {
  const link = { baud, deviceMs, hostMs: adapterMs };
  const profile = profileOf(device, baud);
  return {
    name: `serial ${baud} baud`,
    limit: uartLimit({ ...link, packet: device.buffers.size - 4, window: windowOf(device) }),
    naive: uartLimit({ ...link, packet: naivePacket, window: 1 }),
    target: 0.95,
    imageBytes: large,
    run: (image, options) => overMemory({ profile, port: 'serial', bytesPerSecond: baud / 10, replyLatencyMs: adapterMs }, image, options),
  };
});

const udpCases = [5, 20].map((rttMs): Case => {
  const link = { rttMs, deviceMs };
  return {
    name: `UDP, ${rttMs} ms round trip`,
    limit: udpLimit({ ...link, packet: udpPacket, window: windowOf(udpDevice) }),
    naive: udpLimit({ ...link, packet: naivePacket, window: 1 }),
    target: 0.95,
    imageBytes: large,
    run: (image, options) => overMemory({ profile: profileOf(udpDevice), port: 'datagram', latencyMs: rttMs / 2 }, image, options),
  };
});

const bleCases = [1, windowOf(device)].map((window): Case => {
  const link = { ...ble, linkLayer: 251, deviceMs };
  const profile = profileOf(device);
  return {
    name: window === 1 ? 'BLE 15 ms, no window' : `BLE 15 ms, window`,
    limit: bleLimit({ ...link, packet: bleMtu - 3, window }),
    naive: window === 1 ? undefined : bleLimit({ ...link, packet: naivePacket, window: 1 }),
    target: 0.9,
    imageBytes: window === 1 ? small : 4 * small,
    ...(window === 1 ? { options: { window: 1 } } : {}),
    run: (image, options) => overBle(profile, ble, image, options),
  };
});

function imageOf(bytes: number): Uint8Array {
  return buildImage({ version: { major: 2, minor: 0, revision: 0, build: 0 }, body: generateBody(bytes, createRng(1)) });
}

interface Target {
  readonly name: string;
  readonly met: boolean;
  readonly text: string;
}

interface Row extends Transfer {
  readonly name: string;
  readonly limit: number;
  readonly bottleneck: string;
  readonly efficiency: number;
}

const { values } = parseArgs({ options: { json: { type: 'string' }, only: { type: 'string' } } });
const rows: Row[] = [];
const targets: Target[] = [];

for (const { name, limit, target, imageBytes, run, options = {}, naive } of [...serialCases, ...udpCases, ...bleCases]) {
  if (values.only !== undefined && !name.includes(values.only)) continue;
  const done = await run(imageOf(imageBytes), options);
  const efficiency = done.goodput / limit.rate;
  rows.push({ name, ...done, limit: limit.rate, bottleneck: limit.bottleneck, efficiency });
  targets.push({
    name: `${name}: ${percent(target)} of the limit`,
    met: efficiency >= target,
    text: `${percent(efficiency)} of ${rate(limit.rate)} (${limit.bottleneck})`,
  });
  if (naive === undefined) continue;
  const slow = await run(imageOf(Math.min(imageBytes, small)), naiveChunk);
  const factor = done.goodput / slow.goodput;
  const bound = limit.rate / naive.rate;
  const why = bound < naiveFactor ? `; nobody can: the link's limit is ${bound.toFixed(2)} times that client's` : '';
  targets.push({
    name: `${name}: ${naiveFactor} times a client with 128-byte chunks`,
    met: factor >= naiveFactor,
    text: `${factor.toFixed(2)} times ${rate(slow.goodput)}${why}`,
  });
}
if (values.only === undefined || values.only === 'CPU') {
  const us = await clientCpuUs(imageOf(large));
  targets.push({ name: `client: under ${cpuUsMax} us of processor time per message`, met: us < cpuUsMax, text: `${us.toFixed(1)} us` });
}

const columns = (cells: readonly string[]): string =>
  cells.map((cell, index) => (index === 0 ? cell.padEnd(24) : cell.padStart(12))).join('');
console.log(columns(['link', 'goodput', 'limit', 'of limit', 'wire bytes', 'sent again', 'messages', 'seconds']));
for (const row of rows)
  console.log(
    columns([
      row.name,
      rate(row.goodput),
      rate(row.limit),
      percent(row.efficiency),
      String(row.wireBytes),
      String(row.duplicates),
      String(row.messages),
      row.seconds.toFixed(2),
    ]),
  );
console.log('');
for (const { name, met, text } of targets) console.log(`${met ? 'met    ' : 'NOT MET'} ${name}: ${text}`);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ rows, targets }, undefined, 2)}\n`);
console.log(`${targets.filter(({ met }) => met).length} of ${targets.length} targets met`);

function rate(bytesPerSecond: number): string {
  return `${(bytesPerSecond / 1000).toFixed(2)} kB/s`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
