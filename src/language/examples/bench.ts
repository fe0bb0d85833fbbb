/** Examples of benches that cannot work. */

import { ofBoard } from './example.ts';

const udp = 'transports: {udp: "udp:192.0.2.7:1337"}\n';
const serial = 'transports: {serial: "serial:/dev/ttyACM0"}\n';

export const benchExamples = {
  'placeholder-unknown': ofBoard(
    `${udp}provision: {run: [nrfutil, device, program, --firmware, "{imgae}"]}\n`,
    `${udp}provision: {run: [nrfutil, device, program, --firmware, "{image}"]}\n`,
  ),
  'port-shared': ofBoard(`${serial}console: "serial:/dev/ttyACM0?baud=9600"\n`, `${serial}console: "serial:/dev/ttyACM1?baud=9600"\n`),
  'recipe-use': ofBoard(
    `${udp}reset: {debugger: {recipe: west, build-dir: build}}\n`,
    `${udp}reset: {debugger: {recipe: nrfutil, serial: "000683534322"}}\n`,
  ),
  'transport-unknown': ofBoard(`${serial}console: sreial\n`, `${serial}console: serial\n`),
};
