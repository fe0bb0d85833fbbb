/** `bootproof sim`: the flags, and the help that shows how a bench uses the faces. The work is done in the files beside. */

import type { Command } from 'commander';
import { defaultProfile } from '../../sim/profile.ts';
import { collect, flagError, wholeNumber } from '../flags.ts';
import type { CliIo } from '../io.ts';
import { runSim } from './sim-run.ts';
import type { SimFlags } from './sim-run.ts';

/** Adds `sim` to the program. Its exit codes: 0 ended by SIGTERM, 130 by SIGINT, 2 usage, 3 a face or the flash file broke. */
export function registerSimCommand(program: Command, io: CliIo): void {
  program
    .command('sim')
    .description('offer a simulated device to this and other programs, in real time, over serial, TCP and UDP')
    .option(
      '--profile <NAME|FILE>',
      'what the device is made of: a profile that ships with bootproof (pipelines/profiles), such as nrf54l15dk, or a .profile.yaml file',
      defaultProfile.name,
    )
    .option('--serial <LINK>', 'SMP over console lines on a pseudo-terminal that LINK leads to', collect, [])
    .option('--serial-raw <LINK>', 'SMP packets without framing on a pseudo-terminal', collect, [])
    .option('--shell <LINK>', 'SMP inside of the shell on a pseudo-terminal: prompts and echo come between', collect, [])
    .option('--tcp <HOST:PORT>', 'SMP over console lines on TCP, as ser2net and QEMU offer it', collect, [])
    .option('--udp <HOST:PORT>', 'SMP packets in UDP datagrams', collect, [])
    .option('--ble <HOST:PORT>', 'a virtual Bluetooth controller with the board in reach, as HCI over H4 on TCP', collect, [])
    .option('--console <HOST:PORT>', "the board's console on TCP: its text as it is, and what is sent is typed into the shell", collect, [])
    .option('--control <HOST:PORT>', 'control port: provision, power and faults, for `simulator` in a bench', collect, [])
    .option('--flash <FILE>', 'keep the flash in FILE; without it a restart begins with new flash')
    .option('--speed <N>', 'make the device N times as fast as a real one', speedFlag, 1)
    .option('--seed <N>', 'seed of all chance in the device', wholeNumber('--seed'), 1)
    .addHelpText('after', help)
    .action(async (flags: SimFlags) => io.exit(await runSim(flags, io)));
}

/** The bench in the help text, with the addresses of its example. */
export const exampleBench = `version: 1
kind: bench
boards:
  sim-1:
    labels: [nrf52840dk]
    transports: {serial: "serial:/tmp/sim-1", udp: "udp:127.0.0.1:4002"}
    console: "tcp:127.0.0.1:4003"
    simulator: "tcp:127.0.0.1:4004"
`;

const help = `
Faces may be repeated, and at least one is needed. Port 0 takes any free port. As soon as the device has booted, one line of
JSON on stdout says where everything is: {"ready":true,"profile":...,"pid":...,"faces":{"udp":["udp:127.0.0.1:4002"],...}}.
New flash holds a demo image, version 1.0.0. Ctrl-C or SIGTERM ends the device and keeps the flash; a second one ends it at once.

Examples:
  bootproof sim --serial /tmp/board                     then: mcumgr --conntype serial --connstring /tmp/board echo hi
  bootproof sim --udp 127.0.0.1:1337 --flash board.bin  a board that remembers
  bootproof sim --tcp 0.0.0.0:4001                      for other hosts
  bootproof sim --serial /tmp/sim-1 --udp 127.0.0.1:4002 --console 127.0.0.1:4003 --control 127.0.0.1:4004

A bench that uses the last one, for bootproof run --bench:
${exampleBench.replace(/^(?=.)/gm, '  ')}
Exit codes: 0 ended by SIGTERM, 2 usage, 3 a face or the flash file could not be had or broke, 130 ended by Ctrl-C.
`;

/** Beyond this, the timers of the machine are too coarse for the device. */
const speedMax = 100;

function speedFlag(text: string): number {
  const speed = wholeNumber('baud')(text);
  if (speed >= 1 && speed <= speedMax) return speed;
  throw flagError(`--speed is from 1 to ${speedMax}, not ${text}`);
}
