import t from 'tap';
import { toHex } from '../../src/base/bytes.ts';
import { cborMap, decodeCbor, encodeCbor, isCborMap, type CborMap } from '../../src/smp/cbor.ts';
import { codeName, codeNumber, groupCodes, groupName, groupNumber, groupNumbers, toV1Code } from '../../src/smp/codes.ts';
import { commandName, findCommand } from '../../src/smp/commands.ts';
import { basicEraseStorage } from '../../src/smp/groups/basic.ts';
import { enumCount, enumDetails, enumList, enumSingle } from '../../src/smp/groups/enum.ts';
import { fsClose, fsDownload, fsHash, fsHashTypes, fsStatus, fsUpload } from '../../src/smp/groups/fs.ts';
import { imageErase, imageSlotInfo, imageStateRead, imageStateWrite, imageUpload } from '../../src/smp/groups/image.ts';
import {
  osBootloaderInfo,
  osConsoleEcho,
  osDatetimeRead,
  osDatetimeWrite,
  osEcho,
  osInfo,
  osMemoryPools,
  osParameters,
  osReset,
  osTaskStatistics,
} from '../../src/smp/groups/os.ts';
import { settingsCommit, settingsDelete, settingsLoad, settingsRead, settingsSave, settingsWrite } from '../../src/smp/groups/settings.ts';
import { shellExecute } from '../../src/smp/groups/shell.ts';
import { statList, statShow } from '../../src/smp/groups/stat.ts';
import { decodeHeader } from '../../src/smp/header.ts';
import { describeFailure, encodeRequest, isAnswerTo, readOutcome, splitPacket } from '../../src/smp/message.ts';
import { readVectors } from '../helpers/vectors.ts';
import { frame, hex, toInput, toJson, type Json } from './frames.ts';

const sha = hex('000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f');
const other = hex('a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebf');
const mcubootHeader = hex('3db8f396 00000000 0002 0000 00100000 00000000 01 02 0300 04000000 00000000');

void t.test('requests', (t) => {
  const v2 = (sequence: number) => ({ version: 1, sequence });
  const requests: readonly (readonly [id: string, packet: Uint8Array])[] = [
    ['A1', encodeRequest(osEcho, { text: 'hello' }, v2(66))],
    ['A6', encodeRequest(osTaskStatistics, undefined, v2(2))],
    ['A8', encodeRequest(osDatetimeWrite, { datetime: '2024-03-05T12:34:56' }, v2(3))],
    ['A11', encodeRequest(osReset, {}, v2(5))],
    ['A12', encodeRequest(osReset, { force: true, bootMode: 1 }, v2(5))],
    ['A15', encodeRequest(osParameters, undefined, { version: 0, sequence: 255 })],
    ['A18', encodeRequest(osInfo, { format: 'sv' }, v2(8))],
    ['A20', encodeRequest(osBootloaderInfo, { query: 'mode' }, v2(9))],
    ['C1', encodeRequest(imageStateRead, undefined, v2(20))],
    ['C6', encodeRequest(imageStateWrite, { hash: other, confirm: false }, v2(22))],
    ['C7', encodeRequest(imageStateWrite, { confirm: true }, v2(23))],
    ['C12', encodeRequest(imageUpload, { image: 1, length: 4096, offset: 0, sha, data: mcubootHeader, upgrade: true }, v2(24))],
    ['C15', encodeRequest(imageUpload, { offset: 32, data: hex('deadbeef') }, v2(25))],
    ['C19', encodeRequest(imageErase, { slot: 1 }, v2(26))],
    ['D2', encodeRequest(statShow, { name: 'smp_svr_stats' }, v2(31))],
    ['D4', encodeRequest(settingsRead, { name: 'a/b' }, v2(32))],
    ['D6', encodeRequest(settingsWrite, { name: 'a/b', value: hex('0102') }, v2(33))],
    ['D7', encodeRequest(settingsCommit, undefined, v2(34))],
    ['D8', encodeRequest(fsDownload, { name: '/lfs/a.txt', offset: 0 }, v2(40))],
    ['D10', encodeRequest(fsUpload, { name: '/lfs/a.txt', offset: 0, data: hex('616263'), length: 3 }, v2(41))],
    ['D12', encodeRequest(fsHash, { name: '/lfs/a.txt', type: 'sha256' }, v2(43))],
    ['D14', encodeRequest(shellExecute, { argv: ['kernel', 'version'] }, v2(50))],
    ['D20', encodeRequest(basicEraseStorage, undefined, v2(70))],
  ];
  for (const [id, packet] of requests) t.equal(toHex(packet), toHex(frame(id)), id);

  const maps: readonly (readonly [name: string, map: unknown, expected: unknown])[] = [
    ['console echo', osConsoleEcho.encode({ on: false }), { echo: 0 }],
    ['settings delete', settingsDelete.encode({ name: 'a' }), { name: 'a' }],
    ['settings save of a subtree', settingsSave.encode({ name: 'a' }), { name: 'a' }],
    ['settings read with a limit', settingsRead.encode({ name: 'a', sizeMax: 9 }), { name: 'a', max_size: 9 }],
    ['hash of a part', fsHash.encode({ name: 'a', offset: 1, length: 2 }), { name: 'a', type: undefined, off: 1, len: 2 }],
    ['file status', fsStatus.encode({ name: 'a' }), { name: 'a' }],
    ['enum single', enumSingle.encode({ index: 3 }), { index: 3 }],
    ['enum details', enumDetails.encode({ groups: [1, 2] }), { groups: [1, 2] }],
  ];
  for (const [name, map, expected] of maps) t.strictSame(map, expected, name);
  const empty = [osMemoryPools, osDatetimeRead, imageSlotInfo, statList, settingsLoad, fsHashTypes, fsClose, enumCount, enumList];
  for (const command of empty) t.strictSame(command.encode(), {}, command.name);
  t.end();
});

