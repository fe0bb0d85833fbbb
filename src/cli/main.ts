#!/usr/bin/env node
/** The command line as a process. */

import { createProcessIo } from './process-io.ts';
import { runCommandLine } from './program.ts';

await runCommandLine(process.argv.slice(2), createProcessIo());
