// Peers that do what a text allows, though ours does otherwise: the case of that text does not fail them.

import assert from 'node:assert/strict';

import { type CaseVerdict, conformPeer } from '../../lib/conformance/index.js';
import { eapTypes } from '../../lib/eap/packet.js';
import { peerMutants } from './mutants/index.js';
import { eapOf, mistakes, patched } from './mutants/tools.js';
import { type OfferName, type PeerMutant, peerTarget } from './subjects.js';

const strange = 200;
const ttls = 21;
const startFlag = 0x20;

/** Passes over the Type that the cases have for one that nothing knows. */
const silent: PeerMutant = {
  onReply: (datagram) => (eapOf(datagram)?.[4] === strange ? undefined : datagram),
};

const allowed: readonly (readonly [what: string, id: string, OfferName, PeerMutant, CaseVerdict])[] = [
  [
    'another identity at the second request',
    'rfc3748-5.1-identity-of-the-server',
    'mschapv2',
    mistakes((eap, { pending }) =>
      pending?.[4] === eapTypes.identity ? patched(eap, { 5: 0x62 }) : undefined,
    ),
    'passed',
  ],
  // That it must be answered is another sentence.
  ['no Nak', 'rfc3748-5.3.2-legacy-nak-of-legacy-type', 'mschapv2', silent, 'passed'],
  ['no Nak', 'rfc3748-5.3.1-nak-with-types', 'mschapv2', silent, 'notApplicable'],
  ['the reserved flags of EAP-TTLS', 'rfc5216-3.1-reserved-bits-ignored', 'ttls', {}, 'notApplicable'],
  ['the reserved flags of EAP-TTLS', 'rfc5216-3.2-reserved-bits-zero', 'ttls', {}, 'notApplicable'],
  [
    'the version 1 of EAP-TTLS',
    'rfc5281-9.2.1-version-of-the-peer',
    'ttls',
    mistakes((eap, { pending }) =>
      eap[4] === ttls && ((pending?.[5] ?? 0) & startFlag) !== 0
        ? patched(eap, { 5: (eap[5] ?? 0) | 1 })
        : undefined,
    ),
    'passed',
  ],
  [
    'no crypto-binding',
    'mspeap-3.2.5.3-binding-altered',
    'peap',
    peerMutants['mspeap-3.1.5.1-result-of-zero'] ?? {},
    'notApplicable',
  ],
];

describe('What a text allows', () => {
  for (const [what, id, offer, peer, verdict] of allowed) {
    it(`${id} allows ${what}`, async () => {
      const [result] = await conformPeer(peerTarget(offer, peer), { only: [id], budgetMs: 180_000 });
      assert.equal(result?.verdict, verdict, result?.reason);
    });
  }
});
