// What cases of RADIUS have in common: the three replies and how each is had, datagrams that must get none, and what a
// request may have beside EAP.

import { randomBytes } from 'node:crypto';
import { attributeTypes } from '../../../eap/attributes.js';
import { eapCodes, eapPacket, eapTypes } from '../../../eap/packet.js';
import type { RadiusAttribute } from '../../../radius/attributes.js';
import { radiusCodes } from '../../../radius/packet.js';
import { demand, NotApplicable } from '../../case.js';
import type { CaseRow } from '../../kinds.js';
import { answerName, type RequestChanges, type ServerAnswer, type ServerProbe } from '../../server-probe.js';

export type Row = CaseRow<ServerProbe>;

const { accessAccept, accessChallenge, accessReject } = radiusCodes;

/** The three replies: what each answers, how it is had, and its name in an id. */
export const replies = {
  challenge: {
    name: 'Access-Challenge',
    request: 'EAP-Response/Identity',
    code: accessChallenge,
    get: async (probe: ServerProbe, changes: RequestChanges = {}): Promise<ServerAnswer> =>
      probe.ask(probe.request(probe.identity(), changes), 'EAP-Response/Identity'),
  },
  accept: {
    name: 'Access-Accept',
    request: 'a good conversation',
    code: accessAccept,
    get: async (probe: ServerProbe, changes: RequestChanges = {}): Promise<ServerAnswer> =>
      (await probe.begin(changes)).expectAccept(),
  },
  reject: {
    name: 'Access-Reject',
    request: 'a Nak that wants no method',
    code: accessReject,
    async get(probe: ServerProbe, changes: RequestChanges = {}): Promise<ServerAnswer> {
      const talk = await probe.open(changes);
      const nak = eapPacket(eapCodes.response, talk.requestId, Buffer.of(eapTypes.nak, 0));
      const answer = await talk.send(nak);
      if (answer.code === accessReject) return answer;
      throw new NotApplicable(`a Nak that wants nothing got ${answerName(answer)}`);
    },
  },
} as const;

type ReplyName = keyof typeof replies;

/** One case for each of the replies, with the reply's name behind `id`. */
export function ofReplies(
  names: readonly ReplyName[],
  facts: Pick<Row, 'id' | 'level' | 'remedy' | 'keyword' | 'sourceNotRead'> & {
    readonly title: (reply: string) => string;
  },
  changes: RequestChanges,
  check: (answer: ServerAnswer) => void,
): Row[] {
  return names.map((name) => ({
    ...facts,
    id: `${facts.id}-${name}`,
    sameCauseAs: `${facts.id}-${names[0]}`,
    title: facts.title(replies[name].name),
    sends: replies[name].request,
    async run(probe) {
      const answer = await replies[name].get(probe, changes);
      demand(answer.code === replies[name].code, `${answerName(answer)} came for an ${replies[name].name}`);
      check(answer);
    },
  }));
}
export const all = ['challenge', 'accept', 'reject'] as const;

type Datagram = (facts: Omit<Row, 'run'>, make: (probe: ServerProbe) => Buffer, what: string) => Row;

/** A case of a datagram; the server is there afterwards. */
const datagram =
  (expect: 'expectSilence' | 'expectNoAccess'): Datagram =>
  (facts, make, what) => ({
    ...facts,
    sends: what,
    async run(probe) {
      await probe[expect](make(probe), what);
      await probe.open();
    },
  });

/** One that must get no reply. */
export const silent = datagram('expectSilence');

/** One that must get neither access nor a Challenge. */
export const withoutAccess = datagram('expectNoAccess');

export const proxyStates = [Buffer.from('first'), randomBytes(253), Buffer.of(0, 255, 0)];
export const proxied: RequestChanges = {
  attributes: proxyStates.map((value) => ({ type: attributeTypes.ProxyState, value })),
};

/** A password as PAP has it, which is nobody's. */
export const wrongPassword = (): RadiusAttribute => ({
  type: attributeTypes.UserPassword,
  value: randomBytes(16),
});
