/** A board that is simulated in this process: fresh from the factory in every attempt, and on the attempt's own clock. */

import { createVirtualClock } from '../base/clock-virtual.ts';
import { createRng } from '../base/rng.ts';
import type { Clock } from '../base/clock.ts';
import type { BoardEntry } from '../language/model.ts';
import { connectCentral, hearBoard, type CentralMemory } from '../sim/ble/central.ts';
import { createDeviceBoard } from '../sim/ble/device-board.ts';
import { createSimDevice } from '../sim/machine.ts';
import type { PortKind, SimDevice, SimPort } from '../sim/device.ts';
import { provisionDemoImage } from '../sim/demo-image.ts';
import type { SimProfile } from '../sim/profile.ts';
import type { FramingKind } from '../transport/framing.ts';
import { openMemoryBle } from '../transport/memory-ble.ts';
import { openMemoryTransport } from '../transport/memory.ts';
import type { Transport, TransportEvents } from '../transport/transport.ts';
import { createLinkShaper } from '../transport/shape.ts';
import type { Board, OpenOptions } from './board.ts';
import { createEventConsole } from './console-events.ts';
import { Device, notAdvertised } from './device.ts';
import { factsOf } from './facts.ts';
import { openLink } from './link.ts';
import { localControl } from './sim-control.ts';

/** The name of a transport says which port of the device it is; any other name is a serial port. */
const ports: Readonly<Record<string, { readonly port: PortKind; readonly framing: FramingKind }>> = {
  serial: { port: 'serial', framing: 'console' },
  'serial-raw': { port: 'serial-raw', framing: 'raw' },
  shell: { port: 'shell', framing: 'console' },
  udp: { port: 'datagram', framing: 'datagram' },
};

/** The transport of this name is the radio of the device. */
const bleTransport = 'ble';

/** Bits of one byte on a UART: start, eight, stop. */
const bitsPerByte = 10;

export function localBoard(entry: BoardEntry, profile: SimProfile): Board {
  const facts = factsOf(simFacts(profile), entry.facts);
  return {
    name: entry.name,
    labels: entry.labels,
    transports: [...entry.transports.keys()],
    local: true,
    answers: new Set(entry.transports.keys()),
    // A simulated device asks nobody.
    serves: new Set(),
    advertises: new Set([...entry.transports.keys()].filter((name) => name === bleTransport)),
    offers: new Set(['answers', 'console', 'provision', 'power', 'power-off', 'reset-pin', 'reset-debugger', 'corrupt', 'knob', 'insight']),
    facts: () => Promise.resolve(facts),
    open: (options) => Promise.resolve(openLocal(entry, profile, { options, facts })),
    another: (name) => localBoard({ ...entry, name }, profile),
    upkeep: undefined,
  };
}

function openLocal(
  entry: BoardEntry,
  profile: SimProfile,
  { options, facts }: { readonly options: OpenOptions; readonly facts: Readonly<Record<string, unknown>> },
): Device {
  const { clock, rng, transport: first, emit } = options;
  const sim = createSimDevice({ profile, clock, rng: rng.fork('device') });
  const console = createEventConsole(clock, emit);
  const shaper = createLinkShaper({ clock, rng: rng.fork('link') });
  const consolePort = profile.console === 'own' ? sim.openPort('console', (bytes) => console.write(bytes)) : undefined;
  const made = new Map<string, Port>();
  const portOn = (transport: string): Port => {
    const port = made.get(transport) ?? portOf(sim, { profile, transport, clock });
    made.set(transport, port);
    return port;
  };
  provisionDemoImage(sim, rng.fork('demo image'));
  sim.powerOn();
  return new Device({
    board: entry.name,
    transport: first,
    transports: entry.transports,
    answering: [...entry.transports.keys()],
    clock,
    console,
    control: localControl(sim),
    facts,
    eraseMs: entry.eraseMs,
    shaper,
    open: (transport, seen, signal) =>
      openLink((events) => portOn(transport).open(events, signal), { clock, console, shaper, emit, ...seen }),
    serve: undefined,
    hear: (transport, ms, signal) => {
      const { hear } = portOn(transport);
      if (hear === undefined) throw notAdvertised(entry.name, transport);
      return hear(ms, signal);
    },
    // A port in memory is always there.
    probe: () => Promise.resolve(),
    // A link that has no console says so itself.
    consoleInput:
      consolePort === undefined ? { over: 'link', shares: () => true } : { over: 'port', send: (bytes) => typeInto(consolePort, bytes) },
    closed: () => {
      consolePort?.close();
      sim.powerOff();
      return Promise.resolve();
    },
  });
}

function typeInto(console: SimPort, bytes: Uint8Array): Promise<void> {
  console.receive(bytes);
  return Promise.resolve();
}

interface PortOptions {
  readonly profile: SimProfile;
  readonly transport: string;
  readonly clock: Clock;
}

interface Port {
  /** Opens links to the device, one after the other. */
  readonly open: (events: TransportEvents, signal: AbortSignal) => Promise<Transport>;
  /** Resolves when the device advertises; undefined where it has no radio. */
  readonly hear?: (ms: number, signal: AbortSignal) => Promise<void>;
}

function portOf(sim: SimDevice, { profile, transport, clock }: PortOptions): Port {
  const name = `sim:${profile.name} ${transport}`;
  if (transport === bleTransport) return blePortOf(sim, { profile, name, clock });
  const { port, framing } = ports[transport] ?? ports['serial']!;
  const bytesPerSecond = framing === 'datagram' ? undefined : profile.links.serial.baud / bitsPerByte;
  const connect = (line: { readonly output: (bytes: Uint8Array) => void }): SimPort => sim.openPort(port, line.output);
  return { open: (events) => openMemoryTransport({ name, kind: framing, connect, clock, latencyMs: 1, bytesPerSecond }, events) };
}

function blePortOf(sim: SimDevice, { profile, name, clock }: Omit<PortOptions, 'transport'> & { readonly name: string }): Port {
  const board = createDeviceBoard(sim);
  const memory: CentralMemory = { known: false };
  const central = { name, clock, board, memory };
  const { reassembly } = profile.links.ble;
  return {
    open: (events, signal) =>
      openMemoryBle({ name, reassembly, connect: (bearer, context) => connectCentral(central, bearer, context.signal) }, events, {
        clock,
        signal,
      }),
    hear: (ms, signal) => hearBoard(central, ms, signal),
  };
}

/** Facts do not depend on time or chance. */
function simFacts(profile: SimProfile): SimDevice['facts'] {
  return createSimDevice({ profile, clock: createVirtualClock(), rng: createRng(0) }).facts;
}
