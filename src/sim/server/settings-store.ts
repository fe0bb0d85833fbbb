/** Settings of the application: values in RAM, and those that were saved to the storage partition. */

export interface SettingsStore {
  get(key: string): Uint8Array | undefined;
  set(key: string, value: Uint8Array): void;
  /** Removes the saved value; the running one stays, as in Zephyr. */
  deleteSaved(key: string): void;
  /** All keys, or those of one subtree. */
  save(subtree?: string): void;
  load(): void;
  /** The storage partition was erased. */
  forget(): void;
}

/** Most keys that are held: a small device's worth. */
const keysMax = 256;

/** `saved` outlives resets and belongs to the device; the running values begin as a copy of it. */
export function createSettingsStore(saved: Map<string, Uint8Array>): SettingsStore {
  const running = new Map(saved);
  return {
    get: (key) => running.get(key),
    set: (key, value) => {
      if (running.has(key) || running.size < keysMax) running.set(key, value.slice());
    },
    deleteSaved: (key) => void saved.delete(key),
    save: (subtree) => {
      for (const [key, value] of running)
        if (subtree === undefined || key === subtree || key.startsWith(`${subtree}/`)) saved.set(key, value);
    },
    load: () => {
      for (const [key, value] of saved) running.set(key, value);
    },
    forget: () => saved.clear(),
  };
}
