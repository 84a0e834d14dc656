// The DLL that Windows' registry names for a method.

import { eaphostError } from '../errors.js';
import type { NativeRole } from '../native-hosting.js';
import { windowsRegistry } from '../native-registry.js';
import { formatMethodType, type FullMethodType } from '../types.js';

const methodsKey = String.raw`SYSTEM\CurrentControlSet\Services\EapHost\Methods`;
const valueNames = { peer: 'PeerDllPath', authenticator: 'AuthenticatorDllPath' } as const;

/** The key of a method, below HKEY_LOCAL_MACHINE: decimal numbers, expanded types with vendor and vendor type. */
function keyOf({ type, vendorId, vendorType, authorId }: FullMethodType): string {
  const vendor = type === 254 ? `\\${vendorId}\\${vendorType}` : '';
  return `${methodsKey}\\${authorId}\\${type}${vendor}`;
}

/**
 * The path of a method's DLL, environment strings expanded. Rejects with `EAPHOST_NOT_SUPPORTED` off Windows, and
 * with `EAPHOST_METHOD_NOT_REGISTERED` where the registry names none.
 */
export async function registeredDll(role: NativeRole, type: FullMethodType): Promise<string> {
  if (process.platform !== 'win32') {
    throw eaphostError(
      'EAPHOST_NOT_SUPPORTED',
      `method ${formatMethodType(type)} can be looked up in Windows' registry only, and this is ` +
        `${process.platform}; pass the path of its DLL`,
    );
  }
  const name = valueNames[role];
  const path = keyOf(type);
  const key = await windowsRegistry.read(path, { expand: true });
  const value = key?.values.get(name.toLowerCase());
  if (value !== undefined && 'text' in value && value.text !== '') return value.text;
  throw eaphostError(
    'EAPHOST_METHOD_NOT_REGISTERED',
    `the registry has no ${name} for method ${formatMethodType(type)} in HKEY_LOCAL_MACHINE\\${path}; ` +
      'register the method, or pass the path of its DLL',
  );
}
