/** Devices of the field reports, as variants of a development kit: healthy ones, and ones with the defect that a scenario must catch. */

import type { AreaProfile, BootloaderProfile, FlashProfile, SimProfile } from './profile.ts';
import type { ServerOverrides } from './server/profile.ts';

type ImageOptions = NonNullable<ServerOverrides['image']>;

const kib = 1024;

/**
 * The MX25R64 of the nRF52840 development kit. Times: its data sheet, high-performance mode (4 KiB erase 40 ms, page of 256
 * bytes 0.85 ms); over SPI at 8 MHz each byte takes another microsecond.
 */
function mx25r64({ busUs }: { readonly busUs: number }): FlashProfile {
  return {
    name: 'mx25r64',
    sectors: [[4 * kib, 2048]],
    writeSize: 4,
    erasedValue: 0xff,
    eraseRequired: true,
    costs: { eraseSectorUs: 40_000, programUnitUs: 4 * (3.3 + busUs), readByteUs: busUs },
  };
}

const externalSecondary: AreaProfile = { flash: 'mx25r64', offset: 0, size: 472 * kib };

/** The secondary slot on its own chip, erased while the upload goes on, as NCS builds it. */
function withExternalSecondary(base: SimProfile, name: string, busUs: number): SimProfile {
  const [first, ...others] = base.images;
  return {
    ...withServer(base, name, { eraseProgressively: true }),
    flash: [...base.flash, mx25r64({ busUs })],
    images: first === undefined ? [] : [{ ...first, secondary: externalSecondary }, ...others],
  };
}

/** With other build options of the server's image group. */
function withServer(base: SimProfile, name: string, image: ImageOptions): SimProfile {
  const { profile, overrides } = base.server ?? { profile: 'z4.4' };
  return { ...base, name, server: { profile, overrides: { ...overrides, image: { ...overrides?.image, ...image } } } };
}

/** With another release of MCUboot. */
function withBootloader(base: SimProfile, name: string, config: Pick<BootloaderProfile['config'], 'release'>): SimProfile {
  return { ...base, name, bootloader: { ...base.bootloader, config: { ...base.bootloader.config, ...config } } };
}

/** As NCS 1.9 built a device (Zephyr 2.7, SMP v1), without the commands of the os and zephyr-basic groups that the field report S4 asks for. */
function ncs19Of(base: SimProfile): SimProfile {
  return {
    ...withBootloader(base, `${base.name}-ncs-1.9`, { release: 'v1.9.99-ncs1' }),
    server: { profile: 'z2.7', overrides: { ...base.server?.overrides, groups: [1, 0] } },
  };
}

/** Their names begin with that of the kit. Before MCUboot 2.2, an image that is too large to be moved stays pending for ever. */
export function fieldProfiles(base: SimProfile): readonly SimProfile[] {
  const spi = withExternalSecondary(base, `${base.name}-spi`, 1);
  const autoPending = { ...base, name: `${base.name}-auto-pending`, knobs: { 'upload.autopend': true } };
  const selfConfirming = { ...base.application, confirm: { afterMs: 3000 } };
  const oldBootloader = withBootloader(base, `${base.name}-mcuboot-2.1`, { release: 'v2.1.0' });
  const ncs19 = ncs19Of(base);
  return [
    withExternalSecondary(base, `${base.name}-qspi`, 0.06),
    spi,
    { ...spi, name: `${spi.name}-anomaly-198`, knobs: { 'flash.corrupt': { flash: 'mx25r64', 'write-rate': '5 KiB/s' } } },
    { ...spi, name: `${spi.name}-slow-bus`, knobs: { 'flash.corrupt': { flash: 'mx25r64', 'write-rate': '1 KiB/s' } } },
    autoPending,
    { ...autoPending, name: `${autoPending.name}-self-confirm`, application: selfConfirming },
    withServer(autoPending, `${autoPending.name}-keep`, { allowErasePending: false }),
    withServer(base, `${base.name}-keep`, { allowErasePending: false }),
    oldBootloader,
    withServer(oldBootloader, `${oldBootloader.name}-keep`, { allowErasePending: false }),
    { ...base, name: `${base.name}-lost-confirm`, knobs: { 'app.trailer-offset-delta': { primary: 4096 } } },
    { ...base, name: `${base.name}-awaits-rest`, knobs: { 'rx.partial-timeout': '24h' } },
    { ...base, name: `${base.name}-restarts`, knobs: { 'rx.partial-restart': true } },
    { ...base, name: `${base.name}-any-hash`, knobs: { 'state.any-hash': true } },
    ncs19,
    { ...ncs19, name: `${ncs19.name}-any-hash`, knobs: { 'state.any-hash': true } },
    { ...base, name: `${base.name}-self-confirm`, application: selfConfirming },
  ];
}
