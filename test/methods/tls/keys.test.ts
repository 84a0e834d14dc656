// Derivations and formats: PEAP's compound keys, keys of both versions of TLS, AVPs, server names, alerts.

import { deepEqual, equal, ok, throws } from 'node:assert/strict';
import { createDecipheriv, createHash, createHmac, X509Certificate } from 'node:crypto';
import { Duplex } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { connect } from 'node:tls';
import { encodeMppeKeys } from '../../../lib/eap/attributes.js';
import { sealedAlert } from '../../../lib/methods/tls/alerts.js';
import { TlsEngine, type TlsVersion } from '../../../lib/methods/tls/engine.js';
import { deriveKeys, type KeySource } from '../../../lib/methods/tls/keys.js';
import { contextOf } from '../../../lib/methods/tls/options.js';
import {
  compoundKeys,
  compoundMac,
  compoundMsk,
  innerSessionKey,
} from '../../../lib/methods/tls/peap-keys.js';
import { bindingTlv, isBound, readExtensions, restore, strip } from '../../../lib/methods/tls/peap-tlv.js';
import {
  certificateNames,
  parseServerNames,
  serverNameCheck,
} from '../../../lib/methods/tls/server-names.js';
import { avpData, readAvps, writeAvp } from '../../../lib/methods/tls/ttls-avp.js';
import { provePassword } from '../../../lib/methods/tls/ttls-password.js';
import { certificates } from './certificates.js';

const count = (length: number, from = 0) => Buffer.from(Array.from({ length }, (_, index) => from + index));
const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe("PEAP's compound keys", () => {
  // Worked out with another implementation of HMAC from [MS-PEAP] 3.1.5.5 and 3.1.5.7.
  const tunnelKey = count(60);
  const isk = count(32, 100);
  const ipmk = 'eb37537157e25cd426f0874652b14910e030adce28abdd0de75642e037116a27ba6e87da19bd046f';
  const cmk = '4b6b44ae2731aee18315872e79847d102499c229';
  const msk =
    '8aca9463dd0e14447d97420474a381c2e12aeb2a78b61632b72fb15df66907c9' +
    'ee6b961ff1c5ce36a8453f04c372f2e67c8002bfe4f2c41d158f125b6378f858';
  const tlv = Buffer.concat([hex('000c0038 00000000'), count(32), Buffer.alloc(20)]);

  it('come from the tunnel key and the inner key', () => {
    const keys = compoundKeys(tunnelKey, isk);
    equal(keys.ipmk.toString('hex'), ipmk);
    equal(keys.cmk.toString('hex'), cmk);
    equal(compoundMsk(keys.ipmk).toString('hex'), msk);
    equal(compoundMac(keys.cmk, tlv).toString('hex'), '5f5f49fb6f5010d4573a5f0f9998c9b0183a3b43');
  });

  it('are the tunnel key on a fast reconnect', () => {
    const keys = compoundKeys(tunnelKey, undefined);
    deepEqual(keys.ipmk, tunnelKey.subarray(0, 40));
    deepEqual(keys.cmk, tunnelKey.subarray(40));
    equal(compoundMac(keys.cmk, tlv).toString('hex'), 'b4106f78f704da9069a9a1d04ecc46a0dd161251');
  });

  // [MS-PEAP] 4.4.1.3.2.3 and 4.4.2.3.2.3: a request and a response under the same key.
  for (const [what, subType, nonce, mac] of [
    [
      'request',
      0,
      'bda7a599fa816521ad3064c2bddbd16eaa949e7d98a8d7943147cf425d85da7b',
      '0cbf105e91755748224fbb83000626911cfb1b0f',
    ],
    [
      'response',
      1,
      '6c6ba38784237457ccc90b1a908cbdf4711b69994d0cfe8d3db44ecbcdad37e9',
      '42e086071d1c8b8c8e458f7021f06a6eab16b646',
    ],
  ] as const) {
    it(`prove the ${what} that Microsoft gives as an example`, () => {
      const sample = {
        ipmk: hex('3a911c255473e83e9a0cc333ae1f8a35cdc74163e7f60f6c65ef71c26442aaaca2b6f1eb4f25eca3'),
        cmk: hex('3355353b6920d074c782e475dfb0999d4db467eb'),
      };
      const expected = hex(`000c0038 000000${subType.toString(16).padStart(2, '0')} ${nonce} ${mac}`);
      const written = bindingTlv(sample, subType, hex(nonce));
      equal(written.toString('hex'), expected.toString('hex'));
      equal(isBound({ subType, nonce: hex(nonce), tlv: expected }, sample, subType), true);
    });
  }

  it('are proved by a TLV that nobody else can write', () => {
    const keys = compoundKeys(tunnelKey, isk);
    const others = compoundKeys(tunnelKey, count(32));
    const written = bindingTlv(keys, 0, count(32));
    equal(written.subarray(0, 40).equals(tlv.subarray(0, 40)), true);
    const binding = { subType: 0, nonce: count(32), tlv: written };
    equal(isBound(binding, keys, 0), true);
    equal(isBound(binding, keys, 1), false);
    equal(isBound(binding, others, 0), false);
    for (const at of [1, 8, 39, 40, 59]) {
      const changed = Buffer.from(written);
      changed[at] = (changed[at] ?? 0) ^ 1;
      equal(isBound({ ...binding, tlv: changed }, keys, 0), false);
    }
  });

  it('take 32 octets of the inner key, in the same order on both sides', () => {
    for (const length of [32, 64]) {
      const inner = count(length);
      for (const side of ['peer', 'authenticator'] as const) {
        deepEqual(innerSessionKey(encodeMppeKeys(inner, side), side), inner.subarray(0, 32));
      }
    }
    deepEqual(innerSessionKey([], 'peer'), Buffer.alloc(32));
  });
});

