/** `frames`: counts, orders and windows over the packets of a cell. */

import t from 'tap';
import { complaintOf } from '../helpers/run.ts';

const update = `
  - id: up
    upload: { image: next }
  - mark-pending: { image: next }
  - reset: {}
  - expect: { active: next }
    within: 60s
`;

function frames(what: string, since = 'start'): Promise<string | undefined> {
  return complaintOf(`${update}  - expect: { frames: ${what}, since: ${since} }\n`);
}

t.test('packets are counted', async (t) => {
  t.equal(await frames('{ match: { op: write, group: image, command: 0 }, count: 1 }'), undefined);
  t.equal(await frames('{ match: { op: write-response, group: 1, command: 1 }, at-least: 2 }'), undefined);
  t.equal(await frames('{ match: { group: shell }, count: 0 }'), undefined);
  t.equal(await frames('{ match: { op: write, group: image, command: 1 }, at-least: 1, at-most: 500 }'), undefined);
  t.match(await frames('{ match: { op: write, group: image, command: 0 }, count: 2 }'), /^1 of \d+ SMP packets match, not 2$/);
  t.match(await frames('{ match: { op: write, group: image, command: 1 }, at-most: 1 }'), /^\d+ of \d+ SMP packets match, not at most 1$/);
  t.match(await frames('{ match: { group: shell } }'), /^0 of \d+ SMP packets match, not at least 1$/);
});

t.test('values of the payload are found by their paths', async (t) => {
  t.equal(await frames('{ match: { op: write, group: image, payload: { off: 0 } }, count: 1 }'), undefined);
  t.equal(await frames('{ match: { op: read-response, payload: { images.0.active: true, images.0.version: "1.1.0" } } }'), undefined);
  t.match(await frames('{ match: { payload: { images.7.active: true } } }'), /^0 of/);
  t.match(await frames('{ match: { seq: 255 } }'), /^0 of/, 'no packet has that sequence number');
});

t.test('packets come in an order', async (t) => {
  const [upload, mark, reset] = [
    '{ group: image, command: 1 }',
    '{ op: write, group: image, command: 0 }',
    '{ op: write, group: os, command: 5 }',
  ];
  t.equal(await frames(`{ order: [${upload}, ${mark}, ${reset}] }`), undefined);
  t.equal(await frames(`{ order: [${reset}, ${mark}] }`), 'after number 1 of the order no SMP packet matches the next');
  t.equal(await frames(`{ order: [{ group: shell }, ${mark}] }`), 'no SMP packet matches the first of the order');
});

t.test('the window decides which packets count', async (t) => {
  const mark = '{ match: { op: write, group: image, command: 0 }, count: 1 }';
  t.equal(await frames(mark, 'mark.up'), undefined);
  t.match(await frames(mark, 'boot'), /^0 of/, 'the request was made in the boot before');
  t.match(await frames(mark, 'step'), /^0 of/, 'the reset is the last action');
  t.equal(await frames('{ match: { op: write, group: os, command: 5 }, count: 1 }', 'step'), undefined);
});
