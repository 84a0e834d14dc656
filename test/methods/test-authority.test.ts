// The throw-away authority: X.509 and TLS accept what it issues; the encodings of DER.

import { deepEqual, equal, ok } from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { tlsAuthenticator, tlsPeer } from '../../lib/methods/tls/eap-tls.js';
import * as asn1 from '../../lib/methods/tls/test-authority.js';
import { assertFailure, assertSuccess, converse } from './support.js';

describe('DER', () => {
  // Examples of X.690 and of RFC 5280's certificates.
  for (const [what, octets, hex] of [
    ['a short length', asn1.octetString(Buffer.alloc(0x7f)).subarray(0, 2), '047f'],
    ['a length of one octet', asn1.octetString(Buffer.alloc(0x80)).subarray(0, 3), '048180'],
    ['a length of two', asn1.octetString(Buffer.alloc(0x1234)).subarray(0, 4), '04821234'],
    ['a small number', asn1.integer(Buffer.of(2)), '020102'],
    ['a number that would be negative', asn1.integer(Buffer.of(0x80)), '02020080'],
    ['a number with zeros in front', asn1.integer(Buffer.of(0, 0, 0x7f)), '02017f'],
    ['zero', asn1.integer(Buffer.of(0)), '020100'],
    ['true', asn1.boolean(true), '0101ff'],
    ['bits', asn1.bitString(Buffer.of(0x06), 1), '03020106'],
    ['an identifier', asn1.objectIdentifier('1.2.840.10045.4.3.2'), '06082a8648ce3d040302'],
    ['an identifier of X.500', asn1.objectIdentifier('2.5.29.37'), '0603551d25'],
    ['a time', asn1.time(new Date('2026-11-21T05:06:07.890Z')), '170d3236313132313035303630375a'],
    [
      'a time from 2050 on',
      asn1.time(new Date('2050-01-01T00:00:00Z')),
      '180f32303530303130313030303030305a',
    ],
    ['a name', asn1.sequence(asn1.set(asn1.text('é'))), '300631040c02c3a9'],
    ['a tag', asn1.tagged(3, asn1.integer(Buffer.of(1))), 'a303020101'],
  ] as const) {
    it(`writes ${what}`, () => equal(octets.toString('hex'), hex));
  }
});

describe('The throw-away authority', () => {
  const authority = asn1.makeTestAuthority({ name: 'Authority of the test', days: 5 });
  const server = authority.issue({
    name: 'the server',
    purpose: 'server',
    dnsNames: ['radius.example.org', 'other.example.org'],
  });
  const client = authority.issue({ name: 'the client', purpose: 'client', emails: ['alice@example.org'] });

  it('has a certificate of its own', () => {
    const ca = new X509Certificate(authority.ca);
    equal(ca.subject, 'CN=Authority of the test');
    equal(ca.ca, true);
    ok(ca.checkIssued(ca) && ca.verify(ca.publicKey));
    const days = (Date.parse(ca.validTo) - Date.now()) / 86_400_000;
    ok(days > 4.9 && days < 5.1);
  });

  it('issues certificates that name, bind and limit', () => {
    const ca = new X509Certificate(authority.ca);
    const other = new X509Certificate(asn1.makeTestAuthority().ca);
    for (const [{ cert, key }, names, usage] of [
      [server, 'DNS:radius.example.org, DNS:other.example.org', '1.3.6.1.5.5.7.3.1'],
      [client, 'email:alice@example.org', '1.3.6.1.5.5.7.3.2'],
    ] as const) {
      const certificate = new X509Certificate(cert);
      equal(certificate.subjectAltName, names);
      deepEqual(certificate.keyUsage, [usage]);
      equal(certificate.ca, false);
      ok(certificate.checkIssued(ca) && certificate.verify(ca.publicKey));
      ok(!certificate.verify(other.publicKey));
      ok(certificate.checkPrivateKey(createPrivateKey(key)));
    }
    const serials = [server, client].map(({ cert }) => new X509Certificate(cert).serialNumber);
    equal(new Set(serials).size, 2);
  });

  it('is taken by TLS on both sides, and what it did not issue, or has expired, is not', async () => {
    const { ca } = authority;
    const method = tlsAuthenticator({ ...server, clients: { ca } });
    assertSuccess(await converse(tlsPeer({ ca, ...client, serverNames: ['other.example.org'] }), method));
    const stranger = asn1.makeTestAuthority().issue({ name: 'x', purpose: 'client' });
    assertFailure(await converse(tlsPeer({ ca, ...stranger }), method));
    const late = authority.issue({ name: 'x', purpose: 'client', notAfter: new Date(Date.now() - 60_000) });
    assertFailure(await converse(tlsPeer({ ca, ...late }), method));
    assertFailure(await converse(tlsPeer({ ca, ...server }), method));
  });
});
