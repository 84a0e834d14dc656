// What TLS methods demand of a server's keys, its protected success, its tickets and the names it believes (RFC 5216,
// RFC 5281, RFC 9190, RFC 9427, [MS-PEAP]; RFC 3748, 4.2).

import { attributeTypes } from '../../../eap/attributes.js';
import { wipe } from '../../../methods/credentials.js';
import type { TlsVersion } from '../../../methods/tls/engine.js';
import { commitment } from '../../../methods/tls/tunnel.js';
import { valuesOf } from '../../../radius/attributes.js';
import { mskOf } from '../../../radius/mppe.js';
import { radiusCodes } from '../../../radius/packet.js';
import { demand, NotApplicable } from '../../case.js';
import { serverCases } from '../../kinds.js';
import { answerName, type ServerAnswer, type ServerProbe } from '../../server-probe.js';
import { TlsConversation, type TlsPeerChoice } from '../../tls-conversation.js';
import { eapTls, onlyEapTls } from '../../tls-probe.js';

const methods = ['tls'] as const;
const ttls = ['ttls'] as const;
const peap = ['peap'] as const;
const tunnel = ['tunnel'] as const;

/** A conversation in which TLS of this version is established. */
async function established(
  probe: ServerProbe,
  version: TlsVersion,
  choice: TlsPeerChoice = {},
): Promise<TlsConversation> {
  const tls = await TlsConversation.open(probe, { ...choice, version });
  const answer = await tls.handshake();
  if (!answer) return tls;
  const { failure } = tls.engine;
  tls[Symbol.dispose]();
  throw new NotApplicable(
    `there is no ${version} with it: ${answerName(answer)}${failure ? `, ${failure.code}` : ''}`,
  );
}

/** The user goes on with the handshake of TLS 1.3 to Access-Accept, before which the server must say that it is done. */
async function expectCommitment(probe: ServerProbe, session?: Buffer): Promise<void> {
  using tls = await TlsConversation.open(probe, { version: 'TLSv1.3', ...(session && { session }) });
  let answer = await tls.handshake();
  if (!tls.engine.isEstablished)
    throw new NotApplicable(`there is no TLS 1.3 with it: ${answerName(answer)}`);
  if (session && !tls.engine.isResumed) throw new NotApplicable('it does not resume');
  let isCommitted = tls.plaintext.equals(commitment);
  for (let round = 0; !answer && round < 4; round++) {
    const next = await tls.say();
    isCommitted ||= tls.plaintext.equals(commitment);
    if (next.code !== radiusCodes.accessChallenge) answer = next;
  }
  demand(answer?.code === radiusCodes.accessAccept, `the user got ${answerName(answer)}`);
  demand(isCommitted, 'the Access-Accept comes without the octet 0x00 before it');
}

/** The keys of the Access-Accept are those that the peer derives in the same version. */
async function expectKeys(probe: ServerProbe, version: TlsVersion): Promise<void> {
  using tls = await established(probe, version);
  if (probe.target.method.type.type === eapTls) {
    demandKeys(await tls.expectAccept(), tls.connection.keys.msk);
    return;
  }
  const inside = tls.tunnel();
  const answer = await tls.expectAccept('the user', inside);
  const { keys = tls.connection.keys } = await inside.getResult('success', tls.connection);
  demandKeys(answer, keys.msk);
}

function demandKeys({ keys }: ServerAnswer, msk: Buffer): void {
  // A server may be set not to send them: a wired port needs none.
  if (!keys) throw new NotApplicable('the Access-Accept has no keys');
  demand(mskOf(keys).equals(msk), 'the keys of the Access-Accept are not those of the peer');
}

/** A session that may be resumed, from a conversation in which the user was accepted. */
async function acceptedSession(probe: ServerProbe): Promise<Buffer> {
  using tls = await established(probe, 'TLSv1.3');
  await tls.expectAccept();
  return sessionOf(tls);
}

function sessionOf({ engine: { session } }: TlsConversation): Buffer {
  if (!session) throw new NotApplicable('it gives no tickets');
  return Buffer.from(session);
}

/** Resumes a session of somebody who was never proved, and says nothing more. */
async function expectNothingForTicket(probe: ServerProbe, session: Buffer, what: string): Promise<void> {
  using tls = await TlsConversation.open(probe, { version: 'TLSv1.3', session });
  let answer = await tls.handshake();
  for (let round = 0; round < 4 && !answer; round++) {
    const next = await tls.say();
    if (next.code !== radiusCodes.accessChallenge) answer = next;
  }
  demand(answer?.code !== radiusCodes.accessAccept, `${what} got ${answerName(answer)}`);
}

/** A name that is nobody's here, in the user's realm. */
function otherName({ target }: ServerProbe, name: string): string {
  const at = target.identity.indexOf('@');
  return at < 0 ? name : name + target.identity.slice(at);
}

