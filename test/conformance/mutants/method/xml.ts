// Methods that are wrong in their XML, each in the way that the case of its name is about: the one in TypeScript of
// subjects.ts, changed.

import type { MethodMutant } from '../../subjects.js';
import { crashingWhere, giving } from './tools.js';

const text = (value: unknown): string => String(value);

export const xmlMethodMutants: Readonly<Record<string, MethodMutant>> = {
  'windows-EapPeerConfigBlob2Xml-namespace': {
    xml: { configToXml: giving((xml: string) => xml.replace(/ xmlns="[^"]*EapHostConfig"/u, '')) },
  },
  // Writes the defaults, whatever the blob says.
  'windows-EapPeerConfigBlob2Xml-round-trip': {
    xml: {
      configToXml: (() => {
        let calls = 0;
        return async (call, ...args) => text(await call(...args)).replace('1400', String(1400 + calls++));
      })(),
    },
  },
  'windows-EapPeerConfigBlob2Xml-damaged-blob': {
    xml: { configToXml: crashingWhere((config) => (config as Uint8Array).length === 3) },
  },
  // Makes a blob that its sessions cannot read.
  'windows-EapPeerConfigXml2Blob-conversation': {
    xml: { configFromXml: async () => Buffer.from('of an older version') },
  },
  'windows-EapPeerConfigXml2Blob-strange-documents': {
    xml: { configFromXml: crashingWhere((xml) => text(xml) === '<Config/>') },
  },
  'windows-EapPeerConfigXml2Blob-another-methods': {
    xml: { configFromXml: async () => Buffer.alloc(0) },
  },
  // Forgets the password.
  'windows-EapPeerCredentialsXml2Blob-conversation': {
    xml: { credentialsFromXml: (call, xml, config) => call(text(xml).replace('tiger', ''), config) },
  },
  'windows-EapPeerCredentialsXml2Blob-identity': {
    xml: { credentialsFromXml: (call, xml, config) => call(text(xml).replace('alice', ''), config) },
  },
  'windows-EapPeerCredentialsXml2Blob-strange-documents': {
    xml: { credentialsFromXml: crashingWhere((xml) => text(xml).length > 65_536) },
  },
};
