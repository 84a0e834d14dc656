// Servers that show what is not enough: names that look alike or stand in the wrong place, revoked certificates, keys and
// cipher suites that are too weak.

import { equal, match, throws } from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { eapErrorCodes, systemErrorCodes } from '../../../lib/base/error-codes.js';
import {
  type CertificateSubject,
  type EapTlsAuthenticatorOptions,
  type EapTlsPeerOptions,
  makeTestAuthority,
  type ServerName,
  tlsAuthenticator,
  tlsPeer,
} from '../../../lib/methods/tls/index.js';
import * as asn1 from '../../../lib/methods/tls/test-authority.js';
import { values } from '../../../lib/methods/tls/revocation.js';
import { TlsEngine } from '../../../lib/methods/tls/engine.js';
import { weaknessOf } from '../../../lib/methods/tls/strength.js';
import { certificates } from '../../methods/tls/certificates.js';
import {
  assertFailure,
  assertSuccess,
  beginAuthenticator,
  beginPeer,
  converse,
  versions,
} from '../../methods/support.js';

const authority = makeTestAuthority();

/** The peer with this trust meets a server with this certificate. */
async function meet(
  trust: Partial<EapTlsPeerOptions>,
  server: Omit<EapTlsAuthenticatorOptions, 'clients'>,
  maxVersion: EapTlsPeerOptions['maxVersion'] = 'TLSv1.3',
) {
  const { client, ca } = certificates();
  const authenticator = tlsAuthenticator({ ...server, clients: { ca } });
  return converse(tlsPeer({ ...client, ...trust, ...(maxVersion && { maxVersion }) }), authenticator);
}

describe('A server with a long name', () => {
  it('is told by 128 characters of it', async () => {
    for (const length of [128, 129]) {
      const long = 'a.'.repeat(50) + 'b'.repeat(length - 100);
      const server = authority.issue({ name: 'server', purpose: 'server', dnsNames: [long] });
      const refused = await meet({ ca: authority.ca, serverNames: ['radius.example.org'] }, server);
      const [, shown] = /is called (\S+),/u.exec(refused.peer.rootCause ?? '') ?? [];
      equal(shown, long.slice(0, 128));
    }
  });
});

describe('A server whose certificate has another name than is expected', () => {
  const subject = (name: string, more: Partial<CertificateSubject> = {}): CertificateSubject => ({
    name,
    purpose: 'server',
    ...more,
  });
  const expected: readonly ServerName[] = ['radius.example.org'];
  const cases: Readonly<Record<string, readonly [CertificateSubject, readonly ServerName[], boolean]>> = {
    'a letter that Unicode takes for another': [subject('radiu\u017F.example.org'), expected, false],
    'a sign that Unicode takes for a letter': [
      subject('ki.example.org'.replace('k', '\u212A')),
      ['ki.example.org'],
      false,
    ],
    'such a letter, and an expression that takes it': [
      subject('radiu\u017F.example.org'),
      [/radius\..*/iu],
      false,
    ],
    'wide letters': [subject('\uFF52adius.example.org'), expected, false],
    'a full stop of another script': [subject('radius\u3002example.org'), expected, false],
    'the name as its common name beside other DNS names': [
      subject('radius.example.org', { dnsNames: ['www.example.org'] }),
      expected,
      false,
    ],
    'the name as its common name beside an e-mail address': [
      subject('radius.example.org', { emails: ['root@example.org'] }),
      expected,
      false,
    ],
    'letters that DNS writes in ASCII, expected as they are read': [
      subject('x', { dnsNames: ['xn--rdius-gra.example.org'] }),
      ['Rädius.example.org'],
      true,
    ],
    'such letters in a common name': [subject('rädius.example.org'), ['rädius.example.org'], true],
    'such letters where others are expected': [
      subject('x', { dnsNames: ['xn--rdius-gra.example.org'] }),
      ['r*dius.example.org', '.rädius.example.org', 'rádius.example.org'],
      false,
    ],
    'the name in other case': [
      subject('x', { dnsNames: ['RADIUS.example.org'] }),
      ['radius.EXAMPLE.org'],
      true,
    ],
    'the name as its common name and nothing else': [subject('radius.example.org'), expected, true],
  };
  for (const [what, [certificate, serverNames, isRight]] of Object.entries(cases)) {
    it(`${isRight ? 'is believed' : 'is refused'}: ${what}`, async () => {
      const conversation = await meet({ ca: authority.ca, serverNames }, authority.issue(certificate));
      if (isRight) {
        assertSuccess(conversation);
        return;
      }
      assertFailure(conversation);
      equal(conversation.peer.failureReasonCode, eapErrorCodes.EAP_E_SERVER_CERT_INVALID);
      equal(conversation.authenticator.failureReasonCode, eapErrorCodes.EAP_E_SERVER_CERT_INVALID);
    });
  }

  it('is not looked for where no host can have the name', () => {
    for (const name of ['rä*.example.org', 'ra dius.exämple.org']) {
      throws(() => tlsPeer({ ca: authority.ca, identity: 'a', serverNames: [name] }), {
        code: 'EAPHOST_BAD_TLS_OPTIONS',
        message: /`serverNames`: No host can be called/u,
      });
    }
  });
});

