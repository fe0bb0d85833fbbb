/** `state`: each name, on the board in memory and through its image list. */

import t from 'tap';
import { complaintOf } from '../helpers/run.ts';

const asked = '  - upload: { image: next }\n  - mark-pending: { image: next }\n';
const passedOver = `  - fault: { do: knob, set: { boot.swap-policy: refuse-keep-pending } }\n${asked}  - reset: {}\n`;

t.test('the state of an update through its life', async (t) => {
  t.equal(await complaintOf('  - expect: { state: normal }\n'), undefined);
  t.equal(await complaintOf(`${asked}  - expect: { state: test }\n`), undefined);
  t.equal(await complaintOf('  - upload: { image: next }\n  - confirm: { image: next }\n  - expect: { state: permanent }\n'), undefined);
  t.equal(await complaintOf(`${asked}  - reset: {}\n  - expect: { state: revert }\n    within: 60s\n`), undefined);
});

t.test('a request that a boot passed over is stuck, until it is made anew', async (t) => {
  t.equal(await complaintOf(`${passedOver}  - expect: { state: stuck }\n    within: 60s\n`), undefined);
  const message = await complaintOf(`${passedOver}  - expect: { state: test }\n    within: 5s\n`);
  t.match(message, /^the state of the update is stuck, not test, not even after 5/);
  t.equal(
    await complaintOf(
      `${passedOver}  - expect: { state: stuck }\n    within: 60s\n  - mark-pending: { image: next }\n  - expect: { state: test }\n`,
    ),
    undefined,
  );
});

t.test('the failure says what the state is, and an image that the device does not have has none', async (t) => {
  t.equal(await complaintOf(`${asked}  - expect: { state: normal }\n`), 'the state of the update is test, not normal');
  t.equal(await complaintOf('  - expect: { state: normal, target: 1 }\n'), 'no slot of image 1 is listed as active');
});
