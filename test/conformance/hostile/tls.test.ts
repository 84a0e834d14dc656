// Peers and authenticators of the TLS methods against forged packets: nobody is accepted, nothing is thrown.

import { deepEqual, equal, ok } from 'node:assert/strict';
import { decodeKeys } from '../../../lib/eap/attributes.js';
import { eapErrorCodes } from '../../../lib/base/error-codes.js';
import type { MethodDefinition } from '../../../lib/hosts/method.js';
import { mschapv2Authenticator } from '../../../lib/methods/mschapv2.js';
import {
  peapAuthenticator,
  peapPeer,
  tlsAuthenticator,
  tlsPeer,
  type TlsVersion,
  ttlsAuthenticator,
  ttlsPeer,
} from '../../../lib/methods/tls/index.js';
import { memoryUsers } from '../../../lib/methods/users.js';
import { certificates } from '../../methods/tls/certificates.js';
import {
  aliceCredentials,
  assertFailure,
  assertSuccess,
  beginAuthenticator,
  beginPeer,
  converse,
  seededRandom,
  versions,
} from '../../methods/support.js';

const users = memoryUsers({ alice: 'pässword' });
const start = Buffer.from('0101 0006 0d20'.replaceAll(' ', ''), 'hex');

type Pair = readonly [peer: MethodDefinition, authenticator: MethodDefinition];

const pairs: Readonly<Record<string, (maxVersion: TlsVersion) => Pair>> = {
  'EAP-TLS': (maxVersion) => {
    const { ca, client, server } = certificates();
    return [
      tlsPeer({ ca, ...client, maxVersion }),
      tlsAuthenticator({ ...server, maxVersion, clients: { ca } }),
    ];
  },
  PEAP: (maxVersion) => {
    const { ca, server } = certificates();
    return [
      peapPeer({ ca, maxVersion }),
      peapAuthenticator({ ...server, maxVersion, methods: [mschapv2Authenticator({ users })] }),
    ];
  },
  'EAP-TTLS': (maxVersion) => {
    const { ca, server } = certificates();
    return [
      ttlsPeer({ ca, maxVersion, inner: 'mschapv2' }),
      ttlsAuthenticator({ ...server, maxVersion, users }),
    ];
  },
};

for (const [name, pairOf] of Object.entries(pairs)) {
  for (const version of versions) {
    describe(`${name} over ${version}, on a link that lies`, () => {
      it('accepts nobody on other terms than both have, whatever octet changes', async () => {
        const random = seededRandom(version === 'TLSv1.2' ? 5 : 6);
        const [peer, authenticator] = pairOf(version);
        const good = await converse(peer, authenticator, { credentials: aliceCredentials, mtu: 600 });
        assertSuccess(good);
        for (let round = 0; round < 150; round++) {
          const direction = random(2) === 0 ? 'request' : 'response';
          const packets = direction === 'request' ? good.requests : good.responses;
          const index = random(packets.length);
          const conversation = await converse(peer, authenticator, {
            credentials: aliceCredentials,
            mtu: 600,
            flags: ['fullAuth'],
            tamper(packet, way, at) {
              if (way !== direction || at !== index || packet.length < 6) return packet;
              const changed = Buffer.from(packet);
              const where = 5 + random(packet.length - 5);
              changed[where] = (changed[where] ?? 0) ^ (1 + random(255));
              return changed;
            },
          });
          const { end, peer: ours, authenticator: theirs } = conversation;
          if (end !== 'accepted') continue;
          // Some octets do not matter: flags that mean nothing, the version of a record.
          const keys = decodeKeys(theirs.attributes, 'authenticator');
          if (ours.isSuccess) deepEqual(decodeKeys(ours.attributes ?? [], 'peer').msk, keys.msk);
        }
      });

      it('refuses TLS messages that are cut short', async () => {
        const [peer, authenticator] = pairOf(version);
        for (const direction of ['request', 'response'] as const) {
          const conversation = await converse(peer, authenticator, {
            credentials: aliceCredentials,
            mtu: 4000,
            tamper(packet, way, at) {
              if (way !== direction || at !== 1 || packet.length < 40) return packet;
              const cut = Buffer.from(packet.subarray(0, packet.length - 20));
              cut.writeUInt16BE(cut.length, 2);
              if (((cut[5] ?? 0) & 0x80) !== 0) cut.writeUInt32BE(cut.readUInt32BE(6) - 20, 6);
              return cut;
            },
          });
          assertFailure(conversation);
        }
      });

      it('refuses fragments that are doubled, blank or last before their time', async () => {
        const [peer, authenticator] = pairOf(version);
        for (const other of ['doubled', 'blank', 'last']) {
          const fragments: Buffer[] = [];
          const conversation = await converse(peer, authenticator, {
            credentials: aliceCredentials,
            mtu: 200,
            tamper(packet, way) {
              const isFragment = way === 'request' && ((packet[5] ?? 0) & 0x40) !== 0;
              if (!isFragment || fragments.push(packet) !== 2) return packet;
              const changed = Buffer.from(other === 'doubled' ? fragments[0]! : packet);
              changed[1] = packet[1] ?? 0;
              if (other === 'blank') changed.fill(0, 6);
              if (other === 'last') changed[5] = (packet[5] ?? 0) & ~0x40;
              return changed;
            },
          });
          equal(fragments.length >= 2, true);
          assertFailure(conversation);
        }
      });
    });
  }
}

