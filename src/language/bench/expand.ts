/** From a recipe and its parameters to the words of a command. */

import { placeholdersIn, runTimePlaceholders } from './placeholders.ts';
import type { Recipe, Template } from './recipes.ts';

/** The parameters that a template cannot do without. */
export function requiredParameters({ run, script = '' }: Template): readonly string[] {
  return parametersOf([...run.filter((word) => typeof word === 'string'), script]);
}

/** All parameters that some use of a recipe reads. `address` also says where an Intel HEX file begins. */
export function knownParameters(recipe: Recipe<string>): readonly string[] {
  return [...new Set(Object.values(recipe).flatMap((template) => (template === undefined ? [] : allParameters(template))))];
}

function allParameters({ run, script = '' }: Template): readonly string[] {
  return parametersOf([...run.flat(), script]);
}

function parametersOf(texts: readonly string[]): readonly string[] {
  const names = texts.flatMap(placeholdersIn).flatMap((name) => (name === 'image-hex' ? ['image-hex', 'address'] : [name]));
  const runTime: readonly string[] = runTimePlaceholders;
  return [...new Set(names)].filter((name) => !runTime.includes(name));
}

/** The argument list, and the script, with every parameter in its place. What is only known at run time stays. */
export function expandTemplate(
  { run, script }: Template,
  values: Readonly<Record<string, string>>,
): { readonly run: readonly string[]; readonly script?: string } {
  const has = (word: string): boolean => parametersOf([word]).every((name) => Object.hasOwn(values, name));
  const words = run.flatMap((word) => (typeof word === 'string' ? [word] : word.every(has) ? word : []));
  return { run: words.map((word) => withValues(word, values)), ...(script === undefined ? {} : { script: withValues(script, values) }) };
}

/** Keeps doubled braces: they are undone with the last replacement. */
function withValues(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{([a-z][a-z-]*)\}/g, (whole, name: string) => values[name] ?? whole);
}
