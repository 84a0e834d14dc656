// What Windows' documents demand of the functions of a peer method DLL that belong to no session: input fields, blobs,
// properties.

import { demand, NotApplicable } from '../../case.js';
import { methodCases } from '../../kinds.js';
import type { MethodProbe } from '../../method-probe.js';
import { MethodTalk, noise, offered, surviving, working } from '../../method-talk.js';

/** The peer exports, where this function is among them. */
async function exporting(probe: MethodProbe, name: string) {
  const peer = await probe.peer();
  if (!peer.exports.includes(name)) throw new NotApplicable(`it has no ${name}`);
  return peer;
}

/** The fields of its identity dialog, which a user name can be typed into. */
async function fields(probe: MethodProbe) {
  const peer = await exporting(probe, 'EapPeerQueryUserBlobFromCredentialInputFields');
  const { config } = probe.target;
  const asked = await offered(peer.queryCredentialInputFields({ config }));
  if (!asked.some(({ type }) => type === 'username')) throw new NotApplicable('it asks for no user name');
  return { peer, config, asked };
}

const userName = 'conformance-user';

/** Types a user name into each field: the blob has it for its identity, unless the method refuses it in one of them. */
async function typed(probe: MethodProbe, credentials?: Uint8Array): Promise<void> {
  const { peer, config, asked } = await fields(probe);
  const filled = asked.map((field) => ({ ...field, data: userName }));
  const blob = await surviving(peer.userBlobFromCredentialInputFields(filled, { config, credentials }));
  if (!blob) throw new NotApplicable('it refuses what was typed');
  const { identity } = await working(peer.getIdentity({ ...probe.asked, credentials: blob }));
  demand(identity?.includes(userName) === true, 'its identity has not the user name that was typed');
}

