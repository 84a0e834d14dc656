// The DLLs that Windows' registry names for a method.

import { eaphostError } from '../base/errors.js';
import type { NativeRole } from '../native/method-types.js';
import { textIn, windowsRegistry } from '../native/registry.js';
import { formatMethodType, type FullMethodType } from '../eap/names.js';
import { methodKey } from '../eap/registry-keys.js';
import type { UiPart, UiPaths } from './ui-dlls.js';

const valueNames = { peer: 'PeerDllPath', authenticator: 'AuthenticatorDllPath' } as const;
const uiNames: Readonly<Record<NativeRole, Readonly<Partial<Record<UiPart, string>>>>> = {
  peer: { config: 'PeerConfigUIPath', identity: 'PeerIdentityPath', interactive: 'PeerInteractiveUIPath' },
  authenticator: { config: 'AuthenticatorConfigUIPath' },
};

/** The DLL of a method's routines, and those of its user interface that the registry names. */
export interface RegisteredDlls {
  readonly dllPath: string;
  readonly uiPaths: UiPaths;
}

/**
 * The paths of a method's DLLs, environment strings expanded. Rejects with `EAPHOST_NOT_SUPPORTED` off Windows, and
 * with `EAPHOST_METHOD_NOT_REGISTERED` if the registry names none.
 */
export async function registeredDlls(role: NativeRole, type: FullMethodType): Promise<RegisteredDlls> {
  if (process.platform !== 'win32') {
    throw eaphostError(
      'EAPHOST_NOT_SUPPORTED',
      `method ${formatMethodType(type)} can be looked up in Windows' registry only, and this is ` +
        `${process.platform}; pass the path of its DLL, dllPath`,
    );
  }
  const name = valueNames[role];
  const path = methodKey(type);
  const key = await windowsRegistry.read(path, { expand: true });
  const textOf = (value: string): string | undefined => textIn(key, value) || undefined;
  const dll = textOf(name);
  if (dll !== undefined) {
    const parts = Object.entries(uiNames[role]).map(([part, value]) => [part, textOf(value)]);
    return { dllPath: dll, uiPaths: Object.fromEntries(parts) };
  }
  throw eaphostError(
    'EAPHOST_METHOD_NOT_REGISTERED',
    `the registry has no ${name} for method ${formatMethodType(type)} in HKEY_LOCAL_MACHINE\\${path}; ` +
      'register the method, or pass the path of its DLL, dllPath',
  );
}
