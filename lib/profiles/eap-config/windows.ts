// What Windows' own methods make of a method of an eap-config file: its options, or why there are none.

import { nameOfEapType } from '../../eap/describe.js';
import type { IdentityPrivacy, ServerValidation, TlsOptions } from '../options.js';
import type { EapConfigInner, EapConfigMethod, EapConfigOptions, WindowsMethod } from './types.js';

type Asked = Omit<EapConfigMethod, 'windows'>;

const typeOf = { tls: 13, ttls: 21, peap: 25, mschapv2: 26, teap: 55 } as const;

const plainNames = { pap: 'PAP', mschap: 'MSCHAP', mschapv2: 'MSCHAPv2' } as const;

/** The name of an inner method, as it is said of Windows' dialogs. */
function nameOfInner({ method }: EapConfigInner): string {
  if ('eap' in method) return nameOfEapType(method.eap);
  const { nonEap } = method;
  return typeof nonEap === 'number' ? `method ${nonEap} without EAP` : `${plainNames[nonEap]} without EAP`;
}

const isEap = ({ method }: EapConfigInner, type: number): boolean => 'eap' in method && method.eap === type;

/** Windows takes these names for regular expressions: nothing may be in them that means something else there. */
const hostName = /^[0-9a-z_](?:[0-9a-z_-]*[0-9a-z_])?(?:\.[0-9a-z_](?:[0-9a-z_-]*[0-9a-z_])?)*$/iu;

/** The part before the `@`. */
const localPart = (identity: string): string => identity.replace(/@.*$/su, '');

/** Why servers cannot be told apart by what the file says; undefined where they can. */
function untrusted({ names, certificates }: Asked['server']): string | undefined {
  const odd = names.find((name) => name.length > 255 || !hostName.test(name));
  if (odd !== undefined) return `ServerID ${JSON.stringify(odd.slice(0, 100))} is not the name of a host`;
  if (names.length === 0 && certificates.length === 0) {
    return 'the file names neither a server (ServerID) nor an authority (CA): any server would be trusted';
  }
  if (certificates.length > 0 && !certificates.some(({ isRoot }) => isRoot)) {
    return 'none of the authorities (CA) is a root, and Windows trusts no others';
  }
  return undefined;
}

/** Server validation, and what is to be said about it. */
function validation({ names, certificates }: Asked['server'], notes: string[]): ServerValidation {
  const roots = [...new Set(certificates.filter(({ isRoot }) => isRoot).map(({ sha1 }) => sha1))];
  if (names.length === 0) {
    notes.push('the file names no server (ServerID): any that the authorities vouch for is trusted');
  }
  if (roots.length === 0) {
    notes.push('the file names no authority (CA): every root is trusted that Windows trusts for servers');
  }
  return {
    disablePrompt: true,
    ...(names.length === 0 ? {} : { serverNames: names }),
    ...(roots.length === 0 ? {} : { trustedRoots: roots }),
  };
}

/** Windows' own ways to say whether server and name are checked, beside what they are checked against. */
const checks = ({ names }: Asked['server']) => ({
  performServerValidation: true,
  acceptServerName: names.length > 0,
});

function privacy(identity: string | undefined): IdentityPrivacy {
  return identity === undefined ? { enabled: false } : { enabled: true, anonymousIdentity: identity };
}

/** Windows itself puts the realm of the user's name behind PEAP's anonymous name. */
function peapPrivacy(identity: string | undefined): IdentityPrivacy {
  if (identity === undefined) return { enabled: false };
  const name = localPart(identity);
  return name === '' ? { enabled: true } : { enabled: true, anonymousIdentity: name };
}

const password = { useWinlogonCredentials: false };
const chosenCertificate = { credentialsSource: { simpleCertSelection: true } } as const;

const noTtlsCredentials =
  'Windows takes no XML for the credentials of an EAP method inside EAP-TTLS: the user types them';
const noTeapCredentials = "Windows takes no XML for TEAP's credentials: the user types them";

interface Draft {
  readonly asked: Asked;
  readonly serverValidation: ServerValidation;
  readonly notes: string[];
}

/** EAP-TLS inside a tunnel: with servers of its own, if the file has some there, else the tunnel's. */
const innerTls = ({ server }: EapConfigInner, { serverValidation, notes }: Draft): TlsOptions => ({
  ...chosenCertificate,
  serverValidation: server === undefined ? serverValidation : validation(server, notes),
});

