// The sample documents: built element for element, and read back, in every known spelling.

import assert from 'node:assert/strict';

import { profiles } from '../../lib/profiles/index.js';
import * as samples from './samples.js';
import { canonical, changed, fixture, schemaErrors } from './support.js';

const ttlsCredentials = { username: 'alice', password: 'secret' };
const { credentials } = profiles;

const configs = [
  ['tls', 'tls', samples.tls, profiles.tls(samples.tls)],
  ['mschapv2', 'mschapv2', samples.mschapv2, profiles.mschapv2(samples.mschapv2)],
  ['peap-mschapv2', 'peap', samples.peapMsChapV2, profiles.peap(samples.peapMsChapV2)],
  ['peap-tls', 'peap', samples.peapTls, profiles.peap(samples.peapTls)],
  ['ttls-pap', 'ttls', samples.ttlsPap, profiles.ttls(samples.ttlsPap)],
  ['ttls-eap-mschapv2', 'ttls', samples.ttlsEap, profiles.ttls(samples.ttlsEap)],
  ['teap', 'teap', samples.teap, profiles.teap(samples.teap)],
] as const;

const { tlsCredentials, msChapV2Credentials } = samples;
const peapChap = { inner: { mschapv2: msChapV2Credentials } };
const peapTls = { inner: { tls: tlsCredentials } };
const userDocuments = [
  ['tls-credentials', 'tls', tlsCredentials, credentials.tls(tlsCredentials)],
  ['mschapv2-credentials', 'mschapv2', msChapV2Credentials, credentials.mschapv2(msChapV2Credentials)],
  ['peap-mschapv2-credentials', 'peap', peapChap, credentials.peap(peapChap)],
  ['peap-tls-credentials', 'peap', peapTls, credentials.peap(peapTls)],
  ['ttls-credentials', 'ttls', ttlsCredentials, credentials.ttls(ttlsCredentials)],
] as const;

const numbers = {
  tls: [13, 0],
  mschapv2: [26, 0],
  peap: [25, 0],
  ttls: [21, 311],
  teap: [55, 311],
} as const;

function expected(method: keyof typeof numbers, options: object): object {
  const [type, authorId] = numbers[method];
  return { method, type: { type, vendorId: 0, vendorType: 0, authorId }, options, unknown: [] };
}

describe('profiles: sample documents', () => {
  for (const [name, method, options, built] of configs) {
    it(`${name} is built as it stands and read back`, () => {
      assert.equal(canonical(built), canonical(fixture(name)));
      assert.deepEqual(profiles.parseConfig(fixture(name)), expected(method, options));
      assert.equal(schemaErrors([fixture(name), built]), undefined);
    });
  }

  for (const [name, method, options, built] of userDocuments) {
    it(`${name} is built as it stands and read back`, () => {
      assert.equal(canonical(built), canonical(fixture(name)));
      assert.deepEqual(profiles.parseCredentials(fixture(name)), expected(method, options));
      assert.equal(schemaErrors([fixture(name), built]), undefined);
    });
  }

  it('the documented spelling of TTLS and TEAP means the same and is written as Windows takes it', () => {
    const ttls = profiles.parseConfig(fixture('ttls-documented'));
    assert.deepEqual(ttls, expected('ttls', samples.ttlsEap));
    const teap = profiles.parseConfig(fixture('teap-documented'));
    assert.deepEqual(teap, expected('teap', samples.teap));
    assert.match(schemaErrors([fixture('ttls-documented')]) ?? '', /eapTtls/);
  });

  it('a nested configuration declares all its namespaces and can be cut out', () => {
    const written = profiles.ttls(samples.ttlsEap);
    const end = '</EapHostConfig>';
    const document = written.slice(written.lastIndexOf('<EapHostConfig'), written.indexOf(end) + end.length);
    assert.deepEqual(profiles.parseConfig(document), expected('mschapv2', samples.mschapv2));
  });

  it('reads what is found in the wild', () => {
    const spaced = '01 23 45 67 89 AB CD EF 01 23 45 67 89 ab cd ef 01 23 45 67 ';
    const wild = changed('tls', samples.tls.serverValidation!.trustedRoots![0]!, spaced);
    assert.deepEqual(profiles.parseConfig(wild), expected('tls', samples.tls));
    const certificate = changed(
      'tls-credentials',
      samples.tlsCredentials.certificate,
      '\u200e89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF',
    );
    assert.deepEqual(profiles.parseCredentials(certificate), expected('tls', tlsCredentials));
    const numeric = changed('mschapv2', '>false<', '> 0\n<');
    assert.deepEqual(profiles.parseConfig(numeric), expected('mschapv2', samples.mschapv2));
    const short = changed('mschapv2', '<m:VendorId>0</m:VendorId><m:VendorType>0</m:VendorType>', '');
    assert.deepEqual(profiles.parseConfig(short), expected('mschapv2', samples.mschapv2));
    const identity = changed(
      'peap-tls-credentials',
      '<u:Eap>\n          <u:Type>13',
      '<up:RoutingIdentity>x</up:RoutingIdentity>$&',
    );
    assert.deepEqual(
      profiles.parseCredentials(identity),
      expected('peap', { routingIdentity: 'x', inner: { tls: tlsCredentials } }),
    );
    const empty = changed('tls', /<t:TrustedRootCA>.*<\/t:TrustedRootCA>/, '<t:TrustedRootCA/>');
    const { trustedRoots: _, ...serverValidation } = samples.tls.serverValidation!;
    assert.deepEqual(profiles.parseConfig(empty), expected('tls', { ...samples.tls, serverValidation }));
  });

  it('reads other prefixes, a byte order mark, a declaration, comments and CDATA sections', () => {
    const other = `\uFEFF<?xml version="1.0" encoding="UTF-16"?>\n<!-- exported -->\n${fixture('mschapv2')}`
      .replaceAll('c:', 'chap:')
      .replace('xmlns:c=', 'xmlns:chap=')
      .replace('>false<', '><!-- no --><![CDATA[fal]]>se<');
    assert.deepEqual(profiles.parseConfig(other), expected('mschapv2', samples.mschapv2));
  });
});
