// What Windows' documents demand of the packets that a method DLL writes into the buffers of its host.

import { EapError } from '../../../base/errors.js';
import type { AuthenticatorMethodSession } from '../../../method-dlls/authenticator-session.js';
import type { PeerMethodSession } from '../../../method-dlls/peer-session.js';
import { CaseFailure, demand, NotApplicable } from '../../case.js';
import { methodCases } from '../../kinds.js';
import type { MethodProbe } from '../../method-probe.js';
import { longestOf, type MethodHalves, MethodTalk, surviving, typeEnd, working } from '../../method-talk.js';

/** Less than the 1020 octets that methods may count on (RFC 3748, 3.1): they may refuse it, but not send more. */
const smallest = 64;
const largest = 65_535;

/** Sizes that a packet of `length` octets does not fit into. */
const tooSmall = (length: number): number[] => [1, 4, 5, length - 1].filter((size) => size < length);

/** A packet written into a buffer that is too small: it must fail, and write nothing behind it. */
async function refused(work: Promise<unknown>, size: number): Promise<void> {
  let isTaken = true;
  await surviving(
    work.catch((error: unknown) => {
      isTaken = false;
      const isOverrun = error instanceof EapError && error.code === 'EAP_E_EAPHOST_METHOD_INVALID_PACKET';
      throw isOverrun ? new CaseFailure(error.message) : error;
    }),
  );
  demand(!isTaken, `it says that its packet fits into ${size} octets`);
}

type Side = 'peer' | 'authenticator';
/** Where the packets of a side go. */
const directions = { peer: 'received', authenticator: 'sent' } as const;

/** Whether a side begins a session in which its packets have so many octets at most. */
async function begins(
  { asked, target }: MethodProbe,
  { peer, authenticator }: MethodHalves,
  side: Side,
  maxSendPacketSize: number,
): Promise<boolean> {
  const session = await surviving<PeerMethodSession | AuthenticatorMethodSession>(
    side === 'peer'
      ? peer.beginSession({ ...asked, maxSendPacketSize })
      : authenticator.beginSession({ config: target.serverConfig, maxSendPacketSize }),
  );
  if (session) await working(session.end());
  return session !== undefined;
}

/** Holds a conversation in which a side's packets have at most as many octets as its longest one. */
async function exact(probe: MethodProbe, side: Side): Promise<void> {
  const halves = await probe.halves();
  await (await MethodTalk.begin(probe, halves)).expectSuccess('a good conversation');
  const most = Math.max(smallest, longestOf(probe, directions[side]));
  if (!(await begins(probe, halves, side, most))) {
    throw new NotApplicable(`it begins no session in packets of ${most} octets`);
  }
  const talk = await MethodTalk.begin(probe, halves, { maxSendPacketSize: { [side]: most } });
  await talk.expectSuccess(`a conversation in packets of at most ${most} octets`);
  const longest = longestOf(probe, directions[side]);
  demand(longest <= most, `a packet has ${longest} of ${most} octets`);
}

/** Holds a conversation in which a side's packets have 64 octets: it may be refused, but no packet may be longer. */
async function inSmallPackets(probe: MethodProbe, side: Side): Promise<void> {
  const halves = await probe.halves();
  try {
    const talk = await MethodTalk.begin(probe, halves, { maxSendPacketSize: { [side]: smallest } });
    // A result that comes before the packet is a refusal as well.
    while ((await talk.round()) === 'send');
    await talk.close();
  } catch (error) {
    const { cause } = error instanceof CaseFailure ? error : {};
    if (!(cause instanceof EapError)) throw error;
    await surviving(Promise.reject(cause));
    demand(cause.code !== 'EAP_E_EAPHOST_METHOD_INVALID_PACKET', cause.message);
  }
  const longest = longestOf(probe, directions[side]);
  demand(longest <= smallest, `a packet has ${longest} octets, where ${smallest} are the most`);
  await (await MethodTalk.begin(probe, halves)).expectSuccess('the conversation behind it');
}

async function inLargePackets(probe: MethodProbe, side: Side): Promise<void> {
  const talk = await probe.begin({ maxSendPacketSize: { [side]: largest } });
  await talk.expectSuccess(`a conversation in packets of at most ${largest} octets`);
}

