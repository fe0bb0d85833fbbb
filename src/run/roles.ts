/** Which boards of the bench play the roles of a pipeline. */

import type { Board } from '../device/board.ts';
import { groupBoards, missingBoards } from '../device/board-group.ts';
import type { DeviceRole, Pipeline } from '../language/model.ts';
import { evaluateRequires } from '../language/requires.ts';

/** For roles that the user gives to a board: its name or label. */
export type RolePins = ReadonlyMap<string, string>;

/**
 * The first assignment in the order of the bench in which each role has a board of its own. A simulated board of this process
 * can play several roles, as a board of its own in each.
 */
export function assignRoles({ devices }: Pipeline, boards: readonly Board[], pins: RolePins): Board {
  const roles = [...devices];
  const assign = (taken: readonly Board[]): readonly Board[] | undefined => {
    const next = roles[taken.length];
    if (next === undefined) return taken;
    for (const board of candidates(next, boards, pins)) {
      const isFree = !taken.includes(board) || board.another !== undefined;
      const all = isFree ? assign([...taken, board]) : undefined;
      if (all !== undefined) return all;
    }
    return undefined;
  };
  const assigned = assign([]);
  if (assigned === undefined) return missingBoards(whyNot(roles, boards, pins));
  const members = roles.map(([role], index) => [role, asMember(assigned[index]!, role)] as const);
  return groupBoards([...new Set(assigned.map(({ name }) => name))].join('+'), new Map(members));
}

function asMember(board: Board, role: string): Board {
  return board.another?.(`${board.name}/${role}`) ?? board;
}

function candidates([role, { labels }]: readonly [string, DeviceRole], boards: readonly Board[], pins: RolePins): readonly Board[] {
  const pin = pins.get(role);
  return boards.filter((board) => labels.every((label) => board.labels.includes(label)) && (pin === undefined || answersTo(board, pin)));
}

/** Whether a word of the user means the board: its name, or one of its labels. */
export function answersTo({ name, labels }: Board, word: string): boolean {
  return name === word || labels.includes(word.replace(/^label:/, ''));
}

function whyNot(roles: readonly (readonly [string, DeviceRole])[], boards: readonly Board[], pins: RolePins): string {
  for (const [role, device] of roles) {
    if (candidates([role, device], boards, pins).length > 0) continue;
    const pin = pins.get(role);
    const wanted = [...device.labels.map((label) => `the label ${label}`), ...(pin === undefined ? [] : [`--on ${role}=${pin}`])];
    return `no board can be the device ${role}${wanted.length === 0 ? '' : ` (${wanted.join(' and ')})`}`;
  }
  return `the pipeline needs ${roles.length} boards at a time, and of ${boards.map(({ name }) => name).join(', ')} not as many fit`;
}

export interface Unmet {
  readonly reason: string;
  /** False where a fact is missing. */
  readonly decided: boolean;
}

/** Why a board, or one of several, is not what the pipeline asks for; undefined when it is. */
export function unmetRequirement({ requires, devices }: Pipeline, facts: Readonly<Record<string, unknown>>): Unmet | undefined {
  const whole = requires === undefined ? undefined : evaluateRequires(requires, facts);
  if (whole?.met === false) return whole;
  for (const [role, device] of devices) {
    const verdict = device.requires === undefined ? undefined : evaluateRequires(device.requires, factsOfRole(facts, role));
    if (verdict?.met === false) return { ...verdict, reason: `device ${role}: ${verdict.reason}` };
  }
  return undefined;
}

/** The facts of one board of several, as a group of boards gives them. */
export function factsOfRole(facts: Readonly<Record<string, unknown>>, role: string): Readonly<Record<string, unknown>> {
  const byRole = facts['devices'] as Readonly<Record<string, Readonly<Record<string, unknown>>>> | undefined;
  return byRole?.[role] ?? facts;
}
