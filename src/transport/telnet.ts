/** Telnet as serial servers use it (RFC 854, 855): bytes with commands between them, all of them marked by IAC. Pure. */

export const telnet = { iac: 255, dont: 254, do: 253, wont: 252, will: 251, sb: 250, se: 240 } as const;

export type TelnetVerb = 'do' | 'dont' | 'will' | 'wont';

export interface TelnetEvents {
  readonly data: (bytes: Uint8Array) => void;
  readonly option: (verb: TelnetVerb, option: number) => void;
  /** What stands between SB with its option and SE, IACs undoubled. */
  readonly subnegotiation: (option: number, payload: Uint8Array) => void;
}

const verbs = new Map<number, TelnetVerb>([
  [telnet.do, 'do'],
  [telnet.dont, 'dont'],
  [telnet.will, 'will'],
  [telnet.wont, 'wont'],
]);

/** Longer subnegotiations are cut: no signature needs as much. */
const subnegotiationMax = 1024;

type State = 'data' | 'iac' | 'option' | 'sb' | 'sb-iac';

/** The receiver; pieces of any size give the same events. */
export function createTelnetReader(events: TelnetEvents): (bytes: Uint8Array) => void {
  let state: State = 'data';
  let verb: TelnetVerb = 'do';
  let sub: number[] = [];
  let data: number[] = [];

  const flush = (): void => {
    if (data.length > 0) events.data(Uint8Array.from(data));
    data = [];
  };
  const keep = (byte: number): void => {
    if (sub.length < subnegotiationMax) sub.push(byte);
  };
  const command = (byte: number): State => {
    const named = verbs.get(byte);
    if (byte === telnet.iac) data.push(byte);
    if (named === undefined) return byte === telnet.sb ? 'sb' : 'data';
    verb = named;
    return 'option';
  };
  const end = (byte: number): State => {
    if (byte === telnet.iac) {
      keep(byte);
      return 'sb';
    }
    // SE ends it; anything else is a server that lost its way, and ends it too.
    const [option, ...payload] = sub;
    sub = [];
    if (option !== undefined) events.subnegotiation(option, Uint8Array.from(payload));
    return 'data';
  };
  const take = (byte: number): State => {
    switch (state) {
      case 'data':
        if (byte === telnet.iac) return 'iac';
        data.push(byte);
        return 'data';
      case 'iac':
        if (byte !== telnet.iac) flush();
        return command(byte);
      case 'option':
        events.option(verb, byte);
        return 'data';
      case 'sb':
        if (byte === telnet.iac) return 'sb-iac';
        keep(byte);
        return 'sb';
      case 'sb-iac':
        return end(byte);
    }
  };
  return (bytes) => {
    for (const byte of bytes) state = take(byte);
    flush();
  };
}

/** Data as it goes over the wire. */
export function telnetData(bytes: Uint8Array): Uint8Array {
  return bytes.includes(telnet.iac) ? Uint8Array.from([...bytes].flatMap(doubled)) : bytes;
}

export function telnetOption(verb: TelnetVerb, option: number): Uint8Array {
  return Uint8Array.of(telnet.iac, telnet[verb], option);
}

export function telnetSubnegotiation(option: number, payload: readonly number[]): Uint8Array {
  return Uint8Array.of(telnet.iac, telnet.sb, option, ...payload.flatMap(doubled), telnet.iac, telnet.se);
}

function doubled(byte: number): readonly number[] {
  return byte === telnet.iac ? [byte, byte] : [byte];
}
