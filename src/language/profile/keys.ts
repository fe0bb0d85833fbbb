/** From the keys of a file to those of the program, in values and in types. */

/** `max-align` is `maxAlign` in the program. */
type CamelCase<Key> = Key extends `${infer Head}-${infer Tail}` ? `${Head}${Capitalize<CamelCase<Tail>>}` : Key;

/** The same values under names of the program. */
export function camelKeys<T extends object>(values: T): { [K in keyof T as CamelCase<K>]: T[K] } {
  const renamed = Object.entries(values).map(([key, value]) => [camelCase(key), value as unknown]);
  return Object.fromEntries(renamed) as { [K in keyof T as CamelCase<K>]: T[K] };
}

function camelCase(key: string): string {
  return key.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** Keys that may hold undefined become optional keys. */
type Given<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** The same object without the keys that are undefined. */
export function given<T extends object>(values: T): Given<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<T>;
}