/** Servers may refuse an identity that does not fit their policy (RFC 9190, 2.2). */
async function refusesIdentity(probe: ServerProbe, identity: string): Promise<boolean> {
  const { lastAnswer } = await probe.open({}, probe.identity(0, identity));
  return lastAnswer?.code !== radiusCodes.accessChallenge;
}

function demandOtherName(answer: ServerAnswer | undefined, name: string): void {
  if (answer?.code !== radiusCodes.accessAccept) return;
  const names = valuesOf(answer.attributes, attributeTypes.UserName).map((value) => value.toString());
  demand(!names.includes(name), `the Access-Accept has the User-Name ${name}, which nothing proves`);
}

export const tlsKeyServerCases = [
  ...serverCases('RFC 5216', [
    {
      id: 'rfc5216-2.3-keys',
      title: 'export the keys of EAP-TLS over TLS 1.2',
      level: 'MUST',
      keyword: 'indicative',
      remedy: 'export 128 octets with the label "client EAP encryption"; the first 64 are the MSK',
      methods,
      async run(probe) {
        onlyEapTls(probe);
        await expectKeys(probe, 'TLSv1.2');
      },
    },
  ]),
  ...serverCases('RFC 9190', [
    {
      id: 'rfc9190-2.3-keys',
      title: 'export the keys of EAP-TLS over TLS 1.3',
      level: 'MUST',
      keyword: 'indicative',
      remedy: 'export 128 octets with the label EXPORTER_EAP_TLS_Key_Material and the context 0x0D',
      methods,
      async run(probe) {
        onlyEapTls(probe);
        await expectKeys(probe, 'TLSv1.3');
      },
    },
    {
      id: 'rfc9190-2.5-commitment',
      title: 'send the protected success indication of TLS 1.3 before EAP-Success',
      level: 'MUST',
      remedy: 'send one octet 0x00 of application data when the Finished of the peer is right',
      methods,
      async run(probe) {
        onlyEapTls(probe);
        await expectCommitment(probe);
      },
    },
    {
      id: 'rfc9190-2.5-nothing-behind-commitment',
      title: 'send nothing but EAP-Success behind the protected success indication',
      level: 'MUST',
      remedy: 'answer the acknowledgement of the octet 0x00 by EAP-Success',
      methods,
      async run(probe) {
        onlyEapTls(probe);
        using tls = await established(probe, 'TLSv1.3');
        for (let round = 0; !tls.plaintext.equals(commitment); round++) {
          if (round === 4) throw new NotApplicable('it does not say that it is done');
          await tls.say();
        }
        const answer = await tls.say();
        demand(
          answer.code === radiusCodes.accessAccept,
          `the acknowledgement of its word that it is done got ${answerName(answer)}`,
        );
      },
    },
    {
      id: 'rfc9190-2.5-commitment-when-resumed',
      title: 'send the protected success indication where it resumes a session, too',
      level: 'MUST',
      remedy: 'send the octet 0x00 behind the handshake of a resumed session too',
      methods,
      async run(probe) {
        onlyEapTls(probe);
        await expectCommitment(probe, await acceptedSession(probe));
      },
    },
    {
      id: 'rfc9190-2.1.8-anonymous-identity',
      title: 'take an identity without a user name, and the user from the certificate',
      level: 'MUST',
      remedy: 'accept anonymous NAIs such as @realm in EAP-Response/Identity',
      methods,
      async run(probe) {
        onlyEapTls(probe);
        const identity = otherName(probe, '') || 'anonymous';
        if (await refusesIdentity(probe, identity)) {
          throw new NotApplicable(`it does not begin with the identity ${identity}`);
        }
        await using another = await probe.another();
        using _tls = await established(another, 'TLSv1.3');
        using tls = await TlsConversation.open(probe, { version: 'TLSv1.3', identity });
        const answer = (await tls.handshake()) ?? (await tls.acknowledge());
        demand(
          answer.code === radiusCodes.accessAccept,
          `a user with an anonymous identity got ${answerName(answer)}`,
        );
      },
    },
    {
      id: 'rfc9190-2.2-name-of-others',
      title: 'put no unauthenticated name of EAP-Response/Identity into the Access-Accept',
      level: 'MUST',
      remedy: 'take the User-Name of the Access-Accept from the certificate, or refuse another identity',
      methods,
      async run(probe) {
        onlyEapTls(probe);
        const identity = otherName(probe, 'somebody.else');
        if (await refusesIdentity(probe, identity)) return;
        using tls = await TlsConversation.open(probe, { identity });
        const ended = await tls.handshake();
        demandOtherName(ended ?? (await tls.acknowledge()), identity);
      },
    },
    {
      id: 'rfc9190-5.6-name-when-resumed',
      title: 'put no unauthenticated name into the Access-Accept of a resumed session',
      level: 'MUST',
      remedy: 'keep with the session who was proved, and take the name from there',
      methods,
      async run(probe) {
        onlyEapTls(probe);
        const session = await acceptedSession(probe);
        const identity = otherName(probe, 'somebody.else');
        if (await refusesIdentity(probe, identity)) return;
        using tls = await TlsConversation.open(probe, { version: 'TLSv1.3', session, identity });
        const ended = await tls.handshake();
        demandOtherName(ended ?? (await tls.acknowledge()), identity);
      },
    },
  ]),
  ...serverCases('RFC 5281', [
    {
      id: 'rfc5281-8-keys',
      title: 'export the keys of EAP-TTLS over TLS 1.2',
      level: 'MUST',
      keyword: 'indicative',
      remedy: 'export 128 octets with the label "ttls keying material"; the first 64 are the MSK',
      methods: ttls,
      run: (probe) => expectKeys(probe, 'TLSv1.2'),
    },
  ]),
  ...serverCases('MS-PEAP', [
    {
      id: 'mspeap-3.1.5.7-keys',
      title: 'export the keys of PEAP over TLS 1.2, bound to the inner method where there is crypto-binding',
      level: 'MUST',
      remedy: 'derive the keys from the IPMK with crypto-binding, else from the tunnel key',
      methods: peap,
      run: (probe) => expectKeys(probe, 'TLSv1.2'),
    },
  ]),
  ...serverCases('RFC 9427', [
    {
      id: 'rfc9427-2.1-keys-of-ttls',
      title: 'export the keys of EAP-TTLS over TLS 1.3, with its own type as context',
      level: 'SHOULD',
      sourceNotRead: true,
      remedy: 'export 128 octets with the label EXPORTER_EAP_TLS_Key_Material and the context 0x15',
      methods: ttls,
      run: (probe) => expectKeys(probe, 'TLSv1.3'),
    },
    {
      id: 'rfc9427-2.1-keys-of-peap',
      title: 'export the keys of PEAP over TLS 1.3, with its own type as context',
      level: 'SHOULD',
      sourceNotRead: true,
      remedy: 'export 128 octets with the label EXPORTER_EAP_TLS_Key_Material and the context 0x19',
      methods: peap,
      run: (probe) => expectKeys(probe, 'TLSv1.3'),
    },
    {
      id: 'rfc9427-3-inner-method-begins',
      title: 'begin the inner method of PEAP over TLS 1.3, with no success indication before it',
      level: 'SHOULD',
      sourceNotRead: true,
      remedy: 'send the inner EAP-Request/Identity, not the octet 0x00, behind the handshake of PEAP',
      methods: peap,
      async run(probe) {
        using tls = await established(probe, 'TLSv1.3');
        if (tls.plaintext.length === 0) await tls.say();
        demand(!tls.plaintext.equals(commitment), 'it says 0x00 before the inner method');
        demand(tls.plaintext.length > 0, 'it says nothing inside of TLS');
      },
    },
    {
      id: 'rfc9427-4-commitment-when-resumed',
      title: 'send the protected success indication where it resumes a session of EAP-TTLS',
      level: 'SHOULD',
      sourceNotRead: true,
      remedy: 'send the octet 0x00 behind the handshake of a resumed session',
      methods: ttls,
      run: async (probe) => expectCommitment(probe, await acceptedSession(probe)),
    },
  ]),
  ...serverCases('RFC 3748', [
    // RFC 5281, 7.5 forbids both of EAP-TTLS in so many words. A certificate would be a proof of its own (7.6).
    {
      id: 'rfc3748-4.2-unproved-session',
      title: 'accept no resumption of a session in whose tunnel no user was proved',
      level: 'MUST',
      remedy:
        'keep with each ticket whether the inner method has succeeded, and run it again where it has not',
      methods: tunnel,
      async run(probe) {
        let session: Buffer;
        {
          using tls = await established(probe, 'TLSv1.3', { certificate: 'none' });
          session = sessionOf(tls);
        }
        await expectNothingForTicket(probe, session, 'a session that was given up before its inner method');
      },
    },
    {
      id: 'rfc3748-4.2-refused-session',
      title: 'accept no resumption of a session whose inner method has failed',
      level: 'MUST',
      remedy: 'throw the tickets of a failed authentication away',
      methods: tunnel,
      async run(probe) {
        let session: Buffer;
        {
          using tls = await established(probe, 'TLSv1.3', { certificate: 'none' });
          const wrong = tls.wrongCredentials();
          const answer = await tls.finish(tls.tunnel(wrong));
          wipe(wrong);
          demand(answer.code === radiusCodes.accessReject, `a wrong password got ${answerName(answer)}`);
          session = sessionOf(tls);
        }
        await expectNothingForTicket(probe, session, 'a session that was refused');
      },
    },
  ]),
];
