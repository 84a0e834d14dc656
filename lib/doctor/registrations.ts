// Keys of EAPHost's part of the registry that are a method's, with what EAPHost would miss in them. Pure but for the
// reading.

import type { Registry, RegistryKey } from '../native/registry.js';
import { methodPlaces } from '../registration/keys.js';
import type { FullMethodType } from '../eap/names.js';

/** A method's key, and what is wrong with it. */
export interface FoundRegistration {
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

/** Every key that is a method's by its place, complete or not. */
export async function readRegistrations(registry: Registry): Promise<FoundRegistration[]> {
  const found: FoundRegistration[] = [];
  for await (const { type, path, key } of methodPlaces((at) => registry.read(at))) {
    found.push({ type, key: path, missing: missingIn(key) });
  }
  return found;
}
