/** Reading the text of an address: `scheme:rest?option=value&...`. What each scheme makes of it stands in that scheme's file. */

import { isIPv6 } from 'node:net';
import { BootproofError } from '../base/errors.ts';
import { parseDuration } from '../base/quantities.ts';

/** The parts of one address. Options are taken one by one, so that one which nobody took is found. */
export interface AddressReader {
  /** The whole address as the user wrote it. */
  readonly text: string;
  /** What stands between the scheme's colon and the question mark. */
  readonly rest: string;
  option(name: string): string | undefined;
  fail(why: string): never;
  /** Fails on options that were never asked for. */
  finish(): void;
}

/** What the addresses of all byte streams have in common. */
export interface StreamOptions {
  readonly framing: 'console' | 'raw';
  /** A pause after each console line, for devices that lose lines arriving back to back (real-time pty and TCP links). */
  readonly lineGapMs: number;
}

const lineGapMsMax = 1000;
const baudMax = 12_000_000;

/** Splits `text`; every complaint is an input error with `forms` as its hint. */
export function createAddressReader(text: string, rest: string, forms: readonly string[]): AddressReader {
  const fail = (why: string): never => {
    throw badAddress(text, why, forms);
  };
  const query = rest.indexOf('?');
  const options = new Map<string, string>();
  const asked = new Set<string>();
  for (const pair of query < 0 ? [] : rest.slice(query + 1).split('&')) {
    const equals = pair.indexOf('=');
    if (equals <= 0) fail(`"${pair}" is not option=value`);
    const name = pair.slice(0, equals);
    if (options.has(name)) fail(`option ${name} is given twice`);
    options.set(name, pair.slice(equals + 1));
  }
  return {
    text,
    rest: query < 0 ? rest : rest.slice(0, query),
    option: (name) => {
      asked.add(name);
      return options.get(name);
    },
    fail,
    finish: () => {
      for (const name of options.keys()) if (!asked.has(name)) fail(`there is no option ${name}`);
    },
  };
}

export function badAddress(text: string, why: string, forms: readonly string[]): BootproofError {
  return new BootproofError(`"${text}" is not an address of a board: ${why}`, {
    fault: 'input',
    code: 'bad-address',
    hint: `use one of: ${forms.join(', ')}`,
  });
}

/** `HOST:PORT` with a name, an IPv4 address, or an IPv6 address in brackets; undefined for anything else. Port 0 is accepted. */
export function parseHostPort(text: string): { readonly host: string; readonly port: number } | undefined {
  const match = /^(?:\[([^[\]]+)\]|([^\s:[\]]+)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || port > 65_535) return undefined;
  return match?.[1] !== undefined && !isIPv6(host) ? undefined : { host, port };
}

/** The inverse of `parseHostPort`. */
export function formatHostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

export function readHostPort(reader: AddressReader): { readonly host: string; readonly port: number } {
  const parsed = parseHostPort(reader.rest);
  if (parsed === undefined) return reader.fail('it needs HOST:PORT, with an IPv6 address in brackets and a port up to 65535');
  return parsed.port === 0 ? reader.fail('port 0 cannot be reached') : parsed;
}

export function readBaud(reader: AddressReader): number {
  const baud = Number(reader.option('baud') ?? '115200');
  return Number.isInteger(baud) && baud >= 1 && baud <= baudMax ? baud : reader.fail(`baud is a whole number up to ${baudMax}`);
}

export function readSwitch(reader: AddressReader, name: string, otherwise: 'on' | 'off'): boolean {
  const word = reader.option(name) ?? otherwise;
  return word === 'on' || (word === 'off' ? false : reader.fail(`${name} is on or off, not "${word}"`));
}

export function readStreamOptions(reader: AddressReader): StreamOptions {
  const framing = reader.option('framing') ?? 'console';
  if (framing !== 'console' && framing !== 'raw') return reader.fail(`framing is console or raw, not "${framing}"`);
  const lineGapMs = parseDuration(reader.option('line-gap') ?? '0ms');
  if (lineGapMs === undefined || lineGapMs > lineGapMsMax) return reader.fail('line-gap is a duration up to 1s, such as 15ms');
  return { framing, lineGapMs };
}