export const methodConfigurationCases = methodCases('Windows', [
  {
    id: 'windows-EapPeerQueryCredentialInputFields-labels',
    title: 'give each input field a label of 1 to 256 characters, and data of at most 1,024',
    level: 'SHOULD',
    remedy: 'keep to MAX_EAP_CONFIG_INPUT_FIELD_LENGTH and MAX_EAP_CONFIG_INPUT_FIELD_VALUE_LENGTH',
    async run(probe) {
      const peer = await exporting(probe, 'EapPeerQueryCredentialInputFields');
      const asked = await offered(peer.queryCredentialInputFields({ config: probe.target.config }));
      for (const { label, data } of asked) {
        demand(label.length > 0 && label.length <= 256, `a label has ${label.length} characters`);
        demand(data.length <= 1024, `the data of a field has ${data.length} characters`);
      }
    },
  },
  {
    id: 'windows-EapPeerQueryCredentialInputFields-lengths',
    title: 'give each input field a least length that is not above its greatest',
    level: 'SHOULD',
    remedy: 'set dwMinDataLength and dwMaxDataLength of each field to what the method takes',
    async run(probe) {
      const peer = await exporting(probe, 'EapPeerQueryCredentialInputFields');
      const asked = await offered(peer.queryCredentialInputFields({ config: probe.target.config }));
      for (const { minLength, maxLength } of asked) {
        demand(minLength <= maxLength, `a field takes at least ${minLength} and at most ${maxLength}`);
      }
    },
  },
  {
    id: 'windows-EapPeerQueryCredentialInputFields-hidden-secrets',
    title: 'say of fields for passwords and PINs that what is typed must not be shown',
    level: 'SHOULD',
    remedy: 'set EAP_UI_INPUT_FIELD_PROPS_NON_DISPLAYABLE where the user types a secret',
    async run(probe) {
      const peer = await exporting(probe, 'EapPeerQueryCredentialInputFields');
      const asked = await offered(peer.queryCredentialInputFields({ config: probe.target.config }));
      for (const { type, flags } of asked) {
        if (!['password', 'networkPassword', 'pin', 'psk'].includes(String(type))) continue;
        demand(flags.includes('nonDisplayable'), `a field of the type ${type} is shown`);
      }
    },
  },
  {
    id: 'windows-EapPeerQueryUserBlobFromCredentialInputFields-identity',
    title: 'make a user blob of its fields that has the user name for its identity',
    level: 'SHOULD',
    remedy: 'write what was typed into the blob as EapPeerGetIdentity reads it',
    run: (probe) => typed(probe),
  },
  {
    id: 'windows-EapPeerQueryUserBlobFromCredentialInputFields-larger-than-before',
    title: 'make a larger user blob, or fail, where the one to be brought up to date is too small',
    level: 'SHOULD',
    remedy:
      'allocate a new blob where *pdwUserBlobSize has not room for it; write nothing behind the old one',
    run: (probe) => typed(probe, Buffer.of(0x20)),
  },
  {
    id: 'windows-EapPeerQueryUserBlobFromCredentialInputFields-longest-values',
    title: 'take fields of 1,024 characters, and fields of none, without a crash',
    level: 'MUST',
    remedy: 'take what was typed with its length; 1,024 characters may be 3,072 octets of UTF-8',
    async run(probe) {
      const { peer, config, asked } = await fields(probe);
      for (const data of ['', '€'.repeat(1024)]) {
        const filled = asked.map((field) => ({ ...field, data }));
        await surviving(peer.userBlobFromCredentialInputFields(filled, { config }));
      }
    },
  },
  {
    id: 'windows-EapPeerQueryUserBlobFromCredentialInputFields-no-fields',
    title: 'take an array without fields without a crash',
    level: 'MUST',
    remedy: 'look for fields by their type, and expect that none is there',
    async run(probe) {
      const { peer, config } = await fields(probe);
      await surviving(peer.userBlobFromCredentialInputFields([], { config }));
    },
  },
  {
    id: 'windows-EapPeerGetMethodProperties-again',
    title: 'give the same properties each time it is asked with the same blobs',
    level: 'SHOULD',
    remedy: 'make the properties of the arguments alone',
    async run(probe) {
      const peer = await exporting(probe, 'EapPeerGetMethodProperties');
      const { config, credentials } = probe.target;
      const first = await working(peer.getMethodProperties({ config, credentials }));
      const second = await working(peer.getMethodProperties({ config, credentials }));
      demand(
        first.properties.join() === second.properties.join(),
        'it gives other properties the second time',
      );
    },
  },
  {
    id: 'windows-EapPeerGetMethodProperties-without-blobs',
    title: 'give properties without any blob, or fail, and not crash',
    level: 'MUST',
    remedy: 'expect NULL and 0 for both blobs',
    async run(probe) {
      const peer = await exporting(probe, 'EapPeerGetMethodProperties');
      await surviving(peer.getMethodProperties());
    },
  },
  {
    id: 'windows-EapPeerGetMethodProperties-mutual-authentication',
    title: 'say that it authenticates mutually only where a peer fails without proof of its server',
    level: 'SHOULD',
    remedy: 'set emptPropMutualAuth only if EapPeerGetResult fails before the server has proved itself',
    async run(probe) {
      const halves = await probe.halves();
      if (!halves.peer.exports.includes('EapPeerGetMethodProperties')) {
        throw new NotApplicable('it has no EapPeerGetMethodProperties');
      }
      const { config, credentials } = probe.target;
      const { properties } = await working(halves.peer.getMethodProperties({ config, credentials }));
      if (!properties.includes('mutualAuth')) throw new NotApplicable('it does not say so');
      const talk = await MethodTalk.begin(probe, halves);
      const first = await talk.respond();
      if (!first || (await talk.take(first)) !== 'send') {
        throw new NotApplicable('its conversation has only one Response');
      }
      const result = await surviving(probe.result(talk.peer.getResult('success')));
      demand(!result?.isSuccess, 'it says success, and its authenticator has more to prove');
      await talk.close();
    },
  },
  {
    id: 'windows-EapPeerGetConfigBlobAndUserBlob-identity',
    title: 'make blobs of a name and a password that give this name for an identity',
    level: 'SHOULD',
    remedy: 'write what the credential says into the user blob as EapPeerGetIdentity reads it',
    async run(probe) {
      const peer = await exporting(probe, 'EapPeerGetConfigBlobAndUserBlob');
      const credential = { kind: 'password', username: userName, password: 'a secret' } as const;
      const blobs = await surviving(peer.getConfigBlobAndUserBlob(credential));
      if (!blobs) throw new NotApplicable('it takes no name and password');
      const { identity } = await working(peer.getIdentity({ ...probe.asked, ...blobs }));
      demand(identity?.includes(userName) === true, 'its identity has not the user name of the credential');
    },
  },
  {
    id: 'windows-EapPeerGetConfigBlobAndUserBlob-other-credentials',
    title: 'take credentials of each kind, or refuse them, without a crash',
    level: 'MUST',
    remedy: 'look at credType before you read credData, which is a union',
    async run(probe) {
      const peer = await exporting(probe, 'EapPeerGetConfigBlobAndUserBlob');
      for (const credential of [
        { kind: 'empty' },
        { kind: 'winlogon' },
        { kind: 'certificate', hash: noise(20, 1), password: '' },
        { kind: 'sim', iccId: '8900000000000000001' },
      ] as const) {
        await surviving(peer.getConfigBlobAndUserBlob(credential));
      }
    },
  },
]);
