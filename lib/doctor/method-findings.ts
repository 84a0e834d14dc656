// What `eaphost doctor` makes of the methods that are installed. Pure.

import type { InstalledDll } from '../registration/list.js';
import { formatMethodType } from '../eap/names.js';
import type { ExaminedMethod, WindowsFacts } from './facts.js';
import { unknownFinding, type Finding } from './finding.js';
import { machineName, type MachineType } from './machine-type.js';
import type { Registration } from './registrations.js';

/** Microsoft's own authors: methods that come with Windows. */
const shippedAuthors = new Set([0, 311]);

function dllFindings(
  method: ExaminedMethod,
  role: string,
  dll: InstalledDll | undefined,
  machine: MachineType | undefined,
  native: MachineType | undefined,
): Finding[] {
  if (dll === undefined) return [];
  const name = `method ${formatMethodType(method.type)}: its ${role} DLL ${dll.path}`;
  if (!dll.exists) {
    return [
      {
        id: 'method-dll-missing',
        severity: 'error',
        what: `${name} does not exist, or may not be read`,
        remedy:
          'install the method again, or take its registration out with what installed it (eaphost unregister)',
      },
    ];
  }
  const findings: Finding[] = [];
  if (machine === undefined) {
    findings.push({
      id: 'method-dll-bitness',
      severity: 'error',
      what: `${name} is no DLL of Windows`,
      remedy: 'install the method again',
    });
  } else if (native !== undefined && machine !== native) {
    findings.push({
      id: 'method-dll-bitness',
      severity: 'error',
      what: `${name} is for ${machine}, and EAPHost's service is ${native}: it cannot load it`,
      remedy: `install the method's ${native} version`,
    });
  }
  if (dll.signature === 'invalid') {
    findings.push({
      id: 'method-dll-signature',
      severity: 'warning',
      what: `${name} has a signature that is not valid here`,
      remedy:
        'compare the file with what its author ships: it was changed, or its signer is not trusted on this machine',
    });
  } else if (dll.signature === 'unsigned' && !shippedAuthors.has(method.type.authorId)) {
    findings.push({
      id: 'method-dll-signature',
      severity: 'info',
      what: `${name} is not signed; application control (WDAC, Smart App Control) refuses such files`,
      remedy: 'sign the DLL where application control is on',
    });
  }
  return findings;
}

function findingsOfMethod(method: ExaminedMethod, native: MachineType | undefined): Finding[] {
  const { type, peerDll, authenticatorDll, peerMachine, authenticatorMachine, inEapHost, isServed } = method;
  const findings = [
    ...dllFindings(method, 'peer', peerDll, peerMachine, native),
    ...dllFindings(method, 'authenticator', authenticatorDll, authenticatorMachine, native),
  ];
  if (inEapHost === false && peerDll !== undefined) {
    findings.push({
      id: 'method-not-listed',
      severity: 'warning',
      what: `method ${formatMethodType(type)} is in the registry, and EAPHost does not list it`,
      remedy:
        'mend what is said of its registration and its DLL; then restart the service EapHost; its event log (Microsoft-Windows-EapHost) says why',
    });
  }
  if (isServed === false) {
    findings.push({
      id: 'method-not-served',
      severity: 'warning',
      what: `method ${formatMethodType(type)} is in TypeScript, and no process answers for it, as far as this user may know`,
      remedy: 'start the process that serves it (serveRegistered), as the user that it is registered for',
    });
  }
  return findings;
}

function registrationFindings({ type, key, missing }: Registration): Finding[] {
  if (missing.length === 0) return [];
  const isFatal = missing.some((name) => name.endsWith('DllPath') || name.endsWith('FriendlyName'));
  return [
    {
      id: 'method-incomplete',
      severity: isFatal ? 'error' : 'warning',
      what: `method ${formatMethodType(type)}: HKEY_LOCAL_MACHINE\\${key} lacks ${missing.join(', ')}`,
      remedy: isFatal
        ? 'register the method again: EAPHost leaves it out as it is'
        : 'register the method again: EAPHost takes it for one without abilities or dialogs',
    },
  ];
}

/** The findings about methods. `nativeMachine` is the system's IMAGE_FILE_MACHINE_…; 0 where it is not known. */
export function methodFindings({ methods, registrations }: WindowsFacts, nativeMachine: number): Finding[] {
  const native = nativeMachine === 0 ? undefined : machineName(nativeMachine);
  const findings: Finding[] = [];
  if ('trouble' in methods)
    findings.push(unknownFinding('methods', 'Which methods are installed', methods.trouble));
  else {
    findings.push(
      methods.value.length === 0
        ? {
            id: 'methods',
            severity: 'warning',
            what: 'no EAP method is installed for EAPHost',
            remedy:
              'install or register one (eaphost register), or use the embedded run-time and its methods',
          }
        : { id: 'methods', severity: 'ok', what: `${methods.value.length} methods are installed` },
    );
    for (const method of methods.value) findings.push(...findingsOfMethod(method, native));
  }
  if ('trouble' in registrations) {
    findings.push(
      unknownFinding('registrations', "What EAPHost's part of the registry holds", registrations.trouble),
    );
  } else {
    for (const registration of registrations.value) findings.push(...registrationFindings(registration));
  }
  return findings;
}
