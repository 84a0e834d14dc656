// What EAP (RFC 3748) demands of a peer.

import { eapCodes, eapPacket, eapTypes } from '../../../eap/packet.js';
import { joinEapMessage } from '../../../radius/attributes.js';
import { radiusCodes } from '../../../radius/packet.js';
import { demand, NotApplicable } from '../../case.js';
import { withEap } from '../../datagram.js';
import { peerCases } from '../../kinds.js';
import { acceptedAfter, type PeerProbe, slippedIn } from '../../peer-probe.js';
import { patched } from '../server/eap.js';

const strangeType = 200;
/** Type 7 of vendor 0xabcdef. */
const strangeExpanded = Buffer.from([eapTypes.expanded, 0xab, 0xcd, 0xef, 0, 0, 0, 7]);
/** Those whose method is not done with one response. */
const mutual = ['mschapv2', 'tls'] as const;

/** A Request of these octets, the type first. */
const requestOf =
  (...octets: readonly Uint8Array[]) =>
  (waiting: Buffer): Buffer =>
    eapPacket(eapCodes.request, otherId(waiting), ...octets);

/** The first eight octets of an Expanded Nak: Type 3 of vendor 0. */
const expandedNak = Buffer.from([eapTypes.expanded, 0, 0, 0, 0, 0, 0, eapTypes.nak]);

/** An identifier that neither the waiting request nor the one before it has. */
const otherId = (waiting: Buffer): number => ((waiting[1] ?? 0) + 100) & 0xff;

