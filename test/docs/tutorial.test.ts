/** The tutorial as a new user follows it: files are saved, commands are typed, and the terminal shows what the page shows. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { runCommand } from '../cli/command.ts';
import { projectPath } from '../helpers/vectors.ts';

t.test('every file and every command of the tutorial', async (t) => {
  const text = readFileSync(projectPath('docs/tutorial.md'), 'utf8');
  t.equal([...text.matchAll(/^## \d\. /gm)].length, 7, 'seven steps');
  let folder = t.testdir({});
  let status: number | null = 0;
  let commands = 0;
  for (const [, language, block = ''] of text.matchAll(/^```(yaml|console)\n([^]*?)^```$/gm)) {
    if (language === 'yaml') {
      const [, path = ''] = /^# (\S+)\n/.exec(block) ?? [];
      writeFileSync(join(folder, path), block.slice(block.indexOf('\n') + 1));
      continue;
    }
    for (const typed of block.split(/^\$ /m).slice(1)) {
      const [line = '', ...shown] = typed.trimEnd().split('\n');
      const [program, ...args] = words(line);
      commands += 1;
      if (program === 'cd') folder = join(folder, args[0] ?? '');
      else if (program === 'echo') t.equal(shown.join('\n'), String(status), `the exit code after ${line}`);
      else {
        const ran = await runCommand(args, { cwd: folder });
        status = ran.status;
        for (const part of shown) t.ok((ran.stdout + ran.stderr).includes(part), `${line}\n${part}\n--\n${ran.stdout}${ran.stderr}`);
      }
    }
  }
  t.ok(commands >= 12, String(commands));
});

function words(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}
