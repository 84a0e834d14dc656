// The facts that `eaphost doctor` judges, and a finding that it makes of them: plain data, so that tests can make it
// up. An unknown fact is recorded as unknown, never left out.

import type { InstalledMethod } from '../registration/list.js';
import type { NativeProcess, NativeService } from '../native/system-types.js';
import type { Firewall } from './firewall.js';
import type { MachineType } from './machine-type.js';
import type { NetworkKindFacts } from './network-facts.js';
import type { FoundRegistration } from './registrations.js';

/** Why something could not be found out, or does not work. */
export interface Trouble {
  readonly code: string;
  readonly message: string;
}

/** What was found out, or why not. */
export type Fact<T> = { readonly value: T } | { readonly trouble: Trouble };

/** A DLL of the system. */
export interface SystemLibrary {
  readonly name: string;
  readonly path: string;
  /** Undefined if there is no such file. */
  readonly file: { readonly version: string; readonly machine: MachineType | undefined } | undefined;
}

/** A method, with what its DLLs are made for; undefined if a file is missing or is no DLL. */
export interface ExaminedMethod extends InstalledMethod {
  readonly peerMachine: MachineType | undefined;
  readonly authenticatorMachine: MachineType | undefined;
  /** Whether a server answers for a method in TypeScript; undefined for other methods. */
  readonly isServed: boolean | undefined;
}

/** What only Windows has. */
export interface WindowsFacts {
  readonly process: Fact<NativeProcess>;
  /** The service EapHost; undefined if there is none. */
  readonly service: Fact<NativeService | undefined>;
  readonly libraries: Fact<readonly SystemLibrary[]>;
  /** Whether Windows' run-time can be opened. */
  readonly runtime: Fact<true>;
  readonly methods: Fact<readonly ExaminedMethod[]>;
  readonly registrations: Fact<readonly FoundRegistration[]>;
  readonly firewall: Fact<Firewall>;
  readonly wlanNetworks: Fact<NetworkKindFacts>;
  readonly wiredNetworks: Fact<NetworkKindFacts>;
}

/** A machine. */
export interface Facts {
  readonly platform: string;
  /** Of this process, in Node's names. */
  readonly arch: string;
  /** Such as `Windows 11 Pro` and `10.0.22631`, or `Linux` and `6.1.0`. */
  readonly systemName: string;
  readonly systemRelease: string;
  /** Such as `20.20.2`. */
  readonly nodeVersion: string;
  readonly packageVersion: string;
  /** The folder that the addon was loaded from. */
  readonly addon: Fact<string>;
  /** The embedded run-time was opened, and closed again. */
  readonly embedded: Fact<true>;
  /** A session in the embedded run-time answered a request, through the method DLL shim. */
  readonly session: Fact<true>;
  /** Undefined elsewhere than on Windows, and where the addon could not be loaded. */
  readonly windows: WindowsFacts | undefined;
}

/** How bad it is: only an error keeps something from working. */
export type Severity = 'ok' | 'info' | 'warning' | 'error';

/** One thing that was looked at. */
export interface Finding {
  /** Stable, for scripts, such as `eaphost-service`. */
  readonly id: string;
  readonly severity: Severity;
  /** One sentence. */
  readonly what: string;
  /** What to do about it; undefined if nothing is to be done. */
  readonly remedy?: string | undefined;
}

/** Makes findings of one severity; one without a remedy needs none. */
const findingOf =
  (severity: Severity) =>
  (id: string, what: string, remedy?: string): Finding => ({
    id,
    severity,
    what,
    ...(remedy !== undefined && { remedy }),
  });
export const ok = findingOf('ok');
export const info = findingOf('info');
export const warning = findingOf('warning');
export const error = findingOf('error');

/** The finding of a fact that could not be had. */
export function unknownFinding(id: string, what: string, { code, message }: Trouble): Finding {
  return warning(
    id,
    `${what} could not be found out: ${message} (${code})`,
    'run it again as an administrator; if that does not help, report it with this line',
  );
}
