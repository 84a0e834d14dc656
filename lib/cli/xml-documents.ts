// The documents that `eaphost xml` knows: which one a text is, what it says, and the EAP configuration in it.

import { maxEapConfigLength } from '../profiles/eap-config/read.js';
import { type EapConfigProvider, profiles } from '../profiles/index.js';
import { readXml } from '../profiles/xml.js';
import { formatMethodType } from '../eap/names.js';
import { meant, UsageError } from './command.js';
import { plainOptions } from './xml-forms.js';

/** The profiles of connections, by the name of their builder. */
const parsers = { wlan: profiles.parseWlan, lan: profiles.parseLan, vpn: profiles.parseVpn } as const;

const roots: ReadonlyMap<string, keyof typeof parsers | 'credentials' | 'eap-config'> = new Map([
  ['EapHostUserCredentials', 'credentials'],
  ['EAPIdentityProviderList', 'eap-config'],
  ['WLANProfile', 'wlan'],
  ['LANProfile', 'lan'],
  ['VPNProfile', 'vpn'],
]);

/** A document as text, and what it is. */
export interface KnownXml {
  readonly xml: string;
  readonly kind: 'profile' | 'credentials' | 'eap-config' | keyof typeof parsers;
  /** Of a profile that was made of another document: what is not carried over, a sentence each. */
  readonly notes?: readonly string[];
}

/** The name of a document's root. The longest document may be an eap-config file: it may hold a logo. */
export const rootOf = (xml: string): string => readXml(xml, maxEapConfigLength).name.local;

/** What a document is, by its root; what is none of them is taken for a profile, whose parser says what is wrong. */
export const knownXml = (xml: string): KnownXml => ({ xml, kind: roots.get(rootOf(xml)) ?? 'profile' });

/** The provider of an eap-config file that is meant. Throws UsageError. */
export function providerOf(xml: string, id: string | undefined): EapConfigProvider {
  const { providers } = profiles.parseEapConfig(xml);
  const ids = providers.map((provider) => provider.id);
  const [first] = providers;
  if (id === undefined && first !== undefined && providers.length === 1) return first;
  if (id === undefined) throw new UsageError(`--provider is missing; the file has: ${ids.join(', ')}`);
  const found = providers.find((provider) => provider.id === id);
  if (found === undefined)
    throw new UsageError(`--provider must be one of ${ids.join(', ')}${meant(id, ids)}`);
  return found;
}

/** What a document says. */
export interface Said {
  /** For JSON: what it is, and the EAP method's numbers and their text. */
  readonly found: object;
  /** Typed options for JSON; what is secret masked, if asked. */
  options(isMasked: boolean): object;
  readonly isSecret: boolean;
  /** What no option expresses and no DLL of a method's own may know. */
  readonly strangers: readonly string[];
}

const connectionSecrets: ReadonlySet<string> = new Set(['keyMaterial', 'l2tpPsk']);
const credentialSecrets: ReadonlySet<string> = new Set(['password', 'blob']);
const eapConfigSecrets: ReadonlySet<string> = new Set(['password', 'pkcs12', 'passphrase']);
const noSecrets: ReadonlySet<string> = new Set();

/** The parts of `Said` about options, which come as `given`, with their name before them. */
function told(
  name: object,
  given: { readonly options?: object; readonly unknown: readonly string[] },
  secrets: ReadonlySet<string>,
): Pick<Said, 'options' | 'isSecret'> {
  const { options, unknown } = given;
  const plain = plainOptions(options, noSecrets);
  // Credentials without typed options may be anything.
  const isSecret =
    secrets.size > 0 &&
    (options === undefined || JSON.stringify(plain) !== JSON.stringify(plainOptions(options, secrets)));
  return {
    isSecret,
    options: (isMasked) => ({
      ...name,
      ...(options && { options: isMasked ? plainOptions(options, secrets) : plain }),
      ...(unknown.length > 0 && { unknown }),
    }),
  };
}

/** What an eap-config file says. Of a certificate `pem` has all octets. */
function sayEapConfig(xml: string, refusal: 'refuse' | 'keep'): Said {
  const { providers, unknown } = profiles.parseEapConfig(xml, { unknown: refusal });
  const options = {
    providers: providers.map(({ methods, ...provider }) => ({
      ...provider,
      methods: methods.map(({ server: { names, certificates }, ...method }) => ({
        ...method,
        server: { names, certificates: certificates.map(({ der: _der, ...each }) => each) },
      })),
    })),
  };
  const document = 'eap-config';
  return {
    ...told({ document }, { options, unknown }, eapConfigSecrets),
    found: { document, providers: providers.map(({ id }) => id) },
    strangers: unknown,
  };
}

/** Reads a document. With `refuse`, what no option expresses is an error: EapError, with its line. */
export function say({ xml, kind }: KnownXml, unknown: 'refuse' | 'keep'): Said {
  if (kind === 'eap-config') return sayEapConfig(xml, unknown);
  if (kind === 'profile' || kind === 'credentials') {
    const parsed =
      kind === 'credentials'
        ? profiles.parseCredentials(xml, { unknown })
        : profiles.parseConfig(xml, { unknown });
    const { method, type } = parsed;
    return {
      ...told({ method }, parsed, kind === 'credentials' ? credentialSecrets : noSecrets),
      found: { method: type, name: formatMethodType(type) },
      strangers: method === 'other' ? [] : parsed.unknown,
    };
  }
  const parsed = parsers[kind](xml, { unknown });
  const { eapXml } = parsed;
  const inner = eapXml === undefined ? {} : say({ xml: eapXml, kind: 'profile' }, 'keep').found;
  return {
    ...told({ connection: kind }, parsed, connectionSecrets),
    found: { connection: kind, ...inner },
    strangers: parsed.unknown,
  };
}

/**
 * The EAP configuration of a connection as a document; of an eap-config file, that of the method which Windows would use of
 * the provider's. Throws UsageError where there is none.
 */
export function eapOf(document: KnownXml, provider: string | undefined): KnownXml {
  const { xml, kind } = document;
  if (kind === 'profile' || kind === 'credentials') return document;
  if (kind === 'eap-config') {
    const { windows } = profiles.fromEapConfig(providerOf(xml, provider)).method;
    if (!windows.supported) throw new UsageError(windows.reason);
    const lan = profiles.lan({ oneX: { eap: windows.eap } });
    return { ...eapOf({ xml: lan, kind: 'lan' }, undefined), notes: windows.notes };
  }
  const { eapXml } = parsers[kind](xml, { eap: 'xml' });
  if (eapXml === undefined)
    throw new UsageError('there is no EapHostConfig in this profile: it has no 802.1X');
  return { xml: eapXml, kind: 'profile' };
}
