/** A board that never stops talking: the log gets the start and the end of it, and says so. */

import t from 'tap';
import type { BoardEvent } from '../../src/device/board-event.ts';
import { limitConsole } from '../../src/run/console-limit.ts';

const say = (text: string): BoardEvent => ({ kind: 'console', epoch: 1, text });

t.test('what floods the log is left out but for its end', (t) => {
  const told: BoardEvent[] = [];
  const notes: string[] = [];
  const limit = limitConsole({ emit: (event) => void told.push(event), full: (text) => void notes.push(text) });
  const line = `${'x'.repeat(1023)}\n`;
  for (let count = 0; count < 4096; count += 1) limit.on(say(line));
  limit.on({ kind: 'boot-epoch', epoch: 2, cause: 'reset' });
  limit.on(say('the last words'));
  limit.end();
  const size = told.reduce((sum, event) => sum + (event.kind === 'console' ? event.text.length : 0), 0);
  t.ok(size > 1024 * 1024 && size < 1100 * 1024, `${size} characters of 4 MiB`);
  t.strictSame(notes, ['the console said more than 1 MiB: of the rest, the log has the end'], 'told once');
  t.ok(
    told.some(({ kind }) => kind === 'boot-epoch'),
    'what else happens is always told',
  );
  const last = told.at(-1);
  t.match(last, { kind: 'console', text: /characters left out(.|\n)*the last words$/ });
  t.end();
});

t.test('a usual console is told as it comes', (t) => {
  const told: BoardEvent[] = [];
  const limit = limitConsole({ emit: (event) => void told.push(event), full: () => t.fail('it is not full') });
  for (const text of ['a', 'b']) limit.on(say(text));
  limit.end();
  t.strictSame(told, [say('a'), say('b')]);
  t.end();
});
