/** `link`, `exit` and `bricked`: what is left of a step apart from SMP. */

import t from 'tap';
import { complaintOf } from '../helpers/run.ts';

t.setTimeout(300_000);

const dropped = '  - upload: { image: next }\n    fault: { at: { progress: 40% }, do: link-drop, for: 2s }\n';

t.test('why a link broke, and how soon it was back', async (t) => {
  const link = (what: string): Promise<string | undefined> => complaintOf(`${dropped}  - expect: { link: ${what}, since: step }\n`);
  t.equal(await link('{ reason: link-dropped, reconnected-within: 5s }'), undefined);
  t.match(await link('{ reconnected-within: 1s }'), /^the link was back after 2.* only$/);
  t.match(await link('{ reason: port-vanished }'), /^the link broke for another reason: link-dropped: /);
  t.equal(
    await complaintOf('  - echo: { d: hello }\n  - expect: { link: { reconnected-within: 5s } }\n'),
    'the link did not break in the window',
  );
});

t.test('what a link carries in one piece', async (t) => {
  t.match(await complaintOf('  - expect: { link: { mtu: 7 } }\n'), /^the MTU of the link is \d+, not 7$/);
  const low = '  - fault: { do: low-mtu, bytes-max: 128 }\n';
  t.equal(await complaintOf(`${low}  - expect: { link: { mtu: 128 } }\n`), undefined);
});

t.test('the exit code of the program before', async (t) => {
  const program = (code: number): string => `  - exec: { run: [node, -e, "process.exit(${code})"], expect: { exit: any } }\n`;
  t.equal(await complaintOf(`${program(3)}  - expect: { exit: 3 }\n`), undefined);
  t.equal(await complaintOf(`${program(2)}  - expect: { exit: 3 }\n`), 'the program ended with exit code 2');
  t.equal(await complaintOf('  - echo: { d: hello }\n  - expect: { exit: 0 }\n'), 'the action before ran no program');
});

t.test('a board that answers nothing is bricked', async (t) => {
  t.equal(await complaintOf('  - reset: {}\n  - expect: { bricked: false }\n'), undefined);
  const deaf = '  - fault: { do: loss, share: 100% }\n';
  t.match(await complaintOf(`${deaf}  - expect: { bricked: false }\n    within: 20s\n`), /^the board did not answer for 20/);
});
