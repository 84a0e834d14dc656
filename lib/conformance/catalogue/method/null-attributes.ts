// A host that hands a method DLL NULL where it has no attributes, in place of a list of none. Windows' documents have a
// pointer to a list and say nothing of NULL, so that the level is SHOULD: real methods have been seen to crash.

import { methodCases } from '../../kinds.js';
import type { MethodProbe } from '../../method-probe.js';
import { MethodTalk, surviving, working } from '../../method-talk.js';
import { updating } from './authenticator-order.js';
import { askingHost } from './authenticator.js';
import { asking } from './ui.js';

/** Begins a conversation in which one side gets NULL, does `calls` to it, and holds another without. */
async function withNull(
  probe: MethodProbe,
  nullAttributes: 'peer' | 'authenticator',
  calls: (talk: MethodTalk) => Promise<unknown>,
): Promise<void> {
  const halves = await probe.halves();
  const talk = await MethodTalk.begin(probe, halves, { nullAttributes });
  await calls(talk);
  await talk.close();
  await (await MethodTalk.begin(probe, halves)).expectSuccess('the conversation behind it');
}

const lookFirst = 'compare the pointer with NULL before you read dwNumberOfAttributes';

export const methodNullAttributeCases = methodCases('Windows', [
  {
    id: 'windows-EapPeerBeginSession-null-attributes',
    title: 'begin a session with NULL for its attributes, and take a Request',
    level: 'SHOULD',
    remedy: lookFirst,
    run: (probe) => withNull(probe, 'peer', (talk) => working(talk.peer.processRequestPacket(talk.request))),
  },
  {
    id: 'windows-EapPeerSetResponseAttributes-null-attributes',
    title: 'take NULL for its host’s answer to its attributes, or refuse it, without a crash',
    level: 'SHOULD',
    remedy: lookFirst,
    run: (probe) =>
      withNull(probe, 'peer', async (talk) => {
        await asking(talk, 'respond');
        await working(talk.peer.getResponseAttributes());
        await surviving(talk.peer.setResponseAttributes([]));
      }),
  },
  {
    id: 'windows-EapMethodAuthenticatorBeginSession-null-attributes',
    title: 'begin an authenticator’s session with NULL for its attributes, and make a Request',
    level: 'SHOULD',
    remedy: lookFirst,
    // The Request is there when the conversation has begun.
    run: (probe) => withNull(probe, 'authenticator', async () => undefined),
  },
  {
    id: 'windows-EapMethodAuthenticatorUpdateInnerMethodParams-null-attributes',
    title: 'take an identity with NULL for its attributes, or refuse it, without a crash',
    level: 'SHOULD',
    remedy: lookFirst,
    async run(probe) {
      await updating(probe);
      await withNull(probe, 'authenticator', (talk) =>
        surviving(talk.authenticator.inAnyOrder().updateInnerMethodParams('alice', [])),
      );
    },
  },
  {
    id: 'windows-EapMethodAuthenticatorSetAttributes-null-attributes',
    title:
      'take NULL for its host’s answer to the attributes of an authenticator, or refuse it, without a crash',
    level: 'SHOULD',
    remedy: lookFirst,
    run: (probe) =>
      withNull(probe, 'authenticator', async (talk) => {
        await askingHost(talk);
        await working(talk.authenticator.getAttributes());
        await surviving(talk.authenticator.setAttributes([]));
      }),
  },
]);
