// What RFC 3748, RFC 5247 and Windows' documents demand of what a method DLL gives with its success.

import type { EapAttribute } from '../../../eap/names.js';
import { CaseFailure, demand, NotApplicable } from '../../case.js';
import { methodCases } from '../../kinds.js';
import type { MethodProbe } from '../../method-probe.js';
import { MethodTalk, type TalkEnd } from '../../method-talk.js';

const vendorSpecific = 26;
const microsoft = 311;

async function ended(probe: MethodProbe): Promise<TalkEnd> {
  return (await probe.begin()).expectSuccess('a good conversation');
}

/** Each eatVendorSpecific: the vendor's number, and, where it is Microsoft's, values whose lengths fill it. */
function checkVendorValues(attributes: readonly EapAttribute[] = []): void {
  const values = attributes.filter(({ type }) => type === vendorSpecific).map(({ value }) => value);
  if (values.length === 0) throw new NotApplicable('it gives no vendor’s attribute');
  for (const value of values) {
    demand(value.length > 4, `a vendor’s attribute has ${value.length} octets`);
    demand(value[0] === 0, 'a vendor’s number has more than 24 bits: it is in network order');
    // What others have behind their number is theirs (RFC 2865, 5.26).
    if (Buffer.from(value.subarray(0, 4)).readUInt32BE() !== microsoft) continue;
    for (let at = 4; at < value.length;) {
      const length = value[at + 1] ?? 0;
      if (length < 2 || at + length > value.length) {
        throw new CaseFailure(`a vendor’s value says ${length} octets, and ${value.length - at} are there`);
      }
      at += length;
    }
  }
}

/** What both sides call themselves is the same, where both say it. */
async function sameName(probe: MethodProbe, name: 'peerId' | 'serverId'): Promise<void> {
  const { peer, authenticator } = await ended(probe);
  const [one, other] = [peer.keys[name], authenticator.keys[name]];
  if (!one || !other) throw new NotApplicable('one of both sides does not say it');
  demand(one.equals(other), 'both sides say something else');
}

export const methodKeyCases = [
  ...methodCases('Windows', [
    {
      id: 'windows-EapPeerGetResult-vendor-attributes',
      title:
        'give vendors’ attributes with a number in network order, and Microsoft’s with lengths that fill them',
      level: 'MUST',
      remedy: 'make eatVendorSpecific of 4 octets of the vendor’s number, then type, length and value',
      async run(probe) {
        checkVendorValues((await ended(probe)).peer.attributes);
      },
    },
    {
      id: 'windows-EapMethodAuthenticatorGetResult-vendor-attributes',
      title:
        'give its server vendors’ attributes with a number in network order, and Microsoft’s with lengths that fill them',
      level: 'MUST',
      remedy: 'make eatVendorSpecific of 4 octets of the vendor’s number, then type, length and value',
      async run(probe) {
        checkVendorValues((await ended(probe)).authenticator.attributes);
      },
    },
    {
      id: 'windows-EapMethodAuthenticatorGetResult-mppe-halves',
      title: 'give its server the two MPPE keys that its peer has, the other way round',
      level: 'MUST',
      remedy: 'give MSK octets 0 to 31 as Recv-Key and 32 to 63 as Send-Key',
      async run(probe) {
        const { peer, authenticator } = await ended(probe);
        const { mppeSendKey: send, mppeRecvKey: receive } = authenticator.keys;
        if (!peer.keys.msk) throw new NotApplicable('it derives no keys');
        demand(send !== undefined && receive !== undefined, 'its server gets no MPPE keys');
        demand(peer.keys.mppeRecvKey?.equals(send) === true, 'its Send-Key is not the peer’s Recv-Key');
        demand(peer.keys.mppeSendKey?.equals(receive) === true, 'its Recv-Key is not the peer’s Send-Key');
      },
    },
  ]),
  ...methodCases('RFC 3748', [
    {
      id: 'rfc3748-7.10-method-fresh-keys',
      title: 'derive another MSK in each conversation',
      level: 'SHOULD',
      remedy: 'derive the keys from a nonce of each side, of at least 128 bits',
      async run(probe) {
        const halves = await probe.halves();
        const keys: string[] = [];
        for (const which of ['first', 'second']) {
          const talk = await MethodTalk.begin(probe, halves);
          const { msk } = (await talk.expectSuccess(`the ${which} conversation`)).peer.keys;
          if (!msk) throw new NotApplicable('it derives no keys');
          keys.push(msk.toString('hex'));
        }
        demand(keys[0] !== keys[1], 'two conversations have the same MSK');
      },
    },
    {
      id: 'rfc3748-1.2-method-emsk-of-both-sides',
      title: 'have the same Extended Master Session Key on both sides',
      level: 'MUST',
      keyword: 'indicative',
      remedy: 'derive the EMSK on both sides of the same secrets and nonces',
      async run(probe) {
        const { peer, authenticator } = await ended(probe);
        const [one, other] = [peer.keys.emsk, authenticator.keys.emsk];
        if (!one || !other) throw new NotApplicable('one of both sides gives no EMSK');
        demand(one.equals(other), 'the EMSK of both sides differs');
      },
    },
  ]),
  ...methodCases('RFC 5247', [
    {
      id: 'rfc5247-1.4-method-peer-id',
      title: 'give the same Peer-Id on both sides',
      level: 'SHOULD',
      keyword: 'indicative',
      remedy: 'export as eatPeerId the identity that the method has proved, as both sides know it',
      run: (probe) => sameName(probe, 'peerId'),
    },
    {
      id: 'rfc5247-1.4-method-server-id',
      title: 'give the same Server-Id on both sides',
      level: 'SHOULD',
      keyword: 'indicative',
      remedy: 'export as eatServerId what the server has proved, as both sides know it',
      run: (probe) => sameName(probe, 'serverId'),
    },
  ]),
];
