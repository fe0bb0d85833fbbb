/** Addresses as users write them: what they mean, and what is wrong with the others. */

import t from 'tap';
import { BootproofError } from '../../src/base/errors.ts';
import { formatHostPort, parseHostPort } from '../../src/transport/address.ts';
import { openTransport, parseAddress } from '../../src/transport/open.ts';
import { failureOf, realContext, recordEvents } from './support.ts';

t.test('good addresses', (t) => {
  const stream = { framing: 'console', lineGapMs: 0 };
  const good: readonly (readonly [string, Record<string, unknown>])[] = [
    ['serial:/dev/ttyACM0', { scheme: 'serial', path: '/dev/ttyACM0', baud: 115200, ...stream }],
    [
      'serial:/dev/serial/by-id/usb-SEGGER_J-Link:1-if00?baud=1000000',
      { scheme: 'serial', path: '/dev/serial/by-id/usb-SEGGER_J-Link:1-if00', baud: 1_000_000, ...stream },
    ],
    ['serial:COM3?framing=raw&baud=9600', { scheme: 'serial', path: 'COM3', baud: 9600, framing: 'raw', lineGapMs: 0 }],
    ['tcp:127.0.0.1:5000?line-gap=15ms', { scheme: 'tcp', host: '127.0.0.1', port: 5000, framing: 'console', lineGapMs: 15 }],
    ['tcp:[fe80::1%eth0]:65535?framing=raw', { scheme: 'tcp', host: 'fe80::1%eth0', port: 65535, framing: 'raw', lineGapMs: 0 }],
    ['tcp:farm-3.example.org:22', { scheme: 'tcp', host: 'farm-3.example.org', port: 22, ...stream }],
    ['rfc2217:lab:4001?rts=off&baud=9600', { scheme: 'rfc2217', host: 'lab', port: 4001, baud: 9600, dtr: true, rts: false, ...stream }],
    ['udp:192.0.2.2:1337', { scheme: 'udp', host: '192.0.2.2', port: 1337, listen: false }],
    ['udp:[2001:db8::2]:1337', { scheme: 'udp', host: '2001:db8::2', port: 1337, listen: false }],
    ['udp:0.0.0.0:1337?listen=on', { scheme: 'udp', host: '0.0.0.0', port: 1337, listen: true }],
  ];
  for (const [text, expected] of good) t.same(parseAddress(text), { text, ...expected }, text);
  t.end();
});

t.test('bad addresses are input errors that list the forms', (t) => {
  const bad: readonly (readonly [string, RegExp])[] = [
    ['', /known kind of link/],
    ['/dev/ttyACM0', /known kind of link/],
    ['usb:1-2', /known kind of link/],
    ['toString:x', /known kind of link/],
    ['serial:', /names no port/],
    ['serial:?baud=9600', /names no port/],
    ['serial:/dev/ttyS0?baud=fast', /baud is a whole number/],
    ['serial:/dev/ttyS0?baud=0', /baud is a whole number/],
    ['serial:/dev/ttyS0?baud=9600.5', /baud is a whole number/],
    ['serial:/dev/ttyS0?baud=', /baud is a whole number/],
    ['serial:/dev/ttyS0?baud=9600&baud=9600', /given twice/],
    ['serial:/dev/ttyS0?baudrate=9600', /no option baudrate/],
    ['serial:/dev/ttyS0?raw', /"raw" is not option=value/],
    ['serial:/dev/ttyS0?', /"" is not option=value/],
    ['serial:/dev/ttyS0?framing=slip', /framing is console or raw/],
    ['serial:/dev/ttyS0?line-gap=15', /line-gap is a duration/],
    ['serial:/dev/ttyS0?line-gap=2m', /line-gap is a duration/],
    ['tcp:localhost', /HOST:PORT/],
    ['tcp:localhost:', /HOST:PORT/],
    ['tcp::5000', /HOST:PORT/],
    ['tcp:localhost:65536', /HOST:PORT/],
    ['tcp:localhost:0', /port 0/],
    ['tcp:::1:5000', /HOST:PORT/],
    ['tcp:[localhost]:5000', /HOST:PORT/],
    ['tcp:local host:5000', /HOST:PORT/],
    ['rfc2217:lab:4001?dtr=high', /dtr is on or off/],
    ['rfc2217:lab', /HOST:PORT/],
    ['udp:10.0.0.1:1337?framing=raw', /no option framing/],
  ];
  for (const [text, why] of bad) {
    const error = t.throws(() => parseAddress(text), { fault: 'input', code: 'bad-address', message: why }, text);
    t.match((error as BootproofError).hint, /^use one of: (serial:PATH|tcp:HOST:PORT|rfc2217:HOST:PORT|udp:HOST:PORT)/, `${text}: hint`);
  }
  const unknown = t.throws(() => parseAddress('usb:1-2')) as BootproofError;
  for (const form of ['serial:PATH', 'tcp:HOST:PORT', 'udp:HOST:PORT', 'udp:[IPV6]:PORT']) t.ok(unknown.hint?.includes(form), form);
  t.end();
});

t.test('opening a bad address rejects; an aborted signal gives its reason', async (t) => {
  t.equal((await failureOf(openTransport('nothing', recordEvents(), realContext()))).code, 'bad-address');
  const reason = new BootproofError('stopped', { fault: 'cancelled', code: 'stopped' });
  for (const address of ['serial:/dev/null', 'tcp:127.0.0.1:1', 'udp:127.0.0.1:1']) {
    t.equal(await failureOf(openTransport(address, recordEvents(), realContext(AbortSignal.abort(reason)))), reason, address);
  }
});

t.test('host and port survive formatting', (t) => {
  for (const [host, port] of [
    ['127.0.0.1', 0],
    ['::1', 1337],
    ['board-7', 65535],
  ] as const) {
    t.same(parseHostPort(formatHostPort(host, port)), { host, port });
  }
  t.end();
});
