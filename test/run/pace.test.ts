/** One more board begins when the process has time for it. Real time: how busy a process is has no virtual form. */

import { setTimeout as later } from 'node:timers/promises';
import t from 'tap';
import { createRealClock } from '../../src/base/clock-real.ts';
import { untilIdle } from '../../src/run/pace.ts';

const clock = createRealClock();

/** Keeps this process busy in bursts, as boards do, until it is told to stop; counts the bursts. */
function keepBusy(): { bursts: number; stop(): void } {
  let stopped = false;
  const work = { bursts: 0, stop: () => void (stopped = true) };
  const burst = (): void => {
    for (const until = performance.now() + 10; performance.now() < until;);
    work.bursts += 1;
    if (!stopped) setImmediate(burst);
  };
  burst();
  return work;
}

t.test('a process with nothing to do has time', async (t) => {
  const asked = clock.now();
  await untilIdle(clock, new AbortController().signal);
  t.ok(clock.now() - asked >= 19, 'it is watched for a while');
});

t.test('a busy process makes boards wait, but not for ever', async (t) => {
  const work = keepBusy();
  const before = work.bursts;
  await untilIdle(clock, new AbortController().signal);
  t.ok(work.bursts - before >= 10, `${work.bursts - before} bursts of work went first`);
  const cancel = new AbortController();
  const cancelled = untilIdle(clock, cancel.signal);
  await later(1);
  cancel.abort(new Error('Ctrl-C'));
  const left = work.bursts;
  await cancelled;
  t.ok(work.bursts - left < 10, 'nobody waits in a run that is cancelled');
  work.stop();
});
