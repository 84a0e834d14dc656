// What an eap-config file offers: for each provider and each of its methods a profile, or why there is none.

import {
  profiles,
  type EapConfigMethod,
  type EapConfigOptions,
  type EapConfigProvider,
} from 'eaphost/profiles';

import type { Offer } from './api.js';

const names: Readonly<Record<string, string>> = {
  tls: 'EAP-TLS',
  peap: 'PEAP',
  ttls: 'EAP-TTLS',
  teap: 'TEAP',
};

function profileOf(eap: EapConfigOptions): string {
  if ('tls' in eap) return profiles.tls(eap.tls);
  if ('peap' in eap) return profiles.peap(eap.peap);
  return 'ttls' in eap ? profiles.ttls(eap.ttls) : profiles.teap(eap.teap);
}

function offerOf(provider: EapConfigProvider, method: EapConfigMethod): Offer {
  const who = provider.displayNames[0]?.text ?? provider.id;
  const isWired = provider.wired.length > 0;
  const { windows } = method;
  if (!windows.supported) {
    const label = `${who}: EAP method ${method.type}`;
    return { label, reason: windows.reason, xml: '', ssids: [], isWired, notes: [] };
  }
  const { wlan, roots, intermediates, notes } = profiles.fromEapConfig(provider, { method });
  const day = provider.validUntil?.toISOString().slice(0, 10);
  const { innerIdentitySuffix: realm = '', pkcs12 } = { ...method.client, ...windows.inner?.client };
  const helpdesk = [...provider.helpdesk.email, ...provider.helpdesk.web, ...provider.helpdesk.phone];
  return {
    label: `${who}: ${names[Object.keys(windows.eap)[0] ?? '']}`,
    reason: undefined,
    xml: profileOf(windows.eap),
    ssids: wlan.flatMap(({ name, hotspot2 }) => (hotspot2 === undefined ? [name] : [])),
    isWired,
    notes: [
      ...roots.map(({ subject }) => `Windows must trust this root: ${subject.replaceAll('\n', ', ')}`),
      ...intermediates.map(
        ({ subject }) => `Windows needs this authority: ${subject.replaceAll('\n', ', ')}`,
      ),
      ...(pkcs12 === undefined ? [] : ['The file’s certificate must be in your store.']),
      ...(realm === '' ? [] : [`Your user name ends with @${realm.replace(/^@/u, '')}.`]),
      ...notes,
      ...(day === undefined ? [] : [`The file is good until ${day}.`]),
      ...(helpdesk.length === 0 ? [] : [`Help: ${helpdesk.map(({ text }) => text).join(', ')}`]),
    ],
  };
}

/** What it offers. Throws EapError with element and line where it is none. */
export function offersOf(text: string): Offer[] {
  const { providers } = profiles.parseEapConfig(text);
  return providers.flatMap((provider) => provider.methods.map((method) => offerOf(provider, method)));
}
