/** The line editor of Zephyr's shell, without its keys: echoes what is typed and runs it at a line end. */

import { utf8 } from '../../base/bytes.ts';

export interface TypistOptions {
  /** Sends shell output. */
  readonly print: (bytes: Uint8Array) => void;
  /** Runs a line that was typed; gives its output. */
  readonly execute: (line: string) => string;
}

export interface Typist {
  type(bytes: Uint8Array): void;
}

/** `CONFIG_SHELL_CMD_BUFF_SIZE`. */
const typedMax = 256;
const newline = 0x0a;
const carriageReturn = 0x0d;
const prompt = '\u001b[1;32muart:~$ \u001b[m';

export function createTypist({ print, execute }: TypistOptions): Typist {
  let typed = '';
  /** CR LF and LF CR are one line end (shell.c, process_nl). */
  let lastEnd: number | undefined;
  return {
    type: (bytes) => {
      for (const byte of bytes) {
        if (byte === newline || byte === carriageReturn) {
          if (lastEnd !== undefined && lastEnd !== byte) continue;
          lastEnd = byte;
          const output = typed === '' ? '' : execute(typed);
          typed = '';
          print(utf8(`\r\n${output}${prompt}`));
          continue;
        }
        lastEnd = undefined;
        if (byte >= 0x20 && byte < 0x7f && typed.length < typedMax) {
          const character = String.fromCharCode(byte);
          typed += character;
          print(utf8(character));
        }
      }
    },
  };
}
