// What Windows' documents demand of a peer method DLL whose host calls it in another order than usual, or than it may:
// a method that relies on its host fails for good in the process of a service. The documents say that EAPHost asks for a
// response, a UI context and attributes only where they were announced: calls for others are SHOULD.

import { demand, NotApplicable } from '../../case.js';
import { methodCases } from '../../kinds.js';
import type { MethodProbe } from '../../method-probe.js';
import { MethodTalk, noise, surviving, working } from '../../method-talk.js';
import type { PeerMethodSession } from '../../../method-dlls/peer-session.js';
import { unfinished } from './peer.js';

/**
 * Makes calls that are not in turn: they may fail, but no success may come of them, and the next conversation goes well.
 * A session that has had a Request may be done behind its one response, and is told of EAP-Failure.
 */
async function outOfTurn(
  probe: MethodProbe,
  calls: (session: PeerMethodSession, talk: MethodTalk) => Promise<unknown>,
  reason: 'success' | 'failure' = 'success',
): Promise<void> {
  const halves = await probe.halves();
  const talk = await MethodTalk.begin(probe, halves);
  const session = talk.peer.inAnyOrder();
  await calls(session, talk);
  const result = await surviving(probe.result(session.getResult(reason)));
  demand(!result?.isSuccess, 'it says success after calls that were not in turn');
  await talk.close();
  await (await MethodTalk.begin(probe, halves)).expectSuccess('the conversation behind it');
}

/** Begins sessions with EapPeerSetCredentials, where it has it. */
async function typed(probe: MethodProbe) {
  const halves = await probe.halves();
  if (!halves.peer.routines.includes('EapPeerSetCredentials')) {
    throw new NotApplicable('it has no EapPeerSetCredentials');
  }
  return halves;
}

const atOnce = 64;

