/** A server that knows after a restart how far an upload had come (field failure B18: Zephyr's does not). */

import type { Upload } from '../images/upload-memory.ts';
import type { Knob } from './knob.ts';

export const persist: Knob<'upload.persist'> = (on, { device }) => {
  if (!on) return {};
  let kept: Upload | undefined;
  return {
    state: (state) => {
      const { memory } = device.store;
      if (state === 'running') {
        memory.upload ??= kept;
        return;
      }
      kept = memory.upload;
      if (kept !== undefined) kept.off -= kept.writer.forget();
    },
  };
};
