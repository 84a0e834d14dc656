// What RFC 5080 demands of a server that a request reaches twice.

import { radiusCodes } from '../../../radius/packet.js';
import { demand, NotApplicable } from '../../case.js';
import { serverCases } from '../../kinds.js';
import { answerName } from '../../server-probe.js';
import { all, replies, type Row } from './radius-replies.js';

const { accessChallenge } = radiusCodes;

const cached = 'keep the replies of the last seconds by source, port, id and Request Authenticator';

export const radiusDuplicateServerCases = serverCases('RFC 5080', [
  ...all.map((name): Row => ({
    id: `rfc5080-2.2.2-duplicate-gets-same-${name}`,
    title: `answer a doubled request with the same ${replies[name].name} again, octet by octet`,
    level: 'MUST',
    sameCauseAs: 'rfc5080-2.2.2-duplicate-gets-same-challenge',
    remedy: cached,
    async run(probe) {
      const first = await replies[name].get(probe);
      const second = await probe.ask(probe.lastSent, 'the second copy of a request');
      demand(
        second.datagram.equals(first.datagram),
        `the first copy got ${answerName(first)}, the second ${answerName(second)} with other octets`,
      );
    },
  })),
  {
    id: 'rfc5080-2.2.2-duplicate-is-not-processed',
    title: 'go on with a conversation after a doubled request as if it had come once',
    level: 'MUST',
    sameCauseAs: 'rfc5080-2.2.2-duplicate-gets-same-challenge',
    remedy: cached,
    async run(probe) {
      const talk = await probe.begin();
      const first = await talk.send(await talk.response());
      await probe.tryAsking(talk.lastDatagram);
      if (first.code === accessChallenge) await talk.expectAccept('the user behind a doubled request');
    },
  },
  {
    id: 'rfc5080-2.2.2-same-identifier-new-request',
    title:
      'take a request with an Identifier that was used before, and another Request Authenticator, for a new one',
    level: 'MUST',
    remedy: 'compare the Request Authenticator, too, before a request is taken for a doubled one',
    async run(probe) {
      const first = await probe.ask(probe.request(probe.identity()));
      const next = probe.request(probe.identity(77), { id: first.id });
      const answer = await probe.ask(next, 'another request with the same Identifier');
      const isSame = answer.state !== undefined && first.state?.equals(answer.state) === true;
      demand(!isSame, 'the other request got the State of the first one');
      demand(answer.fault !== 'badResponseAuthenticator', 'the other request got the reply to the first one');
    },
  },
  {
    id: 'rfc5080-2.2.2-forged-request-leaves-cache',
    title: 'keep a reply for its doubled request although a forged one with the same Identifier came between',
    level: 'MUST',
    remedy: 'check Message-Authenticator before the cache of replies is touched',
    async run(probe) {
      const request = probe.request(probe.identity());
      const first = await probe.ask(request);
      const double = await probe.ask(request, 'the second copy of a request');
      if (!double.datagram.equals(first.datagram))
        throw new NotApplicable('it keeps no reply to this request');
      const forged = probe.request(probe.identity(), { id: request[1] ?? 0, signature: 'wrong' });
      await probe.expectSilence(forged, 'a forged request');
      const again = await probe.ask(request, 'the third copy of a request');
      demand(
        again.datagram.equals(first.datagram),
        'the copy behind a forged request got other octets than those before',
      );
    },
  },
]);
