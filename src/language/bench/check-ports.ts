/** Every port belongs to one board, and is named once: two readers of one port steal each other's bytes. */

import { identityOfAddress } from '../addresses.ts';
import { child, keysOf, spanOf, textOf, type Cursor, type Report } from '../cursor.ts';
import { code } from '../words.ts';

/** What an address leads to; two texts may be the same port (links of udev, other options). */
export type AddressIdentity = ((address: string) => string) | undefined;

interface Use {
  readonly board: string;
  readonly place: Cursor;
}

export function checkPorts(boards: Cursor, identityOf: AddressIdentity = identityOfAddress, report: Report): void {
  const uses = new Map<string, Use>();
  for (const board of keysOf(boards)) {
    for (const place of addressesOf(child(boards, board))) {
      const port = identityOf(textOf(place)!);
      const other = uses.get(port);
      if (other === undefined) uses.set(port, { board, place });
      else reportShared({ port, board, place, other }, report);
    }
  }
}

/** Those of boards in this process lead nowhere, so they may be the same. */
function addressesOf(board: Cursor): readonly Cursor[] {
  const transports = child(board, 'transports');
  const places = [...keysOf(transports).map((name) => child(transports, name)), child(board, 'console'), child(board, 'simulator')];
  return places.filter((place) => {
    const text = textOf(place) ?? '';
    return text.includes(':') && !text.startsWith('sim:');
  });
}

interface Shared {
  readonly port: string;
  readonly board: string;
  readonly place: Cursor;
  readonly other: Use;
}

function reportShared({ port, board, place, other }: Shared, report: Report): void {
  const itself = other.board === board;
  const message = itself
    ? `board ${code(board)} uses ${code(port)} twice`
    : `boards ${code(other.board)} and ${code(board)} are on one port, ${code(port)}`;
  const hint = itself
    ? 'where the console shares a transport, write the name of the transport: `console: serial`'
    : 'give each board a port of its own; those of serial adapters are best named by /dev/serial/by-id';
  report('port-shared', spanOf(place), message, { hint, related: [{ message: 'it is used here, too', span: spanOf(other.place) }] });
}