describe('A downgrade', () => {
  const supportedVersions = Buffer.from('002b', 'hex');

  for (const [name, pairOf] of Object.entries(pairs)) {
    it(`of TLS 1.3 on the way is found out by ${name}`, async () => {
      const [peer, authenticator] = pairOf('TLSv1.3');
      let isHidden = false;
      const conversation = await converse(peer, authenticator, {
        credentials: aliceCredentials,
        mtu: 4000,
        tamper(packet, way, at) {
          if (way !== 'response' || at !== 0) return packet;
          // The server no longer sees that the peer speaks TLS 1.3.
          const where = packet.indexOf(supportedVersions, 60);
          const changed = Buffer.from(packet);
          changed.writeUInt16BE(0xfafa, where);
          isHidden = where > 0;
          return changed;
        },
      });
      equal(isHidden, true);
      assertFailure(conversation);
      // The server's random says so (RFC 8446, 4.1.3): before the user's name or password goes out.
      ok(conversation.responses.length <= 3);
    });
  }

  it('to what is older than TLS 1.2 is refused', async () => {
    const [peer, authenticator] = pairs['EAP-TLS']!('TLSv1.2');
    const conversation = await converse(peer, authenticator, {
      mtu: 4000,
      tamper(packet, way, at) {
        if (way !== 'request' || at !== 1) return packet;
        // The version in the ServerHello: after the EAP header, flags, length, record and handshake headers.
        const changed = Buffer.from(packet);
        const hello = (changed[5] ?? 0) & 0x80 ? 10 : 6;
        changed.writeUInt16BE(0x0301, hello + 9);
        return changed;
      },
    });
    assertFailure(conversation);
  });

  for (const name of ['PEAP', 'EAP-TTLS']) {
    for (const direction of ['request', 'response'] as const) {
      it(`to another version of ${name} in a ${direction} under way is refused`, async () => {
        const [peer, authenticator] = pairs[name]!('TLSv1.2');
        const { responses } = await converse(peer, authenticator, { credentials: aliceCredentials });
        for (let at = 1; at < responses.length; at++) {
          const version = 1 + (at % 7);
          const conversation = await converse(peer, authenticator, {
            credentials: aliceCredentials,
            flags: ['fullAuth'],
            tamper(packet, way, index) {
              if (way !== direction || index !== at) return packet;
              const changed = Buffer.from(packet);
              changed[5] = (changed[5] ?? 0) | version;
              return changed;
            },
          });
          equal(conversation.end, direction === 'request' ? 'stopped' : 'rejected');
          assertFailure(conversation);
        }
      });
    }
  }
});

