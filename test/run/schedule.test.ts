import fc from 'fast-check';
import t from 'tap';
import { createVirtualClock } from '../../src/base/clock-virtual.ts';
import { sleep } from '../../src/base/clock.ts';
import { mayRetry, outcomeOfAttempts } from '../../src/run/retry.ts';
import { runLanes } from '../../src/run/schedule.ts';

const ready = (): Promise<void> => Promise.resolve();

const lanes = fc.array(
  fc.record({
    resources: fc.uniqueArray(fc.constantFrom('hub:1', 'hub:2', 'ble-adapter:0'), { maxLength: 3 }),
    pieces: fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 5 }),
  }),
  { maxLength: 8 },
);

t.test('lanes share what they need, use no more jobs than allowed, and all come to their end', async (t) => {
  await fc.assert(
    fc.asyncProperty(lanes, fc.integer({ min: 1, max: 4 }), async (specs, jobs) => {
      const clock = createVirtualClock();
      const held = new Set<string>();
      const order: number[] = [];
      let active = 0;
      const all = specs.map(({ resources, pieces }, index) => {
        const left = [...pieces];
        return {
          resources,
          hasWork: () => left.length > 0,
          work: async () => {
            active += 1;
            if (active > jobs) throw new Error('too many jobs');
            for (const resource of resources) {
              if (held.has(resource)) throw new Error(`${resource} is used twice`);
              held.add(resource);
            }
            order.push(index);
            await sleep(clock, left.shift()!, 'work');
            for (const resource of resources) held.delete(resource);
            active -= 1;
          },
        };
      });
      await clock.drive(runLanes(all, { jobs, ready }));
      return order.length === specs.reduce((sum, { pieces }) => sum + pieces.length, 0);
    }),
    { seed: 1, numRuns: 200 },
  );
  t.pass();
});

t.test('a lane that needs much is not overtaken for ever', async (t) => {
  const clock = createVirtualClock();
  const order: string[] = [];
  const lane = (name: string, resources: string[], pieces: number): Parameters<typeof runLanes>[0][number] => {
    let left = pieces;
    return {
      resources,
      hasWork: () => left > 0,
      work: () => {
        left -= 1;
        order.push(name);
        return sleep(clock, 10 + left, 'work');
      },
    };
  };
  await clock.drive(runLanes([lane('a', ['x'], 20), lane('b', ['y'], 20), lane('both', ['x', 'y'], 1)], { jobs: 4, ready }));
  t.ok(order.indexOf('both') <= 4, order.join(' '));
});

t.test('work that comes while others work is done, too', async (t) => {
  let extra = 0;
  let worked = 0;
  const idle = {
    resources: [],
    hasWork: () => extra > 0,
    work: () => {
      extra -= 1;
      worked += 1;
      return Promise.resolve();
    },
  };
  let first = true;
  const giver = {
    resources: [],
    hasWork: () => first,
    work: () => {
      first = false;
      extra = 2;
      return Promise.resolve();
    },
  };
  await runLanes([idle, giver], { jobs: 2, ready });
  t.equal(worked, 2);
});

t.test('a lane begins beside others only when there is time for it', async (t) => {
  const clock = createVirtualClock();
  const begun: string[] = [];
  const lane = (name: string): Parameters<typeof runLanes>[0][number] => {
    let left = 2;
    return {
      resources: [],
      hasWork: () => left > 0,
      work: () => {
        left -= 1;
        begun.push(`${name} ${clock.now()}`);
        return sleep(clock, 30, 'work');
      },
    };
  };
  const lanes = ['a', 'b', 'c'].map(lane);
  await clock.drive(runLanes(lanes, { jobs: 3, ready: () => sleep(clock, 20, 'time') }));
  t.same(
    begun,
    ['a 0', 'b 20', 'a 30', 'c 40', 'b 50', 'c 70'],
    'the first at once, each other after the one before, and then as they come',
  );
  await runLanes([], { jobs: 3, ready });
});

t.test('what several attempts amount to', (t) => {
  t.equal(outcomeOfAttempts(['passed']), 'passed');
  t.equal(outcomeOfAttempts(['infra', 'passed']), 'passed');
  t.equal(outcomeOfAttempts(['failed', 'passed']), 'flaky');
  t.equal(outcomeOfAttempts(['failed', 'infra']), 'failed', 'the lab hides no failure of the product');
  t.equal(outcomeOfAttempts(['infra', 'failed']), 'failed');
  t.equal(outcomeOfAttempts(['infra', 'infra']), 'infra');
  t.equal(outcomeOfAttempts(['failed', 'infra', 'passed']), 'flaky');
  const policy = { max: 1, on: ['infra'], board: 'same' } as const;
  t.ok(mayRetry(policy, ['infra']));
  t.notOk(mayRetry(policy, ['infra', 'infra']));
  t.notOk(mayRetry(policy, ['failed']));
  t.notOk(mayRetry(policy, ['passed']));
  t.end();
});