describe('Keys of a TLS method', () => {
  const source = (version: KeySource['version']): KeySource => ({
    version,
    exportKey: (length, label, context) =>
      Buffer.from(`${label}/${context?.toString('hex') ?? 'none'}/`.padEnd(length, '.')),
    randoms: () => count(64),
  });

  it('have the labels of RFC 5216 and 5281 up to TLS 1.2, and no context', () => {
    for (const [type, label] of [
      [13, 'client EAP encryption'],
      [21, 'ttls keying material'],
    ] as const) {
      const { msk, emsk, sessionId } = deriveKeys(source('TLSv1.2'), type, label);
      equal(msk.toString(), `${label}/none/`.padEnd(64, '.'));
      equal(emsk?.toString(), '.'.repeat(64));
      deepEqual(sessionId, Buffer.concat([Buffer.of(type), count(64)]));
    }
  });

  it('give challenges that RFC 5281 draws from the tunnel, and answers of CHAP and MS-CHAP to them', () => {
    const asked: string[] = [];
    const tunnel = (octets: string) => ({
      exportKey(length: number, label: string, context?: Buffer) {
        asked.push(`${label} ${length} ${String(context)}`);
        return hex(octets).subarray(0, length);
      },
    });
    const avpsOf = (...proof: Parameters<typeof provePassword>) =>
      readAvps(Buffer.concat(provePassword(...proof).avps)) ?? [];
    // RFC 1994: MD5 of identifier, secret and challenge.
    const challenge = '00112233445566778899aabbccddeeff';
    const chap = avpsOf('chap', tunnel(`${challenge}2a`), 'User', Buffer.from('secret'));
    const digest = createHash('md5').update(hex(`2a${Buffer.from('secret').toString('hex')}${challenge}`));
    equal(avpData(chap, 60)?.toString('hex'), challenge);
    equal(avpData(chap, 3)?.toString('hex'), `2a${digest.digest('hex')}`);
    // RFC 2433, B.2: the NT response to this challenge by MyPw.
    const ms = avpsOf('mschap', tunnel('102db5df085d304107'), 'User', Buffer.from('MyPw'));
    equal(avpData(ms, 11, 311)?.toString('hex'), '102db5df085d3041');
    equal(
      avpData(ms, 1, 311)?.toString('hex'),
      `0701${'00'.repeat(24)}4e9d3c8f9cfd385d5bf4d3246791956ca4c351ab409a3d61`,
    );
    // RFC 2759, 8: challenge length and label are those of CHAP; the values are tested with MSCHAPv2 itself.
    avpsOf('mschapv2', tunnel(`${challenge}2a`), 'User', Buffer.from('clientPass'));
    deepEqual(asked, [
      'ttls challenge 17 undefined',
      'ttls challenge 9 undefined',
      'ttls challenge 17 undefined',
    ]);
  });

  it('have the labels of RFC 9190 and 9427 in TLS 1.3, with the type as context', () => {
    const { msk, emsk, sessionId } = deriveKeys(source('TLSv1.3'), 25, 'client EAP encryption');
    equal(msk.toString(), 'EXPORTER_EAP_TLS_Key_Material/19/'.padEnd(64, '.'));
    equal(emsk?.length, 64);
    equal(sessionId?.[0], 25);
    equal(sessionId?.subarray(1).toString(), 'EXPORTER_EAP_TLS_Method-Id/19/'.padEnd(64, '.'));
  });
});

