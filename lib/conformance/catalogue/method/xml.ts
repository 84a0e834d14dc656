// What Windows' documents demand of the XML of a peer method: its configuration, its users' credentials.

import { demand, NotApplicable } from '../../case.js';
import { methodCases } from '../../kinds.js';
import type { MethodProbe } from '../../method-probe.js';
import { MethodTalk, noise, offered, surviving, working } from '../../method-talk.js';

const hostConfig = 'http://www.microsoft.com/provisioning/EapHostConfig';

/** Documents that are not the method's. */
const strange: readonly string[] = [
  `<Config xmlns="${hostConfig}"/>`,
  `<Config xmlns="${hostConfig}"><Strange xmlns="urn:of-nobody">1</Strange></Config>`,
  '<Config/>',
  '<a:b xmlns:a="urn:of-nobody" c="d"/>',
  `<Config xmlns="${hostConfig}"><!-- ${'x'.repeat(100_000)} --></Config>`,
];

/** The document of the connection blob, and a blob that is made of it again. */
async function roundTrip(probe: MethodProbe) {
  const toXml = await probe.xml('configToXml');
  const fromXml = await probe.xml('configFromXml');
  const xml = await offered(toXml(probe.target.config ?? new Uint8Array()));
  return { xml, blob: await working(fromXml(xml)), toXml };
}

export const methodXmlCases = methodCases('Windows', [
  {
    id: 'windows-EapPeerConfigBlob2Xml-namespace',
    title: 'give a document whose element is Config or ConfigBlob of EapHostConfig’s namespace',
    level: 'SHOULD',
    remedy: `begin the document with <Config xmlns="${hostConfig}">`,
    async run(probe) {
      const toXml = await probe.xml('configToXml');
      const xml = await offered(toXml(probe.target.config ?? new Uint8Array()));
      const root = /<(?:[\w.-]+:)?(?<name>[\w.-]+)(?<attributes>[^>]*)>/u.exec(xml.replace(/<\?[^>]*>/u, ''));
      const { name, attributes = '' } = root?.groups ?? {};
      demand(name === 'Config' || name === 'ConfigBlob', `its element is ${name ?? 'none'}`);
      demand(attributes.includes(hostConfig), 'its element is not of EapHostConfig’s namespace');
    },
  },
  {
    id: 'windows-EapPeerConfigBlob2Xml-round-trip',
    title: 'make a blob of its own document, and of that blob the same document',
    level: 'SHOULD',
    remedy: 'write each setting into the document, and read each of them',
    async run(probe) {
      const { xml, blob, toXml } = await roundTrip(probe);
      demand((await working(toXml(blob))) === xml, 'the second document differs from the first');
    },
  },
  {
    id: 'windows-EapPeerConfigBlob2Xml-damaged-blob',
    title: 'take connection data of random octets, or fail, without a crash',
    level: 'MUST',
    remedy: 'check sizes and versions before you read a blob: it may be another method’s, or an old one',
    async run(probe) {
      const toXml = await probe.xml('configToXml');
      for (const length of [1, 3, 4, 16, 1024, 65_536]) await surviving(toXml(noise(length, length)));
      await offered(toXml(probe.target.config ?? new Uint8Array()));
    },
  },
  {
    id: 'windows-EapPeerConfigXml2Blob-conversation',
    title: 'hold a conversation with the blob that it makes of its own document',
    level: 'SHOULD',
    remedy: 'make in EapPeerConfigXml2Blob what EapPeerBeginSession reads',
    async run(probe) {
      const { blob: config } = await roundTrip(probe);
      const talk = await probe.begin({ config });
      await talk.expectSuccess('a conversation with the configuration of its document');
    },
  },
  {
    id: 'windows-EapPeerConfigXml2Blob-strange-documents',
    title: 'take documents that are not its own, or without what it expects, without a crash',
    level: 'MUST',
    remedy: 'look for your elements by name and namespace, and fail where they are not there',
    async run(probe) {
      const fromXml = await probe.xml('configFromXml');
      for (const xml of strange) await surviving(fromXml(xml));
      await roundTrip(probe);
    },
  },
  {
    id: 'windows-EapPeerConfigXml2Blob-another-methods',
    title: 'make no blob of a document in which nothing is its own',
    level: 'SHOULD',
    remedy: 'fail with EAP_E_EAPHOST_XML_MALFORMED where none of your elements is there',
    async run(probe) {
      const fromXml = await probe.xml('configFromXml');
      const blob = await surviving(fromXml('<a:b xmlns:a="urn:of-nobody" c="d"/>'));
      demand(!blob, 'it makes a blob of another’s document');
    },
  },
  {
    id: 'windows-EapPeerCredentialsXml2Blob-conversation',
    title: 'hold a conversation with the user blob that it makes of the user’s document',
    level: 'SHOULD',
    remedy: 'make in EapPeerCredentialsXml2Blob what EapPeerGetIdentity and EapPeerBeginSession read',
    async run(probe) {
      const credentials = await userBlob(probe);
      const talk = await probe.begin({ credentials });
      await talk.expectSuccess('a conversation with the user of its document');
    },
  },
  {
    id: 'windows-EapPeerCredentialsXml2Blob-identity',
    title: 'give an identity and ask for no dialog with the user blob of the user’s document',
    level: 'SHOULD',
    remedy: 'make in EapPeerCredentialsXml2Blob what EapPeerGetIdentity reads',
    async run(probe) {
      const credentials = await userBlob(probe);
      const asked = { ...probe.asked, credentials };
      const { identity, invokeUi } = await working((await probe.peer()).getIdentity(asked));
      demand(!invokeUi, 'it asks for the identity dialog');
      demand(identity !== undefined && identity !== '', 'it gives an empty identity');
    },
  },
  {
    id: 'windows-EapPeerCredentialsXml2Blob-strange-documents',
    title: 'take users’ documents that are not its own without a crash',
    level: 'MUST',
    remedy: 'look for your elements by name and namespace, and fail where they are not there',
    async run(probe) {
      const fromXml = await probe.xml('credentialsFromXml');
      const { config = new Uint8Array() } = probe.target;
      for (const xml of strange) {
        await surviving(fromXml(xml.replaceAll('EapHostConfig', 'EapHostUserCredentials'), config));
      }
      const halves = await probe.halves();
      await (await MethodTalk.begin(probe, halves)).expectSuccess('the conversation behind them');
    },
  },
]);

/** The user's document as a blob. */
async function userBlob(probe: MethodProbe): Promise<Uint8Array> {
  const { credentialsXml, config = new Uint8Array() } = probe.target;
  if (credentialsXml === undefined)
    throw new NotApplicable('no document of a user is given: --user FILE.xml');
  return working((await probe.xml('credentialsFromXml'))(credentialsXml, config));
}
