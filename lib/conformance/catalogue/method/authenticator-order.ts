// What Windows' documents demand of an authenticator method DLL whose host calls it in another order than usual, or than
// it may (SHOULD then).

import { demand, NotApplicable } from '../../case.js';
import { methodCases } from '../../kinds.js';
import type { MethodProbe } from '../../method-probe.js';
import { MethodTalk, noise, offered, surviving, working } from '../../method-talk.js';

export const methodAuthenticatorOrderCases = methodCases('Windows', [
  {
    id: 'windows-EapMethodAuthenticatorBeginSession-without-connection-data',
    title: 'begin a session without connection data, or fail, without a crash',
    level: 'MUST',
    remedy: 'expect NULL and 0 for pConnectionData',
    async run(probe) {
      const halves = await probe.halves();
      const session = await surviving(halves.authenticator.beginSession());
      if (session) {
        await surviving(session.sendPacket(1));
        await working(session.end());
      }
      await (await MethodTalk.begin(probe, halves)).expectSuccess('the conversation behind it');
    },
  },
  {
    id: 'windows-EapMethodAuthenticatorEndSession-in-another-order',
    title: 'take the ends of its sessions in another order than they have begun',
    level: 'SHOULD',
    remedy: 'free by EapMethodAuthenticatorEndSession the session of the handle, not the last one',
    async run(probe) {
      const halves = await probe.halves();
      const one = await MethodTalk.begin(probe, halves);
      const other = await MethodTalk.begin(probe, halves);
      await one.close();
      await other.expectSuccess('the second session, behind the end of the first');
      const { sessions } = halves.authenticator.stats();
      demand(sessions === 0, `${sessions} sessions are left`);
    },
  },
  {
    id: 'windows-EapMethodAuthenticatorUpdateInnerMethodParams-identity',
    title: 'go on to success where its host tells the identity behind the beginning of the session',
    level: 'SHOULD',
    remedy: 'take the identity of EapMethodAuthenticatorUpdateInnerMethodParams in place of the first',
    async run(probe) {
      await updating(probe);
      const talk = await probe.begin({ identity: 'updated' });
      await talk.expectSuccess('a session that got its identity late');
    },
  },
  {
    id: 'windows-EapMethodAuthenticatorUpdateInnerMethodParams-strange-identities',
    title: 'take other identities in a session, long or of any script, without a crash',
    level: 'MUST',
    remedy: 'take pwszIdentity as UTF-16 of any length; it is what a stranger claims',
    async run(probe) {
      const authenticator = await updating(probe);
      const session = await working(authenticator.beginSession({ config: probe.target.serverConfig }));
      for (const identity of ['@', 'ä€😀', '%s%n', 'a'.repeat(1000)]) {
        await surviving(session.updateInnerMethodParams(identity, [{ type: 60_000, value: noise(9, 1) }]));
      }
      await working(session.end());
    },
  },
  {
    id: 'windows-EapMethodAuthenticatorGetResult-before-end',
    title: 'say no success where its host gives up: before the first Request, and behind it',
    level: 'SHOULD',
    remedy: 'set fIsSuccess only when the method has come to its end, whenever the host asks',
    async run(probe) {
      const authenticator = await probe.authenticator();
      for (const isSent of [false, true]) {
        const session = await working(authenticator.beginSession({ config: probe.target.serverConfig }));
        if (isSent) await working(session.sendPacket(1));
        const result = await surviving(probe.result(session.inAnyOrder().getResult()));
        demand(!result?.isSuccess, 'it says success, and no Response has come');
        await working(session.end());
      }
    },
  },
  {
    id: 'windows-EapMethodAuthenticatorGetResult-again',
    title: 'give the same verdict a second time, or fail',
    level: 'SHOULD',
    remedy: 'keep the result until EapMethodAuthenticatorEndSession',
    async run(probe) {
      const talk = await probe.begin();
      while ((await talk.round()) === 'send');
      const { authenticator } = await talk.results();
      const again = await surviving(probe.result(talk.authenticator.inAnyOrder().getResult()));
      await talk.close();
      const isSame = !again || again.isSuccess === authenticator.isSuccess;
      demand(isSame, 'the second time it has another verdict');
    },
  },
  {
    id: 'windows-EapMethodAuthenticatorReceivePacket-before-SendPacket',
    title: 'take a Response before it has sent a Request without a crash, and say no success',
    level: 'SHOULD',
    remedy: 'discard what comes before the first Request: a stranger may send first',
    async run(probe) {
      const halves = await probe.halves();
      const talk = await MethodTalk.begin(probe, halves);
      const response = await talk.respond();
      if (!response) throw new NotApplicable('its peer has a result before any Response');
      const { serverConfig: config } = probe.target;
      const session = (await working(halves.authenticator.beginSession({ config }))).inAnyOrder();
      await surviving(session.receivePacket(response));
      const result = await surviving(probe.result(session.getResult()));
      demand(!result?.isSuccess, 'it says success, and has asked for nothing');
      await working(session.end());
      await talk.expectSuccess('the conversation beside it', response);
    },
  },
  {
    id: 'windows-EapMethodAuthenticatorReceivePacket-behind-result',
    title: 'take a Response behind its result without a crash',
    level: 'MUST',
    remedy: 'keep a session that has its result as it is until EapMethodAuthenticatorEndSession',
    async run(probe) {
      const halves = await probe.halves();
      const talk = await MethodTalk.begin(probe, halves);
      let last = await talk.respond();
      while (last && (await talk.take(last)) === 'send') last = (await talk.respond()) ?? last;
      await talk.results();
      if (last) await surviving(talk.authenticator.inAnyOrder().receivePacket(last));
      await talk.close();
      await (await MethodTalk.begin(probe, halves)).expectSuccess('the conversation behind it');
    },
  },
  {
    id: 'windows-EapMethodAuthenticatorSendPacket-again',
    title: 'fail or make one with the right Identifier, and not crash, where it is asked for a Request again',
    level: 'MUST',
    remedy: 'keep the Request until its Response has come, or fail where it was fetched',
    async run(probe) {
      const talk = await probe.begin();
      const again = await surviving(talk.authenticator.inAnyOrder().sendPacket(talk.id));
      const id = again?.packet[1] ?? talk.id;
      demand(id === talk.id, `its second Request has the Identifier ${id} in place of ${talk.id}`);
      await talk.close();
    },
  },
  {
    id: 'windows-EapMethodAuthenticatorGetAttributes-not-asked',
    title: 'not crash where it is asked for attributes that it has not announced',
    level: 'SHOULD',
    remedy: 'set dwNumberOfAttributes to 0 where there are none',
    async run(probe) {
      const talk = await probe.begin();
      await surviving(talk.authenticator.inAnyOrder().getAttributes());
      await talk.close();
    },
  },
  {
    id: 'windows-EapMethodAuthenticatorSetAttributes-not-asked',
    title: 'take attributes that it has not asked for without a crash, and say no success',
    level: 'SHOULD',
    remedy: 'fail EapMethodAuthenticatorSetAttributes, or pass over it, where nothing was asked',
    async run(probe) {
      const talk = await probe.begin();
      const session = talk.authenticator.inAnyOrder();
      await surviving(session.setAttributes([]));
      const result = await surviving(probe.result(session.getResult()));
      demand(!result?.isSuccess, 'it says success for attributes');
      await talk.close();
    },
  },
]);

/** The authenticator exports, where they take another identity. */
export async function updating(probe: MethodProbe) {
  const authenticator = await probe.authenticator();
  if (!authenticator.routines.includes('EapMethodAuthenticatorUpdateInnerMethodParams')) {
    throw new NotApplicable('it has no EapMethodAuthenticatorUpdateInnerMethodParams');
  }
  const session = await working(authenticator.beginSession({ config: probe.target.serverConfig }));
  try {
    await offered(session.updateInnerMethodParams('alice', []));
  } finally {
    await session.end();
  }
  return authenticator;
}
