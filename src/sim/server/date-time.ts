/** Dates of os datetime: `yyyy-MM-ddTHH:mm:ss`, with milliseconds where the build has them, and never a zone (smp.md 3.1, command 4). */

/** Smallest and largest value of year, month, day, hour, minute and second. */
const ranges = [
  [1900, 11_899],
  [1, 12],
  [1, 31],
  [0, 23],
  [0, 59],
  [0, 59],
] as const;
const lengthMin = 19;
const lengthMax = { seconds: 25, milliseconds: 31 } as const;

/** Milliseconds since 1970 of the six leading numbers, which any single characters may separate; undefined when the text is refused. */
export function parseDateTime(text: string, options: { readonly milliseconds: boolean }): number | undefined {
  const longest = options.milliseconds ? lengthMax.milliseconds : lengthMax.seconds;
  if (text.length < lengthMin || text.length > longest) return undefined;
  const match = /^(\d+)[^](\d+)[^](\d+)[^](\d+)[^](\d+)[^](\d+)(?:\.(\d+))?/.exec(text);
  if (match === null) return undefined;
  const numbers = match.slice(1, 7).map(Number);
  if (!numbers.every((value, index) => value >= ranges[index]![0] && value <= ranges[index]![1])) return undefined;
  const milliseconds = options.milliseconds ? Number(match[7] ?? 0) : 0;
  if (milliseconds > 999) return undefined;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = numbers;
  return Date.UTC(year, month - 1, day, hour, minute, second, milliseconds);
}

export function formatDateTime(ms: number, options: { readonly milliseconds: boolean }): string {
  const text = new Date(ms).toISOString();
  return text.slice(0, options.milliseconds ? -1 : -5);
}
