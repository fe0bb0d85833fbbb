/** Board control over simulated devices: in this process, or in a `bootproof sim` process reached over its control port. */

import { abortable, deadline } from '../base/clock.ts';
import type { Clock } from '../base/clock.ts';
import { BootproofError } from '../base/errors.ts';
import { changeOf } from '../language/profile/device.ts';
import { createLineReader, decodeAnswer, controlWrites } from '../sim/control.ts';
import type { ControlAnswer, ControlRequest } from '../sim/control.ts';
import type { SimDevice, SimFacts } from '../sim/device.ts';
import { openTransport } from '../transport/open.ts';
import type { BoardControl, PowerAction } from './board-control.ts';

export function localControl(device: SimDevice): BoardControl {
  const switchPower: Readonly<Record<PowerAction, () => void>> = {
    on: () => device.powerOn(),
    off: () => device.powerOff(),
    cut: () => device.powerCut(),
  };
  return {
    provision: (options) => device.provision(options),
    power: (action) => switchPower[action](),
    // To the chip both lines are the same.
    reset: () => device.reset(),
    injectFault: (fault) => {
      const injected = device.injectFault(fault.kind === 'change' ? { kind: 'change', change: changeOf(fault.set) } : fault);
      return { clear: () => injected.dispose() };
    },
    sim: device,
    close: () => Promise.resolve(),
  };
}

/** Provisioning writes whole slots, which the simulator does at once; only a dead process takes longer. */
const answerMsMax = 10_000;

/** Connects to the control port of a `bootproof sim` process. Throws an infra error when it is not there. */
export async function remoteControl(
  address: string,
  context: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<{ readonly control: BoardControl; readonly facts: SimFacts }> {
  const { clock } = context;
  const waiting: ((answer: ControlAnswer) => void)[] = [];
  const gone = new AbortController();
  const read = createLineReader((line) => waiting.shift()?.(decodeAnswer(line)));
  const transport = await openTransport(address, { packet: () => undefined, text: read, lost: (error) => gone.abort(error) }, context);

  const call = async (request: ControlRequest): Promise<Extract<ControlAnswer, { ok: true }>> => {
    const limit = deadline(clock, {
      ms: answerMsMax,
      why: `answer of ${address}`,
      parent: gone.signal,
      reason: () => new BootproofError(`${address} did not answer`, { fault: 'infra', code: 'sim-control-silent' }),
    });
    try {
      const answered = new Promise<ControlAnswer>((resolve) => void waiting.push(resolve));
      for (const piece of controlWrites(request)) await abortable(transport.sendText(piece), limit.signal);
      const answer = await abortable(answered, limit.signal);
      if (!answer.ok) throw new BootproofError(`${address}: ${answer.message}`, { fault: 'infra', code: answer.code });
      return answer;
    } finally {
      limit.dispose();
    }
  };

  const { facts } = await call({ call: 'facts' });
  if (facts === undefined) throw new BootproofError(`${address} is no control port`, { fault: 'infra', code: 'sim-control-foreign' });
  const control: BoardControl = {
    provision: async (options) => {
      await call({ call: 'provision', options });
    },
    power: async (action) => {
      await call({ call: 'power', action });
    },
    reset: async () => {
      await call({ call: 'power', action: 'reset' });
    },
    injectFault: async (fault) => {
      const injected = await call({ call: 'inject-fault', fault });
      return {
        clear: async () => {
          await call({ call: 'clear-fault', fault: injected.fault ?? 0 });
        },
      };
    },
    close: () => transport.close(),
  };
  return { control, facts };
}
