/** The boards of a run: those of the bench file, or the one simulated board that needs none. */

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closestMatch } from 'leven';
import type { Board } from '../device/board.ts';
import { createBoard } from '../device/open-board.ts';
import { createSource } from '../language/source.ts';
import type { Bench } from '../language/model.ts';
import { answersTo } from '../run/roles.ts';
import type { RolePins } from '../run/roles.ts';
import { identityOf, readBeside } from './documents.ts';
import type { FilesRead } from './documents.ts';
import { flagError } from './flags.ts';
import { readProfile } from './profiles.ts';
import { defaultProfile } from '../sim/profile.ts';

/** The boards of a bench; without one, the simulated board `sim` with every port that it has. The files that they are made of are noted in `read`. */
export function createBoards(bench: Bench | undefined, read?: FilesRead): readonly Board[] {
  const sources = {
    readProfile: (name: string) => readProfile(name, bench?.source.name, read),
    readFile: (path: string) => readBeside(path, bench?.source.name, read),
    writeFile,
    identify: identityOf,
  };
  if (bench !== undefined) return [...bench.boards.values()].map((entry) => createBoard(entry, sources));
  const address = `sim:${defaultProfile.name}`;
  const transports = new Map(['serial', 'udp', 'ble', 'serial-raw', 'shell'].map((name) => [name, address]));
  const span = { source: createSource('the built-in bench', ''), start: 0, end: 0 };
  const entry = {
    name: 'sim',
    labels: ['sim'],
    facts: {},
    transports,
    reset: {},
    power: {},
    reserve: {},
    locks: [],
    span,
    locate: () => span,
  };
  return [createBoard(entry, sources)];
}

/** The boards that `--on` names, by name or label; all of them without it. Throws an input error for a word that is neither. */
export function chooseBoards(all: readonly Board[], on: readonly string[]): readonly Board[] {
  for (const word of on) if (!all.some((board) => answersTo(board, wordOf(word)))) throw unknownBoard(wordOf(word), all);
  const words = on.filter((word) => !isPin(word));
  return words.length === 0 ? all : all.filter((board) => words.some((word) => answersTo(board, word)));
}

/** Of `--on ROLE=BOARD`: the board, by its role. */
export function readPins(on: readonly string[]): RolePins {
  return new Map(on.filter(isPin).map((word) => [word.slice(0, word.indexOf('=')), wordOf(word)]));
}

function isPin(word: string): boolean {
  return word.includes('=');
}

function wordOf(word: string): string {
  return word.slice(word.indexOf('=') + 1);
}

function unknownBoard(word: string, all: readonly Board[]): Error {
  const words = [...new Set(all.flatMap(({ name, labels }) => [name, ...labels]))];
  const near = closestMatch(word, words, { maxDistance: 2 });
  return flagError(
    `no board has the name or label "${word}"`,
    near === undefined ? `there are: ${words.join(', ')}` : `did you mean ${near}?`,
  );
}

let folder: string | undefined;
let written = 0;

/** Programs take files; the folder is the system's to clean. */
function writeFile(name: string, bytes: Uint8Array): string {
  folder ??= mkdtempSync(join(tmpdir(), 'bootproof-'));
  written += 1;
  const path = join(folder, `${written}-${name}`);
  writeFileSync(path, bytes);
  return path;
}
