import t from 'tap';
import fc from 'fast-check';
import { concatBytes, toHex, utf8 } from '../../src/base/bytes.ts';
import { decodeBase64 } from '../../src/smp/base64.ts';
import { createSerialDeframer } from '../../src/smp/serial-deframer.ts';
import { crc16, encodeSerialFrame, serialPacketMax, type SerialStyle } from '../../src/smp/serial-frame.ts';
import { readVectors } from '../helpers/vectors.ts';
import { hex, serialVectors } from './frames.ts';
import { fuzzSmp } from './fuzz.ts';

const packetMax = 2048;

/** What a deframer makes of the pieces: texts in brackets, packets as hex. */
function deframe(pieces: readonly (string | Uint8Array)[], max = packetMax): string[] {
  const found: string[] = [];
  let text = '';
  const flush = (): void => {
    if (text !== '') found.push(`[${text}]`);
    text = '';
  };
  const deframer = createSerialDeframer({
    packetMax: max,
    packet: (packet) => {
      flush();
      found.push(toHex(packet));
    },
    text: (bytes) => (text += Buffer.from(bytes).toString('latin1')),
  });
  for (const piece of pieces) deframer.feed(typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece);
  flush();
  return found;
}

void t.test('vectors', (t) => {
  t.equal(crc16(utf8('123456789')), 0x31c3);
  for (const { id, meaning, styles, packet, lines } of serialVectors) {
    t.strictSame(deframe(lines), [packet], `${id} is read: ${meaning}`);
    for (const style of styles) {
      const sent = encodeSerialFrame(hex(packet), { style }).map((line) => Buffer.from(line).toString('latin1'));
      t.strictSame(sent, lines, `${id} is written in style ${style}`);
    }
  }
  t.end();
});

interface Exchange {
  readonly name: string;
  readonly response_hex: readonly string[];
  readonly response_decoded: readonly { readonly kind: string; readonly smp_hex?: string; readonly crc_ok?: boolean }[];
}

void t.test('what real servers wrote is read, and written as they do', (t) => {
  const servers: readonly (readonly [name: string, style?: SerialStyle])[] = [
    ['native_sim_serial', 'zephyr'],
    ['native_sim_serial_fs', 'zephyr'],
    ['native_sim_serial_noparams', 'zephyr'],
    ['native_sim_shell', 'zephyr'],
    // Built from Zephyr after 4.4, which fills continuation lines: reading only.
    ['qemu_mps2'],
    ['mcuboot_recovery_mps2', 'sliced'],
  ];
  for (const [server, style] of servers) {
    const exchanges = readVectors(`smp/${server}.jsonl`).filter(({ kind }) => kind === 'exchange') as unknown as Exchange[];
    for (const { name, response_hex, response_decoded } of exchanges) {
      const packets = response_decoded.flatMap(({ smp_hex }) => smp_hex ?? []);
      if (packets.length === 0) continue;
      const wire = hex(response_hex.join(''));
      const read = deframe([wire]).filter((event) => !event.startsWith('['));
      const written = packets.every(
        (packet) => style === undefined || toHex(wire).includes(toHex(concatBytes(encodeSerialFrame(hex(packet), { style })))),
      );
      if (read.join() !== packets.join() || !written) t.fail(`${server} ${name}`, { read, packets, written });
    }
    t.ok(exchanges.length > 100, `${server}: ${exchanges.length} exchanges`);
  }
  t.end();
});

const short = hex('0a00000900004200a161646568656c6c6f');
const [shortLine = ''] = serialVectors.find(({ id }) => id === 'F5')!.lines;
const long = serialVectors.find(({ id }) => id === 'F6')!;
const [first = '', second = ''] = long.lines;
const packet = toHex(short);

void t.test('frames among other output', (t) => {
  const brokenCrc = shortLine.replace('Z\n', 'a\n');
  const cases: readonly (readonly [what: string, wire: string, events: readonly string[]])[] = [
    [
      'text before, between and behind',
      `boot\n${shortLine}log\n${shortLine}uart:~$ `,
      ['[boot\n]', packet, '[log\n]', packet, '[uart:~$ ]'],
    ],
    ['a prompt on the same line', `uart:~$ ${shortLine}`, ['[uart:~$ ]', packet]],
    ['colours and cursor movements', `\x1b[8D\x1b[J\x1b[1;33m${shortLine}\x1b[0m`, ['[\x1b[8D\x1b[J\x1b[1;33m]', packet, '[\x1b[0m]']],
    ['carriage returns', `${first.replace('\n', '\r\n')}${second.replace('\n', '\r\r\n')}`, [long.packet]],
    ['a log line inside a packet', `${first}<inf> hello\n${second}`, ['[<inf> hello\n]', long.packet]],
    [
      'text inside a line',
      `${first.slice(0, 60)}<inf> hello\n${second}${shortLine}`,
      [`[${first.slice(0, 60)}<inf> hello\n${second}]`, packet],
    ],
    ['a new start inside a line', `${first.slice(0, 60)}${shortLine}`, [`[${first.slice(0, 60)}]`, packet]],
    ['a new start before the end', `${first}${shortLine}${second}`, [`[${first}]`, packet, `[${second}]`]],
    ['a repeated continuation', `${first}${second}${second}`, [long.packet, `[${second}]`]],
    ['a continuation without a start', `${second}${shortLine}`, [`[${second}]`, packet]],
    ['a wrong checksum', `${brokenCrc}${shortLine}`, [`[${brokenCrc}]`, packet]],
    ['half a quad', '\x06\x09AAoAAA\nx', ['[\x06\x09AAoAAA\nx]']],
    ['padding in the middle', '\x06\x09AA==AAAA\n', ['[\x06\x09AA==AAAA\n]']],
    ['an empty line', '\x06\x09\n', ['[\x06\x09\n]']],
    ['less than a length', '\x06\x09AA==\n', ['[\x06\x09AA==\n]']],
    ['a length that no packet has', '\x06\x09AAkAAAAAAAAAAAA=\n', ['[\x06\x09AAkAAAAAAAAAAAA=\n]']],
    ['more bytes than the length', `${shortLine.slice(0, -1)}AAAA\n`, [`[${shortLine.slice(0, -1)}AAAA\n]`]],
    ['a lone marker byte', `\x06\x06${shortLine}\x04x\x06`, ['[\x06\x06]', packet, '[\x04x]']],
    ['a byte of each marker', `\x06\x14\x04\x09\n`, ['[\x06\x14\x04\x09\n]']],
  ];
  for (const [what, wire, events] of cases) {
    t.strictSame(deframe([wire]), events, what);
    t.strictSame(deframe(chunksOf(Buffer.from(wire, 'latin1'), [1])), events, `${what}, byte by byte`);
  }
  const padded = [short.subarray(0, 5), short.subarray(5)].map((part) => Buffer.from(part));
  const body = Buffer.concat([Buffer.from([0, short.length + 2]), ...padded, Buffer.from([crc16(short) >> 8, crc16(short) & 0xff])]);
  const lines = `\x06\x09${body.subarray(0, 7).toString('base64')}\n\x04\x14${body.subarray(7, 8).toString('base64')}\n\x04\x14${body.subarray(8).toString('base64')}\n`;
  t.strictSame(deframe([lines]), [packet], 'lines that are padded one by one');
  t.end();
});

