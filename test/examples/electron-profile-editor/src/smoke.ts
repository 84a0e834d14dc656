// `--smoke`: everything once, in one line of JSON, for machines. The addon in the main process and in the utility
// process, the page through the preload script, the window's handle, and an authentication.

import { createRequire } from 'node:module';

import { openEapHost, type EapHost } from 'eaphost';
import { memoryUsers, mschapv2Authenticator } from 'eaphost/methods';
import { profiles } from 'eaphost/profiles';
import { RadiusServer } from 'eaphost/radius';

import type { Answer, Start } from './api.js';
import type { Settings } from './settings.js';
import { startTrial, type Worker } from './trials.js';

/** What is needed of the program. */
export interface SmokeParts {
  readonly window: {
    getNativeWindowHandle(): Uint8Array;
    readonly webContents: { executeJavaScript(code: string): Promise<unknown> };
  };
  readonly host: EapHost;
  readonly fork: () => Worker;
  readonly settings: Settings;
}

const alice = { username: 'alice', password: 'correct horse' };

/** Where the addon was loaded from. */
function addonPath(): string | undefined {
  return Object.keys(createRequire(import.meta.url).cache).find((path) => path.endsWith('.node'));
}

async function authenticate({ fork, settings }: SmokeParts) {
  const secret = 'a secret for once';
  const methods = [mschapv2Authenticator({ users: memoryUsers({ alice: alice.password }) })];
  await using server = await RadiusServer.listen({ secret, methods, address: '127.0.0.1', port: 0 });
  // Whatever the editor edits with: the embedded run-time is everywhere, and needs no account.
  await using host = await openEapHost({ runtime: 'embedded' });
  const { method, blob } = await host.configFromXml(profiles.mschapv2({ useWinlogonCredentials: false }));
  const credentials = await host.credentialsFromXml(profiles.credentials.mschapv2(alice));
  const job = {
    method,
    config: Uint8Array.from(blob),
    credentials: Uint8Array.from(credentials),
    server: { host: '127.0.0.1', port: server.port, secret },
  };
  const trial = startTrial(fork, job, { ...settings, runtime: 'embedded' }, () => undefined);
  return await trial.outcome;
}

/** The exit code of the program: 0 where all of it went well. */
export async function smoke(parts: SmokeParts): Promise<number> {
  const { window, host } = parts;
  // The page asks as it does for a user: preload script, sender's check, host.
  const page = (await window.webContents.executeJavaScript('window.editor.start()')) as Answer<Start>;
  const title = await window.webContents.executeJavaScript('document.title');
  const outcome = await authenticate(parts);
  const report = {
    electron: process.versions['electron'],
    node: process.versions.node,
    target: `${process.platform}-${process.arch}`,
    runtime: host.runtime,
    addon: addonPath(),
    title,
    methods: page.ok ? page.value.methods.length : page.problem,
    windowHandleOctets: window.getNativeWindowHandle().length,
    isAuthenticated: outcome.isSuccess,
    keysAgree: outcome.keysAgree,
    explanation: outcome.explanation,
  };
  console.log(JSON.stringify(report));
  const isWell = page.ok && outcome.isSuccess && outcome.keysAgree === true && report.windowHandleOctets > 0;
  return isWell ? 0 : 1;
}
