// The EAP methods that are installed on this machine: what the registry says, what EAPHost says, and what the files
// say. JavaScript thread.

import { EapError } from '../base/errors.js';
import { namesOf } from '../base/guards.js';
import { textIn, type RegistryKey } from '../native/registry.js';
import { expandedType } from '../eap/registry-keys.js';
import { openEapHost } from '../supplicant/open.js';
import type { MethodInfo } from '../supplicant/result.js';
import { formatMethodType, propertyBits, type FullMethodType, type MethodProperty } from '../eap/names.js';
import { legacyMethodsKey, methodPlaces, numbersIn, shimValues } from './keys.js';
import { thisMachine, type Machine, type Signature } from './machine.js';

/** A DLL that the registry names. */
export interface InstalledDll {
  /** With environment strings replaced. */
  readonly path: string;
  readonly exists: boolean;
  /** Undefined if the file does not exist, or its signature could not be looked at. */
  readonly signature: Signature | undefined;
}

/** A method that is installed. */
export interface InstalledMethod {
  readonly type: FullMethodType;
  readonly friendlyName: string;
  readonly authorName: string;
  /** What the method says of itself (eapProp*). */
  readonly properties: readonly MethodProperty[];
  readonly peerDll: InstalledDll | undefined;
  readonly authenticatorDll: InstalledDll | undefined;
  /** Where it was found: EAPHost's part of the registry, that of the older RAS interface, or only in EAPHost. */
  readonly registry: 'eaphost' | 'ras' | undefined;
  /** Whether EAPHost lists it (EapHostPeerGetMethods); undefined if EAPHost could not be asked. */
  readonly inEapHost: boolean | undefined;
  /** For a method in TypeScript: its pipe, and the SID of the user who may serve it. */
  readonly served: { readonly pipe: string; readonly owner: string } | undefined;
}

/** What is installed. */
export interface InstalledMethods {
  readonly methods: readonly InstalledMethod[];
  /** Why EAPHost could not be asked. */
  readonly eapHostError: EapError | undefined;
}

/** A key that may be a method's. */
interface Found {
  readonly type: FullMethodType;
  readonly registry: 'eaphost' | 'ras';
  readonly key: RegistryKey;
  readonly authorName: string;
}

/** The first text that is not empty. */
function text(key: RegistryKey | undefined, ...names: readonly string[]): string {
  return names.map((name) => textIn(key, name)).find((found) => found) ?? '';
}

function propertiesIn(key: RegistryKey): MethodProperty[] | undefined {
  const value = key.values.get('properties');
  if (value?.kind !== 'number') return undefined;
  return namesOf(propertyBits).filter((name) => (value.number & propertyBits[name]) !== 0);
}

async function registered({ registry }: Machine): Promise<Found[]> {
  const found: Found[] = [];
  const read = (path: string) => registry.read(path, { expand: true });
  for await (const { type, key, author } of methodPlaces(read)) {
    const isMethod =
      type.type <= expandedType && Object.values(type).every((number) => number <= 0xffff_ffff);
    if (!isMethod || text(key, 'PeerDllPath', 'AuthenticatorDllPath') === '') continue;
    found.push({ type, registry: 'eaphost', key, authorName: text(author, '') });
  }
  for (const type of numbersIn(await read(legacyMethodsKey))) {
    const key = type < expandedType ? await read(`${legacyMethodsKey}\\${type}`) : undefined;
    if (key === undefined || text(key, 'Path') === '') continue;
    const method = { type, vendorId: 0, vendorType: 0, authorId: 0 };
    found.push({ type: method, registry: 'ras', key, authorName: '' });
  }
  return found;
}

async function dllAt(path: string, machine: Machine): Promise<InstalledDll | undefined> {
  if (path === '') return undefined;
  const exists = await machine.isFile(path);
  // One that this process may not read has no signature to tell of.
  const signature = exists ? await machine.signatureOf(path).catch(() => undefined) : undefined;
  return { path, exists, signature };
}

async function fromRegistry(
  { type, registry, key, authorName }: Found,
  info: MethodInfo | undefined,
  inEapHost: boolean | undefined,
  machine: Machine,
): Promise<InstalledMethod> {
  const name = text(key, 'PeerFriendlyName', 'AuthenticatorFriendlyName', 'FriendlyName');
  const [pipe = ''] = text(key, shimValues.endpoint).split('#', 1);
  return {
    type,
    // A name that starts so is a text of a DLL's, which EAPHost has looked up.
    friendlyName: name === '' || name.startsWith('@') ? (info?.friendlyName ?? name) : name,
    authorName: authorName === '' ? (info?.authorName ?? '') : authorName,
    properties: propertiesIn(key) ?? info?.properties ?? [],
    peerDll: await dllAt(text(key, 'PeerDllPath', 'Path'), machine),
    authenticatorDll: await dllAt(text(key, 'AuthenticatorDllPath'), machine),
    registry,
    inEapHost,
    served: pipe === '' ? undefined : { pipe, owner: text(key, shimValues.owner) },
  };
}

/** EAPHost's own list: opens Windows' run-time for it. */
async function askEapHost(): Promise<readonly MethodInfo[]> {
  await using host = await openEapHost({ runtime: 'system' });
  return await host.getMethods();
}

/**
 * The methods that are installed on this machine: from the registry, where administrators put them, and from EAPHost,
 * which leaves out those that it cannot use. Rejects with `EapError` `EAPHOST_UNSUPPORTED_PLATFORM` off Windows. If
 * EAPHost is stopped, `eapHostError` says so.
 *
 * @example
 * ```ts
 * import { listMethods } from 'eaphost/registration';
 *
 * const { methods, eapHostError } = await listMethods();
 * for (const { type, friendlyName } of methods) console.log(type.type, friendlyName);
 * if (eapHostError) console.error(eapHostError.message);
 * ```
 */
export async function listMethods(
  machine: Machine = thisMachine,
  ask: () => Promise<readonly MethodInfo[]> = askEapHost,
): Promise<InstalledMethods> {
  const found = await registered(machine);
  let infos: readonly MethodInfo[] | undefined;
  let eapHostError: EapError | undefined;
  try {
    infos = await ask();
  } catch (error) {
    if (!(error instanceof EapError)) throw error;
    eapHostError = error;
  }
  const byType = new Map(infos?.map((info) => [formatMethodType(info.type), info]));
  const methods: InstalledMethod[] = [];
  for (const each of found) {
    const name = formatMethodType(each.type);
    const inEapHost = infos === undefined ? undefined : byType.has(name);
    methods.push(await fromRegistry(each, byType.get(name), inEapHost, machine));
    byType.delete(name);
  }
  for (const { type, friendlyName, authorName, properties } of byType.values()) {
    methods.push({
      type,
      friendlyName,
      authorName,
      properties,
      peerDll: undefined,
      authenticatorDll: undefined,
      registry: undefined,
      inEapHost: true,
      served: undefined,
    });
  }
  return { methods, eapHostError };
}
