/** The control port's session over a real simulated device: what it does, and that nothing which can be sent upsets it. */

import t from 'tap';
import { concatBytes, equalBytes, utf8 } from '../../src/base/bytes.ts';
import { createVirtualClock } from '../../src/base/clock-virtual.ts';
import { sleep } from '../../src/base/clock.ts';
import { createRng } from '../../src/base/rng.ts';
import { readSettings } from '../../src/language/profile/settings.ts';
import { generateBody } from '../../src/mcuboot/body.ts';
import { buildImage } from '../../src/mcuboot/build.ts';
import { demoKey, demoKeyNames } from '../../src/mcuboot/demo-keys.ts';
import { createControlSession, createLineReader, decodeAnswer, encodeControl, lineBytesMax } from '../../src/sim/control.ts';
import type { ControlAnswer, ControlRequest } from '../../src/sim/control.ts';
import { createSimDevice } from '../../src/sim/machine.ts';
import type { SimDevice } from '../../src/sim/device.ts';
import type { KnobValues } from '../../src/sim/knobs/values.generated.ts';
import { defaultProfile } from '../../src/sim/profile.ts';
import { osEcho } from '../../src/smp/groups/os.ts';
import { encodeRequest } from '../../src/smp/message.ts';

const profile = defaultProfile;
const image = signedImage(1, 20_000);

/** An image that the profile's bootloader takes. */
function signedImage(major: number, size: number): Uint8Array {
  const key = demoKeyNames.find((name) => profile.bootloader.key === `demo:${name}`)!;
  return buildImage({ version: { major, minor: 0, revision: 0, build: 0 }, body: generateBody(size, createRng(major)) }, demoKey(key));
}

const echo = encodeRequest(osEcho, { text: 'hello' }, { version: 1, sequence: 7 });

interface Bench {
  readonly device: SimDevice;
  readonly session: ReturnType<typeof createControlSession>;
  /** All answers so far. */
  readonly answers: ControlAnswer[];
  /** Sends one request; its answer comes at once. */
  readonly ask: (request: ControlRequest) => ControlAnswer | undefined;
  /** The same for a line as somebody types it. */
  readonly type: (line: string) => ControlAnswer | undefined;
  readonly pass: (ms: number) => Promise<void>;
  /** How many answers an echo request gets. */
  readonly echoes: () => Promise<number>;
}

function createBench(): Bench {
  const clock = createVirtualClock();
  const device = createSimDevice({ profile, clock, rng: createRng(1) });
  const answers: ControlAnswer[] = [];
  const session = createControlSession(device, { send: createLineReader((line) => answers.push(decodeAnswer(line))), readSettings });
  const tell = (bytes: Uint8Array): ControlAnswer | undefined => {
    const before = answers.length;
    session.receive(bytes);
    return answers.length === before + 1 ? answers.at(-1) : undefined;
  };
  const pass = (ms: number): Promise<void> => clock.drive(sleep(clock, ms, 'a pause of the test'));
  return {
    device,
    session,
    answers,
    ask: (request) => tell(encodeControl(request)),
    type: (line) => tell(utf8(`${line}\n`)),
    pass,
    echoes: async () => {
      let count = 0;
      const port = device.openPort('datagram', () => (count += 1));
      port.receive(echo);
      await pass(1000);
      port.close();
      return count;
    },
  };
}

/** A bench whose device runs an application. */
async function createRunningBench(): Promise<Bench> {
  const bench = createBench();
  bench.ask({ call: 'provision', options: { slots: [{ slot: 0, content: { kind: 'image', bytes: image } }], confirmed: true } });
  bench.ask({ call: 'power', action: 'on' });
  await bench.pass(1000);
  return bench;
}