export const methodSizeCases = methodCases('Windows', [
  {
    id: 'windows-EapPeerGetResponsePacket-exact-size',
    title: 'write its longest response into a buffer of just its size, and nothing behind it',
    level: 'MUST',
    remedy: 'compare *pcbSendPacket with the octets of the packet; a text’s NUL at its end is none of them',
    run: (probe) => exact(probe, 'peer'),
  },
  {
    id: 'windows-EapMethodAuthenticatorSendPacket-exact-size',
    title: 'write its longest Request into a buffer of just its size, and nothing behind it',
    level: 'MUST',
    remedy: 'compare *pcbSendPacket with the octets of the packet; a text’s NUL at its end is none of them',
    run: (probe) => exact(probe, 'authenticator'),
  },
  {
    id: 'windows-EapPeerGetResponsePacket-too-small',
    title: 'write nothing behind a buffer that its response does not fit into, and fail',
    level: 'MUST',
    remedy: 'look at *pcbSendPacket before you write, and fail with ERROR_INSUFFICIENT_BUFFER',
    async run(probe) {
      const talk = await probe.begin();
      const response = await talk.respond();
      if (!response) throw new NotApplicable('it has a result before any response');
      await talk.close();
      for (const size of tooSmall(response.length)) {
        const again = await probe.begin();
        await again.announce();
        await refused(again.peer.getResponsePacketInto(size), size);
        await again.close();
      }
    },
  },
  {
    id: 'windows-EapMethodAuthenticatorSendPacket-too-small',
    title: 'write nothing behind a buffer that its Request does not fit into, and fail',
    level: 'MUST',
    remedy: 'look at *pcbSendPacket before you write, and fail with ERROR_INSUFFICIENT_BUFFER',
    async run(probe) {
      const authenticator = await probe.authenticator();
      const { serverConfig: config } = probe.target;
      const first = await working(authenticator.beginSession({ config }));
      const { packet } = await working(first.sendPacket(1));
      await working(first.end());
      for (const size of tooSmall(packet.length)) {
        const session = await working(authenticator.beginSession({ config }));
        await refused(session.sendPacketInto(1, size), size);
        await working(session.end());
      }
    },
  },
  {
    id: 'windows-EapPeerGetResponsePacket-with-room-behind-too-small',
    title: 'give its response where its host comes again with a buffer that it fits into',
    level: 'SHOULD',
    remedy: 'keep the response until it was written, and set *pcbSendPacket to what it takes',
    async run(probe) {
      const talk = await probe.begin();
      if (!(await talk.announce())) throw new NotApplicable('it has a result before any response');
      await refused(talk.peer.getResponsePacketInto(typeEnd(talk.request)), typeEnd(talk.request));
      const response = await working(talk.peer.getResponsePacket());
      await talk.expectSuccess('a conversation behind a buffer that was too small', response);
    },
  },
  {
    id: 'windows-EapMethodAuthenticatorSendPacket-with-room-behind-too-small',
    title: 'make its Request where its host comes again with a buffer that it fits into',
    level: 'SHOULD',
    remedy: 'keep the Request until it was written, and set *pcbSendPacket to what it takes',
    async run(probe) {
      const authenticator = await probe.authenticator();
      const { serverConfig: config } = probe.target;
      const session = await working(authenticator.beginSession({ config }));
      await refused(session.sendPacketInto(1, 5), 5);
      await working(session.sendPacket(1));
      await working(session.end());
    },
  },
  {
    id: 'windows-EapPeerBeginSession-packets-of-64-octets',
    title: 'send no response of more than 64 octets where that is the most, or fail, without a crash',
    level: 'MUST',
    remedy: 'fragment, or fail EapPeerBeginSession where dwMaxSendPacketSize is too small',
    run: (probe) => inSmallPackets(probe, 'peer'),
  },
  {
    id: 'windows-EapMethodAuthenticatorBeginSession-packets-of-64-octets',
    title: 'send no Request of more than 64 octets where that is the most, or fail, without a crash',
    level: 'MUST',
    remedy: 'fragment, or fail EapMethodAuthenticatorBeginSession where dwMaxSendPacketSize is too small',
    run: (probe) => inSmallPackets(probe, 'authenticator'),
  },
  {
    id: 'windows-EapPeerBeginSession-packets-of-65535-octets',
    title: 'hold a conversation where its packets may have 65,535 octets',
    level: 'SHOULD',
    remedy: 'keep dwMaxSendPacketSize in 32 bits, and copy into no buffer of a fixed size',
    run: (probe) => inLargePackets(probe, 'peer'),
  },
  {
    id: 'windows-EapMethodAuthenticatorBeginSession-packets-of-65535-octets',
    title: 'hold a conversation as an authenticator where its packets may have 65,535 octets',
    level: 'SHOULD',
    remedy: 'keep dwMaxSendPacketSize in 32 bits, and copy into no buffer of a fixed size',
    run: (probe) => inLargePackets(probe, 'authenticator'),
  },
]);
