/** What the steps of an attempt do, for those who wait for a moment of it. */

type Listener<Args extends readonly unknown[]> = (...args: Args) => void;

export interface Moments {
  /** Bytes of an upload that are done, of all. */
  readonly progress: Signal<readonly [done: number, total: number]>;
  /** A step with this id begins. */
  readonly step: Signal<readonly [id: string]>;
}

export interface Signal<Args extends readonly unknown[]> {
  tell: Listener<Args>;
  /** Returns the way to stop that. */
  on(listener: Listener<Args>): () => void;
}

export function createMoments(): Moments {
  return { progress: createSignal(), step: createSignal() };
}

function createSignal<Args extends readonly unknown[]>(): Signal<Args> {
  const listeners = new Set<Listener<Args>>();
  return {
    tell: (...args) => {
      for (const listener of [...listeners]) listener(...args);
    },
    on: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
