// What Windows' documents and EAP demand of an authenticator method DLL.

import { eapCodes, eapPacket } from '../../../eap/packet.js';
import type {
  AuthenticatorMethodResult,
  AuthenticatorMethodSession,
} from '../../../method-dlls/authenticator-session.js';
import { demand, NotApplicable } from '../../case.js';
import { methodCases } from '../../kinds.js';
import type { MethodProbe } from '../../method-probe.js';
import { longestOf, MethodTalk, noise, surviving, typeEnd, withData, working } from '../../method-talk.js';
import { patched } from '../server/eap.js';
import { refusesOtherType, unassignedBeside } from './peer.js';

/** No success comes of `action`, what a session has made of a packet that is not right. */
async function expectNoSuccess(
  probe: MethodProbe,
  session: AuthenticatorMethodSession,
  action: string | undefined,
) {
  if (action !== 'result') return;
  const result = await surviving(probe.result(session.getResult()));
  demand(!result?.isSuccess, 'it says success for a Response that is none');
}

/**
 * Gives sessions, in place of the first Response, what `make` has made of it: each may refuse it, or go on, but neither
 * crash nor, unless it `mayProve` a user, say success. A conversation behind them goes well.
 */
async function fed(
  probe: MethodProbe,
  make: (response: Buffer) => readonly Buffer[],
  mayProve = false,
): Promise<void> {
  const halves = await probe.halves();
  const talk = await MethodTalk.begin(probe, halves);
  const good = await talk.respond();
  if (!good) throw new NotApplicable('its peer has a result before any Response');
  for (const packet of make(good)) {
    const session = await working(halves.authenticator.beginSession({ config: probe.target.serverConfig }));
    await working(session.sendPacket(talk.id));
    const action = await surviving(session.receivePacket(packet));
    if (!mayProve) await expectNoSuccess(probe, session, action);
    await working(session.end());
  }
  await talk.expectSuccess('the conversation behind them', good);
}

/** The verdict on a peer whose first Response was altered on its way, in its middle; undefined where it cannot be asked. */
async function rejected(probe: MethodProbe): Promise<AuthenticatorMethodResult | undefined> {
  const talk = await probe.begin();
  const good = await talk.respond();
  if (!good) throw new NotApplicable('its peer has a result before any Response');
  const begin = typeEnd(good);
  const at = begin + Math.floor((good.length - begin) / 2);
  for (let action = await talk.take(patched(good, { [at]: (good[at] ?? 0) ^ 0x55 })); action !== 'result';) {
    const response = action === 'send' ? await talk.respond() : undefined;
    if (!response) throw new NotApplicable('it discards a Response that was altered');
    action = await talk.take(response);
  }
  const result = await surviving(probe.result(talk.authenticator.getResult()));
  await talk.close();
  if (result?.isSuccess) throw new NotApplicable('no proof covers the octet that was altered');
  return result;
}

const routines = [
  'Initialize',
  'BeginSession',
  'UpdateInnerMethodParams',
  'ReceivePacket',
  'SendPacket',
  'GetAttributes',
  'SetAttributes',
  'GetResult',
  'EndSession',
  'Shutdown',
] as const;

