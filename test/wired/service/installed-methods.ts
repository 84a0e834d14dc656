// The methods that the service finds in EAPHost under Wine, which brings none: the package's own, in place of Windows'.
// A process of its own serves them, as test/examples/method-service.ts does.

import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

import { openEapHost, propertyBits, type EapHost } from '../../../lib/index.js';
import {
  md5,
  mschapv2,
  peapPeer,
  type ConfigurationSide,
  type MethodDefinition,
} from '../../../lib/methods/index.js';
import { serveRegistered } from '../../../lib/registration/index.js';
import { otherAuthor } from './windows-machine.js';

const file = process.env['EAPHOST_CA'];
if (file === undefined) throw new Error('EAPHOST_CA must name a file');

const own: readonly MethodDefinition[] = [
  peapPeer({ ca: readFileSync(file, 'utf8'), onlyProfileRoots: true }),
  mschapv2,
  md5,
];

/** Reads profiles and credentials for Windows' own types, whose XML the embedded run-time knows. */
let reader: Promise<EapHost> | undefined;
async function readerOf(): Promise<EapHost> {
  reader ??= openEapHost({ runtime: 'embedded' });
  return reader;
}
const asWindowsOwn = (xml: string): string =>
  xml.replace(new RegExp(`(?<=AuthorId[^>]*>)${otherAuthor}(?=<)`, 'u'), '0');

const configuration: ConfigurationSide = {
  async configXmlToBlob({ xml }) {
    return (await (await readerOf()).configFromXml(asWindowsOwn(xml))).blob;
  },
  async credentialsXmlToBlob({ xml }) {
    return (await readerOf()).credentialsFromXml(asWindowsOwn(xml));
  },
};

/** For `eaphost register`, which leaves Windows' own types to Windows: they are another author's. */
export const methods = own.map((method) => ({
  ...method,
  type: { ...method.type, authorId: otherAuthor },
  properties: method.properties | propertyBits.supportsConfig,
  configuration,
}));

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await serveRegistered(methods);
  process.stdout.write('serving\n');
}
