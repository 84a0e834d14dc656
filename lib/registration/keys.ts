// Where EAPHost looks for methods in the registry, and what it finds there. Pure.

import { join } from 'node:path';

import type { RegistryData } from '../native/registry.js';
import type { MethodDefinition } from '../methods/method.js';
import type { FullMethodType } from '../eap/names.js';

/** EAPHost's methods, below HKEY_LOCAL_MACHINE (EAP_REGISTRY_LOCATION). */
export const methodsKey = 'SYSTEM\\CurrentControlSet\\Services\\EapHost\\Methods';
/** Methods of the older RAS interface (RAS_EAP_REGISTRY_LOCATION). */
export const legacyMethodsKey = 'SYSTEM\\CurrentControlSet\\Services\\Rasman\\PPP\\EAP';

/** The type whose methods have a vendor. */
export const expandedType = 254;

/** The values of ours: where the method's server listens, and whose it must be (native/shim/registered.h). */
export const shimValues = { endpoint: 'EapShimEndpoint', owner: 'EapShimOwner' } as const;

/** The key of an author, whose default value is his name. */
export function authorKey({ authorId }: FullMethodType): string {
  return `${methodsKey}\\${authorId}`;
}

/** The key of a method. */
export function methodKey(method: FullMethodType): string {
  const { type, vendorId, vendorType } = method;
  const below = type === expandedType ? `${type}\\${vendorId}\\${vendorType}` : `${type}`;
  return `${authorKey(method)}\\${below}`;
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

/**
 * The values of a method's key, in the order to write them: EAPHost takes a key for a method's when it has the path of
 * a DLL, so that comes last.
 */
export function valuesOf(
  { name, properties, peer, authenticator }: MethodDefinition,
  { dllPath, endpoint, owner }: KeyContents,
): readonly (readonly [string, RegistryData])[] {
  const text = (value: string): RegistryData => ({ kind: 'text', text: value });
  const number = (value: number): RegistryData => ({ kind: 'number', number: value });
  const path: RegistryData = { kind: 'expandable', text: dllPath };
  const values: (readonly [string, RegistryData])[] = [
    [shimValues.endpoint, text(endpoint)],
    [shimValues.owner, text(owner)],
    ['Properties', number(properties >>> 0)],
  ];
  if (peer !== undefined) {
    values.push(
      ['PeerFriendlyName', text(name)],
      // The method has an identity dialog of its own; Windows' generic ones are not asked for.
      ['PeerInvokeUsernameDialog', number(0)],
      ['PeerInvokePasswordDialog', number(0)],
      ['PeerConfigUIPath', path],
      ['PeerIdentityPath', path],
      ['PeerInteractiveUIPath', path],
    );
  }
  if (authenticator !== undefined) values.push(['AuthenticatorFriendlyName', text(name)]);
  if (authenticator !== undefined) values.push(['AuthenticatorDllPath', path]);
  if (peer !== undefined) values.push(['PeerDllPath', path]);
  return values;
}

/** Every name that `valuesOf` may use, in the order to delete them: first what makes EAPHost see the method. */
export const valueNames: readonly string[] = [
  'PeerDllPath',
  'AuthenticatorDllPath',
  'AuthenticatorFriendlyName',
  'PeerInteractiveUIPath',
  'PeerIdentityPath',
  'PeerConfigUIPath',
  'PeerInvokePasswordDialog',
  'PeerInvokeUsernameDialog',
  'PeerFriendlyName',
  'Properties',
  shimValues.owner,
  shimValues.endpoint,
];
