// Keys of EAPHost's part of the registry that are a method's, with what EAPHost would miss in them. Pure but for the
// reading.

import type { Registry, RegistryKey } from '../native/registry.js';
import { authorKey, expandedType, methodKey, methodsKey } from '../registration/keys.js';
import type { FullMethodType } from '../eap/names.js';

/** A method's key, and what is wrong with it. */
export interface Registration {
  readonly type: FullMethodType;
  /** Below HKEY_LOCAL_MACHINE. */
  readonly key: string;
  /** Values that EAPHost wants and that are missing, or empty. */
  readonly missing: readonly string[];
}

function has(key: RegistryKey, name: string): boolean {
  const value = key.values.get(name.toLowerCase());
  return value !== undefined && !('text' in value && value.text === '');
}

/** The values that are missing in a method's key. */
export function missingIn(key: RegistryKey): string[] {
  const isAuthenticator = has(key, 'AuthenticatorDllPath') || has(key, 'AuthenticatorFriendlyName');
  const isPeer =
    has(key, 'PeerDllPath') ||
    [...key.values.keys()].some((name) => name.startsWith('peer')) ||
    !isAuthenticator;
  const wanted = [
    ...(isPeer
      ? ['PeerDllPath', 'PeerFriendlyName', 'PeerInvokeUsernameDialog', 'PeerInvokePasswordDialog']
      : []),
    ...(isAuthenticator ? ['AuthenticatorDllPath'] : []),
    // It may have the name of a configuration class instead.
    ...(isAuthenticator && !has(key, 'ConfigCLSID') ? ['AuthenticatorFriendlyName'] : []),
    'Properties',
  ];
  return wanted.filter((name) => !has(key, name));
}

function numbersIn(key: RegistryKey | undefined): number[] {
  return (key?.keys ?? []).filter((name) => /^\d{1,10}$/u.test(name)).map(Number);
}

/** Every key that is a method's by its place, complete or not. */
export async function readRegistrations(registry: Registry): Promise<Registration[]> {
  const found: Registration[] = [];
  const add = async (type: FullMethodType): Promise<void> => {
    const key = methodKey(type);
    const contents = await registry.read(key);
    if (contents !== undefined) found.push({ type, key, missing: missingIn(contents) });
  };
  for (const authorId of numbersIn(await registry.read(methodsKey))) {
    const author = authorKey({ type: 0, vendorId: 0, vendorType: 0, authorId });
    for (const type of numbersIn(await registry.read(author))) {
      if (type !== expandedType) await add({ type, vendorId: 0, vendorType: 0, authorId });
      else {
        const vendors = `${author}\\${type}`;
        for (const vendorId of numbersIn(await registry.read(vendors))) {
          for (const vendorType of numbersIn(await registry.read(`${vendors}\\${vendorId}`))) {
            await add({ type, vendorId, vendorType, authorId });
          }
        }
      }
    }
  }
  return found;
}