const flags = { bootable: false, pending: false, confirmed: false, active: false, permanent: false };
const running = { ...flags, image: 0, slot: 0, version: '1.2.3.4', hash: sha, bootable: true, confirmed: true, active: true };
const waiting = { ...flags, image: 0, slot: 1, version: '1.3.0', hash: other, bootable: true, pending: true };
const task = { name: 'idle', priority: 15, id: 0, state: 0, stackSize: 320, stackUsed: 64, runtime: 300, contextSwitches: undefined };

void t.test('replies of the reference frames', (t) => {
  const replies: readonly (readonly [id: string, value: unknown])[] = [
    ['A2', { text: 'hello' }],
    ['A3', { text: 'hello' }],
    ['A7', { tasks: [task] }],
    ['A13', undefined],
    ['A14', undefined],
    ['A16', { bufferSize: 2475, bufferCount: 4 }],
    ['A19', { output: 'Zephyr 4.1.0' }],
    ['A21', { bootloader: undefined, mode: 'swap-move', noDowngrade: true }],
    ['A22', { bootloader: undefined, mode: undefined, noDowngrade: false }],
    ['C3', { slots: [running, waiting], splitStatus: 0 }],
    ['C4', { slots: [running, waiting], splitStatus: undefined }],
    ['C5', { slots: [{ ...running, image: 1, version: '0.9.0' }], splitStatus: 0 }],
    ['C13', { offset: 32, match: undefined }],
    ['C14', { offset: 32, match: undefined }],
    ['C16', { offset: 4096, match: true }],
    [
      'C20',
      {
        images: [
          {
            image: 0,
            slots: [
              { slot: 0, size: 475_136, uploadImage: undefined, error: undefined },
              { slot: 1, size: 475_136, uploadImage: 0, error: undefined },
            ],
            imageSizeMax: 466_944,
          },
        ],
      },
    ],
    ['D1', { names: ['smp_svr_stats'] }],
    ['D3', { name: 'smp_svr_stats', fields: [{ name: 'ticks', value: 1000 }] }],
    ['D5', { value: hex('01020304'), sizeMax: undefined }],
    ['D9', { offset: 0, data: hex('616263'), length: 3 }],
    ['D13', { type: 'crc32', offset: 0, length: 3, output: 0x352441c2 }],
    ['D15', { output: 'Zephyr version 4.1.0\r\n', status: 0 }],
    ['D16', { output: 'ok\n', status: 0 }],
    ['D17', { groups: [0, 1, 9, 10, 63] }],
    ['D18', { group: 63, end: true }],
    ['D19', { groups: [{ group: 0, name: 'os mgmt', handlers: 9 }] }],
    ['E1', { slots: [running], splitStatus: undefined }],
    ['E2', { slots: [{ ...flags, image: 0, slot: 0, version: '1.2.3', hash: undefined }], splitStatus: undefined }],
    ['E3', { offset: 32, match: undefined }],
    ['E5', { bufferSize: 1024, bufferCount: 1 }],
  ];
  for (const [id, value] of replies) t.strictSame(decodeReply(frame(id)), value, id);
  t.end();
});

