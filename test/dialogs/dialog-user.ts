// A user of dialogs in a process of its own (test/native/dialogs): everything it does to a window it does by messages.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

import { begun } from '../../lib/base/child-process.js';
import { libraryPath } from '../supplicant/support.js';

const program = libraryPath('dialog_user').replace(/\.dll$/u, '.exe');

function start(args: readonly string[]): { child: ChildProcess; line: Promise<string> } {
  const child = begun(() => spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] }));
  const { stdout } = child;
  stdout.setEncoding('utf8');
  const read = async (): Promise<string> => {
    let text = '';
    for await (const chunk of stdout as AsyncIterable<string>) {
      text += chunk;
      if (text.includes('\n')) break;
    }
    return text.trim();
  };
  return { child, line: read() };
}

async function run(...args: readonly string[]): Promise<string> {
  const { child, line } = start(args);
  const [[code], text] = await Promise.all([once(child, 'exit'), line]);
  if (code !== 0) throw new Error(`dialog_user ${args.join(' ')} ended with ${code}`);
  return text;
}

/** A window of another process: its handle, and how to close it. */
export interface ForeignWindow {
  readonly handle: bigint;
  close(): Promise<void>;
}

/** Opens a window that dialogs can belong to. */
export async function openWindow(): Promise<ForeignWindow> {
  const { child, line } = start(['window']);
  const handle = BigInt(await line);
  return {
    handle,
    close: async () => {
      const exited = once(child, 'exit');
      child.kill();
      await exited;
    },
  };
}

/** Waits until a dialog is open. Its owner's handle. */
export const waitFor = async (title: string): Promise<bigint> => BigInt(await run('wait', title));

/** Waits for a dialog, types and presses OK. */
export const accept = async (title: string, text: string): Promise<void> => {
  await run('ok', title, text);
};

/** Waits for a dialog and presses Cancel. */
export const cancel = async (title: string): Promise<void> => {
  await run('cancel', title);
};

/** Asks the thread of a window, which must be pumping messages, for the length of its title. */
export const askLength = async (title: string): Promise<number> => Number(await run('ask', title));
