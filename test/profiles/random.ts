// Random options of every method: each option present or absent, with any value that is allowed.

import { keysOf } from '../../lib/profiles/codec.js';
import type { profiles } from '../../lib/profiles/index.js';
import type {
  BlobOptions,
  CertificateFilter,
  EkuFilter,
  IdentityPrivacy,
  InnerEap,
  MsChapV2Credentials,
  MsChapV2Options,
  PeapCredentials,
  PeapOptions,
  ServerValidation,
  TeapOptions,
  TlsCredentials,
  TlsOptions,
  TtlsCredentials,
  TtlsInner,
  TtlsOptions,
} from '../../lib/profiles/index.js';
import type { Random } from './support.js';

/** Characters that need escaping, that border on forbidden ones, of one, two and four bytes. */
const characters = [
  ...Array.from('ab&<>"\'\\;]@ .\t\n\r'),
  ']]>',
  '&amp;',
  '<!--',
  ...Array.from('\u007F\u0080\u0085\u00E9\u2028\uD7FF\uE000\uFEFF\uFFFD\u{10000}\u{10FFFF}\u{1F511}'),
];

/** Each member or not, as the dice fall. */
export function some<T extends object>(random: Random, all: T): Partial<T> {
  const chosen: Partial<T> = { ...all };
  for (const key of keysOf(all)) if (random.boolean()) delete chosen[key];
  return chosen;
}

/** Text that a document must escape, empty text too. */
export const text = (random: Random): string => random.list(0, 12, () => random.pick(characters)).join('');
const name = (random: Random): string => `n${text(random).replaceAll(';', '')}`;
const oid = (random: Random): string => ['1', ...random.list(1, 8, () => random.below(100000))].join('.');
const sha1 = (random: Random): string => random.hex(20);

const serverValidation = (random: Random): ServerValidation =>
  some(random, {
    disablePrompt: random.boolean(),
    serverNames: random.list(0, 3, () => name(random)),
    trustedRoots: random.list(1, 3, () => sha1(random)),
  });

const identityPrivacy = (random: Random): IdentityPrivacy =>
  some(random, { enabled: random.boolean(), anonymousIdentity: text(random) });

const ekuFilter = (random: Random): EkuFilter =>
  some(random, {
    enabled: random.boolean(),
    ekus: random.list(1, 3, () => some(random, { name: text(random), oid: oid(random) })),
  });

const filter = (random: Random): CertificateFilter =>
  some(random, {
    allPurposeEnabled: random.boolean(),
    issuers: some(random, {
      enabled: random.boolean(),
      hashes: random.list(1, 3, () => sha1(random)),
    }),
    ekuMapping: random.list(1, 3, () => ({ name: text(random), oid: oid(random) })),
    clientAuth: ekuFilter(random),
    anyPurpose: ekuFilter(random),
  });

const tls = (random: Random): TlsOptions =>
  some(random, {
    credentialsSource: random.boolean()
      ? ('smartCard' as const)
      : some(random, { simpleCertSelection: random.boolean() }),
    serverValidation: serverValidation(random),
    differentUsername: random.boolean(),
    performServerValidation: random.boolean(),
    acceptServerName: random.boolean(),
    filter: filter(random),
  });

const mschapv2 = (random: Random): MsChapV2Options =>
  some(random, { useWinlogonCredentials: random.boolean() });

const peap = (random: Random): PeapOptions =>
  some(random, {
    serverValidation: serverValidation(random),
    fastReconnect: random.boolean(),
    innerEapOptional: random.boolean(),
    inner: random.boolean() ? { mschapv2: mschapv2(random) } : { tls: tls(random) },
    enableQuarantineChecks: random.boolean(),
    requireCryptoBinding: random.boolean(),
    performServerValidation: random.boolean(),
    acceptServerName: random.boolean(),
    identityPrivacy: identityPrivacy(random),
    allowPromptingWhenServerCaNotFound: random.boolean(),
  });

const blob = (random: Random): BlobOptions => ({
  type: random.boolean()
    ? { type: 1 + random.below(253), vendorId: 0, vendorType: 0, authorId: random.below(0xffffffff) }
    : { type: 254, vendorId: random.below(0xffffffff), vendorType: random.below(99), authorId: 311 },
  blob: Uint8Array.from(random.list(0, 40, () => random.below(256))),
});

const innerEap = (random: Random): InnerEap =>
  random.pick<() => InnerEap>([
    () => ({ mschapv2: mschapv2(random) }),
    () => ({ tls: tls(random) }),
    () => ({ peap: peap(random) }),
    () => ({ blob: blob(random) }),
  ])();

const ttls = (random: Random): TtlsOptions =>
  some(random, {
    serverValidation: serverValidation(random),
    inner: random.pick<TtlsInner>([
      'pap',
      'chap',
      'mschap',
      { mschapv2: mschapv2(random) },
      { eap: innerEap(random) },
      { eap: innerEap(random) },
    ]),
    identityPrivacy: identityPrivacy(random),
  });

const teap = (random: Random): TeapOptions =>
  some(random, {
    serverValidation: {
      ...serverValidation(random),
      ...some(random, {
        trustedRoots: random.list(1, 3, () => (random.boolean() ? random.hex(32) : sha1(random))),
        downloadTrustedServerRoot: random.boolean(),
      }),
    },
    inner: random.list(1, 3, () => innerEap(random)),
    identityPrivacy: identityPrivacy(random),
  });

/** Options of each EapHostConfig builder. */
export const randomOptions = { tls, mschapv2, peap, ttls, teap, blob } satisfies {
  [K in keyof typeof profiles]?: (random: Random) => object;
};

const tlsCredentials = (random: Random): TlsCredentials => ({
  username: text(random),
  ...some(random, { certificate: sha1(random) }),
});

const mschapv2Credentials = (random: Random): MsChapV2Credentials =>
  some(random, { username: text(random), password: text(random), logonDomain: text(random) });

const peapCredentials = (random: Random): PeapCredentials =>
  some(random, {
    routingIdentity: text(random),
    inner: random.boolean() ? { mschapv2: mschapv2Credentials(random) } : { tls: tlsCredentials(random) },
  });

const ttlsCredentials = (random: Random): TtlsCredentials => ({
  username: text(random),
  password: text(random),
});

/** Options of each EapHostUserCredentials builder. */
export const randomCredentials = {
  tls: tlsCredentials,
  mschapv2: mschapv2Credentials,
  peap: peapCredentials,
  ttls: ttlsCredentials,
  blob,
} satisfies { [K in keyof typeof profiles.credentials]?: (random: Random) => object };
