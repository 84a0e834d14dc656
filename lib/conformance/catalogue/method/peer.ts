// What Windows' documents and EAP demand of a peer method DLL.

import { formatMethodType } from '../../../eap/names.js';
import { eapCodes, eapPacket, eapTypes } from '../../../eap/packet.js';
import { sameType } from '../../../eap/packet-type.js';
import type { AuthenticatorMethod } from '../../../method-dlls/authenticator-method.js';
import type { PeerMethod } from '../../../method-dlls/peer-method.js';
import { demand, NotApplicable } from '../../case.js';
import { methodCases } from '../../kinds.js';
import type { MethodProbe } from '../../method-probe.js';
import { MethodTalk, noise, surviving, typeEnd, withData, working, longestOf } from '../../method-talk.js';

/** The first request of the authenticator and a peer's session for it. */
async function began(probe: MethodProbe, id: number) {
  const peer = await probe.peer();
  const authenticator = await probe.authenticator();
  const { identity } = await working(peer.getIdentity(probe.asked));
  const server = await working(authenticator.beginSession({ config: probe.target.serverConfig, identity }));
  const { packet: request } = await working(server.sendPacket(id));
  const session = await working(peer.beginSession(probe.asked));
  return { peer, session, server, request };
}

/**
 * Gives a session what `make` has made of its first Request: it may refuse it, or answer, but neither crash nor say
 * success. A conversation behind it goes well.
 */
async function fed(
  probe: MethodProbe,
  make: (request: Buffer) => readonly Buffer[],
  reason: 'success' | 'failure' = 'failure',
): Promise<void> {
  const halves = await probe.halves();
  const talk = await MethodTalk.begin(probe, halves);
  for (const packet of make(talk.request)) {
    probe.record.eap('sent', packet);
    const session = await working(halves.peer.beginSession(probe.asked));
    await surviving(session.process(packet));
    const result = await surviving(probe.result(session.getResult(reason)));
    demand(!result?.isSuccess, `it says success after ${packet.length} octets of no good Request`);
    await working(session.end());
  }
  await talk.expectSuccess('the conversation behind them');
}

/** The same Request with another type than its method's. */
function otherType(request: Buffer): Buffer {
  return eapPacket(
    eapCodes.request,
    request[1] ?? 0,
    Buffer.of(unassignedBeside(request[4])),
    request.subarray(typeEnd(request)),
  );
}

/** Without EapPeerSetCredentials: methods with dialogs of their own have none. */
const peerRoutines = [
  'Initialize',
  'GetIdentity',
  'BeginSession',
  'ProcessRequestPacket',
  'GetResponsePacket',
  'GetResult',
  'GetUIContext',
  'SetUIContext',
  'GetResponseAttributes',
  'SetResponseAttributes',
  'EndSession',
  'Shutdown',
] as const;

/** A half that is asked for a type which is not its own refuses it. */
export async function refusesOtherType(probe: MethodProbe, half: 'peer' | 'authenticator'): Promise<void> {
  const { type } = await probe[half]();
  const { authorId } = type;
  const other =
    type.type === eapTypes.expanded
      ? { ...type, vendorType: (type.vendorType ^ 0x4000_0000) >>> 0 }
      : { type: unassignedBeside(type.type), authorId };
  const load = async () => (half === 'peer' ? probe.peer(other) : probe.authenticator(other));
  const taken = await surviving<PeerMethod | AuthenticatorMethod>(load());
  if (!taken) return;
  if (sameType(taken.type, type)) throw new NotApplicable('it cannot be loaded for another type');
  demand(false, `it takes ${formatMethodType(taken.type)} for its own`);
}

/** A type that IANA has not assigned, and that is not the subject's own: authors try theirs with one. */
export const unassignedBeside = (own: number | undefined): number => (own === 200 ? 201 : 200);
const mschapv2 = 26;

/**
 * What both sides say of a good conversation, and the octets of each half of an MSK: EAP-MSCHAPv2 has those of MS-CHAP
 * (RFC 3079), and hosts fill them up.
 */
