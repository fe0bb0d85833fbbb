/**
 * Claims as files that all processes of a host see, one for each thing. A file holds who has it; one whose owner is gone is
 * taken over. A file appears whole, with a link: what is there can be read.
 */

import { createHash, randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRealClock } from '../base/clock-real.ts';
import { sleep } from '../base/clock.ts';
import { BootproofError, systemCodeOf } from '../base/errors.ts';
import { formatDuration } from '../base/quantities.ts';
import type { HostClaims } from '../run/host-claims.ts';
import { fileError } from './problems.ts';

export interface Claim {
  readonly name: string;
  readonly pid: number;
  /** When the process began, by the kernel's count: process ids are used again. */
  readonly born: string;
  /** What the user calls the owner: a run, or the doctor. */
  readonly owner: string;
  /** Wall time, ISO 8601. */
  readonly since: string;
}

const pauseMs = 250;

/** `BOOTPROOF_CLAIMS` names another folder, for hosts whose users do not share the one for temporary files. */
function claimsFolder(): string {
  return process.env['BOOTPROOF_CLAIMS'] ?? join(tmpdir(), 'bootproof-claims');
}

export function createHostClaims(owner: string): HostClaims {
  const folder = claimsFolder();
  return {
    claim: async (names, { waitMs, clock, signal }) => {
      makeShared(folder);
      const giveUpAt = clock.now() + waitMs;
      for (;;) {
        signal.throwIfAborted();
        const busy = takeAll(folder, names, owner);
        if (busy === undefined) return () => names.forEach((name) => release(folder, name));
        if (clock.now() + pauseMs > giveUpAt) throw busyError(busy, waitMs);
        await sleep(clock, pauseMs, `${busy.name} to be free`, signal);
      }
    },
  };
}

/** Claims one thing in a folder of its own, or gives the claim that is in the way. */
export function claimAlone(folder: string, name: string, owner: string): { readonly busy?: Claim; readonly free: () => void } {
  const busy = take(folder, name, owner);
  return { ...(busy === undefined ? {} : { busy }), free: () => release(folder, name) };
}

/** Everyone may claim, nobody may remove the claims of others. */
function makeShared(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o1777 });
  } catch (thrown) {
    if (systemCodeOf(thrown) !== 'EEXIST') throw fileError(`cannot claim boards in ${folder}`, thrown);
  }
}

/** Takes all or none. Gives the claim that is in the way. In a fixed order, so that of two who meet one gets on. */
function takeAll(folder: string, names: readonly string[], owner: string): Claim | undefined {
  const taken: string[] = [];
  for (const name of [...names].sort()) {
    const busy = take(folder, name, owner);
    if (busy === undefined) {
      taken.push(name);
      continue;
    }
    for (const one of taken) release(folder, one);
    return busy;
  }
  return undefined;
}

/** Tries as often as stale claims are found; each try removes one. */
const staleMax = 8;

function take(folder: string, name: string, owner: string): Claim | undefined {
  const path = pathOf(folder, name);
  const since = new Date(createRealClock().wall()).toISOString();
  const claim: Claim = { name, pid: process.pid, born: bornOf(process.pid) ?? '', owner, since };
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  writeFileSync(draft, JSON.stringify(claim), { mode: 0o644 });
  try {
    for (let tries = 0; tries < staleMax; tries += 1) {
      if (linked(draft, path)) return undefined;
      const held = readClaim(path);
      if (held === undefined) continue;
      if (isAlive(held)) return held;
      removeStale(path, held);
    }
    return readClaim(path) ?? claim;
  } catch (thrown) {
    throw fileError(`cannot claim ${name} in ${folder}`, thrown);
  } finally {
    rmSync(draft, { force: true });
  }
}

function linked(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (thrown) {
    if (systemCodeOf(thrown) === 'EEXIST') return false;
    throw thrown;
  }
}

/** Moves the file away and looks at it again: between reading and moving another process may have taken the thing. */
function removeStale(path: string, held: Claim): void {
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (thrown) {
    if (systemCodeOf(thrown) === 'ENOENT') return;
    throw thrown;
  }
  const moved = readClaim(aside);
  if (moved !== undefined && (moved.pid !== held.pid || moved.born !== held.born)) linked(aside, path);
  rmSync(aside, { force: true });
}

function release(folder: string, name: string): void {
  const path = pathOf(folder, name);
  const held = readClaim(path);
  if (held?.pid === process.pid) rmSync(path, { force: true });
}

/** Undefined when it is gone, or is no claim. */
function readClaim(path: string): Claim | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Claim;
  } catch (thrown) {
    if (thrown instanceof SyntaxError) rmSync(path, { force: true });
    else if (systemCodeOf(thrown) !== 'ENOENT') throw thrown;
    return undefined;
  }
}

function isAlive({ pid, born }: Claim): boolean {
  try {
    process.kill(pid, 0);
  } catch (thrown) {
    // Processes of other users are alive although they may not be asked.
    if (systemCodeOf(thrown) !== 'EPERM') return false;
  }
  const now = bornOf(pid);
  return now === undefined || born === '' || now === born;
}

/** Field 22 of proc(5)'s stat; undefined where there is no /proc. The name of the program may hold anything but ends with the last parenthesis. */
function bornOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

/** Names hold slashes and colons; the hash keeps apart what looks alike without them. */
function pathOf(folder: string, name: string): string {
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 12);
  return join(folder, `${name.replace(/[^A-Za-z0-9]+/g, '-').slice(0, 60)}.${hash}`);
}

function busyError({ name, pid, owner, since }: Claim, waitMs: number): BootproofError {
  return new BootproofError(
    `${name} is in use by ${owner} (process ${pid}) since ${since}, and was not free within ${formatDuration(waitMs)}`,
    {
      fault: 'infra',
      code: 'board-busy',
      hint: 'wait for the other run, end it, or give this one more time with --wait',
    },
  );
}
