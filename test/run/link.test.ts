/** `link`, `exit` and `bricked`: what is left of a step apart from SMP. */

import t from 'tap';
import { localBoard } from '../../src/device/local-board.ts';
import { createSource } from '../../src/language/source.ts';
import { planCells } from '../../src/run/plan.ts';
import { profileOf } from '../helpers/boards.ts';
import { complaintOf, parsePipeline, pipelineText, runPipelines, runText } from '../helpers/run.ts';

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

t.test('a board that waits in serial recovery is not bricked, although the transport in use is dead', async (t) => {
  const profile = profileOf({ mode: 'move', release: 'head' });
  const recovery = { profile: 'mcuboot-2.x', entry: { noApplication: true, request: true } };
  const span = { source: createSource('the bench of this test', ''), start: 0, end: 0 };
  const outcomesOn = async (transports: readonly string[]): Promise<readonly string[]> => {
    const entry = { name: 'sim', labels: [], facts: {}, reset: {}, power: {}, reserve: {}, locks: [], span, locate: () => span };
    const board = localBoard(
      { ...entry, transports: new Map(transports.map((name) => [name, 'sim'])) },
      { ...profile, bootloader: { ...profile.bootloader, recovery } },
    );
    const steps = `  - reset: { mode: bootloader }
  - expect: { log: { match: 'Enter the serial recovery mode' } }
    within: 30s
  - expect: { bricked: false }
    within: 30s
`;
    const pipelines = [parsePipeline(pipelineText(steps).replaceAll('16 KiB', '8 KiB'))];
    const ran = await runPipelines([], { cells: planCells({ pipelines, boards: { all: [board], chosen: [board] } }) });
    return ran.outcomes;
  };
  t.strictSame(await outcomesOn(['udp', 'serial']), ['passed']);
  t.strictSame(await outcomesOn(['udp']), ['failed'], 'nobody answers there');
});

t.test('after a deliberate disconnect the link is judged as it was, and stays closed', async (t) => {
  const closed = '  - disconnect: {}\n';
  t.equal(
    await complaintOf(`${closed}  - expect: { bricked: false }\n  - wait: { until: { disconnect: true }, timeout: 1s }\n`),
    undefined,
  );
  t.equal(await complaintOf(`${closed}  - expect: { link: { reason: vanished } }\n`), 'the link did not break in the window');
  const broke = `${dropped}${closed}  - expect: { link: { reason: link-dropped, reconnected-within: 5s }, since: start }\n`;
  t.equal(await complaintOf(broke), undefined);
});

t.test('a break counts in the windows that begin before it', async (t) => {
  const later = (since: string): string =>
    `${dropped}  - echo: { d: later }\n  - expect: { link: { reason: link-dropped }, since: ${since} }\n`;
  t.equal(await complaintOf(later('start')), undefined);
  t.equal(await complaintOf(later('step')), 'the link did not break in the window');
});

t.test('the MTU of a link over Bluetooth is that of ATT', async (t) => {
  const overBle = async (steps: string): Promise<readonly string[]> =>
    (await runText(pipelineText(steps, 'matrix: { axes: { transport: [ble] } }\n'))).outcomes;
  t.strictSame(await overBle('  - expect: { link: { mtu: 247 } }\n'), ['passed']);
  t.strictSame(await overBle('  - expect: { link: { mtu: 23 } }\n'), ['failed']);
});