async function ended(probe: MethodProbe) {
  const talk = await probe.begin();
  const half = talk.peer.method.type === mschapv2 ? 16 : 32;
  return { ...(await talk.expectSuccess('a good conversation')), half };
}

/**
 * Tells a peer of `reason` where its authenticator has more to ask: it says no success. One that derives no keys may end
 * behind any Response, as far as can be seen from without: nothing of it proves its server.
 */
export async function unfinished(probe: MethodProbe, reason: 'success' | 'unknown'): Promise<void> {
  const halves = await probe.halves();
  const talk = await MethodTalk.begin(probe, halves);
  const first = await talk.respond();
  if (!first || (await talk.take(first)) !== 'send') {
    throw new NotApplicable('its conversation has only one Response');
  }
  const result = await surviving(probe.result(talk.peer.getResult(reason)));
  await talk.close();
  if (!result?.isSuccess) return;
  const { peer } = await (await MethodTalk.begin(probe, halves)).expectSuccess('a good conversation');
  if (!peer.keys.msk) throw new NotApplicable('it derives no keys, and may end behind any Response');
  demand(false, 'it says success, and its authenticator has more to ask');
}

export const peerMethodCases = [
  ...methodCases('Windows', [
    {
      id: 'windows-EapPeerGetIdentity-no-dialog-with-credentials',
      title: 'give an identity and ask for no dialog when it gets a user blob',
      level: 'SHOULD',
      remedy: 'read the identity from pUserData, and set *pfInvokeUI to FALSE where there is one',
      async run(probe) {
        if (!probe.target.credentials) throw new NotApplicable('there is no user blob; give --user');
        const peer = await probe.peer();
        const { invokeUi, identity } = await working(peer.getIdentity(probe.asked));
        demand(!invokeUi, 'it asks for the identity dialog');
        demand(identity !== undefined && identity !== '', 'it gives an empty identity');
      },
    },
    {
      id: 'windows-EapPeerEndSession-before-first-packet',
      title: 'take the end of a session that has seen no packet, and begin another',
      level: 'MUST',
      remedy: 'let EapPeerEndSession free whatever EapPeerBeginSession has made, and nothing else',
      async run(probe) {
        const peer = await probe.peer();
        for (let round = 0; round < 3; round++) {
          const session = await working(peer.beginSession(probe.asked));
          await working(session.end());
        }
        demand(peer.stats().sessions === 0, `${peer.stats().sessions} sessions are left`);
      },
    },
    {
      id: 'windows-EapPeerGetResult-success-with-keys',
      title: 'end a good conversation with success, and with the keys that its authenticator has',
      level: 'MUST',
      remedy:
        'give the MSK as MS-MPPE keys in pAttribArray: the peer’s Send-Key is the authenticator’s Recv-Key',
      async run(probe) {
        const { peer, authenticator } = await ended(probe);
        const [one, other] = [peer.keys.msk, authenticator.keys.msk];
        demand(!one || !other || one.equals(other), 'the keys of both sides differ');
      },
    },
    {
      id: 'windows-EapPeerGetResult-failure-before-end',
      title: 'say no success when EAP-Failure comes in the middle',
      level: 'MUST',
      remedy: 'set fIsSuccess to FALSE in EapPeerGetResult unless the method is done and was content',
      async run(probe) {
        const { session, request } = await began(probe, 1);
        await working(session.process(request));
        const result = await surviving(probe.result(session.getResult('failure')));
        await working(session.end());
        demand(!result?.isSuccess, 'it says success after EAP-Failure');
      },
    },
    {
      id: 'windows-EapPeerFreeMemory-exported',
      title: 'export the functions that free its memory and its errors',
      level: 'MUST',
      remedy: 'export EapPeerFreeMemory and EapPeerFreeErrorMemory by name from each DLL of the method',
      async run(probe) {
        const { exports } = await probe.peer();
        for (const name of ['EapPeerFreeMemory', 'EapPeerFreeErrorMemory']) {
          demand(exports.includes(name), `it does not export ${name}`);
        }
      },
    },
    {
      id: 'windows-EapPeerGetInfo-routines',
      title: 'give each routine of a session in its table',
      level: 'MUST',
      remedy: 'fill in the whole EAP_PEER_METHOD_ROUTINES; only EapPeerSetCredentials may be left out',
      async run(probe) {
        const { routines } = await probe.peer();
        for (const name of peerRoutines) {
          demand(routines.includes(`EapPeer${name}`), `EapPeer${name} is missing in its table`);
        }
      },
    },
    {
      id: 'windows-EapPeerGetInfo-other-type',
      title: 'refuse a type that is not its own',
      level: 'SHOULD',
      remedy: 'compare the type, with vendor where it is expanded, and fail with ERROR_NOT_SUPPORTED',
      run: (probe) => refusesOtherType(probe, 'peer'),
    },
    {
      id: 'windows-EapPeerGetIdentity-again',
      title: 'give the same identity each time it is asked with the same blobs',
      level: 'SHOULD',
      remedy: 'take the identity from the arguments of EapPeerGetIdentity alone',
      async run(probe) {
        const peer = await probe.peer();
        const first = await working(peer.getIdentity(probe.asked));
        const second = await working(peer.getIdentity(probe.asked));
        demand(first.identity === second.identity, 'it gives another identity the second time');
        demand(first.invokeUi === second.invokeUi, 'it wants a dialog one time, and none the other');
      },
    },
    {
      id: 'windows-EapPeerGetIdentity-in-a-session',
      title: 'give its identity while a session is open, and the session goes on',
      level: 'SHOULD',
      remedy: 'let EapPeerGetIdentity touch no session: a supplicant may ask at any time',
      async run(probe) {
        const halves = await probe.halves();
        const talk = await MethodTalk.begin(probe, halves);
        const response = await talk.respond();
        await working(halves.peer.getIdentity(probe.asked));
        await talk.expectSuccess('a conversation in which the identity was asked', response);
      },
    },
    {
      id: 'windows-EapPeerGetIdentity-user-blob-for-session',
      title: 'give with its identity a user blob that a session can begin with',
      level: 'SHOULD',
      remedy: 'give in *ppUserDataOut all that EapPeerBeginSession needs to know of the user',
      async run(probe) {
        const halves = await probe.halves();
        const { credentials } = await working(halves.peer.getIdentity(probe.asked));
        if (!credentials) throw new NotApplicable('it gives no user blob with its identity');
        const talk = await MethodTalk.begin(probe, halves, { credentials });
        await talk.expectSuccess('a conversation with the user blob of EapPeerGetIdentity');
      },
    },
    {
      id: 'windows-EapPeerGetIdentity-without-blobs',
      title: 'give an identity, ask for the dialog or fail without any blob, and not crash',
      level: 'MUST',
      remedy: 'expect NULL and 0 for both blobs',
      async run(probe) {
        await surviving((await probe.peer()).getIdentity());
      },
    },
    {
      id: 'windows-EapPeerGetIdentity-non-interactive',
      title: 'ask for no dialog with EAP_FLAG_NON_INTERACTIVE, even without a user blob',
      level: 'SHOULD',
      remedy: 'fail EapPeerGetIdentity where there is nobody to ask and no identity is known',
      async run(probe) {
        const asked = { config: probe.target.config, flags: ['nonInteractive'] as const };
        const answer = await surviving((await probe.peer()).getIdentity(asked));
        demand(!answer?.invokeUi, 'it asks for a dialog that must not be shown');
      },
    },
    {
      id: 'windows-EapPeerGetIdentity-damaged-user-blob',
      title: 'take a user blob of random octets, or one that was cut short, without a crash',
      level: 'MUST',
      remedy: 'check sizes and versions before you read a blob: it may be another method’s, or an old one',
      async run(probe) {
        const { credentials = Buffer.alloc(0) } = probe.target;
        const peer = await probe.peer();
        const ask = async () => (await surviving(peer.getIdentity(probe.asked)))?.identity;
        const identity = await ask();
        const cut = Array.from({ length: 12 }, (_, at) =>
          credentials.subarray(0, Math.floor((credentials.length * at) / 12)),
        );
        for (const blob of [...cut, noise(1, 1), noise(64, 2), noise(4096, 3)]) {
          await surviving(peer.getIdentity({ ...probe.asked, credentials: blob }));
        }
        demand((await ask()) === identity, 'behind them it gives another identity for the good one');
      },
    },
    {
      id: 'windows-EapPeerBeginSession-damaged-connection-data',
      title: 'take connection data of random octets without a crash, and hold a conversation behind them',
      level: 'MUST',
      remedy: 'check sizes and versions before you read a blob: it may be another method’s, or an old one',
      async run(probe) {
        const halves = await probe.halves();
        for (const length of [1, 3, 4, 16, 64, 1024, 65_536]) {
          const session = await surviving(
            halves.peer.beginSession({ ...probe.asked, config: noise(length, length) }),
          );
          if (session) await working(session.end());
        }
        await (await MethodTalk.begin(probe, halves)).expectSuccess('the conversation behind them');
      },
    },
    {
      id: 'windows-EapPeerBeginSession-host-attributes',
      title: 'begin a session with attributes that it does not know, and hold the conversation',
      level: 'SHOULD',
      remedy: 'pass over attributes in pAttributeArray that you have no use for',
      async run(probe) {
        const talk = await probe.begin({
          attributes: [
            { type: 4, value: Buffer.from([192, 0, 2, 1]) },
            { type: 60_000, value: Buffer.alloc(0) },
            { type: 60_001, value: noise(253, 1) },
          ],
        });
        await talk.expectSuccess('a conversation with attributes of the host');
      },
    },
    {
      id: 'windows-EapPeerBeginSession-flags-of-other-hosts',
      title: 'hold a conversation with flags that mean nothing to it',
      level: 'SHOULD',
      remedy: 'test the flags that you know, and pass over the others',
      async run(probe) {
        const { flags = [] } = probe.target;
        const talk = await probe.begin({
          flags: [...flags, 'resumeFromHibernate', 'healthStateChange', 'vpn'],
        });
        await talk.expectSuccess('a conversation with flags that it need not know');
      },
    },
    {
      id: 'windows-EapPeerBeginSession-largest-packet',
      title: 'send no Response of more octets than dwMaxSendPacketSize',
      level: 'MUST',
      remedy: 'fragment what is longer than dwMaxSendPacketSize, which counts the EAP header, too',
      async run(probe) {
        const talk = await probe.begin({ maxSendPacketSize: { peer: 1020 } });
        await talk.expectSuccess('a conversation in packets of at most 1020 octets');
        const longest = longestOf(probe, 'received');
        demand(longest <= 1020, `a Response has ${longest} octets, where 1020 are the most`);
      },
    },
    {
      id: 'windows-EapPeerProcessRequestPacket-random-octets',
      title: 'take Requests of its type with random octets without a crash, and say no success',
      level: 'MUST',
      remedy:
        'check each length before you read; answer what cannot be read with the action discard or an error',
      async run(probe) {
        await fed(probe, (request) =>
          Array.from({ length: 16 }, (_, at) => withData(request, noise(at * at + 1, at))),
        );
      },
    },
    {
      id: 'windows-EapPeerProcessRequestPacket-type-alone',
      title: 'take a Request that ends behind its type without a crash, and say no success',
      level: 'MUST',
      remedy: 'check that there is an octet behind the type before you read it',
      async run(probe) {
        await fed(probe, (request) => [withData(request, Buffer.alloc(0))]);
      },
    },
    {
      id: 'windows-EapPeerProcessRequestPacket-cut-short',
      title: 'take its first Request cut at each octet without a crash, and say no success',
      level: 'MUST',
      remedy: 'check each length before you read; a field may end with the packet',
      async run(probe) {
        await fed(probe, (request) => {
          const begin = typeEnd(request);
          const cuts = Math.min(request.length - begin, 64);
          return Array.from({ length: cuts }, (_, at) =>
            withData(request, request.subarray(begin, begin + at)),
          );
        });
      },
    },
    {
      id: 'windows-EapPeerProcessRequestPacket-1500-octets',
      title: 'take Requests of 1499, 1500 and 1501 octets without a crash, and say no success',
      level: 'MUST',
      remedy:
        'take sizes from dwReceivedPacketSize; a buffer of one Ethernet frame is too small or off by one',
      async run(probe) {
        await fed(probe, (request) =>
          [1499, 1500, 1501].map((size) => withData(request, noise(size - typeEnd(request), size))),
        );
      },
    },
    {
      id: 'windows-EapPeerProcessRequestPacket-65535-octets',
      title: 'take a Request of the largest Length that there is without a crash, and say no success',
      level: 'MUST',
      remedy: 'count octets in 32 bits: 65,535 and a few more do not fit into 16',
      async run(probe) {
        await fed(probe, (request) => [withData(request, noise(65_535 - typeEnd(request), 1))]);
      },
    },
    {
      id: 'windows-EapPeerProcessRequestPacket-other-type',
      title: 'take no Request of another type for one of its own',
      level: 'SHOULD',
      remedy: 'compare the type, with vendor where it is expanded, before you read what follows',
      async run(probe) {
        await fed(probe, (request) => [otherType(request)], 'success');
      },
    },
    {
      id: 'windows-EapPeerGetResult-reason-of-failure',
      title: 'give a reason with each result that is no success',
      level: 'SHOULD',
      remedy: 'set dwFailureReasonCode to a Windows or EAP error code where fIsSuccess is FALSE',
      async run(probe) {
        const talk = await probe.begin();
        await talk.respond();
        // A call that fails gives its reason by that.
        const result = await surviving(probe.result(talk.peer.getResult('failure')));
        demand(!result?.isSuccess, 'it says success after EAP-Failure');
        const isTold = result?.failureReasonCode !== 0 || result.error !== undefined;
        demand(isTold, 'it fails with the reason 0, and without an EAP_ERROR');
        await talk.close();
      },
    },
    {
      id: 'windows-EapPeerGetResult-no-keys-without-success',
      title: 'give no keys with a result that is no success',
      level: 'SHOULD',
      remedy: 'leave pAttribArray NULL where the method has failed',
      async run(probe) {
        const talk = await probe.begin();
        await talk.respond();
        const result = await surviving(probe.result(talk.peer.getResult('failure')));
        demand(!result?.isSuccess, 'it says success after EAP-Failure');
        demand(!result?.keys.msk && !result?.keys.emsk, 'it gives keys with a failure');
        await talk.close();
      },
    },
    {
      id: 'windows-EapPeerGetResult-mppe-halves',
      title: 'give two MPPE keys of 32 octets, the other way round than its authenticator does',
      level: 'MUST',
      remedy: 'give MSK octets 0 to 31 as Send-Key at the peer and as Recv-Key at the authenticator',
      async run(probe) {
        const { peer, authenticator, half } = await ended(probe);
        const { mppeSendKey: send, mppeRecvKey: receive } = peer.keys;
        if (!send || !receive) throw new NotApplicable('it gives no MPPE keys');
        const isWhole = send.length === half && receive.length === half;
        demand(isWhole, `they have ${send.length} and ${receive.length}`);
        demand(authenticator.keys.mppeRecvKey?.equals(send) === true, 'its Send-Key is not the Recv-Key');
        demand(authenticator.keys.mppeSendKey?.equals(receive) === true, 'its Recv-Key is not the Send-Key');
      },
    },
    {
      id: 'windows-EapPeerGetResult-connection-data-to-save',
      title: 'give connection and user data to save that the next conversation goes well with',
      level: 'SHOULD',
      remedy:
        'give whole blobs in pConnectionData and pUserData, and their sizes, where a flag says to save them',
      async run(probe) {
        const halves = await probe.halves();
        const { peer } = await (await MethodTalk.begin(probe, halves)).expectSuccess('a good conversation');
        const { saveConfig: config, saveCredentials: credentials } = peer;
        if (!config && !credentials) throw new NotApplicable('it has nothing to save');
        const talk = await MethodTalk.begin(probe, halves, {
          ...(config && { config }),
          ...(credentials && { credentials }),
        });
        await talk.expectSuccess('a conversation with what the one before has saved');
      },
    },
  ]),
  ...methodCases('RFC 3748', [
    {
      id: 'rfc3748-4.1-method-response-header',
      title: 'make Responses with the code, the Identifier of the Request and their own length',
      level: 'MUST',
      remedy: 'copy the Identifier of the Request, and set Length to the octets of the whole packet',
      async run(probe) {
        const { session, request } = await began(probe, 0xfe);
        probe.record.eap('sent', request);
        const step = await working(session.process(request));
        await working(session.end());
        if (step.action !== 'send') throw new NotApplicable(`the first action is ${step.action}`);
        const packet = Buffer.from(step.packet);
        probe.record.eap('received', packet);
        demand(packet[0] === eapCodes.response, `the code is ${packet[0]}`);
        demand(packet[1] === 0xfe, `the Identifier is ${packet[1]}, and the Request had 254`);
        demand(
          packet.readUInt16BE(2) === packet.length,
          `Length is ${packet.readUInt16BE(2)} of ${packet.length}`,
        );
      },
    },
    {
      id: 'rfc3748-4.2-method-success-before-request',
      title: 'say no success where EAP-Success comes before any Request of the method',
      level: 'MUST',
      remedy: 'set fIsSuccess only when the method has come to its end, whatever the reason says',
      async run(probe) {
        const session = await working((await probe.peer()).beginSession(probe.asked));
        const result = await surviving(probe.result(session.getResult('success')));
        await working(session.end());
        demand(!result?.isSuccess, 'it says success for EAP-Success alone');
      },
    },
    {
      id: 'rfc3748-4.2-method-success-before-end',
      title: 'say no success where EAP-Success comes before the method has come to its end',
      level: 'MUST',
      remedy: 'set fIsSuccess only when the method has come to its end, whatever the reason says',
      run: (probe) => unfinished(probe, 'success'),
    },
    {
      id: 'rfc3748-7.10-method-msk-of-64-octets',
      title: 'export a Master Session Key of at least 64 octets, the same on both sides',
      level: 'MUST',
      remedy: 'derive 64 octets of MSK, and give them as two MPPE keys of 32',
      async run(probe) {
        const { peer, authenticator, half } = await ended(probe);
        const { msk, mppeSendKey, mppeRecvKey } = peer.keys;
        if (!msk) throw new NotApplicable('it derives no keys');
        const length = (mppeSendKey?.length ?? 0) + (mppeRecvKey?.length ?? 0);
        demand(length >= 2 * half, `the MSK has ${length} octets`);
        demand(authenticator.keys.msk?.equals(msk) === true, 'the MSK of both sides differs');
      },
    },
    {
      id: 'rfc3748-7.10-method-emsk-of-64-octets',
      title: 'export an Extended Master Session Key of at least 64 octets, which is not the MSK',
      level: 'MUST',
      remedy: 'derive 64 octets of EMSK beside the MSK, and give them in the attribute eatEMSK',
      async run(probe) {
        const { emsk, msk } = (await ended(probe)).peer.keys;
        if (!emsk) throw new NotApplicable('it gives no EMSK');
        demand(emsk.length >= 64, `the EMSK has ${emsk.length} octets`);
        demand(!msk?.equals(emsk), 'the EMSK is the MSK');
      },
    },
  ]),
  ...methodCases('RFC 5247', [
    {
      id: 'rfc5247-1.4-method-session-id',
      title: 'give a Session-Id that both sides have, and no two conversations',
      level: 'SHOULD',
      keyword: 'indicative',
      remedy: 'make the Session-Id of the type and of what both sides have chosen at random',
      async run(probe) {
        const halves = await probe.halves();
        const ids: string[] = [];
        for (const which of ['first', 'second']) {
          const talk = await MethodTalk.begin(probe, halves);
          const { peer, authenticator } = await talk.expectSuccess(`the ${which} conversation`);
          const { sessionId } = peer.keys;
          if (!sessionId) throw new NotApplicable('it gives no Session-Id');
          demand(authenticator.keys.sessionId?.equals(sessionId) === true, 'both sides have another one');
          ids.push(sessionId.toString('hex'));
        }
        demand(ids[0] !== ids[1], 'two conversations have the same Session-Id');
      },
    },
  ]),
];
