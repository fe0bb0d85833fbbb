/** Compares the answers of the simulated server with recorded ones: byte for byte, but for what no two runs have in common. */

import { toHex } from '../../../src/base/bytes.ts';
import { unreachable } from '../../../src/base/assert.ts';
import { parseCbor } from '../../../src/smp/cbor-item.ts';
import { decodeHeader, headerSize } from '../../../src/smp/header.ts';
import type { CborItem } from '../../../src/smp/cbor-item.ts';
import type { HashBindings } from './stand-ins.ts';

/** A part of an answer that no two runs have in common. */
interface ByShape {
  readonly group: number;
  readonly command: number;
  /** Keys from the top of the answer, joined by slashes. */
  readonly path: RegExp;
  readonly what: string;
  /** What is left of a text to compare; without this only kind and place are compared. */
  readonly essence?: (text: string) => string;
}

const byShape: readonly ByShape[] = [
  { group: 0, command: 2, path: /^tasks\/.*\/(state|stkuse|runtime)$/, what: 'thread states, stack use and run times' },
  { group: 0, command: 3, path: /./, what: 'heap figures' },
  { group: 0, command: 4, path: /^datetime$/, what: 'dates' },
  { group: 2, command: 0, path: /^fields\//, what: 'statistics counters' },
  { group: 9, command: 0, path: /^o$/, what: 'uptime in shell output', essence: (text) => text.replace(/^(\r\nUptime: )\d+/, '$1') },
  // The first line of a file does not tell which subcommands were built in.
  { group: 9, command: 0, path: /^o$/, what: 'lists of subcommands', essence: (text) => text.replace(/(Subcommands:)[^]*/, '$1') },
];

/** What differs between a recorded answer and the simulated one; empty when nothing does. */
export function compareAnswer(recorded: Uint8Array, simulated: Uint8Array, hashes: HashBindings): readonly string[] {
  if (Buffer.compare(recorded, simulated) === 0) return [];
  const [a, b] = [decodeHeader(recorded), decodeHeader(simulated)];
  const show = `recorded ${toHex(recorded)}, simulated ${toHex(simulated)}`;
  if (a === undefined || b === undefined) return [show];
  const fields = ['op', 'version', 'flags', 'group', 'sequence', 'command'] as const;
  const headers = fields.filter((field) => a[field] !== b[field]).map((field) => `${field}: recorded ${a[field]}, simulated ${b[field]}`);
  const shapes = byShape.filter(({ group, command }) => group === a.group && command === a.command);
  const comparison = new Comparison(shapes, hashes);
  const [x, y] = [payloadOf(recorded), payloadOf(simulated)];
  if (x === undefined || y === undefined) return [...headers, show];
  comparison.items(x, y, '');
  const found = [...headers, ...comparison.differences];
  // Both payloads parse to the same tree, but the bytes behind them differ.
  if (found.length === 0 && !comparison.relaxed) return [show];
  return found;
}

function payloadOf(packet: Uint8Array): CborItem | undefined {
  return packet.length === headerSize ? undefined : parseCbor(packet, headerSize).item;
}

class Comparison {
  readonly differences: string[] = [];
  /** Something was accepted that is not equal. */
  relaxed = false;
  readonly #shapes: readonly ByShape[];
  readonly #hashes: HashBindings;

  constructor(shapes: readonly ByShape[], hashes: HashBindings) {
    this.#shapes = shapes;
    this.#hashes = hashes;
  }

  items(a: CborItem, b: CborItem, path: string): void {
    if (a.kind !== b.kind) return this.#differ(path, a, b);
    if (this.#haveSameShape(a, b, path)) {
      this.relaxed = true;
      return;
    }
    switch (a.kind) {
      case 'integer':
      case 'simple':
      case 'float':
        if (a.value !== (b as typeof a).value || a.width !== b.width) this.#differ(path, a, b);
        return;
      case 'bytes':
      case 'text':
        return this.#strings(a, b as typeof a, path);
      case 'array':
        return this.#arrays(a, b as typeof a, path);
      case 'map':
        return this.#maps(a, b as typeof a, path);
      default:
        return unreachable(a);
    }
  }

  #haveSameShape(a: CborItem, b: CborItem, path: string): boolean {
    if (a.kind === 'map' || a.kind === 'array') return false;
    return this.#shapes.some((shape) => {
      if (!shape.path.test(path)) return false;
      if (shape.essence === undefined) return true;
      return a.kind === 'text' && b.kind === 'text' && shape.essence(textOf(a)) === shape.essence(textOf(b));
    });
  }

  #strings(a: Extract<CborItem, { kind: 'bytes' | 'text' }>, b: typeof a, path: string): void {
    const [x, y] = [toHex(a.bytes), toHex(b.bytes)];
    if (x === y && a.width === b.width) return;
    if (a.kind === 'bytes' && x.length === y.length && path.endsWith('hash') && this.#hashes.match(x, y)) this.relaxed = true;
    else this.#differ(path, a, b);
  }

  #arrays(a: Extract<CborItem, { kind: 'array' }>, b: typeof a, path: string): void {
    if (a.indefinite !== b.indefinite || a.items.length !== b.items.length) this.#differ(path, a, b);
    else for (const [index, item] of a.items.entries()) this.items(item, b.items[index]!, `${path}/${index}`);
  }

  #maps(a: Extract<CborItem, { kind: 'map' }>, b: typeof a, path: string): void {
    if (a.indefinite !== b.indefinite || a.entries.length !== b.entries.length) return this.#differ(path, a, b);
    for (const [index, { key, value }] of a.entries.entries()) {
      const other = b.entries[index]!;
      const name = nameOf(key);
      if (name === nameOf(other.key)) this.items(value, other.value, path === '' ? name : `${path}/${name}`);
      else this.#differ(`${path}/${name}`, key, other.key);
    }
  }

  #differ(path: string, a: CborItem, b: CborItem): void {
    this.differences.push(`${path === '' ? 'payload' : path}: recorded ${describe(a)}, simulated ${describe(b)}`);
  }
}

function nameOf(key: CborItem): string {
  return key.kind === 'text' ? textOf(key) : describe(key);
}

function textOf(item: Extract<CborItem, { kind: 'bytes' | 'text' }>): string {
  return Buffer.from(item.bytes).toString('utf8');
}

function describe(item: CborItem): string {
  switch (item.kind) {
    case 'integer':
    case 'simple':
    case 'float':
      return `${item.kind} ${item.value}`;
    case 'bytes':
      return toHex(item.bytes);
    case 'text':
      return JSON.stringify(nameOf(item));
    case 'array':
      return `[${item.items.map(describe).join(', ')}]`;
    case 'map':
      return `{${item.entries.map(({ key, value }) => `${nameOf(key)}: ${describe(value)}`).join(', ')}}`;
    default:
      return unreachable(item);
  }
}
