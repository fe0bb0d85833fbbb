/**
 * Handing a program over to the network core of an nRF5340, which copies it out of shared RAM into its own flash (PCD;
 * mcuboot.md 10, sdk-nrf `pcd.c`, `nrf53_hooks.c`). Here the bytes go to that flash at once.
 */

import { isSwapMode } from '../../mcuboot/trailer.ts';
import { scrambleTrailer } from './region.ts';
import type { FlashArea } from '../flash.ts';
import { blankHeader } from './header.ts';
import { imageMagic } from '../../mcuboot/header.ts';
import type { ImageState, Session, SwapType } from './session.ts';
import { slotSource } from './slot-check.ts';

/** The bootloader looks whether it is done once a second. */
const waitUs = 1_000_000;

/** What the bootloader takes the header of the network core's own slot to be, which it cannot read. */
export const networkCoreHeader = { ...blankHeader, magic: imageMagic, headerSize: 0x200 };

/** A sound candidate for the network core in a slot that it shares with the application. Nothing is left to be swapped then. */
export function updateNetworkCore(session: Session, image: ImageState, core: FlashArea): SwapType {
  const { log, config } = session;
  const { header } = image.secondary;
  const program = slotSource(session, image, image.secondary).read(header.headerSize, header.imageSize).slice();
  log.info('Starting network core update');
  if (!transfer(session, core, program)) return 'fail';
  log.info('Done updating network core');
  if (isSwapMode(config.mode)) scrambleTrailer(session, image, image.secondary.area);
  return 'none';
}

/** Waits for the network core to take over what was copied for it. False when it does not. */
export function transfer({ log, config }: Session, core: FlashArea, program?: Uint8Array): boolean {
  log.info('Turned on network core');
  core.flash.spend(waitUs);
  if (config.defects.networkCoreFails === true) {
    log.error('Network core update failed');
    return false;
  }
  if (program !== undefined) writeProgram(core, program);
  log.info('Turned off network core');
  return true;
}

function writeProgram(core: FlashArea, program: Uint8Array): void {
  core.erase(0, core.size);
  const padded = new Uint8Array(Math.ceil(program.length / core.writeSize) * core.writeSize).fill(core.erasedValue);
  padded.set(program);
  core.program(0, padded);
}
