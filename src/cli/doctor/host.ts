/** What this host has for boards: serial ports, Bluetooth, and the rights to use them. */

import { accessSync, constants, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { messageOf, systemCodeOf } from '../../base/errors.ts';
import { listSerialPorts } from '../../transport/serial-ports.ts';
import type { SerialPortFound } from '../../transport/serial-ports.ts';
import { note, ok } from './finding.ts';
import type { Finding } from './finding.ts';

export async function examineHost(): Promise<readonly Finding[]> {
  return [...(await serialPorts()), ...bluetooth()];
}

async function serialPorts(): Promise<readonly Finding[]> {
  let ports: readonly SerialPortFound[];
  try {
    ports = await listSerialPorts();
  } catch (thrown) {
    return [note('serial ports', `cannot be listed: ${messageOf(thrown)}`)];
  }
  if (ports.length === 0) return [note('serial ports', 'there are none', 'is a board plugged in and powered?')];
  return ports.map((port) => {
    const { path, stablePath, maker, serial } = port;
    const about = [maker, serial === undefined ? undefined : `serial ${serial}`].filter((part) => part !== undefined).join(', ');
    const described = `${path}${about === '' ? '' : ` (${about})`}${stablePath === undefined ? '' : `, always ${stablePath}`}`;
    return mayUse(path)
      ? ok('serial port', described)
      : note('serial port', `${described}: no permission`, 'join the group that owns it (sudo usermod -aG dialout $USER) and log in again');
  });
}

function mayUse(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch (thrown) {
    return systemCodeOf(thrown) !== 'EACCES';
  }
}

function bluetooth(): readonly Finding[] {
  const adapters = entriesOf('/sys/class/bluetooth').filter((name) => /^hci\d+$/.test(name));
  const findings: Finding[] = [];
  if (!isNobleInstalled()) {
    findings.push(
      note(
        'noble',
        'the package for Bluetooth is not installed',
        'npm install @abandonware/noble; for a global install with npm 12: npm install -g bootproof --allow-scripts=@abandonware/noble,@abandonware/bluetooth-hci-socket',
      ),
    );
  } else findings.push(ok('noble', 'is installed'));
  if (adapters.length === 0) {
    const hint = 'plug one in, or use a controller over H4: adapter=h4:serial:PATH';
    return [...findings, note('bluetooth', 'the kernel has no adapter', hint)];
  }
  findings.push(ok('bluetooth', `adapters of the kernel: ${adapters.join(', ')}`));
  if (!mayUseRawSockets()) {
    findings.push(
      note('bluetooth', 'no right to open an adapter', 'allow it once: sudo setcap cap_net_raw+eip "$(readlink -f "$(which node)")"'),
    );
  }
  if (isRunning('bluetoothd')) {
    const hint = 'give bootproof an adapter of its own, or stop it: sudo systemctl stop bluetooth';
    findings.push(note('bluetoothd', 'runs, and uses every adapter of the kernel at the same time', hint));
  }
  return findings;
}

function isNobleInstalled(): boolean {
  try {
    createRequire(import.meta.url).resolve('@abandonware/noble/package.json');
    return true;
  } catch {
    return false;
  }
}

/** Bit 13 of the effective capabilities is CAP_NET_RAW (capabilities(7)). */
function mayUseRawSockets(): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(textOf('/proc/self/status'))?.[1];
  return effective === undefined || ((BigInt(`0x${effective}`) >> 13n) & 1n) === 1n;
}

function isRunning(program: string): boolean {
  return entriesOf('/proc').some((pid) => /^\d+$/.test(pid) && textOf(`/proc/${pid}/comm`).trim() === program);
}

/** Nothing where the folder, or the whole file system, is not there. */
function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Where a program is that would be started by this name; undefined when there is none. */
export function findProgram(name: string): string | undefined {
  const folders = name.includes('/') ? [''] : (process.env['PATH'] ?? '').split(delimiter);
  return folders.map((folder) => (folder === '' ? name : join(folder, name))).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
