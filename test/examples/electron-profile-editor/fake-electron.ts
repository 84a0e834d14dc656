// As much of the module 'electron' as the example uses, and a memory of what it was asked for: main.js runs with it in
// a plain Node. Utility processes are real processes, with the messages and the copying of Electron's.

import { fork } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compileFunction } from 'node:vm';

type Handler = (event: unknown, ...args: readonly unknown[]) => unknown;
type Serve = (request: Request) => Promise<Response>;

type Filters = readonly { readonly name: string }[];

/** What the program did. */
export const seen = {
  isSandboxed: false,
  schemes: [] as { scheme: string; privileges: Readonly<Record<string, boolean>> }[],
  serve: new Map<string, Serve>(),
  handlers: new Map<string, Handler>(),
  windows: [] as BrowserWindow[],
  permission: undefined as boolean | undefined,
  workers: [] as string[],
  boxes: [] as string[],
  /** What the next dialogs give. */
  openPaths: [] as string[],
  savePath: '',
  /** What the dialogs for opening files offered. */
  filters: [] as Filters[],
  messageChoice: 1,
};

/** The native handle of every window. */
export const handle = Buffer.from([0x67, 0x45, 0x23, 0x01, 0, 0, 0, 0]);

class App extends EventEmitter {
  /** Resolves with the exit code; 0 of quit(). */
  readonly ended: Promise<number>;
  #end: (code: number) => void = () => undefined;

  constructor() {
    super();
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  enableSandbox(): void {
    seen.isSandboxed = true;
  }
  async whenReady(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
  }
  quit(): void {
    this.#end(0);
  }
  exit(code: number): void {
    this.#end(code);
  }
}

export const app = new App();

export const protocol = {
  registerSchemesAsPrivileged(schemes: typeof seen.schemes): void {
    seen.schemes.push(...schemes);
  },
  handle(scheme: string, serve: Serve): void {
    seen.serve.set(scheme, serve);
  },
};

export const session = {
  defaultSession: {
    setPermissionRequestHandler(
      handler: (contents: unknown, permission: string, decide: (isAllowed: boolean) => void) => void,
    ): void {
      handler(undefined, 'camera', (isAllowed) => {
        seen.permission = isAllowed;
      });
    },
  },
};

export const ipcMain = {
  handle(channel: string, handler: Handler): void {
    if (seen.handlers.has(channel)) throw new Error(`${channel} has a handler already`);
    seen.handlers.set(channel, handler);
  },
};

export const dialog = {
  showOpenDialog: async (_window: unknown, { filters }: { filters: Filters }) => {
    seen.filters.push(filters);
    return { filePaths: seen.openPaths };
  },
  showSaveDialog: async () => ({ filePath: seen.savePath }),
  showMessageBoxSync: () => seen.messageChoice,
  showErrorBox(title: string, content: string): void {
    seen.boxes.push(`${title}: ${content}`);
  },
};

/** Calls a channel as a frame does: what goes and comes is copied. */
export async function invoke(channel: string, frame: unknown, ...args: readonly unknown[]): Promise<unknown> {
  const handler = seen.handlers.get(channel);
  if (handler === undefined) throw new Error(`No handler registered for '${channel}'`);
  const event = { senderFrame: frame };
  return structuredClone(await handler(event, ...(structuredClone(args) as unknown[])));
}

/** A page's process: what the preload script sees, and what it gives the page. */
class WebContents extends EventEmitter {
  openHandler: ((details: unknown) => { action: string }) | undefined;
  readonly renderer = new EventEmitter();
  readonly world: Record<string, unknown> = {};
  title = '';
  frame: { url: string; parent: null } | undefined;

  setWindowOpenHandler(handler: (details: unknown) => { action: string }): void {
    this.openHandler = handler;
  }
  send(channel: string, value: unknown): void {
    this.renderer.emit(channel, {}, structuredClone(value));
  }
  /** The preload script as Electron runs it in the sandbox: it can require 'electron' and nothing else. */
  preload(file: string): void {
    const electron = {
      contextBridge: {
        exposeInMainWorld: (name: string, value: unknown) => {
          this.world[name] = value;
        },
      },
      ipcRenderer: {
        invoke: (channel: string, ...args: readonly unknown[]) => invoke(channel, this.frame, ...args),
        on: (channel: string, listener: (...args: never[]) => void) =>
          this.renderer.on(channel, (...args: unknown[]) => Reflect.apply(listener, undefined, args)),
      },
    };
    const require = (name: string): unknown => {
      if (name === 'electron') return electron;
      throw new Error(`module not found: ${name}`);
    };
    const script = compileFunction(readFileSync(file, 'utf8'), ['require', 'exports', 'module'], {
      filename: file,
    });
    Reflect.apply(script, undefined, [require, {}, {}]);
  }
  /** The two expressions that the program asks a page for. */
  async executeJavaScript(code: string): Promise<unknown> {
    if (code === 'document.title') return this.title;
    const name = /^window\.editor\.(\w+)\(\)$/u.exec(code)?.[1] ?? '';
    const call = (this.world['editor'] as Record<string, () => Promise<unknown>>)[name];
    if (call === undefined) throw new Error(`cannot run ${code}`);
    return call();
  }
}

export class BrowserWindow extends EventEmitter {
  readonly webContents = new WebContents();
  constructor(readonly options: { readonly webPreferences: { readonly preload: string } }) {
    super();
    seen.windows.push(this);
    app.emit('web-contents-created', {}, this.webContents);
  }
  async loadURL(url: string): Promise<void> {
    const { protocol: scheme } = new URL(url);
    const response = await seen.serve.get(scheme.slice(0, -1))?.(new Request(url));
    const page = await response?.text();
    this.webContents.title = /<title>([^<]*)/u.exec(page ?? '')?.[1] ?? '';
    this.webContents.frame = { url, parent: null };
    this.webContents.preload(this.options.webPreferences.preload);
  }
  getNativeWindowHandle(): Buffer {
    return handle;
  }
  isDestroyed(): boolean {
    return false;
  }
}

const child = fileURLToPath(new URL('fake-utility.js', import.meta.url));

/** A process whose `parentPort` is the channel of child_process. */
class UtilityProcess extends EventEmitter {
  readonly #process;
  constructor(file: string) {
    super();
    seen.workers.push(file);
    this.#process = fork(child, [file], { serialization: 'advanced' });
    this.#process.on('message', (message) => this.emit('message', message));
    this.#process.on('exit', (code) => this.emit('exit', code ?? 0));
  }
  postMessage(message: object): void {
    this.#process.send(message);
  }
  kill(): boolean {
    return this.#process.pid !== undefined && this.#process.kill();
  }
}

export const utilityProcess = { fork: (file: string) => new UtilityProcess(file) };