describe('An alert under a traffic secret of TLS 1.3', () => {
  // RFC 8448, 3: the client's handshake traffic secret and what comes of it.
  const secret = hex('b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21');
  const key = hex('dbfaa693d1762c5b666af5d950258d01');
  const iv = hex('5bd3c71b836e0b76bb73265f');

  it('is sealed with the key and IV of RFC 8448', () => {
    const record = sealedAlert(48, secret, 'TLS_AES_128_GCM_SHA256');
    ok(record);
    equal(record.subarray(0, 5).toString('hex'), '1703030013');
    const decipher = createDecipheriv('aes-128-gcm', key, iv);
    decipher.setAAD(record.subarray(0, 5)).setAuthTag(record.subarray(-16));
    const inner = Buffer.concat([decipher.update(record.subarray(5, -16)), decipher.final()]);
    deepEqual(inner, Buffer.of(2, 48, 21));
  });

  it('is not made for a cipher suite that is not known', () => {
    equal(sealedAlert(48, secret, 'TLS_AES_128_CCM_SHA256'), undefined);
    for (const suite of ['TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256']) {
      equal(sealedAlert(48, Buffer.alloc(48), suite)?.length, 24);
    }
  });
});

describe('Inner packets of PEAP', () => {
  it('lose their header and get it back', () => {
    const packet = hex('0105 0009 1a 01020304');
    deepEqual(Buffer.from(strip(packet)), hex('1a01020304'));
    deepEqual(restore(hex('1a01020304'), 1, 5), packet);
    deepEqual(restore(packet, 1, 9), packet);
    const extensions = hex('0105 000b 21 8003 0002 0001');
    deepEqual(strip(extensions), extensions);
    equal(readExtensions(extensions)?.result, 1);
  });

  for (const [what, packet] of Object.entries({
    'half a TLV': '0105 0009 21 8003 0002',
    'a TLV that is too long': '0105 000b 21 8003 0003 0001',
    'a result of one octet': '0105 000a 21 8003 0001 01',
    'two results': '0105 0011 21 8003 0002 0001 8003 0002 0001',
    'octets behind': '0105 000c 21 8003 0002 0001 00',
    'a binding that is too short': '0105 000b 21 800c 0002 0001',
  })) {
    it(`are refused with ${what}`, () => equal(readExtensions(hex(packet)), undefined));
  }

  it('tell of a TLV that must be known, and pass over others', () => {
    equal(readExtensions(hex('0105 0011 21 8003 0002 0001 8009 0002 0001'))?.unknown, 9);
    equal(readExtensions(hex('0105 0011 21 8003 0002 0001 0009 0002 0001'))?.unknown, undefined);
  });
});

describe('AVPs', () => {
  it('are padded and read again', () => {
    const octets = Buffer.concat([writeAvp(1, Buffer.from('alice')), writeAvp(26, Buffer.of(1, 2), 311)]);
    equal(
      octets.toString('hex'),
      hex('00000001 4000000d 616c696365 000000 0000001a c000000e 00000137 0102 0000').toString('hex'),
    );
    const avps = readAvps(octets) ?? [];
    equal(avps.length, 2);
    equal(avpData(avps, 1)?.toString(), 'alice');
    deepEqual(avpData(avps, 26, 311), Buffer.of(1, 2));
    equal(avpData(avps, 26), undefined);
    equal(avpData([...avps, ...avps], 1), undefined);
    equal(readAvps(octets.subarray(0, -2))?.length, 2);
  });

  for (const [what, octets] of Object.entries({
    'half a header': '00000001 4000',
    'a length below the header': '00000001 40000007',
    'a length beyond the end': '00000001 40000009',
    'a vendor cut short': '00000001 c000000a 0001',
  })) {
    it(`are refused with ${what}`, () => equal(readAvps(hex(octets)), undefined));
  }
});

describe('Server names', () => {
  const certificate = () => new X509Certificate(certificates().server.cert);

  it('are the DNS names, or else the common name', () => {
    deepEqual(certificateNames(certificate()), ['radius.example.org']);
    deepEqual(certificateNames(new X509Certificate(certificates().ca)), ['Authority ca']);
  });

  for (const [name, isRight] of [
    ['radius.example.org', true],
    ['RADIUS.Example.ORG', true],
    ['radius.example.or', false],
    ['radiusXexample.org', false],
    ['example.org', false],
    ['.example.org', true],
    ['.ample.org', false],
    ['.radius.example.org', false],
    ['*.example.org', true],
    ['r*s.example.org', true],
    ['*.org', false],
    ['*', false],
    ['the server', false],
    ['radius-1.example.org', false],
  ] as const) {
    it(`${isRight ? 'match' : 'do not match'} ${name}`, () => {
      equal(serverNameCheck([name])(certificate()), isRight);
      equal(serverNameCheck(['other.example.org', name])(certificate()), isRight);
    });
  }

  it('match regular expressions as a whole', () => {
    equal(serverNameCheck([/radius\.example\.org|other/u])(certificate()), true);
    equal(serverNameCheck([/radius/gu])(certificate()), false);
    equal(serverNameCheck([/RADIUS.*/iu])(certificate()), true);
  });

  it('are read from a profile', () => {
    const text = ' radius.example.org;*.example.com; ;.*\\.example\\.net;srv\\d+\\.example\\.org';
    deepEqual(parseServerNames(text), [
      'radius.example.org',
      '*.example.com',
      /.*\.example\.net/iu,
      /srv\d+\.example\.org/iu,
    ]);
    throws(() => parseServerNames('radius('), SyntaxError);
  });
});

