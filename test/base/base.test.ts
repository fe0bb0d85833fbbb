import t from 'tap';
import fc from 'fast-check';
import { abortable, deadline, sleep } from '../../src/base/clock.ts';
import { createRealClock } from '../../src/base/clock-real.ts';
import { createVirtualClock, virtualEpochMs } from '../../src/base/clock-virtual.ts';
import { BootproofError, messageOf } from '../../src/base/errors.ts';
import { concatBytes, equalBytes, fromHex, toHex } from '../../src/base/bytes.ts';
import { createRng } from '../../src/base/rng.ts';
import { formatDuration, formatRate, formatSize, parseDuration, parsePercentage, parseRate, parseSize } from '../../src/base/quantities.ts';

t.test('virtual clock', async (t) => {
  t.test('fires timers in order of time, then of arming, and jumps between them', async (t) => {
    const clock = createVirtualClock();
    const fired: string[] = [];
    clock.arm(50, 'late', () => fired.push(`late@${clock.now()}`));
    clock.arm(10, 'a', () => fired.push(`a@${clock.now()}`));
    clock.arm(10, 'b', () => fired.push(`b@${clock.now()}`));
    clock.arm(20, 'never', () => fired.push('never')).cancel();
    await clock.drive(sleep(clock, 60_000, 'the test'));
    t.strictSame(fired, ['a@10', 'b@10', 'late@50']);
    t.equal(clock.now(), 60_000);
    t.equal(clock.wall(), virtualEpochMs + 60_000);
  });

  t.test('reports work that waits for nothing as a deadlock', async (t) => {
    const clock = createVirtualClock();
    await t.rejects(clock.drive(new Promise(() => undefined)), { code: 'deadlock', fault: 'infra' });
  });

  t.test('stands still during work outside', async (t) => {
    const clock = createVirtualClock();
    let ticks = 0;
    clock.arm(1, 'tick', () => (ticks += 1));
    const outside = new Promise<string>((resolve) => setTimeout(() => resolve('done'), 20));
    const work = (async () => {
      const answer = await clock.external(outside);
      return { answer, ticks, now: clock.now() };
    })();
    t.strictSame(await clock.drive(work), { answer: 'done', ticks: 0, now: 0 });
  });

  t.test('keeps the order of any set of timers', async (t) => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.record({ ms: fc.nat(50), drop: fc.boolean() }), { maxLength: 80 }), async (plan) => {
        const clock = createVirtualClock();
        const fired: { ms: number; index: number }[] = [];
        plan.forEach(({ ms, drop }, index) => {
          const timer = clock.arm(ms, 'x', () => fired.push({ ms, index }));
          if (drop) timer.cancel();
        });
        await clock.drive(sleep(clock, 51, 'end'));
        const expected = plan.flatMap(({ ms, drop }, index) => (drop ? [] : [{ ms, index }]));
        expected.sort((a, b) => a.ms - b.ms || a.index - b.index);
        t.strictSame(fired, expected);
      }),
      { numRuns: 50 },
    );
  });
});

t.test('waits end with the signal that cancels them', async (t) => {
  const clock = createVirtualClock();
  const controller = new AbortController();
  const reason = new BootproofError('stopped', { fault: 'cancelled', code: 'cancelled' });
  clock.arm(5, 'cancel', () => controller.abort(reason));
  await t.rejects(clock.drive(sleep(clock, 100, 'a long wait', controller.signal)), reason);
  t.equal(clock.now(), 5);
  await t.rejects(sleep(clock, 1, 'already over', controller.signal), reason);
  await t.rejects(abortable(Promise.resolve(1), controller.signal), reason);

  const limit = deadline(clock, { ms: 30, why: 'limit', reason: () => new BootproofError('too late', { fault: 'infra', code: 'late' }) });
  await t.rejects(clock.drive(abortable(new Promise(() => undefined), limit.signal)), { code: 'late' });
  const early = deadline(clock, { ms: 30, why: 'limit', parent: controller.signal, reason: () => new Error('unused') });
  t.equal(early.signal.reason, reason);
  early.dispose();
});

t.test('the real clock moves by itself', async (t) => {
  const clock = createRealClock();
  const before = clock.now();
  await sleep(clock, 15, 'the test');
  t.ok(clock.now() - before >= 14);
  t.ok(clock.wall() > virtualEpochMs);
});

t.test('random numbers repeat with their seed', (t) => {
  const draw = (seed: number): number[] =>
    Array.from(
      { length: 5 },
      (
        (rng) => () =>
          rng.below(1000)
      )(createRng(seed)),
    );
  t.strictSame(draw(7), draw(7));
  t.notSame(draw(7), draw(8));
  t.strictSame(createRng(7).fork('a').bytes(16), createRng(7).fork('a').bytes(16));
  t.notSame(createRng(7).fork('a').bytes(16), createRng(7).fork('b').bytes(16));
  fc.assert(fc.property(fc.integer(), fc.integer({ min: 1, max: 0x1_0000_0000 }), (seed, limit) => createRng(seed).below(limit) < limit));
  t.throws(() => createRng(1).below(0), { name: 'AssertionError' });
  t.end();
});

t.test('quantities', (t) => {
  const cases: readonly [(text: string) => number | undefined, string, number | undefined][] = [
    [parseDuration, '90s', 90_000],
    [parseDuration, '1m 30s', 90_000],
    [parseDuration, '2h', 7_200_000],
    [parseDuration, '1.5 s', 1500],
    [parseDuration, '250 us', 0.25],
    [parseDuration, '90', undefined],
    [parseDuration, '10s extra', undefined],
    [parseDuration, '', undefined],
    [parseDuration, '9999h', undefined],
    [parseSize, '64 KiB', 65_536],
    [parseSize, '1.5KiB', 1536],
    [parseSize, '3 kB', 3000],
    [parseSize, '0.3 B', undefined],
    [parseSize, '64', undefined],
    [parseSize, '-1 B', undefined],
    [parseRate, '3 KiB/s', 3072],
    [parseRate, '0 B/s', 0],
    [parseRate, '3 KiB', undefined],
    [parsePercentage, '40%', 0.4],
    [parsePercentage, '101%', undefined],
    [parsePercentage, '40', undefined],
  ];
  for (const [parse, text, expected] of cases) t.equal(parse(text), expected, `${parse.name} ${JSON.stringify(text)}`);
  t.strictSame([0.4, 250, 1500, 125_000].map(formatDuration), ['0.4 ms', '250 ms', '1.5 s', '2 m 05 s']);
  t.strictSame([512, 65_536, 1_572_864].map(formatSize), ['512 B', '64 KiB', '1.5 MiB']);
  t.equal(formatRate(3072), '3 KiB/s');
  t.end();
});

t.test('bytes', (t) => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.uint8Array(), (a, b) => {
      const joined = concatBytes([a, b]);
      return equalBytes(fromHex(toHex(joined)) ?? new Uint8Array(), joined) && equalBytes(joined.subarray(a.length), b);
    }),
  );
  t.equal(fromHex('0'), undefined);
  t.equal(fromHex('zz'), undefined);
  t.equal(toHex(fromHex('DE AD') ?? new Uint8Array()), 'dead');
  t.equal(messageOf(new Error('one\n  two')), 'one two');
  t.equal(messageOf(7), '7');
  t.end();
});
