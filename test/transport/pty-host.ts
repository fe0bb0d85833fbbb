/** A process that holds a serial face at the path in its arguments, tells its parent when it is ready, and waits to be killed. */

import { createRealClock } from '../../src/base/clock-real.ts';
import { listenPty } from '../../src/transport/listen-pty.ts';

const [, , link = ''] = process.argv;
await listenPty({ link, clock: createRealClock() }, () => ({ receive: () => undefined, closed: () => undefined }));
process.send?.('ready');
