/** What a defective bootloader does in place of what a sound one does, seen from outside. */

import t from 'tap';
import { buildImage } from '../../src/mcuboot/build.ts';
import { bootConfig, bootOnce, setConfirmed, setPending, swapType } from '../../src/sim/bootloader/index.ts';
import type { BootAreas, BootConfig, BootDefects, BootResult } from '../../src/sim/bootloader/index.ts';
import { createFlash, flashArea } from '../../src/sim/flash.ts';
import { cutPowerAt } from '../../src/sim/flash/hooks.ts';

const sector = 4096;
const slotSize = 8 * sector;

function imageOf(major: number, securityCounter: number): Uint8Array {
  return buildImage({
    version: { major, minor: 0, revision: 0, build: 0 },
    body: new Uint8Array(4900 + 50 * major).fill(major),
    headerSize: 32,
    securityCounter,
  });
}

class Board {
  readonly flash = createFlash({ name: 'flash', sectors: [[sector, 17]], writeSize: 4 });
  readonly primary = flashArea(this.flash, { name: 'primary', offset: 0, size: slotSize });
  readonly secondary = flashArea(this.flash, { name: 'secondary', offset: slotSize, size: slotSize });
  readonly areas: BootAreas = {
    images: [{ primary: this.primary, secondary: this.secondary }],
    scratch: flashArea(this.flash, { name: 'scratch', offset: 2 * slotSize, size: sector }),
  };
  counter = 0;
  readonly config: BootConfig;

  constructor(options: Partial<BootConfig> & { readonly defects: BootDefects }, images: readonly [number, number] = [1, 2]) {
    this.config = bootConfig({ mode: 'move', ...options });
    this.primary.load(0, imageOf(images[0], images[0]));
    this.secondary.load(0, imageOf(images[1], images[1]));
  }

  request(permanent = false): this {
    setPending(this.areas, this.config, { permanent });
    return this;
  }

  boot(): BootResult {
    return bootOnce(this.areas, this.config, {
      readSecurityCounter: () => this.counter,
      writeSecurityCounter: (_, value) => void (this.counter = value),
    });
  }

  cutBoot(operation: number): this {
    this.flash.setHooks(cutPowerAt(operation));
    this.boot();
    this.flash.setHooks({});
    return this;
  }

  /** Major version of what runs after a boot. */
  runs(): number | string {
    const result = this.boot();
    return result.outcome === 'boot' ? result.image.version.major : result.outcome;
  }

  get asks(): string {
    return swapType(this.areas, this.config);
  }
}

void t.test('requests', async (t) => {
  const kept = new Board({ defects: { requests: 'kept' } }).request();
  t.same([kept.runs(), kept.runs(), kept.asks], [1, 1, 'test'], 'a request is passed over for ever');
  const cleared = new Board({ defects: { requests: 'cleared' } }).request();
  t.same([cleared.runs(), cleared.asks], [1, 'none']);
  t.notOk(cleared.secondary.isErased(0, sector), 'the image stays');
  const refused = new Board({ defects: { requests: 'refused' } }).request(true);
  t.ok(refused.boot().log.some(({ text }) => text === 'E: Image in the secondary slot is not valid!'));
  t.ok(refused.secondary.isErased(0, slotSize));
  t.equal(new Board({ defects: { requests: 'panic' } }).request().runs(), 'panic');
  const reverting = new Board({ defects: {} }).request();
  reverting.boot();
  const later = { ...reverting.config, defects: { requests: 'kept' } as const };
  t.match(bootOnce(reverting.areas, later), { outcome: 'boot', image: { version: { major: 1 } } }, 'a revert is no request');
});

void t.test('a bootloader that looks elsewhere for the secondary slot', async (t) => {
  const blind = new Board({ defects: { blind: true } }).request();
  const { log } = blind.boot();
  t.ok(log.some(({ text }) => text.startsWith('I: Secondary image: magic=unset')));
  t.same([blind.runs(), blind.asks], [1, 'test'], 'the application sees its request all the same');
});

void t.test('an image that is too large for it', async (t) => {
  const small = new Board({ defects: { imageSizeMax: 5000 } }).request();
  t.same([small.runs(), small.secondary.isErased(0, slotSize)], [1, true]);
  t.equal(new Board({ defects: { imageSizeMax: 6000 } }).request().runs(), 2);
});

void t.test('a swap that was interrupted', async (t) => {
  const resume = (defect: BootDefects['resume'], operation: number, mode: BootConfig['mode'] = 'move'): Board =>
    new Board({ mode, defects: { resume: defect } }).request().cutBoot(operation);
  t.equal(resume(undefined, 20).runs(), 2, 'is completed');
  t.equal(resume('lost', 24).runs(), 'no-image', 'leaves a primary slot with parts of both');
  t.equal(resume('skips-sector', 30).runs(), 'no-image');
  const wrong = resume('wrong-headers', 20, 'scratch');
  t.ok(wrong.boot().log.some(({ text }) => text === 'E: Image in the primary slot is not valid!'));
  t.equal(wrong.runs(), 1, 'and the next boot reverts');
  const unfinished = resume('unfinished', 20);
  t.same([unfinished.runs(), unfinished.runs(), unfinished.runs()], [2, 2, 2], 'an unconfirmed image stays');
  const unconfirmed = new Board({ mode: 'scratch', defects: { resume: 'unconfirmed' } }).request();
  t.equal(unconfirmed.runs(), 2);
  unconfirmed.cutBoot(24);
  t.same([unconfirmed.runs(), unconfirmed.runs(), unconfirmed.runs()], [1, 2, 2], 'a revert is taken back by the next boot');
});

void t.test('a refused image whose trailer stays', async (t) => {
  const board = new Board({ defects: { keepsTrailer: true } }).request();
  board.secondary.load(64, Uint8Array.of(9, 9, 9));
  t.same([board.runs(), board.secondary.isErased(0, sector), board.asks], [1, true, 'test']);
});

void t.test('downgrades and counters', async (t) => {
  const options = { downgradePrevention: 'version' } as const;
  t.equal(new Board({ ...options, defects: {} }, [2, 1]).request(true).runs(), 2);
  t.equal(new Board({ ...options, defects: { permanentDowngrades: true } }, [2, 1]).request(true).runs(), 1);
  t.equal(new Board({ ...options, defects: { permanentDowngrades: true } }, [2, 1]).request().runs(), 2);
  const sound = new Board({ rollbackCounter: true, defects: {} }).request();
  t.same([sound.runs(), sound.counter], [2, 0]);
  setConfirmed(sound.areas, sound.config);
  t.same([sound.runs(), sound.counter], [2, 2]);
  const early = new Board({ rollbackCounter: true, defects: { earlyCounter: true } }).request();
  t.same([early.runs(), early.counter], [2, 2]);
  t.equal(early.runs(), 2, 'what ran before cannot come back');
});
