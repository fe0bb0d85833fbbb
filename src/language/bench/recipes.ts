/**
 * Ready-made commands for the programs that labs use. An inner list is only there when its parameter is given. The texts were
 * checked against: nrfutil device 2 (docs.nordicsemi.com), west of Zephyr 4, pyocd 0.36 (subcommands/load_cmd.py), openocd
 * 0.12 (flash/startup.tcl), J-Link Commander (kb.segger.com/J-Link_Commander), uhubctl 2.5 (--help), labgrid-client(1).
 */

import type { Board, Command } from '../grammar.generated.ts';

type Power = NonNullable<Board['power']>;
type Reserve = NonNullable<Board['reserve']>;

export type CommandRecipeName = NonNullable<Command['recipe']>;
export type PowerRecipeName = NonNullable<Power['recipe']>;
export type ReserveRecipeName = NonNullable<Reserve['recipe']>;

/** What a board needs a single command for. */
export type CommandUse = 'provision' | 'reset' | 'recover';

/** An argument with placeholders, or several that are left out together when one of their placeholders has no value. */
type Words = readonly (string | readonly string[])[];

export interface Template {
  readonly run: Words;
  readonly script?: string;
}

export type Recipe<Use extends string> = Readonly<Partial<Record<Use, Template>>>;

export const commandRecipes: Readonly<Record<CommandRecipeName, Recipe<CommandUse>>> = {
  nrfutil: {
    // `program` leaves the core halted unless it is told to reset; the default erases everything, the bootloader included.
    provision: {
      run: [
        ...['nrfutil', 'device', 'program', '--firmware', '{image-hex}', '--serial-number', '{serial}'],
        ...['--options', 'chip_erase_mode=ERASE_RANGES_TOUCHED_BY_FIRMWARE,verify=VERIFY_READ,reset=RESET_SYSTEM'],
      ],
    },
    reset: { run: ['nrfutil', 'device', 'reset', '--serial-number', '{serial}'] },
    recover: { run: ['nrfutil', 'device', 'recover', '--serial-number', '{serial}'] },
  },
  west: {
    provision: {
      run: [
        ...['west', 'flash', '--skip-rebuild', '--build-dir', '{build-dir}'],
        ['--runner', '{runner}'],
        ['--dev-id', '{serial}'],
        ...['--hex-file', '{image-hex}'],
      ],
    },
  },
  pyocd: {
    provision: {
      run: [
        ...['pyocd', 'load', '--probe', '{serial}', '--target', '{target}'],
        ...['--base-address', '{address}', '--format', 'bin', '{image}'],
      ],
    },
    reset: { run: ['pyocd', 'reset', '--probe', '{serial}', '--target', '{target}'] },
    recover: { run: ['pyocd', 'erase', '--chip', '--probe', '{serial}', '--target', '{target}'] },
  },
  openocd: {
    provision: {
      run: ['openocd', '-f', '{config}', ['-c', 'adapter serial {serial}'], '-c', 'program "{image}" verify reset exit {address}'],
    },
    reset: { run: ['openocd', '-f', '{config}', ['-c', 'adapter serial {serial}'], '-c', 'init; reset run; shutdown'] },
  },
  jlink: {
    provision: jlink('r\nh\nloadfile {image} {address}\nr\ng\nexit\n'),
    reset: jlink('r\ng\nexit\n'),
    recover: jlink('r\nh\nerase\nr\nexit\n'),
  },
};

function jlink(script: string): Template {
  return {
    run: [
      ...['JLinkExe', '-NoGui', '1', '-ExitOnError', '1', '-SelectEmuBySN', '{serial}', '-Device', '{target}', '-If', 'SWD'],
      ['-Speed', '{speed}'],
      ...['-AutoConnect', '1', '-CommandFile', '{script}'],
    ],
    script,
  };
}

export const powerRecipes: Readonly<Record<PowerRecipeName, Recipe<'off' | 'on' | 'cycle'>>> = {
  uhubctl: {
    off: { run: ['uhubctl', '-l', '{location}', '-p', '{port}', '-a', 'off'] },
    on: { run: ['uhubctl', '-l', '{location}', '-p', '{port}', '-a', 'on'] },
    cycle: { run: ['uhubctl', '-l', '{location}', '-p', '{port}', '-a', 'cycle', ['-d', '{delay}']] },
  },
  labgrid: {
    off: { run: ['labgrid-client', '-p', '{place}', 'power', 'off'] },
    on: { run: ['labgrid-client', '-p', '{place}', 'power', 'on'] },
    cycle: { run: ['labgrid-client', '-p', '{place}', 'power', 'cycle'] },
  },
};

export const reserveRecipes: Readonly<Record<ReserveRecipeName, Recipe<'acquire' | 'release'>>> = {
  labgrid: {
    acquire: { run: ['labgrid-client', '-p', '{place}', 'acquire'] },
    release: { run: ['labgrid-client', '-p', '{place}', 'release'] },
  },
};