function decodeReply(packet: Uint8Array): unknown {
  const outcome = readOutcome(packet);
  return outcome.ok ? findCommand(splitPacket(packet).header)!.decode(outcome.payload) : outcome.failure;
}

/** The map that a server would send. */
function reply(value: Json): CborMap {
  const map = decodeCbor(encodeCbor(toInput(value), { indefinite: true }));
  return isCborMap(map) ? map : cborMap([]);
}

void t.test('dialects of replies', (t) => {
  const pool = { nblks: 4, nfree: 3, min: 1 };
  const pools = [{ name: '0', blockSize: undefined, blocks: 4, free: 3, freeMin: 1 }];
  t.strictSame(osMemoryPools.decode(reply({ 0: pool })), { pools });
  t.strictSame(osMemoryPools.decode(reply({ tasks: { 0: pool } })), { pools });
  t.strictSame(osMemoryPools.decode(reply({ rc: 0, mpools: { 0: { blksiz: 8, ...pool } } })), { pools: [{ ...pools[0], blockSize: 8 }] });

  const twice = hex(
    'bf657461736b73bf6131bf6470726f00637469640065737461746500647072696f00ff6131bf647072696f2063746964016573746174651b0020000000000000ffffff',
  );
  t.throws(() => osTaskStatistics.decode(decodeCbor(twice) as CborMap), { name: 'SmpDecodeError' }, 'a state beyond all numbers');
  const same = hex('bf657461736b73bf6131bf647072696f00637469640065737461746500ff6131bf647072696f20637469640165737461746502ffffff');
  t.match(osTaskStatistics.decode(decodeCbor(same) as CborMap), {
    tasks: [
      { name: '1', priority: 0, id: 0 },
      { name: '1', priority: -1, id: 1, state: 2, stackSize: undefined },
    ],
  });
  const strange = { slot: 1, version: '1', hash: { $hex: '00'.repeat(64) }, 'new-key': [1], active: true };
  t.match(imageStateRead.decode(reply({ images: [strange], extra: null })), { slots: [{ slot: 1, hash: { length: 64 }, active: true }] });
  t.strictSame(imageStateRead.decode(reply({ images: [] })).slots, []);
  t.match(imageSlotInfo.decode(reply({ images: [{ image: 0, slots: [{ slot: 0, rc: 10 }] }] })), { images: [{ slots: [{ error: 10 }] }] });
  t.strictSame(fsHash.decode(reply({ type: 'sha256', off: 4, len: 9, output: { $hex: 'ab' } })), {
    type: 'sha256',
    offset: 4,
    length: 9,
    output: hex('ab'),
  });
  t.strictSame(fsHashTypes.decode(reply({ types: { crc32: { format: 0, size: 4 }, sha256: { format: 1, size: 32 } } })).types, [
    { name: 'crc32', format: 'number', size: 4 },
    { name: 'sha256', format: 'bytes', size: 32 },
  ]);
  t.strictSame(shellExecute.decode(reply({ o: 'x', ret: -8 })), { output: 'x', status: -8 });
  t.strictSame(osDatetimeRead.decode(reply({ datetime: '2024-03-05T12:34:56.007' })), { datetime: '2024-03-05T12:34:56.007' });
  t.match(osBootloaderInfo.decode(reply({ bootloader: 'MCUboot' })), { bootloader: 'MCUboot' });

  const wrong: readonly (readonly [reply: () => unknown, message: RegExp])[] = [
    [() => osEcho.decode(reply({})), /without the field `r`/],
    [() => osEcho.decode(reply({ r: 1 })), /`r` that is no text/],
    [() => imageUpload.decode(reply({ off: -1 })), /`off` that is no unsigned integer/],
    [() => imageUpload.decode(reply({ off: 1, match: 1 })), /`match` that is no boolean/],
    [() => imageStateRead.decode(reply({ images: [1] })), /`images` that is no array of map/],
    [() => osTaskStatistics.decode(reply({ tasks: { a: 1 } })), /entry `a` that is no map/],
    [() => fsHash.decode(reply({ type: 'x', len: 1, output: 'x' })), /`output`/],
    [() => statShow.decode(decodeCbor(hex('a2646e616d656161666669656c6473a18001')) as CborMap), /key is neither/],
  ];
  for (const [decode, message] of wrong) t.throws(decode, { name: 'SmpDecodeError', fault: 'product', message });
  t.end();
});

