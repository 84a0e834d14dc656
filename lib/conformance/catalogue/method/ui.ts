// What Windows' documents demand of a peer method DLL that asks its user, or its host for attributes, in a session.

import type { PeerMethod } from '../../../method-dlls/peer-method.js';
import { demand, NotApplicable } from '../../case.js';
import { methodCases } from '../../kinds.js';
import type { MethodProbe } from '../../method-probe.js';
import { MethodTalk, noise, offered, surviving, uiAnswer, working } from '../../method-talk.js';

/** A conversation up to where its peer asks for this action; nothing is fetched yet. */
export async function asking(talk: MethodTalk, wanted: 'invokeUi' | 'respond'): Promise<MethodTalk> {
  for (;;) {
    const { action } = await working(talk.peer.processRequestPacket(talk.request));
    if (action === wanted) return talk;
    if (action !== 'send') break;
    if ((await talk.take(await working(talk.peer.getResponsePacket()))) !== 'send') break;
  }
  throw new NotApplicable(
    wanted === 'invokeUi' ? 'it never asks its user' : 'it never asks its host for attributes',
  );
}

/** Gives a session that asks its user these answers, one for each session: no success may come of them. */
async function answered(probe: MethodProbe, answers: readonly Buffer[]): Promise<void> {
  const halves = await probe.halves();
  for (const answer of answers) {
    const talk = await asking(await MethodTalk.begin(probe, halves), 'invokeUi');
    await working(talk.peer.getUiContext());
    await surviving(talk.peer.setUiContext(answer));
    const result = await surviving(probe.result(talk.peer.getResult('failure')));
    demand(!result?.isSuccess, `it says success after an answer of ${answer.length} octets`);
    await talk.close();
  }
  await (await MethodTalk.begin(probe, halves)).expectSuccess('the conversation behind them');
}

/** Ends a session where it asks; nothing of it is left, and the next one goes well. */
async function endedWhereAsked(
  probe: MethodProbe,
  wanted: 'invokeUi' | 'respond',
  fetch?: (talk: MethodTalk) => Promise<unknown>,
): Promise<void> {
  const halves = await probe.halves();
  const talk = await asking(await MethodTalk.begin(probe, halves), wanted);
  await fetch?.(talk);
  await talk.close();
  demand(halves.peer.stats().sessions === 0, `${halves.peer.stats().sessions} sessions are left`);
  await (await MethodTalk.begin(probe, halves)).expectSuccess('the conversation behind it');
}

/** A conversation that goes well with these attributes, where its peer asks for some. */
async function attributed(
  probe: MethodProbe,
  attributes: readonly { readonly type: number; readonly value: Buffer }[],
): Promise<void> {
  const halves = await probe.halves();
  await (await asking(await MethodTalk.begin(probe, halves), 'respond')).close();
  const talk = await MethodTalk.begin(probe, halves, { attributes });
  await talk.expectSuccess('a conversation with these attributes of its host');
}

/** Makes calls in any order of a session that asks: no success may come of them, and the next one goes well. */
async function askedAgain(
  probe: MethodProbe,
  wanted: 'invokeUi' | 'respond',
  calls: (talk: MethodTalk) => Promise<unknown>,
): Promise<void> {
  const halves = await probe.halves();
  const talk = await asking(await MethodTalk.begin(probe, halves), wanted);
  talk.peer.inAnyOrder();
  await calls(talk);
  const result = await surviving(probe.result(talk.peer.getResult('failure')));
  demand(!result?.isSuccess, 'it says success behind them');
  await talk.close();
  await (await MethodTalk.begin(probe, halves)).expectSuccess('the conversation behind it');
}

/** Makes calls with the context of a session that asks its user. */
async function filledIn(
  probe: MethodProbe,
  calls: (peer: PeerMethod, context: Buffer) => Promise<unknown>,
): Promise<void> {
  const halves = await probe.halves();
  for (const name of ['QueryInteractiveUIInputFields', 'QueryUIBlobFromInteractiveUIInputFields']) {
    if (!halves.peer.exports.includes(`EapPeer${name}`)) throw new NotApplicable(`it has no EapPeer${name}`);
  }
  const talk = await asking(await MethodTalk.begin(probe, halves), 'invokeUi');
  await calls(halves.peer, await working(talk.peer.getUiContext()));
  await talk.close();
}

