/** The knobs of one device that are turned now. The device has its parts wrapped once; what they are wrapped in may change at any time. */

import type { SimState } from '../device.ts';
import { combineHooks } from '../flash/hooks.ts';
import type { FlashHooks } from '../flash/hooks.ts';
import { knobs } from './index.ts';
import type { Knob, KnobContext, KnobHooks, KnobName, Parts } from './knob.ts';
import type { KnobValues } from './values.generated.ts';

export interface ActiveKnobs {
  /** Turns knobs to these values and all others back. A knob whose value stays keeps what it remembers. */
  turn(values: Partial<KnobValues>): void;
  /** The part as all knobs together make it, at each use of one of its methods. */
  wrap<P extends keyof Parts>(name: P, part: Parts[P]): Parts[P];
  readonly flash: FlashHooks;
  state(state: SimState): void;
}

interface Turned {
  readonly value: unknown;
  readonly hooks: KnobHooks;
}

/** `context` makes what a knob is given, by its name. */
export function createActiveKnobs(context: (name: KnobName) => KnobContext): ActiveKnobs {
  let turned: ReadonlyMap<KnobName, Turned> = new Map();
  let flash: FlashHooks = {};
  const all = (): readonly KnobHooks[] => [...turned.values()].map(({ hooks }) => hooks);

  const turnOne = (name: KnobName, value: unknown): Turned => {
    const before = turned.get(name);
    if (before !== undefined && JSON.stringify(before.value) === JSON.stringify(value)) return before;
    const given = context(name);
    // Name and value come from the same entry, which the compiler cannot follow.
    const hooks = (knobs[name] as Knob<KnobName>)(value as never, given);
    hooks.state?.(given.device.state);
    return { value, hooks };
  };

  return {
    turn: (values) => {
      // In the order of the registry, so that it does not matter in which order they were written.
      const names = (Object.keys(knobs) as KnobName[]).filter((name) => values[name] !== undefined);
      turned = new Map(names.map((name) => [name, turnOne(name, values[name])]));
      flash = combineHooks(all().flatMap((hooks) => hooks.flash ?? []));
    },
    wrap: (name, part) => {
      let [seen, wrapped] = [turned, wrapAll(name, part, all())];
      return new Proxy(part, {
        get: (_, key) => {
          if (seen !== turned) [seen, wrapped] = [turned, wrapAll(name, part, all())];
          return Reflect.get(wrapped, key) as unknown;
        },
      });
    },
    flash: {
      write: (operation) => flash.write?.(operation) ?? 'proceed',
      read: (operation) => flash.read?.(operation) ?? 'proceed',
      store: (operation, bytes) => flash.store?.(operation, bytes) ?? bytes,
      over: () => flash.over?.() ?? false,
    },
    state: (state) => {
      for (const hooks of all()) hooks.state?.(state);
    },
  };
}

function wrapAll<P extends keyof Parts>(name: P, part: Parts[P], all: readonly KnobHooks[]): Parts[P] {
  return all.reduce((inner, hooks) => (hooks[name] as ((inner: Parts[P]) => Parts[P]) | undefined)?.(inner) ?? inner, part);
}
