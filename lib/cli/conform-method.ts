// `eaphost conform method`: a method DLL, or a module with a method in TypeScript, and what lets its two sides agree.

import { readFile } from 'node:fs/promises';
import { release } from 'node:os';
import { dirname, join, resolve } from 'node:path';

import { AuthenticatorMethod, PeerMethod } from '../method-dlls/index.js';
import { type CaseResult, conformMethod, type MethodBlobs, type RunOptions } from '../conformance/index.js';
import { unsupportedCodes } from '../conformance/method-talk.js';
import { preflightMethod } from '../conformance/preflight.js';
import { EapError } from '../base/errors.js';
import { type Fields, isObject } from '../base/guards.js';
import { formatMethodType, type MethodType } from '../eap/names.js';
import { encodeCredentials, wipe } from '../methods/credentials.js';
import { describeError, UsageError } from './command.js';
import { conformModule } from './conform-module.js';
import { judgePreflight, stepOfTrying } from './conform-preflight.js';
import type { MethodSubject } from './conform-module-protocol.js';
import type { ConformOptions } from './conform-options.js';
import { parseFlags, parseMethodType, readMaterial } from './method-options.js';
import type { Output } from './output.js';
import { readSecretFile, readSecretInput } from './password.js';

/** Milliseconds that a call of a DLL may take: less than a case. */
const callLimit = 10_000;

export async function method(
  { values, rest, tried }: ConformOptions,
  output: Output,
  run: RunOptions,
): Promise<CaseResult[]> {
  const [file, ...surplus] = rest;
  if (file === undefined || surplus.length > 0) {
    throw new UsageError('give one method DLL, or one module of a method, behind method');
  }
  const isModule = isScript(file);
  const { authenticator = file } = values;
  if (isScript(authenticator) !== isModule) {
    throw new UsageError('--authenticator must be what the method is: a DLL, or a module');
  }
  if (values.type === undefined && !isModule) {
    throw new UsageError('--type is missing: the EAP type, such as 26');
  }
  const type = values.type === undefined ? undefined : parseMethodType(values.type, values.author);
  const blobs = await readBlobs(values, isModule);
  const files = [...new Set([resolve(file), resolve(authenticator)])];
  const version = isModule ? await packageOf(resolve(file)) : undefined;
  if (version !== undefined) tried.set('version', version);
  tried.set('host', `Node ${process.versions.node}, ${process.platform} ${release()}`);
  if (values.identity !== undefined) tried.set('user', values.identity);
  try {
    if (isModule) return await conformModule({ files, type, blobs }, tried, output, run);
    return await conformDll({ files, type: type ?? { type: 0 }, blobs }, tried, output, run);
  } finally {
    wipe(blobs.credentials, blobs.login?.password, blobs.uiAnswer);
  }
}

/** Whether a file is a module, by its name. */
const isScript = (file: string): boolean => /\.[cm]?[jt]s$/iu.test(file);

/** Name and version of the package that a module belongs to, where its package.json has both. */
async function packageOf(file: string): Promise<string | undefined> {
  for (let folder = dirname(file), below = file; folder !== below; folder = dirname(folder)) {
    below = folder;
    const { name, version } = await manifestIn(folder);
    if (typeof name === 'string' && typeof version === 'string') return `${name} ${version}`;
  }
  return undefined;
}

/** The package.json of a folder; empty where there is none that can be read: reports do without it. */
async function manifestIn(folder: string): Promise<Fields> {
  try {
    const value: unknown = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

/** The blobs, and the user as one who types. */
async function readBlobs(values: ConformOptions['values'], isModule: boolean): Promise<MethodBlobs> {
  const { config: configFile, 'server-config': serverFile, user: userFile, identity } = values;
  const { 'password-file': passwordFile, 'ui-answer': answerFile } = values;
  const config = configFile === undefined ? undefined : await readSecretInput(configFile, '--config');
  const serverConfig =
    serverFile === undefined ? config : await readSecretInput(serverFile, '--server-config');
  const user = userFile === undefined ? undefined : await readMaterial(userFile, '--user');
  if ((identity === undefined) !== (passwordFile === undefined)) {
    throw new UsageError('--identity and --password-file go together');
  }
  const login =
    identity !== undefined && passwordFile !== undefined
      ? { identity, password: await readSecretFile(passwordFile, 'password') }
      : undefined;
  const typed = login && isModule && !user ? encodedUser(login) : undefined;
  const blob = user && 'blob' in user ? user.blob : typed;
  const uiAnswer = answerFile === undefined ? undefined : await readSecretInput(answerFile, '--ui-answer');
  return {
    ...(values.flags !== undefined && { flags: parseFlags(values.flags) }),
    ...(uiAnswer && { uiAnswer }),
    ...(config && { config }),
    ...(serverConfig && { serverConfig }),
    ...(blob && { credentials: blob }),
    ...(user && 'xml' in user && { credentialsXml: user.xml }),
    ...(login && { login }),
  };
}

/** The user blob of this package's own methods. */
function encodedUser({ identity, password }: NonNullable<MethodBlobs['login']>): Uint8Array {
  return encodeCredentials({ username: identity, password });
}

async function conformDll(
  { files, type, blobs }: MethodSubject & { readonly type: MethodType },
  tried: ConformOptions['tried'],
  output: Output,
  run: RunOptions,
): Promise<CaseResult[]> {
  const [file = '', authenticatorFile = file] = files;
  const load = { isolate: true, timeout: callLimit };
  const peer = (asked: MethodType = type) => PeerMethod.load({ ...load, type: asked, dllPath: file });
  const authenticator = (asked: MethodType = type) =>
    AuthenticatorMethod.load({ ...load, type: asked, dllPath: authenticatorFile });
  output.step('loading the DLL');
  const sides = {
    peer: await missing(peer, 'EapPeerGetInfo'),
    authenticator: await missing(authenticator, 'EapMethodAuthenticatorGetInfo'),
  };
  if (sides.peer !== undefined && sides.authenticator !== undefined) {
    throw new UsageError(`${file} has no such method: ${sides.peer}; ${sides.authenticator}`);
  }
  for (const [side, why] of Object.entries(sides)) {
    if (why !== undefined) output.note(`no ${side} exports: ${why}`);
  }
  const { credentialsXml, config } = blobs;
  let { credentials } = blobs;
  if (credentialsXml !== undefined) {
    await using own = await peer();
    credentials = await own.credentialsFromXml(credentialsXml, { config });
  }
  try {
    const target = {
      ...blobs,
      ...(credentials && { credentials }),
      ...(sides.peer === undefined && { loadPeer: peer }),
      ...(sides.authenticator === undefined && { loadAuthenticator: authenticator }),
    };
    output.step(stepOfTrying);
    judgePreflight(await preflightMethod(target, run.signal), target, output);
    tried.set('method', formatMethodType(type));
    output.line(`${file}, type ${formatMethodType(type)}`);
    output.line('');
    return await conformMethod(target, run);
  } finally {
    wipe(credentials);
  }
}

/** Why a DLL has not this side; undefined if it has. Rejects where the DLL, or the side, cannot be loaded. */
async function missing(
  load: () => Promise<PeerMethod | AuthenticatorMethod>,
  entry: 'EapPeerGetInfo' | 'EapMethodAuthenticatorGetInfo',
): Promise<string | undefined> {
  try {
    await using side = await load();
    return side.exports.includes(entry) ? undefined : `it has no ${entry}`;
  } catch (error) {
    if (error instanceof EapError && unsupportedCodes.has(error.code)) return describeError(error);
    throw error;
  }
}
