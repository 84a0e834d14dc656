// What RADIUS (RFC 2865, RFC 3579) demands of a client that carries a peer's packets: replies that are not signed as they
// must be are none.

import { eapCodes } from '../../../eap/packet.js';
import { radiusCodes } from '../../../radius/packet.js';
import { demand, NotApplicable } from '../../case.js';
import type { RadiusMessage } from '../../datagram.js';
import { type CaseRow, peerCases } from '../../kinds.js';
import type { PeerProbe } from '../../peer-probe.js';
import type { RelayHooks } from '../../relay.js';

/** Changes the replies of a code. */
function bentReplies(code: number, changes: Partial<RadiusMessage>, onBent?: () => void): RelayHooks {
  return {
    onReply: (datagram, flow) =>
      flow.reply(datagram, (message) => {
        if (message.code !== code) return undefined;
        onBent?.();
        return changes;
      }),
  };
}

type Row = Pick<CaseRow<PeerProbe>, 'id' | 'level' | 'remedy'>;

const acceptCase = (row: Row, what: string, changes: Partial<RadiusMessage>): CaseRow<PeerProbe> => ({
  ...row,
  title: `discard an Access-Accept with ${what}`,
  run: (probe) =>
    probe.expectFailure(bentReplies(radiusCodes.accessAccept, changes), `an Access-Accept with ${what}`),
});

const challengeCase = (row: Row, what: string, changes: Partial<RadiusMessage>): CaseRow<PeerProbe> => ({
  ...row,
  title: `discard an Access-Challenge with ${what}`,
  async run(probe) {
    let isSent = false;
    await probe.authenticate(bentReplies(radiusCodes.accessChallenge, changes, () => (isSent = true)));
    if (!isSent) throw new NotApplicable('it never came to an Access-Challenge');
    // The identity was sent before.
    const answers = probe.responses.filter((response) => response[0] === eapCodes.response).slice(1);
    demand(
      answers.every((response) => response.equals(probe.responses[0] ?? Buffer.alloc(0))),
      `it answered with ${answers[0]?.toString('hex')}`,
    );
  },
});

const wrongSum = 'compute the Message-Authenticator of every reply that has one, and discard a wrong one';
const wrongAuthenticator = 'compute the Response Authenticator of every reply, and discard a wrong one';
const forged = { responseAuthenticator: Buffer.alloc(16, 7) };

export const radiusPeerCases = [
  ...peerCases('RFC 3579', [
    acceptCase(
      { id: 'rfc3579-3.2-accept-with-wrong-sum', level: 'MUST', remedy: wrongSum },
      'a wrong Message-Authenticator',
      { signature: 'wrong' },
    ),
    challengeCase(
      { id: 'rfc3579-3.2-challenge-with-wrong-sum', level: 'MUST', remedy: wrongSum },
      'a wrong Message-Authenticator',
      { signature: 'wrong' },
    ),
  ]),
  ...peerCases('RFC 2865', [
    acceptCase(
      {
        id: 'rfc2865-4.2-accept-with-wrong-authenticator',
        level: 'MUST',
        remedy: wrongAuthenticator,
      },
      'a wrong Response Authenticator',
      forged,
    ),
    challengeCase(
      {
        id: 'rfc2865-4.4-challenge-with-wrong-authenticator',
        level: 'MUST',
        remedy: wrongAuthenticator,
      },
      'a wrong Response Authenticator',
      forged,
    ),
  ]),
];
