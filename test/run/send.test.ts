/** `send`: what is typed into the console of a board, and what the board makes of it. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { createBoards } from '../../src/cli/boards.ts';
import { loadOne } from '../../src/cli/documents.ts';
import { whatBoardsCannot } from '../../src/cli/lint/bench-fit.ts';
import type { Bench } from '../../src/language/model.ts';
import { planCells } from '../../src/run/plan.ts';
import { parsePipeline, pipelineText, runPipelines, runText, stepEnds } from '../helpers/run.ts';
import type { Ran } from '../helpers/run.ts';
import { projectPath } from '../helpers/vectors.ts';

const booted = '  - expect: { active: base }\n    within: 60s\n';
const profile = readFileSync(projectPath('docs/examples/kinds/profile.profile.yaml'), 'utf8');

function consoleOf({ events }: Ran): string {
  return events.flatMap((event) => (event.kind === 'console' ? [event.text] : [])).join('');
}

function codesOf(ran: Ran): (string | undefined)[] {
  return [...stepEnds(ran).values()].flatMap(({ diagnostics }) => diagnostics.map(({ code }) => code));
}

function benchOf(t: Test, { extra, boards }: { readonly extra: string; readonly boards: string }): Bench {
  const folder = t.testdir({ 'own.profile.yaml': profile + extra, 'lab.bench.yaml': `version: 1\nkind: bench\nboards:\n${boards}` });
  const { document } = loadOne('bench', join(folder, 'lab.bench.yaml'));
  if (document === undefined) throw new Error('the bench of the test is wrong');
  return document;
}

async function runOn(bench: Bench, text: string): Promise<Ran> {
  const boards = createBoards(bench);
  const pipelines = [parsePipeline(text)];
  return runPipelines(pipelines, { cells: planCells({ pipelines, boards: { all: boards, chosen: boards } }) });
}

for (const end of ['lf', 'cr', 'crlf']) {
  t.test(`a line that ends with ${end} is one command`, async (t) => {
    const ran = await runText(
      pipelineText(`${booted}  - send: { text: kernel version, line-end: ${end} }
  - expect: { log: { match: 'Zephyr version' } }
    within: 5s
`),
    );
    t.strictSame([ran.outcomes, codesOf(ran)], [['passed'], []]);
    t.equal(consoleOf(ran).split('uart:~$').length, 2, 'one prompt came back');
  });
}

t.test('a text without line end is not a command yet, and bytes are sent as they are', async (t) => {
  const ran = await runText(
    pipelineText(`${booted}  - send: { text: kernel ver, line-end: none }
  - expect: { log: { none: 'Zephyr version' }, for: 2s }
  - send: { hex: '73696f6e0d' }
  - expect: { log: { match: 'Zephyr version' } }
    within: 5s
`),
  );
  t.strictSame([ran.outcomes, codesOf(ran)], [['passed'], []]);
});

t.test('a reboot that is typed begins the next boot epoch', async (t) => {
  const ran = await runText(
    pipelineText(`${booted}  - send: { text: kernel reboot }
  - expect: { log: { match: 'Booting Zephyr' }, since: step }
    within: 60s
`),
  );
  t.strictSame([ran.outcomes, codesOf(ran)], [['passed'], []]);
  const causes = ran.events.flatMap((event) => (event.kind === 'boot-epoch' ? [event.cause] : []));
  t.strictSame(causes, ['provision', 'banner']);
});

const trial = `${booted}  - upload: { image: next }
  - mark-pending: { image: next }
  - reset: {}
  - expect: { active: next, confirmed: false }
    within: 2m
`;

for (const [what, extra, transport] of [
  ['on a port of its own', '', 'udp'],
  ['on the link of the shell', 'console: serial\n', 'shell'],
] as const) {
  t.test(`mcuboot confirm, typed into the console ${what}`, async (t) => {
    const bench = benchOf(t, {
      extra: `  confirm: on-command\n${extra}`,
      boards: `  one: { transports: { ${transport}: 'sim:./own.profile.yaml' } }\n`,
    });
    const ran = await runOn(
      bench,
      pipelineText(`${trial}  - send: { text: mcuboot confirm }\n  - expect: { active: next, confirmed: true }\n    within: 10s\n`),
    );
    t.strictSame([ran.outcomes, codesOf(ran)], [['passed'], []]);
  });
}

t.test('a console that is not on the link in use cannot be typed into', async (t) => {
  const bench = benchOf(t, { extra: 'console: serial\n', boards: "  one: { transports: { udp: 'sim:./own.profile.yaml' } }\n" });
  const ran = await runOn(bench, pipelineText(`${booted}  - send: { text: kernel version }\n`));
  t.strictSame([ran.outcomes, codesOf(ran)], [['broken'], ['no-console']]);
});

t.test('a board without a console is not applicable, and lint says so', async (t) => {
  const bench = benchOf(t, { extra: '', boards: "  bare: { transports: { udp: 'udp:127.0.0.1:9' } }\n" });
  const text = 'version: 1\nkind: pipeline\nid: test.send\ntitle: send\nsteps:\n  - send: { text: hello }\n';
  const ran = await runOn(bench, text);
  const hint = /needs the console, and the board has none: give it a `console` in the bench/;
  t.strictSame(ran.outcomes, ['not-applicable']);
  t.match(
    ran.events.find(({ kind }) => kind === 'cell-end'),
    { reason: hint },
  );
  t.match(whatBoardsCannot([parsePipeline(text)], bench), [{ code: 'board-cannot', hint }]);
});
