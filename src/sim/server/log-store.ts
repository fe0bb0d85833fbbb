/** The logs of a device, which outlive resets. */

export interface LogEntry {
  /** Microseconds since the boot in which it was written. */
  readonly timestamp: number;
  readonly level: number;
  readonly index: number;
  readonly module: number;
  readonly message: string;
}

export interface LogStore {
  /** The index that the next entry gets, of whichever log. */
  readonly nextIndex: number;
  entries(log: string): readonly LogEntry[];
  append(log: string, entry: Omit<LogEntry, 'index'>): void;
  clear(log: string): void;
}

/** The oldest entries of a log make room. */
const entriesMax = 32;

export function createLogStore(): LogStore {
  const logs = new Map<string, LogEntry[]>();
  let nextIndex = 0;
  return {
    get nextIndex() {
      return nextIndex;
    },
    entries: (log) => logs.get(log) ?? [],
    append: (log, entry) => {
      const kept = (logs.get(log) ?? []).slice(1 - entriesMax);
      logs.set(log, [...kept, { ...entry, index: nextIndex }]);
      nextIndex += 1;
    },
    clear: (log) => void logs.delete(log),
  };
}
