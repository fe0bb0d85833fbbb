/**
 * The error form that every layer throws. The class of fault is decided here, where the error is raised,
 * and becomes the outcome of the cell (design section 4); nobody guesses it from the text later.
 */

/** `product`: the device did not do what was asked. `infra`: link, adapter, power or host failed. `input`: the pipeline or its files are wrong. `cancelled`: somebody stopped the run. */
export type Fault = 'product' | 'infra' | 'input' | 'cancelled';

export interface ErrorDetails {
  readonly fault: Fault;
  /** Stable code in kebab-case, such as `port-vanished`; documentation and tests key on it. */
  readonly code: string;
  /** One sentence that says what the reader can do about it. */
  readonly hint?: string;
  readonly cause?: unknown;
}

export class BootproofError extends Error {
  override readonly name: string = 'BootproofError';
  readonly fault: Fault;
  readonly code: string;
  readonly hint: string | undefined;

  constructor(message: string, details: ErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.fault = details.fault;
    this.code = details.code;
    this.hint = details.hint;
  }
}

/** The text of anything that was thrown, on one line. */
export function messageOf(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return text.replace(/\s*\n\s*/g, ' ');
}

/** The system's error code (`ENOENT`, `EACCES`, ...) of a Node error, if it has one. */
export function systemCodeOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown)) return undefined;
  return typeof thrown.code === 'string' ? thrown.code : undefined;
}