t.test('provisioning and power', async (t) => {
  const { device, ask, pass, answers } = await createRunningBench();
  t.same(answers, [{ ok: true }, { ok: true }]);
  t.equal(device.state, 'running');
  t.match(device.inspect(), [
    { slot: 0, version: '1.0.0', trailer: { imageOk: 'set' } },
    { slot: 1, version: undefined },
  ]);
  t.same(ask({ call: 'facts' }), { ok: true, facts: device.facts });

  const update = signedImage(2, 9000);
  t.same(ask({ call: 'provision', options: { slots: [{ slot: 1, content: { kind: 'image', bytes: update } }], state: 'test' } }), {
    ok: true,
  });
  t.equal(device.state, 'booting', 'a device that was on is on again');
  await pass(60_000);
  t.match(device.inspect(), [{ version: '1.0.0' }, { version: '2.0.0' }], 'what is asked for waits for the next boot');
  t.same(ask({ call: 'power', action: 'reset' }), { ok: true });
  await pass(60_000);
  t.match(device.inspect(), [{ version: '2.0.0' }, { version: '1.0.0' }], 'the bytes arrived whole: the bootloader accepts them');

  const end = device.facts.slotSizes[1]! - 8;
  const raw = { kind: 'raw', offset: end, bytes: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) } as const;
  ask({ call: 'power', action: 'off' });
  t.same(ask({ call: 'provision', options: { erase: 'all', slots: [{ slot: 1, content: raw }] } }), { ok: true });
  t.equal(device.state, 'off', 'a device that was off stays off');
  t.ok(device.inspect().every(({ version }) => version === undefined));
  t.match(device.inspect(), [{ trailer: { magic: 'unset' } }, { trailer: { magic: 'bad' } }]);

  const actions = [
    ['on', 'booting'],
    ['cut', 'off'],
    ['reset', 'off'],
    ['on', 'booting'],
    ['reset', 'booting'],
    ['off', 'off'],
  ] as const;
  for (const [action, state] of actions) {
    t.same(ask({ call: 'power', action }), { ok: true });
    t.equal(device.state, state, action);
  }
});

t.test('faults last until they are cleared, or until the connection is gone', async (t) => {
  const { device, session, ask, echoes } = await createRunningBench();
  t.equal(await echoes(), 1);
  t.same(ask(dropAnswers({})), { ok: true, fault: 1 });
  t.same(ask(dropAnswers({ count: 1 })), { ok: true, fault: 2 });
  t.equal(await echoes(), 0, 'the later one counts');
  t.equal(await echoes(), 1, 'which is used up');
  t.same(ask({ call: 'clear-fault', fault: 2 }), { ok: true });
  t.equal(await echoes(), 0, 'the other one');
  t.same(ask({ call: 'clear-fault', fault: 1 }), { ok: true });
  t.equal(await echoes(), 1);
  t.same(ask({ call: 'clear-fault', fault: 2 }), { ok: true }, 'clearing it again does no harm');
  t.match(ask({ call: 'clear-fault', fault: 3 }), { ok: false, code: 'bad-request', message: /fault 3 was not injected/ });

  ask(dropAnswers({}));
  ask(dropAnswers({}));
  t.match(createSession(device)({ call: 'clear-fault', fault: 1 }), { ok: false }, 'numbers belong to a connection');
  t.equal(await echoes(), 0);
  session.closed();
  t.equal(await echoes(), 1);
});

function dropAnswers(which: KnobValues['rsp.drop']): ControlRequest {
  return { call: 'inject-fault', fault: { kind: 'change', set: { 'rsp.drop': which } } };
}

/** A second connection to the same device. */
function createSession(device: SimDevice): (request: ControlRequest) => ControlAnswer | undefined {
  let answer: ControlAnswer | undefined;
  const read = createLineReader((line) => (answer = decodeAnswer(line)));
  const session = createControlSession(device, { send: read, readSettings });
  return (request) => {
    session.receive(encodeControl(request));
    return answer;
  };
}

