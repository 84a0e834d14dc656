// Gathers the facts for `eaphost doctor`. Changes nothing on the machine. JavaScript thread.

import { release, type, version } from 'node:os';
import { join } from 'node:path';

import { binaryFolder, packageVersion } from '../native/binary.js';
import { eaphostError } from '../base/errors.js';
import { callWindows, windowsRegistry } from '../native/registry.js';
import { openEapHost } from '../supplicant/open.js';
import { listMethods, type InstalledDll } from '../registration/list.js';
import { thisMachine } from '../registration/machine.js';
import { isServed } from '../registration/serve.js';
import type { ExaminedMethod, Fact, Facts, SystemLibrary, WindowsFacts } from './facts.js';
import { readFirewall } from './firewall.js';
import { machineOf, type MachineType } from './machine-type.js';
import { gatherWired, gatherWlan } from './network-facts.js';
import { readRegistrations } from './registrations.js';

async function factOf<T>(find: () => Promise<T> | T): Promise<Fact<T>> {
  try {
    return { value: await find() };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const code: unknown = Reflect.get(error, 'code');
    return { trouble: { code: typeof code === 'string' ? code : error.name, message: error.message } };
  }
}

/** An EAP-Request/Identity. */
const identityRequest = Buffer.from([1, 1, 0, 5, 1]);

const systemFolder = (): string => join(process.env['SystemRoot'] ?? 'C:\\Windows', 'System32');

/** `path` past the redirection of a 32-bit process on a 64-bit Windows: the service sees the 64-bit files. */
function nativePath(path: string): string {
  const isRedirected = process.arch === 'ia32' && process.env['PROCESSOR_ARCHITEW6432'] !== undefined;
  const folder = systemFolder();
  if (!isRedirected || !path.toLowerCase().startsWith(`${folder.toLowerCase()}\\`)) return path;
  return join(folder, '..', 'Sysnative', path.slice(folder.length));
}

async function examineLibrary(name: string): Promise<SystemLibrary> {
  const path = join(systemFolder(), name);
  if (!(await thisMachine.isFile(path))) return { name, path, file: undefined };
  return {
    name,
    path,
    file: { version: await callWindows('queryFileVersion', { path }), machine: await machineOf(path) },
  };
}

async function machineAt(dll: InstalledDll | undefined): Promise<MachineType | undefined> {
  return dll?.exists === true ? machineOf(nativePath(dll.path)) : undefined;
}

async function examineMethods(): Promise<ExaminedMethod[]> {
  const { methods } = await listMethods();
  return Promise.all(
    methods.map(async (method) => ({
      ...method,
      peerMachine: await machineAt(method.peerDll),
      authenticatorMachine: await machineAt(method.authenticatorDll),
      isServed: method.served === undefined ? undefined : await isServed(method.type, { timeout: 2000 }),
    })),
  );
}

async function openAndClose(runtime: 'system' | 'embedded'): Promise<true> {
  const host = await openEapHost({ runtime });
  await host.close();
  return true;
}

/** A session of a method in TypeScript answers a request: the addon, the embedded run-time and the shim work together. */
async function answerOnce(): Promise<true> {
  await using host = await openEapHost({ runtime: 'embedded' });
  await using session = await host.beginSession({
    method: 'md5',
    credentials: { username: 'doctor', password: 'not a secret' },
  });
  const { action } = await session.process(identityRequest);
  if (action === 'send') return true;
  throw eaphostError('EAPHOST_NOT_SUPPORTED', `a session answered the identity request with ${action}`);
}

/** Is told, in words, what is looked at next. */
type OnStep = (what: string) => void;

async function gatherWindows(onStep: OnStep): Promise<WindowsFacts> {
  const look = <T>(what: string, find: () => Promise<T> | T): Promise<Fact<T>> => {
    onStep(what);
    return factOf(find);
  };
  return {
    process: await look('rights', () => callWindows('queryProcess', {})),
    service: await look('the service EapHost', () => callWindows('queryService', { name: 'EapHost' })),
    libraries: await look("EAPHost's DLLs", () =>
      Promise.all(['eappprxy.dll', 'eappcfg.dll'].map(examineLibrary)),
    ),
    runtime: await look("Windows' run-time", () => openAndClose('system')),
    methods: await look('the methods and their DLLs', examineMethods),
    registrations: await look('the registry', () => readRegistrations(windowsRegistry)),
    firewall: await look('the firewall', () => readFirewall(windowsRegistry)),
    wlanNetworks: await look('Wi-Fi', gatherWlan),
    wiredNetworks: await look('wired networks', gatherWired),
  };
}

/** Gathers the facts of this machine. Some take a while: `onStep` gets the name of each check. */
export async function gatherFacts(onStep: OnStep = () => undefined): Promise<Facts> {
  onStep("the package's binaries");
  const addon = await factOf(binaryFolder);
  onStep('the embedded run-time');
  const embedded = await factOf(() => openAndClose('embedded'));
  onStep('a session');
  const session = await factOf(answerOnce);
  return {
    platform: process.platform,
    arch: process.arch,
    // Elsewhere the version is that of the kernel's build.
    systemName: process.platform === 'win32' ? version() : type(),
    systemRelease: release(),
    nodeVersion: process.versions.node,
    packageVersion: packageVersion(),
    addon,
    embedded,
    session,
    windows: process.platform === 'win32' && 'value' in addon ? await gatherWindows(onStep) : undefined,
  };
}