export const methodOrderCases = methodCases('Windows', [
  {
    id: 'windows-EapPeerGetIdentity-behind-BeginSession',
    title: 'give its identity for a session that has begun by then, which goes on to success',
    level: 'SHOULD',
    remedy: 'do not count on EapPeerGetIdentity before EapPeerBeginSession: the documents show both orders',
    async run(probe) {
      await (await probe.begin({ identity: 'last' })).expectSuccess('a session begun before its identity');
    },
  },
  {
    id: 'windows-EapPeerGetIdentity-each-flag',
    title: 'take each flag of EAPHost with its request for an identity without a crash',
    level: 'MUST',
    remedy: 'test flags by their bits, and pass over those that you do not know',
    async run(probe) {
      const peer = await probe.peer();
      for (const flag of [
        'machineAuth',
        'guestAccess',
        'logon',
        'preLogon',
        'suppressUi',
        'fullAuth',
      ] as const) {
        await surviving(peer.getIdentity({ ...probe.asked, flags: [flag] }));
      }
    },
  },
  {
    id: 'windows-EapPeerGetIdentity-machine-without-user-blob',
    title: 'ask for no dialog for the identity of a machine, which has no user',
    level: 'SHOULD',
    remedy: 'fail EapPeerGetIdentity with EAP_FLAG_MACHINE_AUTH where no identity is known',
    async run(probe) {
      const asked = { config: probe.target.config, flags: ['machineAuth'] as const };
      const answer = await surviving((await probe.peer()).getIdentity(asked));
      demand(!answer?.invokeUi, 'it asks for a dialog, and nobody is logged on');
    },
  },
  {
    id: 'windows-EapPeerBeginSession-without-blobs',
    title: 'begin a session without any blob and take a Request, or fail, without a crash',
    level: 'MUST',
    remedy: 'expect NULL and 0 for both blobs',
    async run(probe) {
      const halves = await probe.halves();
      const talk = await MethodTalk.begin(probe, halves);
      const session = await surviving(halves.peer.beginSession());
      if (session) {
        await surviving(session.process(talk.request));
        await working(session.end());
      }
      await talk.expectSuccess('the conversation behind it');
    },
  },
  {
    id: 'windows-EapPeerBeginSession-64-at-a-time',
    title: 'hold 64 conversations at a time, on as many threads',
    level: 'SHOULD',
    remedy: 'guard what sessions share; EAPHost serves each of its clients on a thread of its own',
    async run(probe) {
      const halves = await probe.halves();
      const talks = Array.from({ length: atOnce }, async () => {
        await (await MethodTalk.begin(probe, halves)).expectSuccess(`one of ${atOnce} conversations`);
      });
      await Promise.all(talks);
    },
  },
  {
    id: 'windows-EapPeerEndSession-in-another-order',
    title: 'take the ends of sessions in another order than they have begun',
    level: 'SHOULD',
    remedy: 'free by EapPeerEndSession the session of the handle, not the last one',
    async run(probe) {
      const halves = await probe.halves();
      const [one, two, three] = [
        await MethodTalk.begin(probe, halves),
        await MethodTalk.begin(probe, halves),
        await MethodTalk.begin(probe, halves),
      ];
      await two.close();
      await one.close();
      await three.expectSuccess('the third session, behind the ends of two others');
      demand(halves.peer.stats().sessions === 0, `${halves.peer.stats().sessions} sessions are left`);
    },
  },
  {
    id: 'windows-EapPeerSetCredentials-in-place-of-user-blob',
    title: 'go on to success with the name and password of EapPeerSetCredentials',
    level: 'SHOULD',
    remedy: 'take both in EapPeerSetCredentials as if they had come in the user blob',
    async run(probe) {
      const halves = await typed(probe);
      const { login } = probe.target;
      if (!login) throw new NotApplicable('no name and password are given: --identity, --password-file');
      await (await MethodTalk.begin(probe, halves, { login })).expectSuccess('what its user has typed');
    },
  },
  {
    id: 'windows-EapPeerSetCredentials-strange-texts',
    title: 'take names and passwords that are empty, long or of any script without a crash',
    level: 'MUST',
    remedy: 'take both as UTF-16 of any length; what a user types fits into no fixed buffer',
    async run(probe) {
      const halves = await typed(probe);
      for (const text of ['', '@', 'ä€😀', '%s%n', 'a'.repeat(257), 'b'.repeat(10_000)]) {
        const asked = { ...probe.asked, credentials: undefined };
        const session = await surviving(halves.peer.beginSession(asked));
        if (!session) continue;
        await surviving(session.setCredentials(text, Buffer.from(text)));
        await working(session.end());
      }
      await (await MethodTalk.begin(probe, halves)).expectSuccess('the conversation behind them');
    },
  },
  {
    id: 'windows-EapPeerSetCredentials-behind-first-packet',
    title: 'take a name and a password in the middle of a session without a crash, and say no success',
    level: 'MUST',
    remedy: 'refuse EapPeerSetCredentials behind the first Request, or use it for what follows',
    async run(probe) {
      await typed(probe);
      await outOfTurn(
        probe,
        async (session, talk) => {
          await talk.respond();
          await surviving(session.setCredentials('nobody', Buffer.from('x')));
        },
        'failure',
      );
    },
  },
  {
    id: 'windows-EapPeerProcessRequestPacket-again-before-response',
    title: 'take a Request a second time before its response is fetched, and say no success',
    level: 'MUST',
    remedy: 'expect a retransmission at any time; answer it as the first, or discard it',
    run: (probe) =>
      outOfTurn(
        probe,
        async (session, talk) => {
          await working(session.processRequestPacket(talk.request));
          await surviving(session.processRequestPacket(talk.request));
        },
        'failure',
      ),
  },
  {
    id: 'windows-EapPeerProcessRequestPacket-again-behind-response',
    title: 'take a retransmitted Request without a crash; what it answers has the Identifier of it',
    level: 'MUST',
    remedy: 'answer a Request that comes again as you have answered it, or discard it',
    run: (probe) =>
      outOfTurn(
        probe,
        async (session, talk) => {
          await talk.respond();
          const step = await surviving(session.process(talk.request));
          const id = step?.action === 'send' ? step.packet[1] : talk.id;
          demand(id === talk.id, `its second answer has the Identifier ${id} in place of ${talk.id}`);
        },
        'failure',
      ),
  },
  {
    id: 'windows-EapPeerProcessRequestPacket-behind-result',
    title: 'take a Request behind its result without a crash, and say no success',
    level: 'MUST',
    remedy: 'keep a session that has failed as it is until EapPeerEndSession',
    run: (probe) =>
      outOfTurn(
        probe,
        async (session, talk) => {
          await surviving(probe.result(session.getResult('failure')));
          await surviving(session.process(talk.request));
        },
        'failure',
      ),
  },
  {
    id: 'windows-EapPeerGetResponsePacket-not-announced',
    title: 'not crash where it is asked for a response that it has not announced, and say no success',
    level: 'SHOULD',
    remedy: 'fail EapPeerGetResponsePacket where there is nothing to send',
    run: (probe) => outOfTurn(probe, (session) => surviving(session.getResponsePacket())),
  },
  {
    id: 'windows-EapPeerGetResponsePacket-again',
    title: 'give the same response a second time, or fail',
    level: 'SHOULD',
    remedy: 'keep the response until the next Request, or fail where it was fetched',
    run: (probe) =>
      outOfTurn(
        probe,
        async (session, talk) => {
          const first = await talk.respond();
          if (!first) throw new NotApplicable('it has a result before any response');
          const second = await surviving(session.getResponsePacket());
          demand(!second || second.equals(first), 'the second time it gives another response');
        },
        'failure',
      ),
  },
  {
    id: 'windows-EapPeerGetUIContext-not-asked',
    title: 'not crash where it is asked for a UI context that it has not announced',
    level: 'SHOULD',
    remedy: 'fail EapPeerGetUIContext, or give 0 octets, where no dialog is wanted',
    run: (probe) => outOfTurn(probe, (session) => surviving(session.getUiContext())),
  },
  {
    id: 'windows-EapPeerSetUIContext-not-asked',
    title: 'take an answer of a dialog that it has not asked for without a crash, and say no success',
    level: 'SHOULD',
    remedy: 'fail EapPeerSetUIContext where no dialog is wanted',
    run: (probe) => outOfTurn(probe, (session) => surviving(session.setUiContext(noise(64, 1)))),
  },
  {
    id: 'windows-EapPeerGetResponseAttributes-not-asked',
    title: 'not crash where it is asked for attributes that it has not announced',
    level: 'SHOULD',
    remedy: 'set dwNumberOfAttributes to 0 where there are none',
    run: (probe) => outOfTurn(probe, (session) => surviving(session.getResponseAttributes())),
  },
  {
    id: 'windows-EapPeerSetResponseAttributes-not-asked',
    title: 'take attributes that it has not asked for without a crash, and say no success',
    level: 'SHOULD',
    remedy: 'fail EapPeerSetResponseAttributes, or pass over it, where nothing was asked',
    run: (probe) => outOfTurn(probe, (session) => surviving(session.setResponseAttributes([]))),
  },
  {
    id: 'windows-EapPeerGetResult-unknown-before-end',
    title: 'say no success where its host has seen no final packet, and the method is not done',
    level: 'MUST',
    remedy:
      'set fIsSuccess to FALSE for EapPeerMethodResultUnknown unless the method is done and was content',
    run: (probe) => unfinished(probe, 'unknown'),
  },
  {
    id: 'windows-EapPeerGetResult-again',
    title: 'give the same verdict and the same keys a second time, or fail',
    level: 'SHOULD',
    remedy: 'keep the result until EapPeerEndSession',
    async run(probe) {
      const talk = await probe.begin();
      while ((await talk.round()) === 'send');
      const { peer } = await talk.results();
      const again = await surviving(probe.result(talk.peer.inAnyOrder().getResult('success')));
      await talk.close();
      if (!again) return;
      demand(again.isSuccess === peer.isSuccess, 'the second time it has another verdict');
      const { msk } = again.keys;
      demand(!msk || !peer.keys.msk || msk.equals(peer.keys.msk), 'the second time it has another MSK');
    },
  },
]);
