/** The commands of a bench: one way to say what runs, the parameters that a recipe takes, and placeholders that mean something. */

import { child, has, itemsOf, keySpanOf, keysOf, spanOf, textOf, type Cursor, type Report } from '../cursor.ts';
import { onlyOneOf } from '../only-one-of.ts';
import { code, list, nearest } from '../words.ts';
import { knownParameters, requiredParameters } from './expand.ts';
import { placeholdersIn, runTimePlaceholders } from './placeholders.ts';
import { commandRecipes, type CommandUse, type Recipe } from './recipes.ts';

const ways = ['run', 'shell', 'recipe'];
/** Keys that a command has whichever way it is said. */
const commonKeys = [...ways, 'address', 'script', 'env', 'timeout'];

export function checkCommand(command: Cursor, use: CommandUse | 'other', report: Report): void {
  if (keysOf(command).length === 0) return;
  onlyOneOf(command, ways, report);
  if (has(command, 'recipe')) {
    if (use !== 'other') return checkRecipe(command, { recipes: commandRecipes, use, extra: ['env', 'timeout'] }, report);
    return report('recipe-use', spanOf(child(command, 'recipe')), 'there is no recipe for this', { hint: 'write the command with `run`' });
  }
  if (!has(command, 'run') && !has(command, 'shell')) {
    report('missing-key', keySpanOf(command), `this command needs one of ${list(ways)}`, {
      hint: 'for example `run: [nrfutil, device, list]`',
    });
  }
  for (const key of keysOf(command)) {
    if (commonKeys.includes(key) || !recipeKeys.includes(key)) continue;
    report('misplaced-key', keySpanOf(child(command, key)), `${code(key)} is a parameter of recipes`, {
      hint: 'write it into the command itself, or name a `recipe`',
    });
  }
  checkPlaceholders(command, use, report);
}

const recipeKeys: readonly string[] = [...new Set(Object.values(commandRecipes).flatMap(knownParameters))];

interface RecipeRules<Use extends string> {
  readonly recipes: Readonly<Record<string, Recipe<Use>>>;
  /** What the recipe is wanted for; undefined for all that it can do. */
  readonly use: Use | undefined;
  /** Keys that go with every recipe. */
  readonly extra: readonly string[];
}

/** A recipe that the schema accepts: what it is good for, and its parameters. */
export function checkRecipe<Use extends string>(owner: Cursor, { recipes, use, extra }: RecipeRules<Use>, report: Report): void {
  const name = textOf(child(owner, 'recipe')) ?? '';
  const recipe = Object.hasOwn(recipes, name) ? recipes[name] : undefined;
  if (recipe === undefined) return;
  const templates = use === undefined ? Object.values(recipe) : [recipe[use]];
  if (templates.includes(undefined)) {
    const able = Object.entries(recipes).flatMap(([other, one]) => (use !== undefined && one[use] !== undefined ? [other] : []));
    return report('recipe-use', spanOf(child(owner, 'recipe')), `the recipe ${code(name)} cannot ${code(use ?? '')} a board`, {
      hint: `${list(able)} can`,
    });
  }
  const required = [...new Set(templates.flatMap((template) => (template === undefined ? [] : requiredParameters(template as never))))];
  const missing = required.filter((parameter) => !has(owner, parameter));
  if (missing.length > 0) {
    report('missing-key', spanOf(child(owner, 'recipe')), `the recipe ${code(name)} needs ${list(missing)}`, {
      hint: `add ${missing.length === 1 ? 'it' : 'them'} beside \`recipe\``,
    });
  }
  const known = ['recipe', ...extra, ...knownParameters(recipe)];
  for (const key of keysOf(owner)) {
    if (known.includes(key) || ways.includes(key)) continue;
    report('misplaced-key', keySpanOf(child(owner, key)), `the recipe ${code(name)} takes no ${code(key)}`, {
      hint: `it takes ${list(knownParameters(recipe))}`,
    });
  }
}

function checkPlaceholders(command: Cursor, use: CommandUse | 'other', report: Report): void {
  const images = use === 'provision' ? [] : ['image', 'image-hex'];
  const script = has(command, 'script') ? [] : ['script'];
  const known = runTimePlaceholders.filter((name) => ![...images, ...script].includes(name));
  const texts = [...itemsOf(child(command, 'run')), child(command, 'shell'), child(command, 'script')];
  let hex = false;
  for (const text of texts) {
    for (const name of placeholdersIn(textOf(text) ?? '')) {
      hex ||= name === 'image-hex';
      if (known.some((one) => one === name)) continue;
      const near = nearest(name, known);
      const hint =
        near === undefined
          ? `it can be ${list(known, 'or')}; a brace that the program shall see is written twice`
          : `did you mean ${code(near)}?`;
      report('placeholder-unknown', spanOf(text), `nothing stands for ${code(`{${name}}`)} here`, { hint });
    }
  }
  if (hex && !has(command, 'address')) {
    report('key-needs', keySpanOf(command), '`{image-hex}` needs `address`: an Intel HEX file says where its bytes go', {
      hint: 'add the address of the primary slot, such as `address: 0xc000`',
    });
  }
}