void t.test('refusals', (t) => {
  const failures: readonly (readonly [id: string, text: string])[] = [
    ['A5', 'rc: EINVAL (3)'],
    ['A9', 'os: RTC_NOT_SET (4)'],
    ['A10', 'rc: ENOENT (5)'],
    ['A17', 'rc: ENOTSUP (8)'],
    ['B4', 'rc: UNSUPPORTED_TOO_NEW (13)'],
    ['B8', 'rc: ECORRUPT (9)'],
    ['C8', 'image: HASH_NOT_FOUND (8)'],
    ['C9', 'rc: EUNKNOWN (1)'],
    ['C10', 'image: HASH_NOT_FOUND (8)'],
    ['C17', 'image: NO_FREE_SLOT (9)'],
    ['C18', 'rc: EBADSTATE (6), "no slot"'],
    ['D11', 'fs: FILE_OFFSET_NOT_VALID (11)'],
  ];
  for (const [id, text] of failures) {
    const outcome = readOutcome(frame(id));
    t.equal(outcome.ok ? 'no failure' : describeFailure(outcome.failure), text, id);
  }
  t.match(readOutcome(frame('D11')).payload.get('len'), 3, 'what stands beside the error is kept');
  t.match(outcomeOf(9, 'bf616f6062726301ff'), { ok: true }, 'an old shell command that failed');
  t.match(outcomeOf(1, 'bf616f6062726301ff'), { ok: false }, 'no such exception elsewhere');
  t.match(
    outcomeOf(66, 'a163657272a26567726f75701842627263184d'),
    { failure: { group: 66, code: 77, name: undefined } },
    'unknown numbers',
  );
  t.match(outcomeOf(1, 'a163657272a26567726f75700162726300'), { ok: true }, 'an error of code OK');
  t.match(outcomeOf(1, ''), { ok: true }, 'no payload');
  for (const bytes of ['80', '01', 'a16272636130', 'a163657272a0', 'bf']) {
    t.throws(() => outcomeOf(1, bytes), { name: 'SmpDecodeError' }, bytes);
  }
  t.throws(() => readOutcome(frame('B7')), { name: 'SmpDecodeError', offset: 9 }, 'cut short');
  t.throws(() => readOutcome(new Uint8Array(7)), { name: 'SmpDecodeError', offset: 7 });
  t.throws(() => readOutcome(hex('0300000200010001bf18')), { name: 'SmpDecodeError', offset: 9 }, 'offsets count from the header');
  t.end();
});

function outcomeOf(group: number, payload: string): ReturnType<typeof readOutcome> {
  const bytes = hex(payload);
  return readOutcome(Uint8Array.from([3, 0, 0, bytes.length, 0, group, 1, 0, ...bytes]));
}

