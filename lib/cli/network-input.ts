// What `eaphost network apply` is given: a WLANProfile or LANProfile as XML or as typed options, or an eap-config file; and
// the user's credentials.

import { formatMethodType } from '../eap/names.js';
import { profiles } from '../profiles/index.js';
import { readPassword } from './auth-options.js';
import { readInput, UsageError, type Values } from './command.js';
import { readSecretFile, readSecretInput } from './password.js';
import type { network as row } from './tables.js';
import { providerOf, rootOf } from './xml-documents.js';
import { documentText, fromOptions } from './xml-forms.js';

type Given = Values<typeof row>;

/** A network to configure. */
export type NetworkProfile =
  | { readonly kind: 'wlan'; readonly name: string; readonly xml: string }
  | { readonly kind: 'lan'; readonly xml: string };

/** What is to be configured. */
export interface NetworkInput {
  readonly profiles: readonly NetworkProfile[];
  /** EapHostUserCredentials. */
  readonly credentials: string | undefined;
  /** Certificates that must be in Windows' stores, in PEM, with what people know them by. */
  readonly authorities: readonly {
    readonly pem: string;
    readonly subject: string;
    readonly isRoot: boolean;
  }[];
  readonly pkcs12: Uint8Array | undefined;
  readonly passphrase: string | undefined;
  /** What is not carried over, a sentence each. */
  readonly notes: readonly string[];
}

/** Errors of options are the user's. */
function usage<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) throw new UsageError(error.message);
    throw error;
  }
}

const wlanOf = (xml: string): NetworkProfile => ({
  kind: 'wlan',
  name: profiles.parseWlan(xml).options.name,
  xml,
});

async function fromEapConfig(text: string, values: Given): Promise<NetworkInput> {
  const provider = providerOf(text, values.provider);
  const { validUntil } = provider;
  const choose = (password?: string) =>
    usage(() => profiles.fromEapConfig(provider, { username: values.identity, password }));
  const first = choose();
  if (first.needs.includes('username') && values.credentials === undefined) {
    throw new UsageError('--identity is missing: the name of the user, which the file does not have');
  }
  const isAsked = first.needs.includes('password') && values.credentials === undefined;
  const identity = values.identity ?? 'the user';
  const file = values['password-file'];
  const given = file === undefined ? {} : { 'password-file': file };
  const secret = isAsked
    ? await readPassword(given, { method: 'peap-mschapv2', identity }, false)
    : undefined;
  const made = secret === undefined ? first : choose(secret.toString());
  secret?.fill(0);
  const { method, wlan, lan, credentialsXml, roots, intermediates, notes } = made;
  const wired: readonly NetworkProfile[] = lan === undefined ? [] : [{ kind: 'lan', xml: profiles.lan(lan) }];
  return {
    profiles: values.wired === true ? wired : wlan.map((each) => wlanOf(profiles.wlan(each))),
    credentials: credentialsXml,
    authorities: [...roots, ...intermediates],
    pkcs12: method.client.pkcs12,
    passphrase: method.client.passphrase,
    notes: [
      ...notes,
      ...(validUntil !== undefined && validUntil < new Date()
        ? [`the file has expired on ${validUntil.toISOString()}: ask ${provider.id} for a new one`]
        : []),
      ...(made.needs.includes('certificate')
        ? ['the user’s certificate is not in the file: put it into the user’s store']
        : []),
    ],
  };
}

const nothing = {
  credentials: undefined,
  authorities: [],
  pkcs12: undefined,
  passphrase: undefined,
  notes: [],
} satisfies Partial<NetworkInput>;

async function readNetworks(text: string, values: Given): Promise<NetworkInput> {
  const xml = text.startsWith('{') ? fromOptions(text, false) : text;
  const local = rootOf(xml);
  switch (local) {
    case 'WLANProfile':
      return { ...nothing, profiles: [wlanOf(xml)] };
    case 'LANProfile':
      return { ...nothing, profiles: [{ kind: 'lan', xml }] };
    case 'EAPIdentityProviderList':
      return fromEapConfig(text, values);
    default:
      throw new UsageError(
        `the file is a ${local}; give a WLANProfile, a LANProfile, their options as JSON, or an eap-config file`,
      );
  }
}

async function readCredentials(path: string): Promise<string> {
  const content = await readSecretInput(path, '--credentials');
  try {
    const text = documentText(content);
    if (text === undefined) throw new UsageError(`the file of --credentials is no text: ${path}`);
    if (text.startsWith('{')) return fromOptions(text, true);
    const local = rootOf(text);
    if (local !== 'EapHostUserCredentials') {
      throw new UsageError(`the file of --credentials is a ${local}, not EapHostUserCredentials`);
    }
    return text;
  } finally {
    content.fill(0);
  }
}

/** What the file and the options ask for. Throws UsageError, and as the parsers of profiles do. */
export async function readNetworkInput(path: string, values: Given): Promise<NetworkInput> {
  const text = documentText(await readInput(path, 'the network'));
  if (text === undefined) throw new UsageError(`${path} is neither XML nor JSON`);
  const input = await readNetworks(text, values);
  const credentials =
    values.credentials === undefined ? input.credentials : await readCredentials(values.credentials);
  const kind = values.wired === true ? 'lan' : 'wlan';
  const found = values.wired === true ? input.profiles.filter((each) => each.kind === kind) : input.profiles;
  if (found.length === 0) {
    throw new UsageError(`${path} has no ${values.wired === true ? 'wired' : 'wireless'} network`);
  }
  const authorities = await Promise.all(
    (values.ca ?? []).map(async (file) => ({
      pem: (await readInput(file, '--ca')).toString(),
      subject: file,
      isRoot: true,
    })),
  );
  const pfx = values.pfx === undefined ? input.pkcs12 : await readSecretInput(values.pfx, '--pfx');
  const passphrase = values['passphrase-file'];
  return {
    ...input,
    profiles: found,
    credentials,
    authorities: [...input.authorities, ...authorities],
    pkcs12: pfx,
    passphrase:
      passphrase === undefined
        ? input.passphrase
        : (await readSecretFile(passphrase, 'passphrase')).toString(),
  };
}

/** A network in a line, and what a program gets to know of it: no secret. */
export function describeNetwork(profile: NetworkProfile): {
  readonly kind: 'wlan' | 'lan';
  readonly name?: string;
  readonly method: string | null;
  readonly unknown: readonly string[];
} {
  const { eapXml, unknown } =
    profile.kind === 'wlan' ? profiles.parseWlan(profile.xml) : profiles.parseLan(profile.xml);
  const method = eapXml === undefined ? null : formatMethodType(profiles.parseConfig(eapXml).type);
  return { kind: profile.kind, ...('name' in profile && { name: profile.name }), method, unknown };
}
