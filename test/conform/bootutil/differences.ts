/** Where two JSON-like values differ, in words. */

/** One line for each difference. Nothing is nothing, whether it is null or missing. */
export function differences(expected: unknown, actual: unknown, path = ''): string[] {
  if (Object.is(expected ?? undefined, actual ?? undefined)) return [];
  if (Array.isArray(expected) && Array.isArray(actual)) return listDifferences(expected, actual, path);
  if (isRecord(expected) && isRecord(actual)) {
    return [...new Set([...Object.keys(expected), ...Object.keys(actual)])].flatMap((key) =>
      differences(expected[key], actual[key], path === '' ? key : `${path}.${key}`),
    );
  }
  return [`${path}: expected ${show(expected)}, got ${show(actual)}`];
}

function listDifferences(expected: readonly unknown[], actual: readonly unknown[], path: string): string[] {
  const length = Math.max(expected.length, actual.length);
  return Array.from({ length }, (_, index) => differences(expected[index], actual[index], `${path}[${index}]`)).flat();
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
