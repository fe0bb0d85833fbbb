/** `run --watch`: runs again whenever a file of the run changes. The one file that knows the chokidar package. */

import { rmSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { watch, type FSWatcher } from 'chokidar';
import { createRealClock } from '../base/clock-real.ts';
import { abortable, sleep } from '../base/clock.ts';
import { BootproofError } from '../base/errors.ts';
import { exitCodes } from '../run/outcome.ts';
import { composeRun } from './compose.ts';
import { isPipelineFile } from './documents.ts';
import { skippedFolders } from './find-files.ts';
import type { FilesRead } from './documents.ts';
import type { RunFlags } from './run-flags.ts';
import type { CliIo } from './io.ts';
import { problemLine } from './problems.ts';
import { onInterrupt } from './signals.ts';

/** Editors that save a file may touch it several times, and chokidar tells of one change to a file in 50 ms. */
const settleMs = 60;
/** The folders of older runs are deleted. */
const runsKept = 10;

/** Runs until it is interrupted. Throws what makes the first run impossible; later mistakes are shown and can be mended. */
export async function watchRuns(paths: readonly string[], flags: RunFlags, io: CliIo): Promise<number> {
  const out = flags.out ?? join('reports', `watch-${process.pid}`);
  const watched = new Set<string>();
  const watcher = watchPipelines(paths.length === 0 && flags.plan === undefined ? ['pipelines'] : paths, watched);
  const interrupt = onInterrupt(() => undefined);
  const { signal } = interrupt;
  try {
    const changes = changesOf(watcher);
    for (let round = 1; !signal.aborted; round += 1) {
      const read: FilesRead = new Map();
      const once = composeRun(paths, { ...flags, out: join(out, String(round)) }, io, read);
      await (round === 1 ? once : showing(once, io));
      rmSync(join(out, String(round - runsKept)), { recursive: true, force: true });
      for (const path of read.keys()) watched.add(path);
      watcher.add([...read.keys()]);
      io.stderr('Watching: save a file to run again, Ctrl-C ends.\n');
      await changes.next(signal);
    }
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
  } finally {
    interrupt.dispose();
    await watcher.close();
  }
  return exitCodes.interrupted;
}

async function showing(once: Promise<number>, io: CliIo): Promise<void> {
  try {
    await once;
  } catch (thrown) {
    if (!(thrown instanceof BootproofError)) throw thrown;
    io.stderr(problemLine(thrown.message, thrown.hint));
  }
}

/** In folders, new pipelines are noticed; of other files only those of `watched`. */
function watchPipelines(paths: readonly string[], watched: ReadonlySet<string>): FSWatcher {
  const ignored = (path: string, stats?: { isFile(): boolean }): boolean =>
    stats?.isFile() === true ? !isPipelineFile(path) && !watched.has(path) : skippedFolders.has(basename(path));
  return watch(
    paths.map((path) => resolve(path)),
    { ignoreInitial: true, ignored },
  );
}

interface Changes {
  /** Ends when something has changed since the last call, and rests; fails when the signal is aborted. */
  next(signal: AbortSignal): Promise<void>;
}

function changesOf(watcher: FSWatcher): Changes {
  const clock = createRealClock();
  let changed = false;
  let tell: () => void = () => undefined;
  watcher.on('all', () => {
    changed = true;
    tell();
  });
  return {
    next: async (signal) => {
      const change = new Promise<void>((resolve) => (tell = resolve));
      if (!changed) await abortable(change, signal);
      await sleep(clock, settleMs, 'saved files to rest', signal);
      changed = false;
    },
  };
}
