/** The insides of the simulated device: flash, bootloader, application, SMP server, console and power tied together on a clock. */

import { utf8 } from '../base/bytes.ts';
import { startApplication } from './application.ts';
import { plainRadio, type Radio } from './ble/radio.ts';
import { runBootloader } from './boot-run.ts';
import { bootOnce } from './bootloader/index.ts';
import { createFaults } from './faults.ts';
import { PowerCut } from './flash/errors.ts';
import { combineHooks } from './flash/hooks.ts';
import { createHardware } from './hardware.ts';
import { createDeviceStore } from './images/device-store.ts';
import { factsOf, inspectSlots, verifySlot } from './inspection.ts';
import { applicationListener, recoveryListener } from './listeners.ts';
import { createPortHub } from './port-hub.ts';
import { createActiveKnobs } from './knobs/active-knobs.ts';
import { changedBy } from './profile-change.ts';
import { complete, isTrial, prepare } from './provision.ts';
import { createLogStore } from './server/log-store.ts';
import type { Clock, Timer } from '../base/clock.ts';
import type { Verdict } from '../mcuboot/verify.ts';
import type { BootRun } from './boot-run.ts';
import type { BootedImage, BootResult } from './bootloader/index.ts';
import type {
  ArmedFault,
  BootReport,
  PortKind,
  ProvisionOptions,
  SimDevice,
  SimDeviceOptions,
  SimFacts,
  SimFault,
  SimPort,
  SimState,
  SlotInspection,
} from './device.ts';
import type { Hardware } from './hardware.ts';
import type { UploadMemory } from './images/upload-memory.ts';
import type { FlashHooks, FlashOperation } from './flash/hooks.ts';
import type { KnobDevice } from './knobs/knob.ts';
import type { DeviceMemory } from './listeners.ts';
import type { ApplicationBehaviour, ResetKind, SimProfile } from './profile.ts';
import type { ProfileChange } from './profile-change.ts';

/** From a fatal error of the bootloader to the reset that follows it. */
const panicResetMs = 100;

export function createSimDevice(options: SimDeviceOptions): SimDevice {
  return new Machine(options);
}

class Machine implements SimDevice {
  readonly profile: SimProfile;
  readonly facts: SimFacts;
  readonly radio: Radio;
  boots = 0;
  readonly #clock: Clock;
  readonly #hardware: Hardware;
  readonly #knobs: ReturnType<typeof createActiveKnobs>;
  readonly #hooks: FlashHooks;
  readonly #changes = new Set<ProfileChange>();
  readonly #flashListeners = new Set<(operation: FlashOperation) => void>();
  /** What the firmware that runs was made of. */
  #made: SimProfile;
  readonly #faults: ReturnType<typeof createFaults>;
  readonly #hub: ReturnType<typeof createPortHub>;
  readonly #memory: DeviceMemory = { files: new Map(), settings: new Map(), log: createLogStore(), dateTime: undefined };
  readonly #stateListeners = new Set<(state: SimState) => void>();
  readonly #bootListeners = new Set<(report: BootReport) => void>();
  #state: SimState = 'off';
  /** Counts everything that makes timers of before meaningless. */
  #life = 0;
  #boot: { readonly run: BootRun; readonly startedAt: number } | undefined;
  #stayInBootloader = false;
  /** Of the last start. */
  #reset: ResetKind = 'power';
  #bootedSlot: BootedImage['slot'] = 'primary';
  #uploads: UploadMemory = { upload: undefined };
  /** What is to be done to the flash once the device has booted. */
  #provisioning: ProvisionOptions | undefined;

