// The findings of `eaphost doctor` about the installed methods. Pure.

import type { InstalledDll } from '../registration/list.js';
import { formatMethodType } from '../eap/names.js';
import {
  error,
  type ExaminedMethod,
  type Finding,
  info,
  ok,
  unknownFinding,
  warning,
  type WindowsFacts,
} from './facts.js';
import { machineName, type MachineType } from './machine-type.js';
import type { FoundRegistration } from './registrations.js';

/** Microsoft's own authors: methods that come with Windows. */
const shippedAuthors = new Set([0, 311]);

function* dllFindings(
  method: ExaminedMethod,
  role: string,
  dll: InstalledDll | undefined,
  machine: MachineType | undefined,
  native: MachineType | undefined,
): Generator<Finding> {
  if (dll === undefined) return;
  const name = `method ${formatMethodType(method.type)}: its ${role} DLL ${dll.path}`;
  if (!dll.exists) {
    yield error(
      'method-dll-missing',
      `${name} does not exist, or may not be read`,
      'install the method again, or take its registration out with what installed it (eaphost unregister)',
    );
    return;
  }
  if (machine === undefined) {
    yield error('method-dll-bitness', `${name} is no DLL of Windows`, 'install the method again');
  } else if (native !== undefined && machine !== native) {
    yield error(
      'method-dll-bitness',
      `${name} is for ${machine}, and EAPHost's service is ${native}: it cannot load it`,
      `install the method's ${native} version`,
    );
  }
  if (dll.signature === 'invalid') {
    yield warning(
      'method-dll-signature',
      `${name} has a signature that is not valid here`,
      'compare the file with what its author ships: it was changed, or its signer is not trusted on this machine',
    );
  } else if (dll.signature === 'unsigned' && !shippedAuthors.has(method.type.authorId)) {
    yield info(
      'method-dll-signature',
      `${name} is not signed; application control (WDAC, Smart App Control) refuses such files`,
      'sign the DLL where application control is on',
    );
  }
}

function* findingsOfMethod(method: ExaminedMethod, native: MachineType | undefined): Generator<Finding> {
  const { type, peerDll, authenticatorDll, peerMachine, authenticatorMachine, inEapHost, isServed } = method;
  yield* dllFindings(method, 'peer', peerDll, peerMachine, native);
  yield* dllFindings(method, 'authenticator', authenticatorDll, authenticatorMachine, native);
  if (inEapHost === false && peerDll !== undefined) {
    yield warning(
      'method-not-listed',
      `method ${formatMethodType(type)} is in the registry, and EAPHost does not list it`,
      'mend what is said of its registration and its DLL; then restart the service EapHost; its event log (Microsoft-Windows-EapHost) says why',
    );
  }
  if (isServed === false) {
    yield warning(
      'method-not-served',
      `method ${formatMethodType(type)} is in TypeScript, and no process answers for it, as far as this user may know`,
      'start the process that serves it (serveRegistered), as the user that it is registered for',
    );
  }
}

function* registrationFindings({ type, key, missing }: FoundRegistration): Generator<Finding> {
  if (missing.length === 0) return;
  const isFatal = missing.some((name) => name.endsWith('DllPath') || name.endsWith('FriendlyName'));
  yield (isFatal ? error : warning)(
    'method-incomplete',
    `method ${formatMethodType(type)}: HKEY_LOCAL_MACHINE\\${key} lacks ${missing.join(', ')}`,
    isFatal
      ? 'register the method again: EAPHost leaves it out as it is'
      : 'register the method again: EAPHost takes it for one without abilities or dialogs',
  );
}

/** The findings about methods. `nativeMachine` is the system's IMAGE_FILE_MACHINE_…; 0 if it is not known. */
export function* methodFindings(
  { methods, registrations }: WindowsFacts,
  nativeMachine: number,
): Generator<Finding> {
  const native = nativeMachine === 0 ? undefined : machineName(nativeMachine);
  if ('trouble' in methods) yield unknownFinding('methods', 'Which methods are installed', methods.trouble);
  else {
    yield methods.value.length === 0
      ? warning(
          'methods',
          'no EAP method is installed for EAPHost',
          'install or register one (eaphost register), or use the embedded run-time and its methods',
        )
      : ok('methods', `${methods.value.length} methods are installed`);
    for (const method of methods.value) yield* findingsOfMethod(method, native);
  }
  if ('trouble' in registrations) {
    yield unknownFinding('registrations', "What EAPHost's part of the registry holds", registrations.trouble);
  } else {
    for (const registration of registrations.value) yield* registrationFindings(registration);
  }
}
