// The methods in EAPHost's part of the registry, and the values of a method in TypeScript there. Pure.

import { join } from 'node:path';

import type { RegistryData, RegistryKey } from '../native/registry.js';
import { authorKey, expandedType, methodKey, methodsKey } from '../eap/registry-keys.js';
import type { MethodDefinition } from '../hosts/method.js';
import type { FullMethodType } from '../eap/names.js';

/** Methods of the older RAS interface (RAS_EAP_REGISTRY_LOCATION). */
export const legacyMethodsKey = 'SYSTEM\\CurrentControlSet\\Services\\Rasman\\PPP\\EAP';

/** Our values: where the method's server listens, and which user's it must be (native/shim/registered.h). */
export const shimValues = { endpoint: 'EapShimEndpoint', owner: 'EapShimOwner' } as const;

/** The sub-keys whose names are decimal numbers. */
export function numbersIn(key: RegistryKey | undefined): number[] {
  return (key?.keys ?? []).filter((name) => /^\d{1,10}$/u.test(name)).map(Number);
}

/** A key that is a method's by its place, complete or not. */
export interface MethodPlace {
  readonly type: FullMethodType;
  readonly path: string;
  readonly key: RegistryKey;
  readonly author: RegistryKey | undefined;
}

/** All of them, as `read` finds them. */
export async function* methodPlaces(
  read: (path: string) => Promise<RegistryKey | undefined>,
): AsyncGenerator<MethodPlace> {
  for (const authorId of numbersIn(await read(methodsKey))) {
    const authorPath = authorKey({ authorId });
    const author = await read(authorPath);
    const types: FullMethodType[] = [];
    for (const type of numbersIn(author)) {
      const vendors = type === expandedType ? numbersIn(await read(`${authorPath}\\${type}`)) : [];
      if (type !== expandedType) types.push({ type, vendorId: 0, vendorType: 0, authorId });
      for (const vendorId of vendors) {
        const vendor = await read(`${authorPath}\\${type}\\${vendorId}`);
        for (const vendorType of numbersIn(vendor)) types.push({ type, vendorId, vendorType, authorId });
      }
    }
    for (const type of types) {
      const path = methodKey(type);
      const key = await read(path);
      if (key !== undefined) yield { type, path, key, author };
    }
  }
}

/** A method's numbers as they are part of names. */
export function numbersOf({ type, vendorId, vendorType, authorId }: FullMethodType): string {
  const vendor = type === expandedType ? `-${vendorId}-${vendorType}` : '';
  return `${authorId}-${type}${vendor}`;
}

/** The method's own copy of the shim: the shim tells methods of one type by it. */
export function dllPathIn(directory: string, method: FullMethodType): string {
  return join(directory, `eapshim-${numbersOf(method)}.dll`);
}

/** What a registration says beside what the method says of itself. */
export interface KeyContents {
  readonly dllPath: string;
  readonly endpoint: string;
  /** A SID. */
  readonly owner: string;
}

const text = (value: string): RegistryData => ({ kind: 'text', text: value });
const number = (value: number): RegistryData => ({ kind: 'number', number: value });
const path = (_: MethodDefinition, { dllPath }: KeyContents): RegistryData => ({
  kind: 'expandable',
  text: dllPath,
});
const friendlyName = ({ name }: MethodDefinition): RegistryData => text(name);

/**
 * Every value that a method's key may have, in the order to write them: EAPHost takes a key for a method's when it has
 * the path of a DLL, so that comes last. A side's only where the method has it.
 */
const values: readonly (readonly [
  name: string,
  side: 'peer' | 'authenticator' | undefined,
  data: (method: MethodDefinition, contents: KeyContents) => RegistryData,
])[] = [
  [shimValues.endpoint, undefined, (_, { endpoint }) => text(endpoint)],
  [shimValues.owner, undefined, (_, { owner }) => text(owner)],
  ['Properties', undefined, ({ properties }) => number(properties >>> 0)],
  ['PeerFriendlyName', 'peer', friendlyName],
  // The method has an identity dialog of its own; Windows' generic ones are not asked for.
  ['PeerInvokeUsernameDialog', 'peer', () => number(0)],
  ['PeerInvokePasswordDialog', 'peer', () => number(0)],
  ['PeerConfigUIPath', 'peer', path],
  ['PeerIdentityPath', 'peer', path],
  ['PeerInteractiveUIPath', 'peer', path],
  ['AuthenticatorFriendlyName', 'authenticator', friendlyName],
  ['AuthenticatorDllPath', 'authenticator', path],
  ['PeerDllPath', 'peer', path],
];

/** The values of a method's key, in that order. */
export function valuesOfKey(
  method: MethodDefinition,
  contents: KeyContents,
): (readonly [string, RegistryData])[] {
  return values
    .filter(([, side]) => side === undefined || method[side] !== undefined)
    .map(([name, , data]) => [name, data(method, contents)]);
}

/** Every name of theirs, in the order to delete them: first what makes EAPHost see the method. */
export const valueNames: readonly string[] = values.map(([name]) => name).toReversed();
