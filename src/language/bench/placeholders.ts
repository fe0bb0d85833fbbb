/** `{name}` in the texts of commands. `{{` and `}}` stand for braces. */

/** What is known when a command runs; everything else is filled in when the bench is read. */
export const runTimePlaceholders = ['image', 'image-hex', 'script', 'board'] as const;

const pattern = /\{\{|\}\}|\{([a-z][a-z-]*)\}/g;

/** The names in a text, in their order. */
export function placeholdersIn(text: string): readonly string[] {
  return [...text.matchAll(pattern)].flatMap(([, name]) => (name === undefined ? [] : [name]));
}

/** Replaces placeholders and doubled braces. Names without a value stay as they are. */
export function fillPlaceholders(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(pattern, (whole, name: string | undefined) => {
    if (name === undefined) return whole.charAt(0);
    return Object.hasOwn(values, name) ? values[name]! : whole;
  });
}
