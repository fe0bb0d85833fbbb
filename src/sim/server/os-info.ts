/** The text of os info: what each format letter stands for (smp.md 3.1, command 7). */

import type { InfoProfile } from './profile.ts';

/** In the order of the output, whatever order was asked for. */
const parts: readonly (readonly [letter: string, text: (info: InfoProfile) => string | undefined])[] = [
  ['s', () => 'Zephyr'],
  ['n', (info) => info.node],
  ['r', (info) => info.release],
  ['v', (info) => info.version],
  ['b', (info) => info.buildDate],
  ['m', (info) => info.machine],
  ['p', (info) => info.processor],
  ['i', (info) => info.board],
  ['o', (info) => info.os],
];

/** The parts that `format` asks for, `s` when it is empty; undefined when it holds a letter that this build does not know. */
export function formatInfo(info: InfoProfile, format: string): string | undefined {
  const known = parts.flatMap(([letter, textOf]) => {
    const text = textOf(info);
    return text === undefined ? [] : [{ letter, text }];
  });
  const wanted = new Set(format === '' ? 's' : format);
  for (const letter of wanted) if (letter !== 'a' && !known.some((part) => part.letter === letter)) return undefined;
  const chosen = known.filter((part) => wanted.has('a') || wanted.has(part.letter));
  return chosen.map((part) => part.text).join(' ');
}
