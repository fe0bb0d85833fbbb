/** The real yaml-language-server as an editor drives it: JSON-RPC over stdio. */

import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const program = createRequire(import.meta.url).resolve('yaml-language-server/bin/yaml-language-server');

export interface Place {
  readonly line: number;
  readonly character: number;
}

export interface EditorDiagnostic {
  readonly message: string;
  readonly range: { readonly start: Place; readonly end: Place };
  readonly severity: number;
}

interface Message {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

export interface Editor {
  /** Opens a text as a file of this path, and gives what is wrong with it. */
  open(path: string, text: string): Promise<readonly EditorDiagnostic[]>;
  /** The labels offered at a place, with the text that each would insert. */
  complete(path: string, at: Place): Promise<ReadonlyMap<string, string>>;
  /** The words shown when the pointer rests on a place; empty when there are none. */
  hover(path: string, at: Place): Promise<string>;
  close(): Promise<number | null>;
}

const settings = { validate: true, hover: true, completion: true, schemaStore: { enable: false }, format: { enable: false } };

/** Starts a server whose workspace is `folder`. */
export async function startEditor(folder: string): Promise<Editor> {
  const server = spawn(process.execPath, [program, '--stdio'], { stdio: ['pipe', 'pipe', 'ignore'] });
  const ended = new Promise<number | null>((resolve) => server.once('exit', resolve));
  const answers = new Map<number, (message: Message) => void>();
  const checked = new Map<string, (diagnostics: readonly EditorDiagnostic[]) => void>();
  let ids = 0;
  const send = (message: object): void => {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    server.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  };
  const ask = async (method: string, params: object): Promise<unknown> => {
    const id = (ids += 1);
    const answered = new Promise<Message>((resolve) => answers.set(id, resolve));
    send({ id, method, params });
    const { result, error } = await answered;
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result;
  };
  const receive = (message: Message): void => {
    const { id, method, params } = message;
    if (method === 'textDocument/publishDiagnostics') {
      const { uri, diagnostics } = params as { uri: string; diagnostics: EditorDiagnostic[] };
      checked.get(uri)?.(diagnostics);
    } else if (method === 'workspace/configuration') {
      const { items } = params as { items: { section?: string }[] };
      send({ id, result: items.map(({ section }) => (section === 'yaml' ? settings : {})) });
    } else if (method !== undefined && id !== undefined) send({ id, result: null });
    else if (typeof id === 'number') answers.get(id)?.(message);
  };
  readMessages(server.stdout, receive);
  const rootUri = pathToFileURL(folder).href;
  await ask('initialize', {
    processId: process.pid,
    rootUri,
    workspaceFolders: [{ uri: rootUri, name: 'test' }],
    capabilities: {
      workspace: { configuration: true, workspaceFolders: true },
      textDocument: { completion: { completionItem: { snippetSupport: true } }, hover: { contentFormat: ['markdown'] } },
    },
  });
  send({ method: 'initialized', params: {} });
  const document = (path: string): { readonly uri: string } => ({ uri: pathToFileURL(path).href });
  return {
    open: (path, text) => {
      const { uri } = document(path);
      const diagnosed = new Promise<readonly EditorDiagnostic[]>((resolve) => checked.set(uri, resolve));
      send({ method: 'textDocument/didOpen', params: { textDocument: { uri, languageId: 'yaml', version: 1, text } } });
      return diagnosed;
    },
    complete: async (path, position) => {
      const result = (await ask('textDocument/completion', { textDocument: document(path), position })) as {
        items: { label: string; insertText?: string; textEdit?: { newText: string } }[];
      };
      return new Map(result.items.map(({ label, insertText, textEdit }) => [label, textEdit?.newText ?? insertText ?? label]));
    },
    hover: async (path, position) => {
      const result = (await ask('textDocument/hover', { textDocument: document(path), position })) as { contents: unknown } | null;
      const contents = result?.contents;
      return typeof contents === 'object' && contents !== null && 'value' in contents ? String(contents.value) : '';
    },
    close: async () => {
      await ask('shutdown', {});
      send({ method: 'exit' });
      return ended;
    },
  };
}

function readMessages(stream: NodeJS.ReadableStream, receive: (message: Message) => void): void {
  let waiting = Buffer.alloc(0);
  stream.on('data', (chunk: Buffer) => {
    waiting = Buffer.concat([waiting, chunk]);
    for (;;) {
      const headEnd = waiting.indexOf('\r\n\r\n');
      const length = Number(/Content-Length: (\d+)/.exec(waiting.subarray(0, Math.max(0, headEnd)).toString())?.[1]);
      if (headEnd < 0 || waiting.length < headEnd + 4 + length) return;
      const body = waiting.subarray(headEnd + 4, headEnd + 4 + length).toString('utf8');
      waiting = waiting.subarray(headEnd + 4 + length);
      receive(JSON.parse(body) as Message);
    }
  });
}
