/** `bootproof explain`: what a code means: of a mistake with an example and its mend, of an error with what usually causes it and what to do. */

import type { Command } from 'commander';
import { BootproofError } from '../../base/errors.ts';
import { codeExamples } from '../../language/code-examples.ts';
import { codes } from '../../language/codes.ts';
import type { DiagnosticCode } from '../../language/codes.ts';
import { suggestion } from '../../language/words.ts';
import { errorPages } from '../error-pages/index.ts';
import type { CliIo } from '../io.ts';

const examples = `
Examples:
  bootproof explain unit-missing    the page of one code
  bootproof explain                 all codes`;

export function registerExplainCommand(program: Command, io: CliIo): void {
  program
    .command('explain')
    .description('explain the code of a mistake or an error, and how to mend it')
    .argument('[CODE]', 'the word in brackets, as in error[unit-missing]; without it all codes are listed')
    .addHelpText('after', examples)
    .action((asked: string | undefined) => {
      io.stdout(asked === undefined ? `${explainedCodes.join('\n')}\n` : pageOf(known(asked)));
      io.exit(0);
    });
}

/** Mistakes in documents first, then what can happen while something runs. */
export const explainedCodes: readonly string[] = [...Object.keys(codes), ...Object.keys(errorPages)];

function known(asked: string): string {
  const code = asked.replace(/^(?:error|warning|info)?\[?([a-z0-9-]+)\]?:?$/, '$1');
  if (explainedCodes.includes(code)) return code;
  throw new BootproofError(`there is no diagnostic code "${asked}"`, {
    fault: 'input',
    code: 'usage',
    hint: suggestion(code, explainedCodes) ?? '`bootproof explain` lists all codes',
  });
}

function pageOf(code: string): string {
  const parts = [code, ...(errorParts(code) ?? mistakeParts(code as DiagnosticCode))];
  return `${parts.map((part) => part.trimEnd()).join('\n\n')}\n`;
}

function errorParts(code: string): readonly string[] | undefined {
  const page = errorPages[code];
  return page && [indent(wrap(page.means)), `Mend:\n${indent(wrap(page.mend))}`];
}

function mistakeParts(code: DiagnosticCode): readonly string[] {
  const example = codeExamples[code];
  const explained = indent(wrap(codes[code]));
  if (example === undefined) return [explained];
  return [explained, `Wrong:\n${indent(example.wrong.shown)}`, `Right:\n${indent(example.mended.shown)}`];
}

const widthMax = 96;

function wrap(text: string): string {
  return text.replace(new RegExp(`(.{1,${widthMax}})(?: |$)`, 'g'), '$1\n').trimEnd();
}

/** Examples may hold what terminals must not get. */
function indent(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f]/g, '\ufffd').replace(/^(?=.)/gm, '  ');
}
