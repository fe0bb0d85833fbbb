/** A simulated board of which the runner knows only what it tells, as it knows real ones: nobody looks into its flash. */

import type { Board } from '../../src/device/board.ts';
import { createEventConsole } from '../../src/device/console-events.ts';
import { Device } from '../../src/device/device.ts';
import { openLink } from '../../src/device/link.ts';
import { localControl } from '../../src/device/sim-control.ts';
import { createSimDevice } from '../../src/sim/machine.ts';
import type { SimProfile } from '../../src/sim/profile.ts';
import { openMemoryTransport } from '../../src/transport/memory.ts';
import { createLinkShaper } from '../../src/transport/shape.ts';

export function toldBoard(watched: Board, profile: SimProfile): Board {
  return {
    ...watched,
    open: async ({ clock, rng, emit, signal }) => {
      const sim = createSimDevice({ profile, clock, rng: rng.fork('device') });
      const console = createEventConsole(clock, emit);
      const shaper = createLinkShaper({ clock, rng: rng.fork('link') });
      sim.openPort('console', (bytes) => console.write(bytes));
      sim.powerOn();
      const { sim: hidden, ...control } = localControl(sim);
      return new Device({
        board: watched.name,
        transport: 'udp',
        transports: new Map([['udp', 'sim']]),
        answering: ['udp'],
        clock,
        console,
        control,
        facts: await watched.facts({ clock, signal }),
        eraseMs: undefined,
        shaper,
        open: (_transport, seen) =>
          openLink(
            (events) =>
              openMemoryTransport(
                {
                  name: 'udp',
                  kind: 'datagram',
                  connect: ({ output }) => sim.openPort('datagram', output),
                  clock,
                  latencyMs: 1,
                  bytesPerSecond: undefined,
                },
                events,
              ),
            { clock, console: undefined, shaper, emit, ...seen },
          ),
        consoleInput: { over: 'nothing' },
        serve: undefined,
        hear: () => Promise.reject(new TypeError('it has no radio')),
        probe: () => Promise.resolve(),
        closed: () => Promise.resolve(hidden?.powerOff()),
      });
    },
  };
}