export const eapPeerCases = peerCases('RFC 3748', [
  {
    id: 'rfc3748-5.2-notification-answered',
    title: 'answer a Notification with a Notification, and go on',
    level: 'MUST',
    remedy: 'answer EAP-Request/Notification in the peer’s host, before the method is asked',
    async run(probe) {
      let answer: Buffer | undefined;
      const text = Buffer.from('the network will be down at noon');
      const hooks = slippedIn(
        (waiting) => eapPacket(eapCodes.request, otherId(waiting), Buffer.of(eapTypes.notification), text),
        (given) => (answer = given),
      );
      await probe.expectSuccess(hooks);
      const [code, , , length, type] = answer ?? [];
      const isRight = code === eapCodes.response && type === eapTypes.notification && length === 5;
      demand(isRight, `it answered a Notification with ${answer?.toString('hex') ?? 'nothing'}`);
    },
  },
  {
    id: 'rfc3748-5.3.1-nak-of-unknown-method',
    title: 'answer a method that it does not have with a Nak',
    level: 'MUST',
    remedy:
      'answer a Request of a Type that is not configured with EAP-Response/Nak (Type 3), never with silence',
    async run(probe) {
      let answer: Buffer | undefined;
      await probe.expectSuccess(
        slippedIn(
          (waiting) => eapPacket(eapCodes.request, otherId(waiting), Buffer.from([200, 1, 2, 3])),
          (given) => (answer = given),
        ),
      );
      demand(
        answer?.[4] === eapTypes.nak,
        `it answered Type 200 with ${answer?.toString('hex') ?? 'nothing'}`,
      );
    },
  },
  {
    id: 'rfc3748-4.2-canned-success',
    title: 'discard EAP-Success before a method has begun',
    level: 'MUST',
    remedy: 'discard EAP-Success unless the method is done and was content',
    run: (probe) =>
      probe.expectFailure(
        acceptedAfter(() => true),
        'an EAP-Success right behind its identity',
      ),
  },
  {
    id: 'rfc3748-4.2-failure-in-place-of-success',
    title: 'take EAP-Failure for the end, where its method has no result indications',
    level: 'MUST',
    // Where both sides have sent a success result indication, a Failure behind it must be discarded.
    methods: ['md5', 'gtc'],
    remedy: 'end with a failure when EAP-Failure comes and the method has no result indications',
    async run(probe) {
      await probe.expectFailure(
        {
          onReply: (datagram, flow) =>
            flow.reply(datagram, ({ code, attributes }) => {
              const eap = joinEapMessage(attributes);
              if (code !== radiusCodes.accessAccept || !(eap instanceof Uint8Array)) return undefined;
              const failure = eapPacket(eapCodes.failure, eap[1] ?? 0);
              return { code: radiusCodes.accessReject, attributes: withEap([], failure) };
            }),
        },
        'an EAP-Failure',
      );
    },
  },
  {
    id: 'rfc3748-4.1-repeated-request',
    title: 'send its Response again, unchanged, when the same Request comes again',
    level: 'MUST',
    remedy:
      'keep the last Response in the peer’s host, and send it again for a Request with the same Identifier',
    async run(probe) {
      let repeated: Buffer | undefined;
      let answer: Buffer | undefined;
      let isSent = false;
      const hooks = slippedIn(
        () => {
          isSent = true;
          return repeated ?? Buffer.alloc(0);
        },
        (given) => (answer = given),
        1,
      );
      let first: Buffer | undefined;
      await probe.authenticate({
        onRequest: (datagram, flow) => {
          // The response to the first challenge: it is that which has to come again.
          first ??= flow.pending && probe.responses.at(-1);
          return hooks.onRequest?.(datagram, flow);
        },
        onReply: (datagram, flow) => {
          if (probe.responses.length === 1) repeated = flow.pending;
          return hooks.onReply?.(datagram, flow);
        },
      });
      // As in MD5-Challenge.
      if (!isSent) throw new NotApplicable('its conversation has one Request of its method');
      demand(first !== undefined && answer !== undefined, 'it did not answer a second copy of a Request');
      demand(answer.equals(first), 'it answered the second copy of a Request with another Response');
    },
  },
  {
    id: 'rfc3748-4-unknown-code',
    title: 'discard a packet whose Code is none of Request, Response, Success and Failure',
    level: 'MUST',
    addressee: 'both',
    remedy: 'discard packets of other codes than 1 to 4 without a word',
    // 5 and 6 are those of RFC 6696.
    run: (probe) =>
      probe.expectNoAnswer(
        (waiting) => patched(waiting, { 0: 7, 1: otherId(waiting) }),
        'a packet of Code 7',
      ),
  },
  {
    id: 'rfc3748-4.1-length-beyond-packet',
    title: 'discard a Request whose Length is more than what has come',
    level: 'MUST',
    addressee: 'both',
    remedy: 'compare the Length with the octets that have come before anything else is read',
    run: (probe) =>
      probe.expectNoAnswer(
        (waiting) => patched(requestOf(Buffer.from([strangeType, 1]))(waiting), { 3: 7 }),
        'a Request of 6 octets whose Length is 7',
      ),
  },
  {
    id: 'rfc3748-4.1-padding-ignored',
    title: 'ignore octets behind the Length of a Request, and answer it',
    level: 'MUST',
    addressee: 'both',
    remedy: 'read no more of a packet than its Length says; what follows is padding of the link',
    async run(probe) {
      const answer = await probe.expectAnswer(
        (waiting) => Buffer.concat([requestOf(Buffer.from([strangeType]))(waiting), Buffer.of(1, 2, 3)]),
        'a Request with three octets of padding',
      );
      demand(answer[4] === eapTypes.nak, `it answered Type 200 with ${answer.toString('hex')}`);
    },
  },
  {
    id: 'rfc3748-4.1-request-without-type',
    title: 'send no Response to a Request that has no Type',
    level: 'MUST',
    remedy: 'discard a Request of four octets: only valid ones are answered',
    run: (probe) => probe.expectNoAnswer(requestOf(), 'a Request without a Type'),
  },
  {
    id: 'rfc3748-4.1-request-of-nak',
    title: 'send no Response to a Request of the Type Nak',
    level: 'MUST',
    remedy: 'discard a Request of Type 3, which is valid only in Responses',
    run: (probe) => probe.expectNoAnswer(requestOf(Buffer.from([eapTypes.nak, 4])), 'a Request of Type Nak'),
  },
  {
    id: 'rfc3748-4.1-response-of-the-server',
    title: 'send no Response to a Response',
    level: 'MUST',
    remedy: 'answer packets of Code 1 only',
    run: (probe) =>
      probe.expectNoAnswer(
        (waiting) => patched(waiting, { 0: eapCodes.response, 1: otherId(waiting) }),
        'a Response',
      ),
  },
  {
    id: 'rfc3748-4.1-expanded-type-cut-short',
    title: 'send no Response of an expanded Type to a Request whose expanded Type is cut short',
    level: 'MUST',
    remedy: 'discard a Request of Type 254 that has no whole Vendor-Id and Vendor-Type',
    async run(probe) {
      const { answer } = await probe.slip(requestOf(strangeExpanded.subarray(0, 6)));
      // One that does not know expanded Types has to answer them with the legacy Nak.
      demand(
        answer === undefined || answer[4] === eapTypes.nak,
        `it answered six octets of an expanded Type with ${answer?.toString('hex')}`,
      );
    },
  },
  {
    id: 'rfc3748-5.3.1-nak-with-types',
    title: 'name in its Nak the Types that it wants, or zero',
    level: 'MUST',
    remedy: 'put at least one octet behind Type 3: a Type of 4 or more, or zero for none',
    async run(probe) {
      const { answer } = await probe.slip(requestOf(Buffer.from([strangeType])));
      if (answer?.[4] !== eapTypes.nak) throw new NotApplicable('it sent no legacy Nak');
      const types = answer.subarray(5);
      const isNone = types.length === 1 && types[0] === 0;
      const areMethods = types.length > 0 && types.every((type) => type > eapTypes.nak);
      demand(isNone || areMethods, `its Nak is ${answer.toString('hex')}`);
    },
  },
  {
    id: 'rfc3748-5.3.1-nak-of-expanded-type',
    title: 'answer an expanded Type that it does not have with a Nak, legacy or expanded',
    level: 'MUST',
    remedy: 'answer a Request of an unknown Vendor-Type with an Expanded Nak, or with Type 3',
    async run(probe) {
      const answer = await probe.expectAnswer(requestOf(strangeExpanded), 'an unknown expanded Type');
      const isExpandedNak = answer.subarray(4, 12).equals(expandedNak);
      demand(
        answer[4] === eapTypes.nak || isExpandedNak,
        `it answered an unknown expanded Type with ${answer.toString('hex')}`,
      );
    },
  },
  {
    id: 'rfc3748-5.3.2-types-in-expanded-format',
    title: 'name the Types in its Expanded Nak in the expanded format, at least one',
    level: 'MUST',
    remedy: 'put Types of eight octets behind the Expanded Nak: 254, Vendor-Id, Vendor-Type',
    async run(probe) {
      const answer = await probe.expectAnswer(requestOf(strangeExpanded), 'an unknown expanded Type');
      if (answer[4] === eapTypes.nak) throw new NotApplicable('it does not know expanded Types');
      const types = answer.subarray(12);
      const isRight = types.length > 0 && types.length % 8 === 0;
      const areExpanded = [...types.keys()].every((at) => at % 8 > 0 || types[at] === eapTypes.expanded);
      demand(isRight && areExpanded, `its Expanded Nak is ${answer.toString('hex')}`);
    },
  },
  {
    id: 'rfc3748-5.3.2-legacy-nak-of-legacy-type',
    title: 'send no Expanded Nak where the Type of the Request is not an expanded one',
    level: 'MUST',
    remedy: 'answer Types below 254 with the legacy Nak (Type 3)',
    async run(probe) {
      const { answer } = await probe.slip(requestOf(Buffer.from([strangeType])));
      demand(answer?.[4] !== eapTypes.expanded, `it answered Type 200 with ${answer?.toString('hex')}`);
    },
  },
  {
    id: 'rfc3748-2.1-nak-in-method',
    title: 'send no Nak once it has answered a method',
    level: 'MUST',
    methods: mutual,
    remedy: 'discard Requests of other Types from the first Response of the method on',
    async run(probe) {
      const { answer } = await probe.slip(requestOf(Buffer.from([strangeType])), () => probe.isInMethod);
      const isNak = answer?.[4] === eapTypes.nak || answer?.[4] === eapTypes.expanded;
      demand(!isNak, `it answered Type 200 in its method with ${answer?.toString('hex')}`);
    },
  },
  {
    id: 'rfc3748-2.1-other-method-in-method',
    title: 'discard a Request of another method once it has answered one',
    level: 'MUST',
    methods: mutual,
    remedy: 'discard Requests of other Types from the first Response of the method on',
    run: (probe) =>
      probe.expectNoAnswer(
        requestOf(Buffer.from([4, 4, 1, 2, 3, 4])),
        'an MD5-Challenge in another method',
        () => probe.isInMethod,
      ),
  },
  {
    id: 'rfc3748-2.1-identity-in-method',
    title: 'discard an identity request once it has answered a method',
    level: 'MUST',
    methods: mutual,
    remedy: 'discard EAP-Request/Identity from the first Response of the method on',
    run: (probe) =>
      probe.expectNoAnswer(
        requestOf(Buffer.of(eapTypes.identity)),
        'an identity request in the method',
        () => probe.isInMethod,
      ),
  },
  {
    id: 'rfc3748-5.1-identity-of-the-server',
    title: 'answer an identity request of the server before a method with an identity',
    level: 'SHOULD',
    remedy: 'answer EAP-Request/Identity, whatever text it has, until a method has begun',
    async run(probe) {
      const request = requestOf(Buffer.of(eapTypes.identity), Buffer.from('who?\0networkid=one'));
      // It may be another than before: the user may have mistyped the first.
      const answer = await probe.expectAnswer(request, 'an identity request of the server');
      demand(answer[4] === eapTypes.identity, `it answered with ${answer.toString('hex')}`);
    },
  },
  {
    id: 'rfc3748-5.1-identity-without-null',
    title: 'end its identity without a null',
    level: 'MUST',
    remedy: 'let the Length say where the identity ends',
    async run(probe) {
      await probe.expectSuccess();
      const identity = probe.responses.find((response) => response[4] === eapTypes.identity);
      demand(identity === undefined || identity.at(-1) !== 0, `it sent ${identity?.toString('hex')}`);
    },
  },
  {
    id: 'rfc3748-5.2-notification-in-method',
    title: 'answer a Notification in the middle of its method, and go on',
    level: 'MUST',
    methods: mutual,
    remedy: 'answer EAP-Request/Notification at any time, before the method is asked',
    async run(probe) {
      const request = requestOf(Buffer.of(eapTypes.notification), Buffer.from('the network is slow today'));
      const answer = await probe.expectAnswer(
        request,
        'a Notification in the method',
        () => probe.isInMethod,
      );
      demand(answer[4] === eapTypes.notification, `it answered with ${answer.toString('hex')}`);
    },
  },
  {
    id: 'rfc3748-5.2-nak-of-notification',
    title: 'send no Nak in answer to a Notification',
    level: 'MUST',
    remedy: 'answer EAP-Request/Notification with a Notification, never with a Nak',
    async run(probe) {
      const { answer } = await probe.slip(
        requestOf(Buffer.of(eapTypes.notification), Buffer.from('the longest text'.repeat(63))),
      );
      const isNak = answer?.[4] === eapTypes.nak || answer?.[4] === eapTypes.expanded;
      demand(!isNak, `it answered a Notification with ${answer?.toString('hex')}`);
    },
  },
  ...([0, 255] as const).map(
    (id) =>
      ({
        id: `rfc3748-4.1-identifier-${id}`,
        title: `answer a Request whose Identifier is ${id} with the same Identifier`,
        level: 'MUST',
        remedy: 'copy the Identifier of the Request into the Response; every value is as good as any other',
        async run(probe: PeerProbe) {
          const make = (waiting: Buffer): Buffer =>
            patched(requestOf(Buffer.of(eapTypes.notification), Buffer.from('hello'))(waiting), { 1: id });
          // Where neither the Request before nor the one behind has it: the peer would take one for the other.
          const isFree = (waiting: Buffer): boolean =>
            waiting[1] !== id && probe.responses.at(-1)?.[1] !== id;
          const tell = () => probe.expectAnswer(make, `the Identifier ${id}`, isFree);
          // The next conversation has others.
          const answer = await tell().catch((error: unknown) => {
            if (error instanceof NotApplicable) return tell();
            throw error;
          });
          demand(answer[1] === id, `it answered the Identifier ${id} with ${answer[1]}`);
        },
      }) as const,
  ),
  {
    id: 'rfc3748-4.1-type-of-response',
    title: 'send Responses of the Type of their Requests, Naks aside',
    level: 'MUST',
    remedy: 'copy the Type of the Request into the Response, or send a Nak',
    async run(probe) {
      const wrong: string[] = [];
      const { isSuccess, said } = await probe.authenticate({
        onRequest(datagram, { pending }) {
          const type = probe.responses.at(-1)?.[4];
          const isNak = type === eapTypes.nak || type === eapTypes.expanded;
          if (pending && type !== pending[4] && !isNak) wrong.push(`Type ${pending[4]} with ${type}`);
          return datagram;
        },
      });
      demand(wrong.length === 0, `it answered ${wrong.join(', ')}`);
      demand(isSuccess, `the peer did not succeed: ${said}`);
    },
  },
  {
    id: 'rfc3748-4.2-success-in-method',
    title: 'discard EAP-Success in the middle of its method',
    level: 'MUST',
    methods: mutual,
    remedy: 'discard EAP-Success until the method says that it is done and content',
    run: (probe) =>
      probe.expectFailure(
        acceptedAfter(() => probe.isInMethod),
        'an EAP-Success in the middle of its method',
      ),
  },
  {
    id: 'rfc3748-4.2-success-behind-nak',
    title: 'discard EAP-Success behind its Nak',
    level: 'MUST',
    remedy: 'discard EAP-Success unless the method is done and was content',
    run: (probe) => {
      const hooks = slippedIn(requestOf(Buffer.of(strangeType)), () => undefined);
      return probe.expectFailure(
        { ...hooks, ...acceptedAfter(() => probe.responses.some((each) => each[4] === eapTypes.nak)) },
        'an EAP-Success behind its Nak',
      );
    },
  },
  {
    id: 'rfc3748-4.2-success-behind-notification',
    title: 'discard EAP-Success behind a Notification before a method',
    level: 'MUST',
    remedy: 'discard EAP-Success unless the method is done and was content',
    run: (probe) => {
      const hooks = slippedIn(
        requestOf(Buffer.of(eapTypes.notification), Buffer.from('hello')),
        () => undefined,
      );
      return probe.expectFailure(
        {
          ...hooks,
          ...acceptedAfter(() => probe.responses.some((response) => response[4] === eapTypes.notification)),
        },
        'an EAP-Success behind a Notification',
      );
    },
  },
  {
    id: 'rfc3748-4.2-failure-in-method',
    title: 'not succeed behind EAP-Failure in the middle of its method',
    level: 'MUST',
    // The method allows an EAP-Failure there, which is the end, or does not, and it is discarded: neither is a success.
    keyword: 'indicative',
    methods: mutual,
    remedy: 'succeed only by EAP-Success, or by the success result indications of both sides',
    run: (probe) =>
      probe.expectFailure(
        {
          onRequest(datagram, flow) {
            if (!probe.isInMethod) return datagram;
            const failure = eapPacket(eapCodes.failure, probe.responses.at(-1)?.[1] ?? 0);
            flow.answer(datagram, { code: radiusCodes.accessReject, attributes: withEap([], failure) });
            return undefined;
          },
        },
        'an EAP-Failure in its method',
      ),
  },
]);
