// What the tests of the example share: a RADIUS server to try profiles against, and an editor without Electron.

import { EventEmitter } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { X509Certificate } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import {
  makeTestAuthority,
  memoryUsers,
  mschapv2Authenticator,
  peapAuthenticator,
} from '../../../lib/methods/index.js';
import { profiles } from '../../../lib/profiles/index.js';
import { RadiusServer } from '../../../lib/radius/index.js';
import { Editor, type EditorParts } from './src/editor.js';
import { openHost, readSettings, type Settings } from './src/settings.js';
import type { ApplyTo, NetworkSettings } from './src/networks.js';
import type { Answer, Network, Progress } from './src/api.js';
import { startTrial, type FromWorker, type ToWorker, type Worker } from './src/trials.js';
import { serveTrials } from './src/worker.js';

/** The example as it was written, and built by itself; this file is of the tests' build. */
export const appFolder = fileURLToPath(
  new URL('../../../../test/examples/electron-profile-editor/', import.meta.url),
);

/** The text of an eap-config file of the tests'. */
export const fixture = (name: string): string =>
  readFileSync(join(appFolder, '../../eap-config/fixtures', `${name}.eap-config`), 'utf8');

export const alice = { username: 'alice', password: 'correct horse battery' };
export const secret = 'the shared secret';

export const authority = makeTestAuthority();
/** The profile of a server that is one of `listen`. */
export const peapProfile = profiles.peap({
  serverValidation: {
    disablePrompt: true,
    serverNames: ['radius.example.org'],
    trustedRoots: [new X509Certificate(authority.ca).fingerprint],
  },
  inner: { mschapv2: { useWinlogonCredentials: false } },
  performServerValidation: true,
  acceptServerName: true,
});
export const mschapv2Profile = profiles.mschapv2({ useWinlogonCredentials: false });

/** A RADIUS server that knows alice, with EAP-MSCHAPv2 and PEAP. */
export function listen(): Promise<RadiusServer> {
  const users = memoryUsers({ alice: alice.password });
  const server = authority.issue({
    name: 'radius.example.org',
    purpose: 'server',
    dnsNames: ['radius.example.org'],
  });
  const inner = mschapv2Authenticator({ users });
  const peap = peapAuthenticator({ ...server, methods: [inner] });
  return RadiusServer.listen({ secret, methods: [inner, peap], address: '127.0.0.1', port: 0 });
}

/** A folder of a test's own, with the authority's certificate in `roots.pem`. */
export class Folder {
  readonly path = mkdtempSync(join(tmpdir(), 'eaphost-editor-'));
  readonly roots = this.write('roots.pem', authority.ca);

  write(name: string, text: string | Uint8Array): string {
    const file = join(this.path, name);
    writeFileSync(file, text);
    return file;
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** A utility process that is none: the same messages, copied as they are between processes, in this one. */
export function localWorker(): Worker {
  const [here, there] = [new EventEmitter(), new EventEmitter()];
  serveTrials({
    on: (event, listener) => there.on(event, listener),
    postMessage: (message: FromWorker) => here.emit('message', structuredClone(message)),
  });
  return {
    on: (event: string, listener: (value: never) => void) =>
      here.on(event, (value: unknown) => listener(value as never)),
    postMessage: (message: ToWorker) => there.emit('message', { data: structuredClone(message) }),
    kill: () => here.emit('exit', 0),
  };
}

/** An editor over the embedded run-time, with files in place of dialogs. */
export interface Opened {
  readonly editor: Editor;
  readonly settings: Settings;
  /** What the next dialog for a file gives; undefined: the user cancels. */
  chosen: string | undefined;
  readonly progress: Progress[];
  /** What the networks were given. */
  readonly applied: { readonly network: Network; readonly settings: NetworkSettings }[];
  close(): Promise<void>;
}

export async function openEditor(args: readonly string[], parts: Partial<EditorParts> = {}): Promise<Opened> {
  const settings = readSettings(['--runtime=embedded', ...args]);
  const host = await openHost(settings);
  const progress: Progress[] = [];
  const applied: Opened['applied'] = [];
  const note: ApplyTo['wlan'] = async (network, { credentials, ...settings }, tell) => {
    const copy = credentials && { ...credentials, blob: Buffer.from(credentials.blob) };
    applied.push({ network, settings: { ...settings, credentials: copy } });
    tell(`${network.name} has it.`);
  };
  const editor = new Editor({
    host,
    chooseFile: async () => opened.chosen,
    chooseTarget: async () => opened.chosen,
    nativeWindow: () => Buffer.alloc(8),
    startTrial: (job, onProgress) => startTrial(localWorker, job, settings, onProgress),
    onProgress: (each) => progress.push(each),
    applyTo: { wlan: note, lan: note, vpn: note },
    ...parts,
  });
  const opened: Opened = {
    editor,
    settings,
    chosen: undefined,
    progress,
    applied,
    close: async () => {
      editor.close();
      await host.close();
    },
  };
  return opened;
}

/** The value of an answer. Throws what the problem says. */
export function valueOf<Value>(answer: Answer<Value>): Value {
  if (answer.ok) return answer.value;
  throw new Error(JSON.stringify(answer.problem));
}

/** The problem of an answer. */
export function problemIn(answer: Answer<unknown>) {
  if (!answer.ok) return answer.problem;
  throw new Error(`no problem, but ${JSON.stringify(answer.value)}`);
}
