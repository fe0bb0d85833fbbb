import type { RunEventBody } from '../events/event.ts';

type WithoutBoard<Event> = Event extends { readonly board: string } ? Omit<Event, 'board'> : never;

/** What happens on one board; the board's name is filled in where it goes into the log. */
export type BoardEvent = WithoutBoard<
  Extract<RunEventBody, { kind: 'console' | 'boot-epoch' | 'wire' | 'fault' | 'power' | 'command' | 'link' | 'recovery' }>
>;