describe('Key material of a connection', () => {
  it('is that of RFC 5216 in TLS 1.2', async () => {
    const { keys, randoms, secrets } = await establish('TLSv1.2');
    const expected = prf(secrets.get('CLIENT_RANDOM')!, 'client EAP encryption', randoms, 128);
    deepEqual(keys.msk, expected.subarray(0, 64));
    deepEqual(keys.emsk, expected.subarray(64));
    deepEqual(keys.sessionId, Buffer.concat([Buffer.of(13), randoms]));
  });

  it('is that of RFC 9190 in TLS 1.3', async () => {
    const { keys, secrets } = await establish('TLSv1.3');
    const secret = secrets.get('EXPORTER_SECRET')!;
    const expected = exporter(secret, 'EXPORTER_EAP_TLS_Key_Material', Buffer.of(13), 128);
    deepEqual(keys.msk, expected.subarray(0, 64));
    deepEqual(keys.emsk, expected.subarray(64));
    const name = exporter(secret, 'EXPORTER_EAP_TLS_Method-Id', Buffer.of(13), 64);
    deepEqual(keys.sessionId, Buffer.concat([Buffer.of(13), name]));
  });
});

/** A server of ours and a client that tells its secrets. */
async function establish(version: TlsVersion) {
  const { ca, server } = certificates();
  const context = contextOf({ ...server, maxVersion: version });
  const engine = new TlsEngine({ side: 'server', context, requestCertificate: false });
  const toServer: Buffer[] = [];
  const wire = new Duplex({
    read() {
      // What the server says is pushed.
    },
    write(chunk: Buffer, _encoding, done) {
      toServer.push(chunk);
      done();
    },
  });
  const ciphers = 'ECDHE-ECDSA-AES128-GCM-SHA256:TLS_AES_128_GCM_SHA256';
  const client = connect({ socket: wire, ca, ciphers, rejectUnauthorized: false });
  const secrets = new Map<string, Buffer>();
  client.on('keylog', (line: Buffer) => {
    const [name = '', , secret = ''] = line.toString().trim().split(' ');
    secrets.set(name, Buffer.from(secret, 'hex'));
  });
  client.on('error', () => undefined);
  while (!engine.isEstablished) {
    await nextTurn();
    await engine.feed(Buffer.concat(toServer.splice(0)));
    wire.push(engine.takeOutput());
  }
  const randoms = engine.randoms()!;
  const keys = deriveKeys(engine, 13, 'client EAP encryption');
  engine.end();
  client.destroy();
  return { keys, randoms, secrets };
}

/** PRF of TLS 1.2 (RFC 5246, 5). */
function prf(secret: Buffer, label: string, seed: Buffer, length: number): Buffer {
  const labelled = Buffer.concat([Buffer.from(label), seed]);
  const blocks: Buffer[] = [];
  let last: Buffer = labelled;
  while (blocks.length * 32 < length) {
    last = createHmac('sha256', secret).update(last).digest();
    blocks.push(createHmac('sha256', secret).update(last).update(labelled).digest());
  }
  return Buffer.concat(blocks).subarray(0, length);
}

/** Exporter of TLS 1.3 (RFC 8446, 7.5). */
function exporter(secret: Buffer, label: string, context: Buffer, length: number): Buffer {
  const digest = (data: Uint8Array) => createHash('sha256').update(data).digest();
  const derived = expandLabel(secret, label, digest(Buffer.alloc(0)), 32);
  return expandLabel(derived, 'exporter', digest(context), length);
}

/** HKDF-Expand-Label (RFC 8446, 7.1). */
function expandLabel(secret: Buffer, label: string, context: Buffer, length: number): Buffer {
  const name = Buffer.from(`tls13 ${label}`);
  const info = [Buffer.of(0, length, name.length), name, Buffer.of(context.length), context];
  const blocks: Buffer[] = [];
  let last: Buffer = Buffer.alloc(0);
  for (let counter = 1; blocks.length * 32 < length; counter++) {
    last = createHmac('sha256', secret)
      .update(Buffer.concat([last, ...info, Buffer.of(counter)]))
      .digest();
    blocks.push(last);
  }
  return Buffer.concat(blocks).subarray(0, length);
}