void t.test('limits', (t) => {
  const tooLong = concatBytes(encodeSerialFrame(new Uint8Array(101), { style: 'sliced' }));
  t.equal(deframe([tooLong], 101).length, 1);
  t.match(deframe([tooLong], 100), [/^\[\x06\x09/], 'a packet beyond the limit is text');
  const endless = `\x06\x09${'A'.repeat(10_000)}`;
  t.equal(deframe([endless], 100)[0]?.length, 10_000 + 4, 'a line without end is given back while it runs');
  const crumbs = `\x06\x09AGYA\n${`\x04\x14AA==${'\r'.repeat(150)}\n`.repeat(50)}`;
  t.ok((deframe([crumbs], 100)[0]?.length ?? 0) > crumbs.length / 2, 'a packet in crumbs is given up');
  t.equal(encodeSerialFrame(new Uint8Array(serialPacketMax), { style: 'zephyr' }).at(-1)!.length <= 127, true);
  t.throws(() => encodeSerialFrame(new Uint8Array(serialPacketMax + 1), { style: 'zephyr' }), /65533/);
  t.end();
});

void t.test('properties', (t) => {
  const packets = fc.uint8Array({ minLength: 8, maxLength: 700 });
  const style = fc.constantFrom<SerialStyle>('sliced', 'zephyr');
  t.doesNotThrow(() => {
    fc.assert(
      fc.property(packets, style, fc.integer({ min: 15, max: 300 }), (bytes, style, lineMax) => {
        const lines = encodeSerialFrame(bytes, { style, lineMax });
        return lines.every((line) => line.length <= lineMax) && deframe(lines).join() === toHex(bytes);
      }),
    );
  }, 'every packet comes back, whatever the line length');
  const junk = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.constantFrom('\x06\x09', '\x04\x14', '\x06', 'AAAA', '\n', '\r\n', shortLine, first, second).map(utf8),
  );
  t.doesNotThrow(() => {
    fc.assert(
      fc.property(fc.array(junk, { maxLength: 12 }), fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }), (parts, sizes) => {
        const wire = concatBytes(parts);
        return deframe([wire]).join() === deframe(chunksOf(wire, sizes)).join();
      }),
      { numRuns: 500 },
    );
  }, 'pieces do not matter');
  t.end();
});

function chunksOf(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += chunks.at(-1)!.length) {
    chunks.push(bytes.subarray(at, at + sizes[chunks.length % sizes.length]!));
  }
  return chunks;
}

void t.test('base64 is decoded in place, as strictly as Zephyr does', (t) => {
  const into = new Uint8Array(64);
  const decoded = (text: string): string | undefined => {
    const count = decodeBase64(utf8(text), into);
    return count === undefined ? undefined : toHex(into.subarray(0, count));
  };
  t.doesNotThrow(() => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => decoded(Buffer.from(bytes).toString('base64')) === toHex(bytes)));
  }, 'what was encoded comes back');
  const cases: readonly (readonly [string, string | undefined])[] = [
    ['', ''],
    ['AQ==', '01'],
    ['AQI', ''],
    ['AQIDBA', '010203'],
    ['AQIDBA=', '010203'],
    ['AQ=', ''],
    ['AQ==AQ==', undefined],
    ['A===', undefined],
    ['AQI-', undefined],
    ['AQ I', undefined],
  ];
  for (const [text, bytes] of cases) t.equal(decoded(text), bytes, `"${text}"`);
  t.equal(decodeBase64(utf8('AQID'), new Uint8Array(2)), undefined, 'there is no room');
  t.end();
});

void t.test('hostile input, a sample', (t) => {
  const report = fuzzSmp(4000, 1);
  t.match(report, { inputs: 4000 });
  t.ok(report.values > 200 && report.errors > 200 && report.packets > 200 && report.textBytes > 10_000, JSON.stringify(report));
  t.end();
});