t.test('mistakes are answered in words and change nothing', async (t) => {
  const { device, type, ask } = await createRunningBench();
  const provision = (options: unknown): string => JSON.stringify({ call: 'provision', options });
  const slot = (number: unknown, content: unknown): string => provision({ slots: [{ slot: number, content }] });
  const fault = (value: unknown): string => JSON.stringify({ call: 'inject-fault', fault: value });
  const tooLarge = { kind: 'raw', offset: 483_325, bytes: { $base64: 'AAAAAA==' } };
  const mistakes: readonly (readonly [string, RegExp])[] = [
    ['help', /this is not JSON/],
    ['{"call":', /this is not JSON/],
    ['['.repeat(200_000), /this is not JSON/],
    ['{"call":'.repeat(50_000) + '1' + '}'.repeat(50_000), /call is one of|not JSON/],
    ['null', /a request is a JSON object/],
    ['[]', /a request is a JSON object/],
    ['{"$base64":"AAAA"}', /a request is a JSON object/],
    ['{}', /call is one of facts, provision, inject-fault, clear-fault, power/],
    ['{"call":"toString"}', /call is one of/],
    ['{"call":"power"}', /action is one of on, off, cut, reset/],
    ['{"call":"power","action":"constructor"}', /action is one of/],
    ['{"call":"provision"}', /options is a JSON object/],
    [provision([]), /options is a JSON object/],
    [provision({ erase: true }), /erase is one of all, settings/],
    [provision({ state: 'swapped' }), /state is one of normal, test, permanent, revert/],
    [provision({ confirmed: 'yes' }), /confirmed is true or false/],
    [provision({ slots: {} }), /slots is a list of at most 2 entries/],
    [provision({ slots: [1, 2, 3] }), /slots is a list of at most 2 entries/],
    [provision({ slots: [null] }), /an entry of slots is a JSON object/],
    [slot('0', { kind: 'empty' }), /slot is a whole number/],
    [slot(2, { kind: 'empty' }), /this device has no slot 2/],
    [slot(0, undefined), /content is a JSON object/],
    [slot(0, { kind: 'file' }), /kind is one of image, empty, raw/],
    [slot(0, { kind: 'image', bytes: 'AAAA' }), /bytes is \{"\$base64": "\.\.\."\}/],
    [slot(0, { kind: 'raw', offset: -1, bytes: { $base64: '' } }), /offset is a whole number/],
    [slot(0, tooLarge), /4 bytes do not fit slot 0 of 483328 bytes/],
    [fault({ kind: 'fire' }), /kind is one of corrupt-upload, flash-operation, change/],
    [fault({ kind: 'corrupt-upload' }), /offset is a whole number/],
    [fault({ kind: 'corrupt-upload', offset: 1, xor: 256 }), /xor is a whole number from 1 to 255/],
    [fault({ kind: 'flash-operation', index: 1.5, do: 'fail' }), /index is a whole number/],
    [fault({ kind: 'flash-operation', index: 1, do: 'burn' }), /do is one of cut-before, cut-torn, cut-torn-anywhere, cut-after, fail/],
    [fault({ kind: 'change' }), /set is a JSON object/],
    [fault({ kind: 'change', set: {} }), /needs at least one key/],
    [fault({ kind: 'change', set: { 'rsp.drop': { count: '1' } } }), /`count` must be a whole number/],
    [fault({ kind: 'change', set: { 'rsp.dorp': {} } }), /did you mean `rsp.drop`/],
    [fault({ kind: 'change', set: { 'flash.internal': {} } }), /`flash.internal` is no key/],
    ['{"call":"clear-fault","fault":"1"}', /fault is a whole number/],
  ];
  const before = device.flashImage();
  for (const [line, message] of mistakes) t.match(type(line), { ok: false, code: 'bad-request', message }, line.slice(0, 80));
  t.ok(equalBytes(device.flashImage(), before));
  t.equal(device.state, 'running');
  t.match(ask({ call: 'facts' }), { ok: true });
});

t.test('lines arrive in any pieces, and too long ones are dropped', async (t) => {
  const { session, answers, type } = createBench();
  session.receive(concatBytes([1, 2, 3].map(() => encodeControl({ call: 'facts' }))));
  t.match(answers, [{ ok: true }, { ok: true }, { ok: true }]);
  for (const byte of utf8('\n{"call":"power","action":"on"}\r\n')) session.receive(Uint8Array.of(byte));
  t.equal(answers.length, 4, 'empty lines are no requests');

  const piece = new Uint8Array(1024 * 1024).fill(0x20);
  for (let sent = 0; sent <= lineBytesMax; sent += piece.length) session.receive(piece);
  t.equal(answers.length, 4);
  session.receive(utf8('\n'));
  t.match(answers[4], { ok: false, code: 'bad-request', message: /at most 25165824 bytes/ });
  t.match(type('{"call":"facts"}'), { ok: true }, 'the next line is read again');

  const most = utf8('{"call":"facts"}'.padEnd(lineBytesMax));
  session.receive(most);
  session.receive(utf8('\n'));
  t.match(answers.at(-1), { ok: true }, 'a line of the largest size');
});

t.test('a client that reached something else is told so', async (t) => {
  for (const line of ['*** Booting Zephyr OS ***', '{}', 'null', '7', '"ok"', '{"ok":tru'])
    t.match(decodeAnswer(line), { ok: false, code: 'not-an-answer' }, line);
});

t.test('random requests never get more or less than one answer', async (t) => {
  const rng = createRng(4);
  const { device, type } = await createRunningBench();
  const words = [
    '{',
    '}',
    '[',
    ']',
    ':',
    ',',
    '"',
    'null',
    '-1',
    '1e99',
    '"call"',
    '"provision"',
    '"options"',
    '"slots"',
    '"slot"',
    '"content"',
    '"kind"',
    '"raw"',
  ];
  const valid = JSON.stringify({
    call: 'provision',
    options: { slots: [{ slot: 1, content: { kind: 'raw', offset: 3, bytes: { $base64: 'AAAA' } } }] },
  });
  for (let round = 0; round < 2000; round += 1) {
    const at = rng.below(valid.length);
    const line = valid.slice(0, at) + words[rng.below(words.length)]! + valid.slice(at + rng.below(12));
    if (type(line) === undefined) return t.fail(`no answer, or several, to ${line}`);
  }
  t.not(device.state, 'off', 'whatever happened, the device is on');
});
