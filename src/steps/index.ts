/** All verbs. A verb in the schema without code here, or code without a schema, does not compile. */

import type { Verb } from '../language/model.ts';
import { call } from './call.ts';
import { collect } from './collect.ts';
import { confirm } from './confirm.ts';
import { connect } from './connect.ts';
import { disconnect } from './disconnect.ts';
import { echo } from './echo.ts';
import { erase } from './erase.ts';
import { exec } from './exec.ts';
import { expect } from './expect.ts';
import { fault } from './fault.ts';
import { files } from './files.ts';
import { markPending } from './mark-pending.ts';
import { parallel } from './parallel.ts';
import { power } from './power.ts';
import { prompt } from './prompt.ts';
import { provision } from './provision.ts';
import { repeat } from './repeat.ts';
import { reset } from './reset.ts';
import { send } from './send.ts';
import { serve } from './serve.ts';
import { settings } from './settings.ts';
import { shell } from './shell.ts';
import { smp } from './smp.ts';
import type { StepHandler } from './step.ts';
import { upgrade } from './upgrade.ts';
import { upload } from './upload.ts';
import { wait } from './wait.ts';

export const steps: { readonly [V in Verb]: StepHandler<V> } = {
  call,
  collect,
  confirm,
  connect,
  disconnect,
  echo,
  erase,
  exec,
  expect,
  fault,
  files,
  'mark-pending': markPending,
  parallel,
  power,
  prompt,
  provision,
  repeat,
  reset,
  send,
  serve,
  settings,
  shell,
  smp,
  upgrade,
  upload,
  wait,
};