export const methodUiCases = methodCases('Windows', [
  {
    id: 'windows-EapPeerSetUIContext-answer-of-its-dialog',
    title: 'go on to success with what its interactive dialog gives for its context',
    level: 'SHOULD',
    remedy:
      'take in EapPeerSetUIContext what EapPeerInvokeInteractiveUI gives, and go on where the session was',
    async run(probe) {
      const halves = await probe.halves();
      const talk = await asking(await MethodTalk.begin(probe, halves), 'invokeUi');
      const context = await working(talk.peer.getUiContext());
      const { action } = await working(
        talk.peer.setUiContext(await uiAnswer(probe.target, halves.peer, context)),
      );
      demand(action !== 'none', `its action behind the answer is ${action}`);
      await talk.close();
      await (await MethodTalk.begin(probe, halves)).expectSuccess('a conversation with its user');
    },
  },
  {
    id: 'windows-EapPeerSetUIContext-random-octets',
    title: 'take random octets for an answer of its dialog without a crash, and say no success',
    level: 'MUST',
    remedy: 'check what comes from the dialog as you check packets: another process has made it',
    run: (probe) =>
      answered(
        probe,
        [1, 16, 255, 4096].map((length) => noise(length, length)),
      ),
  },
  {
    id: 'windows-EapPeerSetUIContext-empty',
    title: 'take an empty answer of its dialog without a crash, and say no success',
    level: 'MUST',
    remedy: 'expect 0 octets in EapPeerSetUIContext: the user may have closed the dialog',
    run: (probe) => answered(probe, [Buffer.alloc(0)]),
  },
  {
    id: 'windows-EapPeerBeginSession-SuppressUI-flag',
    title: 'go on with what it knows, or fail, and not ask its user where EAP_FLAG_SUPRESS_UI is set',
    level: 'MUST',
    remedy: 'fail the session, or go on without an answer, where the flag is set',
    async run(probe) {
      const halves = await probe.halves();
      const talk = await MethodTalk.begin(probe, halves);
      const { flags = [] } = probe.target;
      const session = await surviving(
        halves.peer.beginSession({ ...probe.asked, flags: [...flags, 'suppressUi'] }),
      );
      if (session) {
        const output = await surviving(session.processRequestPacket(talk.request));
        await working(session.end());
        demand(output?.action !== 'invokeUi', 'it asks for its dialog');
      }
      await talk.close();
    },
  },
  {
    id: 'windows-EapPeerEndSession-EapPeerGetUIContext-not-called',
    title: 'take the end of a session that asks its user and is not asked for its context',
    level: 'MUST',
    remedy: 'let EapPeerEndSession free the session in whatever state it is',
    run: (probe) => endedWhereAsked(probe, 'invokeUi'),
  },
  {
    id: 'windows-EapPeerEndSession-EapPeerSetUIContext-not-called',
    title: 'take the end of a session whose user has not answered',
    level: 'MUST',
    remedy: 'free the UI context in EapPeerEndSession: it is the method’s until then',
    run: (probe) => endedWhereAsked(probe, 'invokeUi', (talk) => working(talk.peer.getUiContext())),
  },
  {
    id: 'windows-EapPeerQueryInteractiveUIInputFields-fields',
    title: 'give fields in place of its interactive dialog, with labels, for the context of a session',
    level: 'SHOULD',
    remedy: 'give each field of EAP_INTERACTIVE_UI_DATA a label of 1 to 256 characters',
    async run(probe) {
      const halves = await probe.halves();
      if (!halves.peer.exports.includes('EapPeerQueryInteractiveUIInputFields')) {
        throw new NotApplicable('it has no fields in place of its dialog');
      }
      const talk = await asking(await MethodTalk.begin(probe, halves), 'invokeUi');
      const context = await working(talk.peer.getUiContext());
      const { fields } = await offered(halves.peer.queryInteractiveUiInputFields(context));
      demand(fields.length > 0, 'it gives no fields');
      demand(
        fields.every(({ label }) => label.length > 0 && label.length <= 256),
        'a field has no label, or one of more than 256 characters',
      );
      await talk.close();
    },
  },
  {
    id: 'windows-EapPeerQueryInteractiveUIInputFields-damaged-context',
    title: 'take a context of random octets for its fields without a crash',
    level: 'MUST',
    remedy: 'check the context as you check packets: the DLL of the dialog runs in another process',
    async run(probe) {
      const peer = await probe.peer();
      if (!peer.exports.includes('EapPeerQueryInteractiveUIInputFields')) {
        throw new NotApplicable('it has no fields in place of its dialog');
      }
      for (const length of [0, 1, 7, 64, 4096]) {
        await surviving(peer.queryInteractiveUiInputFields(noise(length, length)));
      }
    },
  },
  {
    id: 'windows-EapPeerSetResponseAttributes-empty',
    title: 'go on where its host answers the attributes of a session with none',
    level: 'SHOULD',
    remedy: 'take an EapAttributes with dwNumberOfAttributes 0 and pAttribs NULL',
    run: (probe) => attributed(probe, []),
  },
  {
    id: 'windows-EapPeerSetResponseAttributes-unknown',
    title: 'go on where its host answers with attributes that it does not know',
    level: 'SHOULD',
    remedy: 'pass over attributes that you have no use for, empty ones among them',
    run: (probe) =>
      attributed(probe, [
        { type: 60_000, value: Buffer.alloc(0) },
        { type: 60_001, value: noise(4096, 1) },
      ]),
  },
  {
    id: 'windows-EapPeerEndSession-GetResponseAttributes-not-called',
    title: 'take the end of a session that asks for attributes and is not asked which',
    level: 'MUST',
    remedy: 'let EapPeerEndSession free the session in whatever state it is',
    run: (probe) => endedWhereAsked(probe, 'respond'),
  },
  {
    id: 'windows-EapPeerEndSession-SetResponseAttributes-not-called',
    title: 'take the end of a session whose attributes were not answered',
    level: 'MUST',
    remedy: 'free the attributes in EapPeerEndSession: they are the method’s until then',
    run: (probe) => endedWhereAsked(probe, 'respond', (talk) => working(talk.peer.getResponseAttributes())),
  },
  {
    id: 'windows-EapPeerGetUIContext-again',
    title: 'give the same UI context a second time, or fail',
    level: 'SHOULD',
    remedy: 'keep the UI context until EapPeerSetUIContext',
    run: (probe) =>
      askedAgain(probe, 'invokeUi', async ({ peer }) => {
        const first = await working(peer.getUiContext());
        const second = await surviving(peer.getUiContext());
        demand(!second || second.equals(first), 'the second time it gives another context');
      }),
  },
  {
    id: 'windows-EapPeerSetUIContext-again',
    title: 'take two answers of one dialog without a crash, and say no success',
    level: 'SHOULD',
    remedy: 'fail EapPeerSetUIContext where the dialog was answered by then',
    run: (probe) =>
      askedAgain(probe, 'invokeUi', async ({ peer }) => {
        await working(peer.getUiContext());
        await surviving(peer.setUiContext(noise(16, 1)));
        await surviving(peer.setUiContext(noise(16, 2)));
      }),
  },
  {
    id: 'windows-EapPeerGetResponseAttributes-again',
    title: 'give its attributes a second time, or fail, without a crash',
    level: 'SHOULD',
    remedy: 'keep the attributes until EapPeerSetResponseAttributes',
    run: (probe) =>
      askedAgain(probe, 'respond', async ({ peer }) => {
        const first = await working(peer.getResponseAttributes());
        const second = await surviving(peer.getResponseAttributes());
        demand(!second || second.length === first.length, 'the second time it gives others');
      }),
  },
  {
    id: 'windows-EapPeerSetResponseAttributes-again',
    title: 'take two answers to its attributes without a crash, and say no success',
    level: 'SHOULD',
    remedy: 'fail EapPeerSetResponseAttributes where the attributes were answered by then',
    run: (probe) =>
      askedAgain(probe, 'respond', async ({ peer }) => {
        await working(peer.getResponseAttributes());
        await surviving(peer.setResponseAttributes([]));
        await surviving(peer.setResponseAttributes([{ type: 60_001, value: noise(9, 1) }]));
      }),
  },
  {
    id: 'windows-EapPeerQueryUIBlobFromInteractiveUIInputFields-no-fields',
    title: 'take the fields of its dialog where none is there without a crash',
    level: 'MUST',
    remedy: 'look for fields by their type, and expect that none is there',
    run: (probe) =>
      filledIn(probe, async (peer, context) => {
        const ui = await offered(peer.queryInteractiveUiInputFields(context));
        await surviving(peer.uiBlobFromInteractiveUiInputFields(context, { ...ui, fields: [] }));
      }),
  },
  {
    id: 'windows-EapPeerQueryUIBlobFromInteractiveUIInputFields-longest-values',
    title: 'take fields of its dialog of 1,024 characters, and of none, without a crash',
    level: 'MUST',
    remedy: 'take what was typed with its length; 1,024 characters may be 3,072 octets of UTF-8',
    run: (probe) =>
      filledIn(probe, async (peer, context) => {
        const ui = await offered(peer.queryInteractiveUiInputFields(context));
        for (const data of ['', '€'.repeat(1024)]) {
          const fields = ui.fields.map((field) => ({ ...field, data }));
          await surviving(peer.uiBlobFromInteractiveUiInputFields(context, { ...ui, fields }));
        }
      }),
  },
  {
    id: 'windows-EapPeerQueryUIBlobFromInteractiveUIInputFields-damaged-context',
    title: 'take filled-in fields with a context of random octets without a crash',
    level: 'MUST',
    remedy: 'check the context as you check packets: the DLL of the dialog runs in another process',
    run: (probe) =>
      filledIn(probe, async (peer, context) => {
        const ui = await offered(peer.queryInteractiveUiInputFields(context));
        for (const length of [0, 1, 7, 4096]) {
          await surviving(peer.uiBlobFromInteractiveUiInputFields(noise(length, length), ui));
        }
      }),
  },
]);
