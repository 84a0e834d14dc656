// RADIUS clients of peers that are wrong: they take replies that are not signed as they must be.

import type { PeerMutant } from '../../subjects.js';

/** Signs every reply anew, so that the client takes it whatever its sums were. */
const unchecked: PeerMutant = { onReply: (datagram, flow) => flow.reply(datagram, () => ({})) };

export const radiusPeerMutants: Readonly<Record<string, PeerMutant>> = {
  'rfc3579-3.2-accept-with-wrong-sum': unchecked,
  'rfc3579-3.2-challenge-with-wrong-sum': unchecked,
  'rfc2865-4.2-accept-with-wrong-authenticator': unchecked,
  'rfc2865-4.4-challenge-with-wrong-authenticator': unchecked,
};
