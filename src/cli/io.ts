/** What a command may touch of the world outside: handed in, so that commands can be tested without a process. */

export interface CliIo {
  /** Whether stdout is a terminal that people look at. */
  readonly terminal: boolean;
  /** How large that terminal is now, in characters; absent where there is none. */
  readonly size?: { readonly columns: number; readonly rows: number } | undefined;
  /** A line that a person types, without its end; undefined when no more will come. Absent where nobody sits at a terminal. */
  readonly readLine?: ((signal: AbortSignal) => Promise<string | undefined>) | undefined;
  stdout(text: string): void;
  stderr(text: string): void;
  /** Throws the system's error when the file cannot be read. */
  readFile(path: string): Uint8Array;
  /** Throws the system's error when the file cannot be written. */
  writeFile(path: string, bytes: Uint8Array): void;
  /** Sets the exit code; nothing follows in the command that calls it. */
  exit(code: number): void;
}
