/** What moves on a terminal fits it: a row that wraps, or scrolls away, could not be taken back. */

import { stripVTControlCharacters } from 'node:util';
import t from 'tap';
import { createLiveView } from '../../src/cli/live-view.ts';

t.test('no row is wider or higher than the terminal', (t) => {
  for (const size of [
    { columns: 40, rows: 8 },
    { columns: 80, rows: 24 },
    { columns: 300, rows: 90 },
    { columns: 5, rows: 2 },
    undefined,
  ]) {
    const drawn: string[] = [];
    const view = createLiveView({
      terminal: true,
      size,
      stdout: (text) => void drawn.push(text),
      stderr: () => undefined,
      readFile: () => new Uint8Array(),
      writeFile: () => undefined,
      exit: () => undefined,
    });
    for (let at = 0; at < 40; at += 1) {
      const cell = `night.update-with-a-long-id@board-${at}[base=v1.0.0,next=v1.1.0]`;
      view.on({ seq: at, at, kind: 'cell-start', cell });
      const step = { seq: at, at, cell, attempt: 1, step: 'steps[0]' };
      const title = 'upload image: next, window: 4, chunk: 512, resume: true, upgrade-only: true';
      view.on({ ...step, kind: 'step-start', section: 'steps', verb: 'upload', title });
      view.on({ ...step, kind: 'step-progress', done: 100_000, total: 200_000, unit: 'B' });
    }
    const { columns, rows } = size ?? { columns: 80, rows: 24 };
    for (const text of drawn.map(stripVTControlCharacters)) {
      const lines = text.split('\n').slice(0, -1);
      t.ok(lines.length < rows || lines.length === 0, `${lines.length} rows of ${rows}`);
      for (const line of lines) if (line.length >= columns) t.fail(`${line.length} columns of ${columns}: ${line}`);
    }
    const [last = ''] = drawn.slice(-1).map(stripVTControlCharacters);
    if (columns >= 80) t.match(last, /\[######\.{6}\] 97\.7 KiB of 195\.3 KiB/, 'what is done is shown whole');
    if (rows > 2) t.match(last, /and \d+ more/);
  }
  t.end();
});