void t.test('names of groups, codes and commands', (t) => {
  t.equal(groupName(63), 'zephyr-basic');
  t.equal(groupName(66), undefined);
  t.equal(groupNumber('image'), 1);
  t.equal(groupNumber('toString'), undefined);
  t.equal(codeName(1, 34), 'ACTIVE_SLOT_NOT_KNOWN');
  t.equal(codeName(8, 16), 'FILE_EMPTY');
  t.equal(codeName(undefined, 256), 'EPERUSER');
  t.equal(codeName(1, 35), undefined);
  t.equal(codeName(77, 1), undefined);
  for (const [name, codes] of Object.entries(groupCodes)) {
    const group = groupNumbers[name as keyof typeof groupCodes];
    for (const [code, entry] of Object.entries(codes)) {
      if (codeNumber(group, code) !== entry.code || codeName(group, entry.code) !== code) t.fail(`${name} ${code}`);
    }
  }
  t.equal(codeNumber(undefined, 'EBUSY'), 10);
  t.equal(codeNumber(undefined, 'constructor'), undefined);
  t.equal(codeNumber(1, 'EBUSY'), undefined);
  const translations: readonly (readonly [group: number, code: number, v1: number])[] = [
    ...([
      [0, 2, 3],
      [0, 5, 1],
      [1, 8, 1],
      [1, 9, 6],
      [1, 15, 2],
      [1, 23, 1],
      [1, 28, 6],
      [1, 99, 1],
    ] as const),
    ...([
      [3, 2, 3],
      [8, 3, 5],
      [8, 11, 1],
      [10, 4, 1],
      [63, 3, 0],
      [77, 5, 1],
    ] as const),
  ];
  for (const [group, code, v1] of translations) t.equal(toV1Code(group, code), v1, `${group}/${code}`);

  t.equal(commandName(decodeHeader(frame('C3'))!), 'image state read');
  t.equal(commandName(decodeHeader(frame('C8'))!), 'image state write');
  t.equal(commandName({ group: 0, command: 0, op: 0 }), 'os echo');
  t.equal(commandName({ group: 1, command: 9, op: 2 }), 'image 9');
  t.equal(commandName({ group: 66, command: 1, op: 2 }), 'group 66 1');
  t.ok(isAnswerTo(decodeHeader(frame('A2'))!, decodeHeader(frame('A1'))!));
  t.notOk(isAnswerTo(decodeHeader(frame('A1'))!, decodeHeader(frame('A1'))!), 'an echo of the request');
  t.notOk(isAnswerTo(decodeHeader(frame('A5'))!, decodeHeader(frame('A1'))!), 'another sequence');
  t.end();
});

interface Answer {
  readonly smp_hex?: string;
  readonly payload?: Json;
}

void t.test('every answer of the recorded servers is understood', (t) => {
  const servers = [
    'mcuboot_recovery_mps2',
    'native_sim_serial',
    'native_sim_serial_fs',
    'native_sim_serial_noparams',
    'native_sim_serial_raw',
  ];
  for (const server of [...servers, 'native_sim_shell', 'native_sim_udp', 'qemu_mps2', 'qemu_mps2_image']) {
    const seen = { understood: 0, refused: 0, names: new Set<string>() };
    for (const { name, response_decoded } of readVectors(`smp/${server}.jsonl`)) {
      for (const { smp_hex, payload } of (response_decoded ?? []) as Answer[]) {
        if (smp_hex === undefined) continue;
        const packet = hex(smp_hex);
        const outcome = readOutcome(packet);
        const command = findCommand(splitPacket(packet).header);
        if (outcome.ok) command?.decode(outcome.payload);
        seen[outcome.ok ? 'understood' : 'refused'] += 1;
        if (outcome.ok && command !== undefined) seen.names.add(command.name);
        if (payload !== undefined && JSON.stringify(toJson(outcome.payload)) !== JSON.stringify(payload))
          t.fail(`${server} ${String(name)}`, { payload });
      }
    }
    t.ok(
      seen.understood > 30 && seen.refused > 20 && seen.names.size > 3,
      `${server}: ${seen.understood} understood, ${seen.refused} refusals, ${seen.names.size} commands`,
    );
  }
  t.end();
});
