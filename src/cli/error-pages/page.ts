/** What `bootproof explain` says of an error that a run or a command can end with. */

export interface ErrorPage {
  /** What has happened, and why it usually does. */
  readonly means: string;
  /** What the reader can do. */
  readonly mend: string;
}

export type ErrorPages = Readonly<Record<string, ErrorPage>>;
