/** The serial ports of this host, as the system lists them. */

import { readdir } from 'node:fs/promises';
import { systemCodeOf } from '../base/errors.ts';

export interface SerialPortFound {
  readonly path: string;
  /** The link of udev that stays the same when the port gets another number. */
  readonly stablePath: string | undefined;
  readonly maker: string | undefined;
  readonly serial: string | undefined;
}

/** Hosts without udev (containers, mostly) have the devices all the same. */
export async function listSerialPorts(): Promise<readonly SerialPortFound[]> {
  const { SerialPort } = await import('serialport');
  try {
    const ports = await SerialPort.list();
    return ports.map(({ path, pnpId, manufacturer, serialNumber }) => ({
      path,
      stablePath: pnpId === undefined ? undefined : `/dev/serial/by-id/${pnpId}`,
      maker: manufacturer,
      serial: serialNumber,
    }));
  } catch (thrown) {
    if (systemCodeOf(thrown) !== 'ENOENT') throw thrown;
    const names = await readdir('/dev');
    const devices = names.filter((name) => /^tty(?:ACM|USB|AMA)\d+$/.test(name)).sort();
    return devices.map((name) => ({ path: `/dev/${name}`, stablePath: undefined, maker: undefined, serial: undefined }));
  }
}
