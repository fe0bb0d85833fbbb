/** Helpers for plain data. */

/** An object in which keys may be present with the value undefined. */
type Loose<T> = { readonly [K in keyof T]: T[K] | undefined };

/** The same object without the keys that are undefined, as optional properties demand it. Keys that `T` requires must be there. */
export function compact<T extends object>(object: Loose<T>): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}

/** Freezes data and everything in it. Maps keep their methods: their type is what keeps them from being changed. */
export function frozen<T>(data: T): T {
  if (typeof data !== 'object' || data === null || Object.isFrozen(data)) return data;
  Object.freeze(data);
  for (const value of data instanceof Map ? data.values() : Object.values(data)) frozen(value);
  return data;
}