/** The options of a tunnel with an inner method; undefined where Windows' tunnel does not take that one. */
type Tunnel = (inner: EapConfigInner, draft: Draft) => EapConfigOptions | undefined;

const peap: Tunnel = (inner, draft) => {
  const { asked, serverValidation } = draft;
  const common = {
    serverValidation,
    fastReconnect: true,
    innerEapOptional: false,
    ...checks(asked.server),
    identityPrivacy: peapPrivacy(asked.client.outerIdentity),
  };
  if (isEap(inner, typeOf.mschapv2)) return { peap: { ...common, inner: { mschapv2: password } } };
  if (!isEap(inner, typeOf.tls)) return undefined;
  const tls = { ...innerTls(inner, draft), ...checks(inner.server ?? asked.server) };
  return { peap: { ...common, inner: { tls } } };
};

const ttls: Tunnel = (inner, draft) => {
  const { asked, serverValidation, notes } = draft;
  const common = { serverValidation, identityPrivacy: privacy(asked.client.outerIdentity) };
  const { method } = inner;
  if ('nonEap' in method) {
    if (method.nonEap === 'mschapv2') return { ttls: { ...common, inner: { mschapv2: password } } };
    if (method.nonEap === 'pap' || method.nonEap === 'mschap') {
      return { ttls: { ...common, inner: method.nonEap } };
    }
    return undefined;
  }
  if (isEap(inner, typeOf.mschapv2)) {
    notes.push(noTtlsCredentials);
    return { ttls: { ...common, inner: { eap: { mschapv2: password } } } };
  }
  if (!isEap(inner, typeOf.tls)) return undefined;
  notes.push(noTtlsCredentials);
  return { ttls: { ...common, inner: { eap: { tls: innerTls(inner, draft) } } } };
};

const teap: Tunnel = (inner, draft) => {
  const { asked, serverValidation, notes } = draft;
  const { mschapv2, tls } = typeOf;
  if (!isEap(inner, mschapv2) && !isEap(inner, tls)) return undefined;
  notes.push(noTeapCredentials);
  const method = isEap(inner, mschapv2) ? { mschapv2: password } : { tls: innerTls(inner, draft) };
  const identityPrivacy = privacy(asked.client.outerIdentity);
  return { teap: { serverValidation, inner: [method], identityPrivacy } };
};

const tunnels: Readonly<Record<number, Tunnel>> = {
  [typeOf.peap]: peap,
  [typeOf.ttls]: ttls,
  [typeOf.teap]: teap,
};

function bareTls({ asked, serverValidation }: Draft): EapConfigOptions {
  const { outerIdentity, username } = asked.client;
  return {
    tls: {
      ...chosenCertificate,
      serverValidation,
      differentUsername: (outerIdentity ?? username) !== undefined,
      ...checks(asked.server),
    },
  };
}

/** What Windows' own methods make of it: the first of the inner methods that they know is taken. */
export function windowsMethod(asked: Asked): WindowsMethod {
  const name = nameOfEapType(asked.type);
  const refused = (reason: string): WindowsMethod => ({ supported: false, reason });
  const tunnel = tunnels[asked.type];
  if (asked.type !== typeOf.tls && tunnel === undefined) {
    return refused(`Windows has no ${name} for networks of its own`);
  }
  const servers = [asked.server, ...asked.inner.flatMap(({ server = [] }) => server)];
  const distrust = servers.map(untrusted).find((reason) => reason !== undefined);
  if (distrust !== undefined) return refused(distrust);
  const notes: string[] = [];
  const draft: Draft = { asked, serverValidation: validation(asked.server, notes), notes };
  if (tunnel === undefined) return { supported: true, eap: bareTls(draft), notes };
  if (asked.inner.length === 0) return refused(`the file names no method inside ${name}`);
  const passed: EapConfigInner[] = [];
  for (const inner of asked.inner) {
    const eap = tunnel(inner, draft);
    if (eap === undefined) passed.push(inner);
    else {
      const refusals = passed.map((each) => `Windows' ${name} has no ${nameOfInner(each)} inside`);
      return { supported: true, eap, inner, notes: [...refusals, ...notes] };
    }
  }
  return refused(`Windows' ${name} has no ${passed.map(nameOfInner).join(', nor ')} inside`);
}