  constructor({ profile, clock, rng, flash }: SimDeviceOptions) {
    this.profile = profile;
    this.#clock = clock;
    this.#made = profile;
    this.#hardware = createHardware(profile, flash);
    this.#faults = createFaults(rng);
    this.#knobs = createActiveKnobs((name) => ({ clock, rng: rng.fork(`knob ${name}`), device: this.#knobDevice() }));
    this.#knobs.turn(profile.knobs ?? {});
    this.radio = this.#knobs.wrap('radio', plainRadio);
    this.#hooks = combineHooks([{ write: (operation) => this.#flashOperation(operation) }, this.#faults.hooks, this.#knobs.flash]);
    this.#hardware.setHooks(this.#hooks);
    this.facts = factsOf(profile, this.#hardware);
    this.#hub = createPortHub({
      clock,
      takeElapsedUs: () => this.#hardware.takeElapsedUs(),
      powerLost: () => this.powerOff(),
    });
  }

  get state(): SimState {
    return this.#state;
  }

  powerOn(): void {
    if (this.#state === 'off') this.#start('power');
  }

  powerOff(): void {
    this.#stop('off');
  }

  powerCut(): void {
    this.#tearBoot();
    this.powerOff();
  }

  reset(): void {
    if (this.#state === 'off') return;
    this.#tearBoot();
    this.#start('pin');
  }

  openPort(kind: PortKind, output: (bytes: Uint8Array) => void): SimPort {
    return this.#hub.open(kind, output);
  }

  onState(listener: (state: SimState) => void): () => void {
    this.#stateListeners.add(listener);
    return () => void this.#stateListeners.delete(listener);
  }

  onFlashOperation(listener: (operation: FlashOperation) => void): () => void {
    this.#flashListeners.add(listener);
    return () => void this.#flashListeners.delete(listener);
  }

  onBoot(listener: (report: BootReport) => void): () => void {
    this.#bootListeners.add(listener);
    return () => void this.#bootListeners.delete(listener);
  }

  provision(options: ProvisionOptions): void {
    const wasOn = this.#state !== 'off';
    this.powerOff();
    this.#undisturbed(() => prepare(this.#hardware, options));
    if (options.erase !== undefined) this.#memory.settings.clear();
    this.#provisioning = options;
    if (wasOn) return this.powerOn();
    if (isTrial(options)) this.#undisturbed(() => bootOnce(this.#hardware.areas, this.#hardware.config, this.#hardware.host));
    this.#completeProvisioning();
  }

  #completeProvisioning(): void {
    const options = this.#provisioning;
    this.#provisioning = undefined;
    if (options !== undefined) this.#undisturbed(() => complete(this.#hardware, options));
  }

  injectFault(fault: SimFault): ArmedFault {
    return fault.kind === 'change' ? this.#change(fault.change) : this.#faults.inject(fault);
  }

  flashImage(): Uint8Array {
    return this.#hardware.contents();
  }

  swapType(image = 0): string {
    return this.#store().swapType(image);
  }

  inspect(): readonly SlotInspection[] {
    return inspectSlots(this.#hardware, this.#store());
  }

  #change(change: ProfileChange): ArmedFault {
    // A change may be injected twice, and each must be taken back on its own.
    const own = { ...change };
    // Throws for values that the device cannot have; then nothing has changed.
    this.#knobs.turn(changedBy(this.#changed(), own).knobs ?? {});
    this.#changes.add(own);
    const dispose = (): void => {
      if (this.#changes.delete(own)) this.#knobs.turn(this.#changed().knobs ?? {});
    };
    return { count: 0, dispose };
  }

  #changed(): SimProfile {
    return [...this.#changes].reduce(changedBy, this.profile);
  }

  #flashOperation(operation: FlashOperation): 'proceed' {
    for (const listener of [...this.#flashListeners]) listener(operation);
    return 'proceed';
  }

  /** Whatever the bootloader is doing to the flash ends here, in its middle. */
  #tearBoot(): void {
    const boot = this.#boot;
    if (this.#state === 'booting' && boot !== undefined) boot.run.cutAt((this.#clock.now() - boot.startedAt) * 1000);
    this.#hardware.setHooks(this.#hooks);
  }

  /** From power-on or reset. The bootloader's work is done at once and shown as time goes by. */
  #start(reset: ResetKind): void {
    const life = this.#life + 1;
    this.#stop('booting');
    // Whoever saw the boot begin took the power away, or began another one.
    if (this.#life !== life) return;
    this.#reset = reset;
    this.#made = this.#changed();
    const { banner, startMs, recovery } = this.#made.bootloader;
    this.#hardware.build(this.#made.bootloader);
    const asked = this.#stayInBootloader;
    const stay = asked && (recovery?.entry.request === true || this.#hardware.config.loaderEntry.request);
    this.#stayInBootloader = false;
    const slots = this.#bootListeners.size === 0 ? [] : this.#undisturbed(() => this.inspect());
    const bootloader = this.#knobs.wrap('bootloader', { boot: bootOnce });
    const run = runBootloader(this.#hardware, { bootloader, hooks: this.#hooks, stay, banner });
    this.#tellBoot({ kind: 'begins', slots, verify: (slot) => run.before(() => this.#verify(slot)) });
    const startedAt = this.#clock.now() + startMs;
    this.#boot = { run, startedAt };
    this.#after(startMs, 'bootloader starts', () => {
      for (const { text, atUs } of run.lines) this.#after(atUs / 1000, 'bootloader prints', () => this.#print(text));
      this.#after(run.result.elapsedUs / 1000, 'bootloader is done', () => this.#leaveBootloader(run, stay));
    });
  }

  #leaveBootloader({ result }: BootRun, stay: boolean): void {
    this.#boot = undefined;
    this.#tellBootEnd(result);
    this.#completeProvisioning();
    switch (result.outcome) {
      case 'boot':
        this.#bootedSlot = result.image.slot;
        if (stay && this.#made.bootloader.recovery !== undefined) return this.#recover(result.image);
        return this.#launch(result.image);
      case 'no-image':
        return stay || this.#made.bootloader.recovery?.entry.noApplication === true ? this.#recover(undefined) : this.#stop('dead');
      case 'restart':
        return this.#start('software');
      case 'panic':
        this.#stop('dead');
        if (this.#made.bootloader.onPanic === 'reset') this.#after(panicResetMs, 'fatal error', () => this.#start('crash'));
        return;
      case 'power-cut':
        return this.powerOff();
    }
  }

  #tellBootEnd(result: BootResult): void {
    if (this.#bootListeners.size === 0) return;
    const started = result.outcome === 'boot' ? result.image.slot : undefined;
    if (started !== undefined) this.#bootedSlot = started;
    const startedSlot = started === undefined ? undefined : started === 'primary' ? 0 : 1;
    this.#tellBoot({
      kind: 'ends',
      outcome: result.outcome,
      startedSlot,
      slots: this.#undisturbed(() => this.inspect()),
      verify: (slot) => this.#verify(slot),
    });
  }

  #tellBoot(report: BootReport): void {
    for (const listener of [...this.#bootListeners]) listener(report);
  }

  #verify(slot: number): Verdict {
    return this.#undisturbed(() => verifySlot(slot, this.#hardware, this.#store()));
  }

  /** Looks at the flash past the faults that are armed. */
  #undisturbed<T>(look: () => T): T {
    this.#hardware.setHooks({});
    try {
      return look();
    } finally {
      this.#hardware.setHooks(this.#hooks);
    }
  }

  #recover(image: BootedImage | undefined): void {
    const { recovery } = this.#made.bootloader;
    if (recovery === undefined) return this.#stop('dead');
    this.#print('I: Enter the serial recovery mode');
    const slot = this.#hardware.areas.images[0]?.[image?.slot ?? 'primary'];
    const ram = image?.loadAddress === undefined || slot === undefined ? undefined : slot.read(0, slot.size).slice();
    this.#setState('recovery');
    const requestReset = (ms: number): void => this.#resetLater(ms);
    const memory = this.#memory;
    this.#hub.listen(recoveryListener({ hardware: this.#hardware, profile: recovery, ram, knobs: this.#knobs, memory, requestReset }));
  }

  #launch(image: BootedImage): void {
    startApplication(
      this.#firmware().application,
      { image, reset: this.#reset },
      {
        after: (ms, what, work) => this.#after(ms, what, work),
        print: (text) => this.#print(text),
        up: (behaviour) => this.#serve(behaviour),
        confirm: () => this.#confirm(),
        failed: (how) => (how === 'restart' ? this.#start('crash') : this.#stop('dead')),
      },
    );
  }

  /** The application confirms itself, unless the power goes while it does. */
  #confirm(): void {
    const store = this.#knobs.wrap('store', this.#store());
    try {
      store.setNext(store.activeSlot(0), { active: true, confirm: true });
    } catch (thrown) {
      if (!(thrown instanceof PowerCut)) throw thrown;
      this.powerOff();
    }
  }

  #serve({ confirm }: ApplicationBehaviour): void {
    this.boots += 1;
    this.#uploads = { upload: undefined };
    const upSince = this.#clock.now();
    const listener = applicationListener({
      confirm: confirm === 'on-command' ? () => this.#confirm() : undefined,
      profile: this.#firmware(),
      images: this.#knobs.wrap('store', this.#store()),
      knobs: this.#knobs,
      storage: this.#hardware.storage,
      memory: this.#memory,
      uptimeMs: () => this.#clock.now() - upSince,
      wall: () => this.#clock.wall(),
      requestReset: (ms, boot) => {
        this.#stayInBootloader = boot === 'recovery';
        this.#resetLater(ms);
      },
    });
    this.#hub.listen(listener);
    this.#setState('running');
  }

  /** A request for a reset is answered first, however busy the machine is that simulates in real time. */
  #resetLater(ms: number): void {
    const at = this.#clock.now() + ms;
    this.#hub.afterAnswer(() => {
      this.#after(Math.max(0, at - this.#clock.now()), 'reset that was asked for', () => this.#start('software'));
    });
  }

  #store(): ReturnType<typeof createDeviceStore> {
    const damage = (data: Uint8Array, { offset }: { offset: number }): Uint8Array => this.#faults.damageUpload(data, offset);
    const loader = this.#runsLoader();
    return createDeviceStore({ hardware: this.#hardware, bootedSlot: this.#bootedSlot, loader, memory: this.#uploads, damage });
  }

  #knobDevice(): KnobDevice {
    const profile = (): SimProfile => this.#made;
    const state = (): SimState => this.#state;
    const boots = (): number => this.boots;
    const store = (): ReturnType<typeof createDeviceStore> => this.#store();
    return {
      get profile() {
        return profile();
      },
      get state() {
        return state();
      },
      get boots() {
        return boots();
      },
      get store() {
        return store();
      },
      after: (ms, why, work) => void this.#after(ms, why, work),
      restart: () => this.reset(),
      print: (line) => this.#print(line),
    };
  }

  #runsLoader(): boolean {
    return this.#hardware.config.mode === 'firmware-loader' && this.#bootedSlot === 'secondary';
  }

  /** The profile of what runs: that of the application, or of the firmware loader in its place. */
  #firmware(): SimProfile {
    const { loader } = this.#made;
    if (loader === undefined || !this.#runsLoader()) return this.#made;
    return { ...this.#made, application: loader.application, server: loader.server };
  }

  #stop(state: SimState): void {
    this.#life += 1;
    this.#boot = undefined;
    this.#hub.listen(undefined);
    if (state === 'off') this.#stayInBootloader = false;
    this.#setState(state);
  }

  #after(ms: number, why: string, work: () => void): Timer {
    const life = this.#life;
    return this.#clock.arm(ms, `simulated device: ${why}`, () => {
      if (life === this.#life) work();
    });
  }

  #print(text: string): void {
    const kinds: readonly PortKind[] = this.profile.console === 'serial' ? ['console', 'serial', 'shell'] : ['console'];
    this.#hub.print(utf8(`${text}\r\n`), kinds);
  }

  #setState(state: SimState): void {
    // Each boot is one, also where one is cut short by the next.
    if (this.#state === state && state !== 'booting') return;
    this.#state = state;
    this.#knobs.state(state);
    for (const listener of [...this.#stateListeners]) listener(state);
  }
}
