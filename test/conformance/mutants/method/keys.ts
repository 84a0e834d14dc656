// Method DLLs that are wrong in their keys and names, each in the way that the case of its name is about.

import type { DecodedKeys } from '../../../../lib/eap/attributes.js';
import type { MethodMutant } from '../../subjects.js';
import { authenticatorMutant, giving, peerMutant } from './tools.js';

type Keyed = { readonly keys: DecodedKeys };

/** A result with other keys. */
const keys = (change: (keys: DecodedKeys) => object) =>
  giving((result: Keyed) => ({ ...result, keys: change(result.keys) }));

/** A vendor's value that says to be longer than it is. */
const torn = { attributes: [{ type: 26, value: Buffer.from([0, 0, 1, 0x37, 16, 52, 0, 0]) }] };
/** A vendor's number in the order of the machine. */
const turned = { attributes: [{ type: 26, value: Buffer.from([0x37, 1, 0, 0, 16, 4, 0, 0]) }] };

export const keyMethodMutants: Readonly<Record<string, MethodMutant>> = {
  'windows-EapPeerGetResult-vendor-attributes': peerMutant({ getResult: giving(torn) }),
  'windows-EapMethodAuthenticatorGetResult-vendor-attributes': authenticatorMutant({
    getResult: giving(turned),
  }),
  // Has both halves as the peer has them.
  'windows-EapMethodAuthenticatorGetResult-mppe-halves': authenticatorMutant({
    getResult: keys(({ mppeSendKey, mppeRecvKey, ...others }) => ({
      ...others,
      mppeSendKey: mppeRecvKey,
      mppeRecvKey: mppeSendKey,
    })),
  }),
  // Derives them of the password alone.
  'rfc3748-7.10-method-fresh-keys': peerMutant({
    getResult: keys((all) => ({ ...all, msk: Buffer.alloc(64, 7) })),
  }),
  'rfc3748-1.2-method-emsk-of-both-sides': authenticatorMutant({
    getResult: keys((all) => ({ ...all, emsk: Buffer.alloc(64, 7) })),
  }),
  // Says what the peer has claimed first.
  'rfc5247-1.4-method-peer-id': authenticatorMutant({
    getResult: keys((all) => ({ ...all, peerId: Buffer.from('anonymous') })),
  }),
  'rfc5247-1.4-method-server-id': peerMutant({
    getResult: keys((all) => ({ ...all, serverId: Buffer.from('another.example') })),
  }),
};