describe('The peer of a TLS method', () => {
  async function beginTls() {
    const { ca, client } = certificates();
    return beginPeer(tlsPeer({ ca, ...client }), { mtu: 4000 });
  }

  it('discards what is not its method, and what comes before the start', async () => {
    const peer = await beginTls();
    for (const bad of [
      '',
      '0101 0005 0d',
      '0101 0006 1920',
      '0201 0006 0d20',
      '0101 0007 0d20',
      '0101 0006 0d00',
    ]) {
      const step = await peer.processRequest(Buffer.from(bad.replaceAll(' ', ''), 'hex'));
      equal(step.action, 'discard', bad);
    }
    equal((await peer.processRequest(start)).action, 'send');
    equal((await peer.processRequest(start)).action, 'discard');
    await peer.end();
    equal((await peer.processRequest(start)).action, 'discard');
  });

  it('gives up at fragments that lie, and says so', async () => {
    const peer = await beginTls();
    await peer.processRequest(start);
    const lie = Buffer.from('0102 000b 0d c0 00000001 0000'.replaceAll(' ', ''), 'hex');
    lie.writeUInt16BE(lie.length, 2);
    equal((await peer.processRequest(lie)).action, 'result');
    const result = await peer.getResult('unknown');
    equal(result.failureReasonCode, eapErrorCodes.EAP_E_EAPHOST_REMOTE_INVALID_PACKET);
    ok(result.rootCause?.includes('more octets than announced'));
    equal((await peer.getResult('success')).isSuccess, false);
    await peer.end();
  });

  it('gives up at endless fragments, having kept no more than the limit', async () => {
    const { ca, client } = certificates();
    const peer = await beginPeer(tlsPeer({ ca, ...client, messageLimit: 5000 }), { mtu: 4000 });
    await peer.processRequest(start);
    const huge = Buffer.alloc(1010, 22);
    huge.set([1, 2, 1010 >> 8, 1010 & 0xff, 13, 0xc0, 0, 0, 0x13, 0x89]);
    equal((await peer.processRequest(huge)).action, 'result');
    await peer.end();
  });

  it('takes no more fragments than were announced, however small they are', async () => {
    const peer = await beginTls();
    await peer.processRequest(start);
    const fragment = (id: number, octets: number, announced?: number) => {
      const length = announced === undefined ? [] : [0, 0, announced >> 8, announced & 0xff];
      const packet = Buffer.alloc(6 + length.length + octets, 22);
      packet.set([1, id, 0, packet.length, 13, announced === undefined ? 0x40 : 0xc0, ...length]);
      return packet;
    };
    let acknowledged = 0;
    const next = (id: number) => (id === 2 ? fragment(id, 1, 300) : fragment(id & 0xff, 1));
    for (let id = 2; (await peer.processRequest(next(id))).action === 'send'; id++) acknowledged++;
    equal(acknowledged, 300);
    equal((await peer.getResult('success')).isSuccess, false);
    await peer.end();
  });

  it('answers nothing but TLS with an alert, and ends', async () => {
    const peer = await beginTls();
    await peer.processRequest(start);
    const garbage = Buffer.concat([Buffer.from([1, 2, 0, 26, 13, 0]), Buffer.alloc(20, 0xaa)]);
    const step = await peer.processRequest(garbage);
    equal(step.action, 'send');
    equal((await peer.getResult('success')).isSuccess, false);
    equal((await peer.processRequest(garbage)).action, 'result');
    await peer.end();
  });
});

describe('The authenticator of a TLS method', () => {
  it('gives up at lies, endless fragments and silence', async () => {
    const { ca, server } = certificates();
    const method = tlsAuthenticator({ ...server, clients: { ca }, messageLimit: 5000 });
    for (const [flagsAndData, action] of [
      ['', 'result'],
      ['20', 'result'],
      ['00', 'result'],
      ['40 aa', 'result'],
      ['c0 00001389 aa', 'result'],
      ['c0 ffffffff aa', 'result'],
      ['80 00000002 aa', 'result'],
      ['c0 00001388 aa', 'send'],
    ] as const) {
      const authenticator = await beginAuthenticator(method, 'alice');
      await authenticator.sendPacket(1);
      const data = Buffer.from(flagsAndData.replaceAll(' ', ''), 'hex');
      const packet = Buffer.concat([Buffer.from([2, 1, 0, 5 + data.length, 13]), data]);
      equal(await authenticator.receivePacket(packet), action, flagsAndData);
      const result = await authenticator.getResult();
      equal(result.isSuccess, false);
      deepEqual(result.attributes, []);
      await authenticator.end();
    }
  });

  it('discards what is not its method, and what comes before the start', async () => {
    const { ca, server } = certificates();
    const authenticator = await beginAuthenticator(tlsAuthenticator({ ...server, clients: { ca } }), 'alice');
    const response = Buffer.from('0201 0006 0d00'.replaceAll(' ', ''), 'hex');
    equal(await authenticator.receivePacket(response), 'discard');
    await authenticator.sendPacket(1);
    equal(await authenticator.receivePacket(Buffer.from('010100060d00', 'hex')), 'discard');
    equal(await authenticator.receivePacket(Buffer.from('020100061900', 'hex')), 'discard');
    await authenticator.end();
  });
});
