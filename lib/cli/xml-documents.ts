// The documents that `eaphost xml` knows: which one a text is, what it says, and the EAP configuration in it.

import { profiles } from '../profiles/index.js';
import { readXml } from '../profiles/xml.js';
import { formatMethodType } from '../eap/names.js';
import { UsageError } from './command.js';
import { plainOptions } from './xml-forms.js';

/** The profiles of connections, by the name of their builder. */
const parsers = { wlan: profiles.parseWlan, lan: profiles.parseLan, vpn: profiles.parseVpn } as const;

const roots: ReadonlyMap<string, keyof typeof parsers | 'credentials'> = new Map([
  ['EapHostUserCredentials', 'credentials'],
  ['WLANProfile', 'wlan'],
  ['LANProfile', 'lan'],
  ['VPNProfile', 'vpn'],
]);

/** A document as text, and what it is. */
export interface KnownXml {
  readonly xml: string;
  readonly kind: 'profile' | 'credentials' | keyof typeof parsers;
}

/** What a document is, by its root; what is none of them is taken for a profile, whose parser says what is wrong. */
export const knownXml = (xml: string): KnownXml => ({
  xml,
  kind: roots.get(readXml(xml).name.local) ?? 'profile',
});

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

/** Reads a document. With `refuse`, what no option expresses is an error: EapError, with its line. */
export function say({ xml, kind }: KnownXml, unknown: 'refuse' | 'keep'): Said {
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

/** The EAP configuration of a connection, as a document. Throws UsageError where there is none. */
export function eapOf(document: KnownXml): KnownXml {
  if (document.kind === 'profile' || document.kind === 'credentials') return document;
  const { eapXml } = parsers[document.kind](document.xml, { eap: 'xml' });
  if (eapXml === undefined)
    throw new UsageError('there is no EapHostConfig in this profile: it has no 802.1X');
  return { xml: eapXml, kind: 'profile' };
}