describe('A server that is known by the hash of its certificate alone', () => {
  const hashOf = (pem: string) => new X509Certificate(pem).fingerprint256;
  /** A list of somebody's, whose signature nobody looks at. */
  function list(of: string, more: { readonly until?: Date; readonly extensions?: readonly Buffer[] } = {}) {
    const [, , , issuer] = values(values(values(new X509Certificate(of).raw)[0]!.content)[0]!.content);
    const { until = new Date(Date.now() + 86_400_000), extensions = [] } = more;
    const algorithm = asn1.sequence(asn1.objectIdentifier('1.2.840.10045.4.3.2'));
    const tbs = asn1.sequence(
      asn1.integer(Buffer.of(1)),
      algorithm,
      issuer!.whole,
      asn1.time(new Date(Date.now() - 2 * 86_400_000)),
      asn1.time(until),
      ...(extensions.length > 0 ? [asn1.tagged(0, asn1.sequence(...extensions))] : []),
    );
    const whole = asn1.sequence(tbs, algorithm, asn1.bitString(Buffer.of(0)));
    return `-----BEGIN X509 CRL-----\n${whole.toString('base64')}\n-----END X509 CRL-----\n`;
  }
  /** Says that the list is of some certificates only. */
  const partial = asn1.sequence(
    asn1.objectIdentifier('2.5.29.28'),
    asn1.boolean(true),
    asn1.octetString(asn1.sequence()),
  );

  for (const version of versions) {
    it(`is refused over ${version} where a list has it, and where no list vouches for it`, async () => {
      const { crl, server, revokedServer, foreignServer } = certificates();
      const { EAP_E_SERVER_CERT_REVOKED: isRevoked, EAP_E_SERVER_CERT_OTHER_ERROR: isUntold } = eapErrorCodes;
      const yesterday = new Date(Date.now() - 86_400_000);
      for (const [what, identity, lists, code] of [
        ['in no list', server, crl, undefined],
        ['in a list', revokedServer, crl, isRevoked],
        ['in one of several', revokedServer, [list(server.cert), crl], isRevoked],
        ['of another authority', foreignServer, crl, isUntold],
        ['of an authority with an old list', server, list(server.cert, { until: yesterday }), isUntold],
        [
          'of an authority with a partial list',
          server,
          list(server.cert, { extensions: [partial] }),
          isUntold,
        ],
        ['of an authority with a list', server, list(server.cert), undefined],
      ] as const) {
        const trust = { serverHashes: [hashOf(identity.cert)], crl: lists };
        const conversation = await meet(trust, identity, version);
        equal(conversation.peer.failureReasonCode, code, what);
        if (code === undefined) assertSuccess(conversation);
        else assertFailure(conversation);
      }
    });
  }

  it('is not asked about in lists that cannot be read', () => {
    const { server, crl } = certificates();
    const cut = crl
      .replace(/=*\n-----END/u, '\n-----END')
      .replace(/[A-Za-z0-9+/]{8}\n-----END/u, '\n-----END');
    for (const text of ['no list', server.cert, cut]) {
      throws(
        () => tlsPeer({ identity: 'a', serverHashes: [hashOf(server.cert)], crl: text }),
        (error: Error) => {
          match(error.message, /`crl`/u);
          return 'code' in error && error.code === 'EAPHOST_BAD_TLS_OPTIONS';
        },
      );
    }
  });
});