export const authenticatorMethodCases = [
  ...methodCases('Windows', [
    {
      id: 'windows-EapMethodAuthenticatorGetInfo-free-functions',
      title: 'export the function that frees the errors of its authenticator half',
      level: 'MUST',
      remedy: 'export EapMethodAuthenticatorFreeErrorMemory by name',
      async run(probe) {
        const { exports } = await probe.authenticator();
        demand(exports.includes('EapMethodAuthenticatorFreeErrorMemory'), 'it does not export it');
      },
    },
    {
      id: 'windows-EapMethodAuthenticatorGetInfo-routines',
      title: 'give each routine of an authenticator’s session in its table',
      level: 'MUST',
      remedy: 'fill in the whole EAP_AUTHENTICATOR_METHOD_ROUTINES',
      async run(probe) {
        const given = (await probe.authenticator()).routines;
        for (const name of routines) {
          demand(
            given.includes(`EapMethodAuthenticator${name}`),
            `EapMethodAuthenticator${name} is missing in its table`,
          );
        }
      },
    },
    {
      id: 'windows-EapMethodAuthenticatorGetInfo-other-type',
      title: 'refuse as an authenticator a type that is not its own',
      level: 'SHOULD',
      remedy: 'compare the type, with vendor where it is expanded, and fail with ERROR_NOT_SUPPORTED',
      run: (probe) => refusesOtherType(probe, 'authenticator'),
    },
    {
      id: 'windows-EapMethodAuthenticatorBeginSession-host-attributes',
      title: 'begin a session with attributes that it does not know, and send its Request',
      level: 'SHOULD',
      remedy: 'pass over attributes in pAttributeArray that you have no use for',
      async run(probe) {
        const authenticator = await probe.authenticator();
        const attributes = [
          { type: 4, value: Buffer.from([192, 0, 2, 1]) },
          { type: 60_000, value: Buffer.alloc(0) },
          { type: 60_001, value: noise(253, 1) },
        ];
        const { serverConfig: config } = probe.target;
        const session = await working(authenticator.beginSession({ config, attributes }));
        await working(session.sendPacket(1));
        await working(session.end());
      },
    },
    {
      id: 'windows-EapMethodAuthenticatorBeginSession-flags-of-other-hosts',
      title: 'begin a session with flags that mean nothing to it, and send its Request',
      level: 'SHOULD',
      remedy: 'test the flags that you know, and pass over the others',
      async run(probe) {
        const authenticator = await probe.authenticator();
        const flags = ['resumeFromHibernate', 'healthStateChange', 'vpn'] as const;
        const { serverConfig: config } = probe.target;
        const session = await working(authenticator.beginSession({ config, flags }));
        await working(session.sendPacket(1));
        await working(session.end());
      },
    },
    {
      id: 'windows-EapMethodAuthenticatorBeginSession-side-by-side',
      title: 'hold three sessions at a time, each with a Request of its own Identifier',
      level: 'SHOULD',
      remedy: 'keep all state of a conversation in the session that its handle points to, none in globals',
      async run(probe) {
        const authenticator = await probe.authenticator();
        const { serverConfig: config } = probe.target;
        const sessions = await Promise.all(
          [1, 2, 3].map(() => working(authenticator.beginSession({ config }))),
        );
        for (const [at, session] of sessions.entries()) {
          const { packet } = await working(session.sendPacket(10 + at));
          demand(packet[1] === 10 + at, `a session has the Identifier ${packet[1]} in place of ${10 + at}`);
        }
        for (const session of sessions) await working(session.end());
      },
    },
    {
      id: 'windows-EapMethodAuthenticatorBeginSession-strange-identities',
      title: 'take identities that are empty, of 1,000 characters or of any script without a crash',
      level: 'MUST',
      remedy: 'take pwszIdentity as UTF-16 of any length; it is what a stranger claims',
      async run(probe) {
        const halves = await probe.halves();
        const { serverConfig: config } = probe.target;
        for (const identity of ['', '@', 'ä€😀', '%s%n', 'a'.repeat(253), 'b'.repeat(1000)]) {
          const session = await surviving(halves.authenticator.beginSession({ config, identity }));
          if (!session) continue;
          await surviving(session.sendPacket(1));
          await working(session.end());
        }
        await (await MethodTalk.begin(probe, halves)).expectSuccess('the conversation behind them');
      },
    },
    {
      id: 'windows-EapMethodAuthenticatorBeginSession-largest-packet',
      title: 'send no Request of more octets than dwMaxSendPacketSize',
      level: 'SHOULD',
      remedy: 'fragment what is longer than dwMaxSendPacketSize, which counts the EAP header, too',
      async run(probe) {
        const talk = await probe.begin({ maxSendPacketSize: { authenticator: 1020 } });
        await talk.expectSuccess('a conversation in packets of at most 1020 octets');
        const longest = longestOf(probe, 'sent');
        demand(longest <= 1020, `a Request has ${longest} octets, where 1020 are the most`);
      },
    },
    {
      id: 'windows-EapMethodAuthenticatorBeginSession-damaged-connection-data',
      title: 'take connection data of random octets without a crash, and hold a conversation behind them',
      level: 'MUST',
      remedy: 'check sizes and versions before you read a blob: it may be another method’s, or an old one',
      async run(probe) {
        const halves = await probe.halves();
        for (const length of [1, 3, 4, 16, 64, 1024, 65_536]) {
          const config = noise(length, length);
          const session = await surviving(halves.authenticator.beginSession({ config }));
          if (session) await working(session.end());
        }
        await (await MethodTalk.begin(probe, halves)).expectSuccess('the conversation behind them');
      },
    },
    {
      id: 'windows-EapMethodAuthenticatorReceivePacket-random-octets',
      title: 'take Responses of its type with random octets without a crash, and say no success',
      level: 'MUST',
      remedy: 'check each length before you read; answer what cannot be read with the action discard',
      async run(probe) {
        await fed(probe, (response) =>
          Array.from({ length: 16 }, (_, at) => withData(response, noise(at * at + 1, at))),
        );
      },
    },
    {
      id: 'windows-EapMethodAuthenticatorReceivePacket-no-packet-at-all',
      title: 'take packets of 0 to 4 octets without a crash, and say no success',
      level: 'MUST',
      remedy: 'check that the header and the type are there before you read them',
      async run(probe) {
        await fed(probe, (response) => [0, 1, 2, 3, 4].map((length) => response.subarray(0, length)));
      },
    },
    {
      id: 'windows-EapMethodAuthenticatorReceivePacket-cut-short',
      title: 'take its first Response cut at each octet without a crash',
      level: 'MUST',
      remedy: 'check each length before you read; a field may end with the packet',
      async run(probe) {
        const cut = (response: Buffer) => {
          const begin = typeEnd(response);
          const cuts = Math.min(response.length - begin, 64);
          return Array.from({ length: cuts }, (_, at) =>
            withData(response, response.subarray(begin, begin + at)),
          );
        };
        // What is cut off may be none of the proof, such as the name behind an MD5-Response.
        await fed(probe, cut, true);
      },
    },
    {
      id: 'windows-EapMethodAuthenticatorReceivePacket-length-beyond-packet',
      title: 'read nothing behind a packet whose Length says that it is longer, and say no success',
      level: 'MUST',
      remedy: 'compare Length with dwReceivePacketSize, and discard the packet where it is more',
      async run(probe) {
        await fed(probe, (response) => [
          patched(response, { 2: 0xff, 3: 0xff }),
          patched(response.subarray(0, typeEnd(response)), { 2: 0xff, 3: 0xff }),
        ]);
      },
    },
    {
      id: 'windows-EapMethodAuthenticatorReceivePacket-1500-octets',
      title: 'take Responses of 1499, 1500 and 1501 octets without a crash, and say no success',
      level: 'MUST',
      remedy:
        'take sizes from dwReceivePacketSize; a buffer of one Ethernet frame is too small or off by one',
      async run(probe) {
        await fed(probe, (response) =>
          [1499, 1500, 1501].map((size) => withData(response, noise(size - typeEnd(response), size))),
        );
      },
    },
    {
      id: 'windows-EapMethodAuthenticatorReceivePacket-65535-octets',
      title: 'take a Response of the largest Length that there is without a crash, and say no success',
      level: 'MUST',
      remedy: 'count octets in 32 bits: 65,535 and a few more do not fit into 16',
      async run(probe) {
        await fed(probe, (response) => [withData(response, noise(65_535 - typeEnd(response), 1))]);
      },
    },
    {
      id: 'windows-EapMethodAuthenticatorReceivePacket-other-type',
      title: 'take no Response of another type for one of its own',
      level: 'SHOULD',
      remedy: 'compare the type, with vendor where it is expanded, before you read what follows',
      async run(probe) {
        await fed(probe, (response) => [
          eapPacket(
            eapCodes.response,
            response[1] ?? 0,
            Buffer.of(unassignedBeside(response[4])),
            response.subarray(typeEnd(response)),
          ),
        ]);
      },
    },
    {
      id: 'windows-EapMethodAuthenticatorGetResult-reason-of-failure',
      title: 'give a reason when it rejects a peer whose Response was altered',
      level: 'SHOULD',
      remedy: 'set dwFailureReason to a Windows or EAP error code where fIsSuccess is FALSE',
      async run(probe) {
        // A call that fails gives its reason by that.
        demand((await rejected(probe))?.failureReasonCode !== 0, 'it fails with the reason 0');
      },
    },
    {
      id: 'windows-EapMethodAuthenticatorGetResult-no-keys-without-success',
      title: 'give no keys when it rejects a peer whose Response was altered',
      level: 'SHOULD',
      remedy: 'leave pAuthAttribs NULL where the method has failed',
      async run(probe) {
        const { keys } = (await rejected(probe)) ?? {};
        demand(!keys?.msk && !keys?.emsk, 'it gives keys with a failure');
      },
    },
    {
      id: 'windows-EapMethodAuthenticatorSetAttributes-empty',
      title: 'go on where its host answers the attributes of a session with none',
      level: 'SHOULD',
      remedy: 'take an EapAttributes with dwNumberOfAttributes 0 and pAttribs NULL',
      async run(probe) {
        await askedWith(probe, []);
      },
    },
    {
      id: 'windows-EapMethodAuthenticatorSetAttributes-unknown',
      title: 'go on where its host answers with attributes that it does not know',
      level: 'SHOULD',
      remedy: 'pass over attributes that you have no use for, empty ones among them',
      async run(probe) {
        await askedWith(probe, [
          { type: 60_000, value: Buffer.alloc(0) },
          { type: 60_001, value: noise(4096, 1) },
        ]);
      },
    },
    {
      id: 'windows-EapMethodAuthenticatorEndSession-GetAttributes-not-called',
      title: 'take the end of a session that asks for attributes and is not asked which',
      level: 'MUST',
      remedy: 'let EapMethodAuthenticatorEndSession free the session in whatever state it is',
      async run(probe) {
        const halves = await probe.halves();
        await (await askingHost(await MethodTalk.begin(probe, halves))).close();
        const { sessions } = halves.authenticator.stats();
        demand(sessions === 0, `${sessions} sessions are left`);
        await (await MethodTalk.begin(probe, halves)).expectSuccess('the conversation behind it');
      },
    },
  ]),
  ...methodCases('RFC 3748', [
    {
      id: 'rfc3748-4.1-method-response-to-older-request',
      title: 'say no success for a Response that comes a second time, behind the next Request',
      level: 'SHOULD',
      addressee: 'authenticator',
      remedy: 'compare the Identifier with that of the last Request, and discard what is older',
      async run(probe) {
        const talk = await probe.begin();
        const first = await talk.respond();
        if (!first || (await talk.take(first)) !== 'send') {
          throw new NotApplicable('its conversation has only one Response');
        }
        await expectNoSuccess(
          probe,
          talk.authenticator,
          await surviving(talk.authenticator.receivePacket(first)),
        );
        await talk.close();
      },
    },
    {
      id: 'rfc3748-2.2-method-request-for-response',
      title: 'say no success for its own Request that comes back as it is',
      level: 'MUST',
      keyword: 'indicative',
      remedy: 'discard what has not the code of a Response',
      async run(probe) {
        const talk = await probe.begin();
        await expectNoSuccess(
          probe,
          talk.authenticator,
          await surviving(talk.authenticator.receivePacket(talk.request)),
        );
        await talk.close();
      },
    },
  ]),
];

/** A conversation up to where its authenticator asks its host for attributes. */
export async function askingHost(talk: MethodTalk): Promise<MethodTalk> {
  for (;;) {
    const response = await talk.respond();
    if (!response) break;
    const action = await working(talk.authenticator.receivePacket(response));
    if (action === 'respond') return talk;
    if (action !== 'send') break;
    await talk.next();
  }
  throw new NotApplicable('it never asks its host for attributes');
}

/** A conversation whose authenticator gets these attributes when it asks. */
async function askedWith(
  probe: MethodProbe,
  attributes: readonly { readonly type: number; readonly value: Buffer }[],
): Promise<void> {
  const talk = await askingHost(await probe.begin({ attributes }));
  await working(talk.authenticator.getAttributes());
  const action = await working(talk.authenticator.setAttributes(attributes));
  if (action === 'send') await talk.next();
  const end = action === 'result' ? await talk.end() : await talk.finish();
  demand(end.authenticator.isSuccess, 'it fails a good peer then');
}
