/** `bootproof explain`: what a diagnostic code means, with a mistake that gives it and the mend. */

import type { Command } from 'commander';
import { BootproofError } from '../../base/errors.ts';
import { codeExamples } from '../../language/code-examples.ts';
import { codes } from '../../language/codes.ts';
import type { DiagnosticCode } from '../../language/codes.ts';
import { suggestion } from '../../language/words.ts';
import type { CliIo } from '../io.ts';

const examples = `
Examples:
  bootproof explain unit-missing    the page of one code
  bootproof explain                 all codes`;

export function registerExplainCommand(program: Command, io: CliIo): void {
  program
    .command('explain')
    .description('explain the code of a diagnostic, with a wrong and a mended example')
    .argument('[CODE]', 'the word in brackets, as in error[unit-missing]; without it all codes are listed')
    .addHelpText('after', examples)
    .action((asked: string | undefined) => {
      io.stdout(asked === undefined ? `${Object.keys(codes).join('\n')}\n` : pageOf(known(asked)));
      io.exit(0);
    });
}

function known(asked: string): DiagnosticCode {
  const code = asked.replace(/^(?:error|warning|info)?\[?([a-z-]+)\]?:?$/, '$1');
  if (Object.hasOwn(codes, code)) return code as DiagnosticCode;
  throw new BootproofError(`there is no diagnostic code "${asked}"`, {
    fault: 'input',
    code: 'usage',
    hint: suggestion(code, Object.keys(codes)) ?? '`bootproof explain` lists all codes',
  });
}

function pageOf(code: DiagnosticCode): string {
  const example = codeExamples[code];
  const parts = [code, indent(wrap(codes[code]))];
  if (example !== undefined) parts.push(`Wrong:\n${indent(example.wrong.shown)}`, `Right:\n${indent(example.mended.shown)}`);
  return `${parts.map((part) => part.trimEnd()).join('\n\n')}\n`;
}

const widthMax = 96;

function wrap(text: string): string {
  return text.replace(new RegExp(`(.{1,${widthMax}})(?: |$)`, 'g'), '$1\n').trimEnd();
}

/** Examples may hold what terminals must not get. */
function indent(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f]/g, '\ufffd').replace(/^(?=.)/gm, '  ');
}
