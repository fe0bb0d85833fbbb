/** Flash that takes a second write without an erase, as the silicon does: new and old bits are combined, and nobody is told (field failure C2). */

import type { Knob } from './knob.ts';

export const andSemantics: Knob<'flash.and-semantics'> = (on) => ({ flash: { over: () => on } });
