/** What the clients of `upgrade` offer (dfu-clients.md 1). How they do it stands with the verb. */

import type { UpgradeArgs } from './grammar.generated.ts';

export type UpgradeClient = NonNullable<UpgradeArgs['as']>;
export type UpgradeMode = NonNullable<UpgradeArgs['mode']>;

interface Offer {
  /** In the order in which messages list them. */
  readonly modes: readonly UpgradeMode[];
  /** Whether it can erase the settings storage before a reset. */
  readonly erasesSettings: boolean;
}

const allModes = ['test-and-confirm', 'confirm-only', 'test-only', 'upload-only'] as const;

export const upgradeClients = {
  ideal: { modes: allModes, erasesSettings: true },
  'mcumgr-cli': { modes: allModes, erasesSettings: false },
  smpmgr: { modes: ['confirm-only', 'test-only', 'upload-only'], erasesSettings: false },
  'nrf-connect-android': { modes: allModes, erasesSettings: true },
  'nrf-connect-ios': { modes: allModes, erasesSettings: true },
} as const satisfies Readonly<Record<UpgradeClient, Offer>>;

export const upgradeDefaults = { as: 'ideal', mode: 'test-and-confirm' } as const;

export function hasMode(client: UpgradeClient, mode: UpgradeMode): boolean {
  return (upgradeClients[client].modes as readonly UpgradeMode[]).includes(mode);
}

/** Without a new image to start there is nothing to erase for. */
export function erasesSettings(client: UpgradeClient, mode: UpgradeMode): boolean {
  return upgradeClients[client].erasesSettings && mode !== 'upload-only';
}
