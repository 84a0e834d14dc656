// The largest that methods read, write and keep, and one more.

import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { X509Certificate } from 'node:crypto';

import { encodeMppeKeys } from '../../lib/eap/attributes.js';
import { describePacket } from '../../lib/eap/describe.js';
import { checkInputFields } from '../../lib/eap/input-fields.js';
import { eapPacket } from '../../lib/eap/packet.js';
import { Rounds, roundsFor, toRounds } from '../../lib/eap/rounds.js';
import { encodeCredentials, makeTestAuthority } from '../../lib/methods/index.js';
import { readChallenge, readResponse } from '../../lib/methods/mschapv2-packets.js';
import { CertificateChains, type PeerCertificate } from '../../lib/methods/tls/chains.js';
import { innerPacketSize } from '../../lib/methods/tls/inner-peer.js';
import { PeerSetups, profileBlob } from '../../lib/methods/tls/profile.js';
import { PeerResumptions } from '../../lib/methods/tls/resumption.js';
import { profiles } from '../../lib/profiles/index.js';

/** Takes `most` of them, and refuses one more. */
function bounded(take: (count: number) => unknown, most: number): void {
  take(most);
  assert.throws(() => take(most + 1));
}

describe('The bounds of what methods take', () => {
  it('credentials: names of 256 octets, a password of 256 UTF-16 units, a routing identity of 253 octets', () => {
    const username = 'u';
    const password = 'p';
    bounded((count) => encodeCredentials({ username: 'u'.repeat(count), password }), 256);
    // With what stands between them.
    bounded((count) => encodeCredentials({ username, domain: 'd'.repeat(count - 2), password }), 256);
    bounded((count) => encodeCredentials({ username, password: 'é'.repeat(count) }), 256);
    bounded((count) => encodeCredentials({ username, password, newPassword: 'é'.repeat(count) }), 256);
    bounded((count) => encodeCredentials({ username, password, routingIdentity: 'r'.repeat(count) }), 253);
  });

  it('EAP-MSCHAPv2: names of 256 octets', () => {
    const packet = (size: number, octets: number, name: number) =>
      Buffer.concat([Buffer.of(size), Buffer.alloc(octets), Buffer.alloc(name, 'n')]);
    assert.ok(readChallenge(packet(16, 16, 256)));
    assert.equal(readChallenge(packet(16, 16, 257)), undefined);
    assert.ok(readResponse(packet(49, 49, 256)));
    assert.equal(readResponse(packet(49, 49, 257)), undefined);
  });

  it('the description of a packet: 16 TLS records', () => {
    const record = Buffer.of(20, 3, 3, 0, 1, 1);
    const named = (count: number) => {
      const records = Array.from({ length: count }, () => record);
      const { summary } = describePacket(eapPacket(1, 1, Buffer.concat([Buffer.of(13, 0), ...records])));
      return summary.split('ChangeCipherSpec').length - 1;
    };
    assert.deepEqual([15, 16, 17].map(named), [15, 16, 16]);
  });

  it('MPPE keys: 239 octets each', () => {
    bounded((count) => encodeMppeKeys(Buffer.alloc(2 * count), 'peer'), 239);
  });

  it('input fields: labels of 256 characters, data of 1,024', () => {
    const field = (label: number, data: number) =>
      checkInputFields([{ type: 'username', label: 'l'.repeat(label), data: 'd'.repeat(data) }], 'fields');
    bounded((count) => field(count, 1), 256);
    bounded((count) => field(1, count), 1024);
  });

  it('packets in a tunnel: 60 octets less than outside, from 100 to 65,535', () => {
    assert.deepEqual(
      [64, 160, 161, 65_595, 65_596, 0xffff_ffff].map(innerPacketSize),
      [100, 100, 101, 65_535, 65_535, 65_535],
    );
  });

  it('rounds: as many as the limit says, and half as many of short packets in a row', () => {
    const [short, long] = [Buffer.alloc(19), Buffer.alloc(20)];
    const taken = (request: Uint8Array, response: Uint8Array): number => {
      const rounds = new Rounds(10);
      for (let count = 0; ; count += 1) if (rounds.take(request, response) !== undefined) return count;
    };
    assert.deepEqual(
      [taken(long, long), taken(long, short), taken(short, long), taken(short, short)],
      [10, 10, 10, 5],
    );
    // As many more as packets are smaller than 1,000 octets.
    assert.deepEqual([65_535, 1000, 999, 500, 64].map(roundsFor), [100, 100, 101, 200, 1563]);
    bounded(toRounds, 1_000_000);
  });
});

describe('The bounds of what TLS methods keep', () => {
  const { ca } = makeTestAuthority();
  const certificate = new X509Certificate(ca);

  it('2,000 sessions to resume: the oldest goes', () => {
    const kept = new PeerResumptions();
    for (let index = 0; index < 2001; index += 1) {
      if (index === 2000) assert.ok(kept.take('0'));
      if (index === 2000) kept.keep('0', { session: Buffer.of(1), certificate });
      kept.keep(String(index), { session: Buffer.of(1), certificate });
    }
    assert.equal(kept.take('1'), undefined);
    assert.ok(kept.take('2') && kept.take('0') && kept.take('2000'));
  });

  it('256 chains of certificates: the oldest goes', () => {
    const chains = new CertificateChains();
    const shown = (index: number) =>
      ({
        certificate: { raw: Buffer.from(`certificate ${index}`) },
        issuers: [],
      }) as unknown as PeerCertificate;
    const found = (index: number): boolean => {
      const socket = {
        getPeerCertificate: () => ({ raw: Buffer.from(`certificate ${index}`) }),
        _handle: { verifyError: () => null },
      };
      try {
        return chains.shownBy(socket as never) !== undefined;
      } catch {
        // What is not kept is read anew, and these are no certificates.
        return false;
      }
    };
    for (let index = 0; index < 256; index += 1) chains.keep(shown(index));
    assert.deepEqual([found(0), found(255)], [true, true]);
    chains.keep(shown(256));
    assert.deepEqual([found(0), found(1), found(256)], [false, true, true]);
  });

  it('the settings of 32 profiles, and those without: the oldest is made again', () => {
    let made = 0;
    const setups = new PeerSetups<number>(13, { ca }, () => (made += 1));
    const blob = (index: number) =>
      profileBlob(
        profiles.tls({ serverValidation: { disablePrompt: true, serverNames: [`${index}.example.org`] } }),
      );
    const without = setups.of(Buffer.alloc(0));
    const first = Array.from({ length: 31 }, (_, index) => setups.of(blob(index)));
    assert.deepEqual(
      first.map((_, index) => setups.of(blob(index))),
      first,
    );
    setups.of(blob(31));
    assert.notEqual(setups.of(blob(0)), first[0]);
    assert.equal(setups.of(blob(2)), first[2]);
    assert.equal(setups.of(Buffer.alloc(0)), without);
  });
});