describe('What is too weak', () => {
  const careless = { insecurelyAllowWeakCryptography: true };

  for (const version of versions) {
    it(`is refused over ${version}: a server's key, and that of an authority between it and the root`, async () => {
      const { ca, weakServer, weaklySignedServer } = certificates();
      for (const [identity, whose] of [
        [weakServer, 'CN=the server'],
        [weaklySignedServer, 'CN=the ca'],
      ] as const) {
        for (const trust of [{ ca }, { ca, insecurelyAllowWeakCryptography: false }]) {
          const conversation = await meet(trust, { ...identity, ...careless }, version);
          assertFailure(conversation);
          equal(conversation.peer.failureReasonCode, eapErrorCodes.EAP_E_SERVER_CERT_INVALID);
          match(
            conversation.peer.rootCause ?? '',
            new RegExp(`too weak: ${whose} has an RSA key of 1024 bits`, 'u'),
          );
          equal(conversation.authenticator.failureReasonCode, eapErrorCodes.EAP_E_SERVER_CERT_INVALID);
        }
        assertSuccess(await meet({ ca, ...careless }, { ...identity, ...careless }, version));
      }
      const pinned = { serverHashes: [new X509Certificate(weakServer.cert).fingerprint256] };
      assertFailure(await meet(pinned, { ...weakServer, ...careless }, version));
      assertSuccess(await meet({ ...pinned, ...careless }, { ...weakServer, ...careless }, version));
    });

    it(`is refused over ${version}: a peer's key`, async () => {
      const { ca, server, weakClient } = certificates();
      const peer = tlsPeer({ ca, ...weakClient, ...careless, maxVersion: version });
      const strict = await converse(peer, tlsAuthenticator({ ...server, clients: { ca } }));
      assertFailure(strict);
      equal(strict.peer.failureReasonCode, eapErrorCodes.EAP_E_USER_CERT_REJECTED);
      equal(strict.authenticator.failureReasonCode, eapErrorCodes.EAP_E_USER_CERT_INVALID);
      assertSuccess(await converse(peer, tlsAuthenticator({ ...server, ...careless, clients: { ca } })));
    });
  }

  it("is refused at once where it is this side's own", () => {
    const { ca, weakServer, weakClient } = certificates();
    const error = {
      code: 'EAPHOST_BAD_TLS_OPTIONS',
      message: /(?:an RSA key of 1024 bits|key too small).*insecurelyAllowWeak/u,
    };
    throws(() => tlsPeer({ ca, ...weakClient }), error);
    throws(() => tlsAuthenticator({ ...weakServer, clients: { ca } }), error);
  });

  /** TLS in the packets of EAP-TLS. */
  const wrapped = (code: number, id: number, data: Uint8Array) =>
    Buffer.concat([Buffer.of(code, id, (data.length + 6) >> 8, (data.length + 6) & 0xff, 13, 0), data]);
  const unwrapped = (packet: Uint8Array) => packet.subarray(((packet[5] ?? 0) & 0x80) === 0 ? 6 : 10);
  const withoutSecrecy = { ciphers: 'AES256-GCM-SHA384', maxVersion: 'TLSv1.2' } as const;

  it('is refused: a server whose suites have no forward secrecy', async () => {
    const { ca, client, largeServer } = certificates();
    for (const [options, isTaken] of [
      [{}, false],
      [careless, true],
    ] as const) {
      const peer = await beginPeer(tlsPeer({ ca, ...client, ...options }), { mtu: 4000 });
      const hello = await peer.processRequest(Buffer.of(1, 1, 0, 6, 13, 0x20));
      const context = createSecureContext({ ...largeServer, ...withoutSecrecy });
      const server = new TlsEngine({ side: 'server', context, requestCertificate: false });
      await server.feed(hello.action === 'send' ? unwrapped(hello.packet) : Buffer.alloc(0));
      equal(server.failure === undefined, isTaken);
      await peer.processRequest(wrapped(1, 2, server.takeOutput()));
      const { failureReasonCode, rootCause = '' } = await peer.getResult('failure');
      equal(failureReasonCode === systemErrorCodes.SEC_E_ALGORITHM_MISMATCH, !isTaken);
      equal(/without forward secrecy/u.test(rootCause), !isTaken);
      server.end();
      await peer.end();
    }
  });

  it('is refused: a peer whose suites have no forward secrecy', async () => {
    const { ca, largeServer } = certificates();
    for (const [options, isTaken] of [
      [{}, false],
      [careless, true],
    ] as const) {
      const method = tlsAuthenticator({ ...largeServer, clients: { ca }, ...options });
      const authenticator = await beginAuthenticator(method, 'alice', 4000);
      await authenticator.sendPacket(1);
      const client = new TlsEngine({ side: 'client', context: createSecureContext(withoutSecrecy) });
      await client.feed(Buffer.alloc(0));
      equal(await authenticator.receivePacket(wrapped(2, 1, client.takeOutput())), 'send');
      const { packet } = await authenticator.sendPacket(2);
      await client.feed(unwrapped(packet));
      equal(client.failure?.alert, isTaken ? undefined : 40);
      if (!isTaken) {
        equal(await authenticator.receivePacket(wrapped(2, 2, Buffer.alloc(0))), 'result');
        const { failureReasonCode } = await authenticator.getResult();
        equal(failureReasonCode, systemErrorCodes.SEC_E_ALGORITHM_MISMATCH);
      }
      client.end();
      await authenticator.end();
    }
  });

  for (const [what, type, options, isWeak] of [
    ['RSA of 2047 bits', 'rsa', { modulusLength: 2047 }, true],
    ['RSA of 2048 bits', 'rsa', { modulusLength: 2048 }, false],
    ['a curve of 192 bits', 'ec', { namedCurve: 'prime192v1' }, true],
    ['a curve of 163 bits', 'ec', { namedCurve: 'sect163k1' }, true],
    ['a curve of 224 bits', 'ec', { namedCurve: 'secp224r1' }, false],
    ['a curve of 521 bits', 'ec', { namedCurve: 'secp521r1' }, false],
    ['Ed25519', 'ed25519', {}, false],
    ['a key that signs nothing', 'x25519', {}, true],
  ] as const) {
    it(`is${isWeak ? '' : ' not'} ${what}`, () => {
      const generate = generateKeyPairSync as (type: string, options: object) => { publicKey: KeyObject };
      const { publicKey } = generate(type, options);
      equal(weaknessOf({ publicKey }) !== undefined, isWeak);
    });
  }
});
