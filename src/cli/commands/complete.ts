/** `bootproof complete`: completion of commands, options and words in shells. The one file that knows the tab package. */

import tab from '@bomb.sh/tab/commander';
import type { Command } from 'commander';
import { explainedCodes } from './explain.ts';
import { schemaNames } from './schema.ts';

/** The words that an argument of a command can be, where they are not files. */
const words: Readonly<Record<string, readonly [argument: string, words: readonly string[]]>> = {
  explain: ['CODE', explainedCodes],
  schema: ['KIND', schemaNames],
};

const examples = `
Examples:
  source <(bootproof complete bash)                                in ~/.bashrc
  source <(bootproof complete zsh)                                 in ~/.zshrc
  bootproof complete fish > ~/.config/fish/completions/bootproof.fish`;

/** Completes all commands that the program has by now. */
export function registerCompleteCommand(program: Command): void {
  const completion = tab(program);
  program.commands
    .find((command) => command.name() === 'complete')
    ?.description('print the script that completes commands and options in a shell')
    .addHelpText('after', examples);
  for (const [name, [argument, known]] of Object.entries(words)) {
    completion.commands.get(name)?.argument(argument, (complete) => {
      for (const word of known) complete(word, '');
    });
  }
}
