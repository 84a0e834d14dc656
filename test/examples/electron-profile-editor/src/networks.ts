// Where a profile goes on this computer: the WLAN service, the service of wired networks, or a VPN connection.

import { openWlan, vpn, wired } from 'eaphost/networks';
import { profiles } from 'eaphost/profiles';

import type { Network } from './api.js';

/** What is applied. */
export interface NetworkSettings {
  /** The EAP profile, EapHostConfig. */
  readonly xml: string;
  /** The same as its method's blob, which VPN connections keep. */
  readonly config: Uint8Array;
  /** The user's: as EapHostUserCredentials and as the method's blob. undefined: Windows asks when it connects. */
  readonly credentials: { readonly xml: string; readonly blob: Uint8Array } | undefined;
}

/** What is needed of Windows. Each says what it did as it does it. */
export type ApplyTo = Readonly<
  Record<
    Network['kind'],
    (network: Network, settings: NetworkSettings, tell: (done: string) => void) => Promise<void>
  >
>;

/** Libraries and programs in place of Windows' own, for tests. */
export interface NetworkParts {
  readonly wlan?: string;
  readonly ras?: string;
  readonly netsh?: readonly [string, ...string[]];
}

const whose = (isForAll: boolean): string => (isForAll ? 'every user of this computer' : 'you');
const willAsk = 'Windows asks for the credentials when it connects.';

export function windowsNetworks(parts: NetworkParts = {}): ApplyTo {
  return {
    async wlan({ name, ssids, security, isForAll: forAllUsers }, { xml, credentials }, tell) {
      await using wlan = await openWlan({ library: parts.wlan });
      const profile = {
        name,
        ssids: ssids.length > 0 ? ssids : [name],
        security: { authentication: security },
        oneX: { authMode: 'user', eap: xml },
      } as const;
      await wlan.setProfile(profile, { forAllUsers, overwrite: true });
      tell(`The Wi-Fi profile ${name} is stored for ${whose(forAllUsers)}.`);
      if (credentials === undefined) return tell(willAsk);
      await wlan.setCredentials(name, credentials.xml, { forAllUsers });
      tell(`Its credentials are stored for ${whose(forAllUsers)}.`);
    },
    async lan({ name, isForAll: forAllUsers }, { xml, credentials }, tell) {
      const { netsh } = parts;
      await wired.setProfile(name, profiles.lan({ oneX: { authMode: 'user', eap: xml } }), { netsh });
      tell(`The adapter ${name} has the profile, for every user of this computer.`);
      if (credentials === undefined) return tell(willAsk);
      await wired.setCredentials(name, credentials.xml, { forAllUsers, netsh });
      tell(`Its credentials are stored for ${whose(forAllUsers)}.`);
    },
    async vpn({ name }, { config, credentials }, tell) {
      const { ras: library } = parts;
      await vpn.setEap(name, { config, library });
      tell(`The VPN connection ${name} has the profile.`);
      if (credentials === undefined) return tell(willAsk);
      await vpn.setEap(name, { credentials: credentials.blob, library });
      tell('Its credentials are stored for you.');
    },
  };
}
