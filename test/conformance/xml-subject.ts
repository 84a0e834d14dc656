// The method in TypeScript that cases of XML are tried on, healthy or with a mutant: EAP-MD5 with a setting that nobody
// needs, and with XML for it and for its user.

import type { MethodTarget } from '../../lib/conformance/method-probe.js';
import { encodeCredentials } from '../../lib/methods/credentials.js';
import { defineMethod } from '../../lib/methods/define.js';
import { md5, md5Authenticator } from '../../lib/methods/md5.js';
import type { ConfigurationSide, PeerSide } from '../../lib/hosts/method.js';
import { memoryUsers } from '../../lib/methods/users.js';
import { systemErrorCodes } from '../../lib/base/error-codes.js';
import type { CallMutant, MethodMutant } from './subjects.js';

const host = 'http://www.microsoft.com/provisioning/EapHostConfig';
const own = 'urn:eaphost:test:xml';

const failing = (winError: number): Error =>
  Object.assign(new Error('it is not of this method'), { winError });

/** The text of an element, by the name that it has in this method's documents. */
function textOf(xml: string, name: string): string {
  const [, text] = new RegExp(`<${name}>([^<]*)</${name}>`, 'u').exec(xml) ?? [];
  if (!xml.includes(own) || text === undefined) throw failing(systemErrorCodes.ERROR_INVALID_DATA);
  return text;
}

/** The setting of a connection blob. Empty: the default. */
function sizeOf(config: Uint8Array): number {
  const [, size] = /^size=(\d+)$/u.exec(Buffer.from(config).toString()) ?? [];
  if (config.length > 0 && size === undefined) throw failing(systemErrorCodes.ERROR_INVALID_DATA);
  return Number(size ?? 1400);
}

const peer: PeerSide = {
  getIdentity(request) {
    sizeOf(request.config);
    return md5.peer.getIdentity(request);
  },
  beginSession(begin) {
    sizeOf(begin.config);
    return md5.peer.beginSession(begin);
  },
};

const configuration: Required<
  Pick<ConfigurationSide, 'configXmlToBlob' | 'configBlobToXml' | 'credentialsXmlToBlob'>
> = {
  configXmlToBlob: ({ xml }) => Buffer.from(`size=${textOf(xml, 'Size')}`),
  configBlobToXml: ({ config }) =>
    `<Config xmlns="${host}"><Settings xmlns="${own}"><Size>${sizeOf(config)}</Size></Settings></Config>`,
  credentialsXmlToBlob: ({ xml }) =>
    encodeCredentials({ username: textOf(xml, 'User'), password: textOf(xml, 'Password') }),
};

const healthy: CallMutant = (call, ...args) => call(...args);

/** The method, or with a mutant a wrong one. */
export function xmlTarget({ xml: mutants = {} }: MethodMutant): MethodTarget {
  const { configFromXml = healthy, configToXml = healthy, credentialsFromXml = healthy } = mutants;
  const method = defineMethod({
    ...md5Authenticator({ users: memoryUsers({ alice: 'tiger' }) }),
    peer,
    configuration: {
      configXmlToBlob: (asked) =>
        configFromXml(
          async (xml) => configuration.configXmlToBlob({ ...asked, xml: String(xml) }),
          asked.xml,
        ) as Promise<Uint8Array>,
      configBlobToXml: (asked) =>
        configToXml(
          async (config) => configuration.configBlobToXml({ ...asked, config: config as Uint8Array }),
          asked.config,
        ) as Promise<string>,
      credentialsXmlToBlob: (asked) =>
        credentialsFromXml(
          async (xml) => configuration.credentialsXmlToBlob({ ...asked, xml: String(xml) }),
          asked.xml,
          asked.config,
        ) as Promise<Uint8Array>,
    },
  });
  return {
    methods: [method],
    credentials: encodeCredentials({ username: 'alice', password: 'tiger' }),
    credentialsXml: `<a xmlns="${own}"><User>alice</User><Password>tiger</Password></a>`,
  };
}
