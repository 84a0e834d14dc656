// A method that has every function that a host can call, each with an answer that shows what it was asked.

import { defineMethod } from '../../lib/methods/index.js';
import type { InputField, InteractiveUi } from '../../lib/index.js';

export const fullType = { type: 254, vendorId: 99_999, vendorType: 78, authorId: 99_999 };
const header = [254, 1, 134, 159, 0, 0, 0, 78];

/** A packet of the method with octets of its own. */
export function fullPacket(code: number, id: number, ...data: number[]): Buffer {
  return Buffer.from([code, id, 0, 12 + data.length, ...header, ...data]);
}

const text = (octets: Uint8Array): string => Buffer.from(octets).toString();

function field(type: InputField['type'], label: string, data = ''): InputField {
  return {
    type,
    label,
    data,
    flags: type === 'password' ? ['nonDisplayable'] : [],
    minLength: 0,
    maxLength: 64,
  };
}

/** What a dialog answers; a config of `cancel` is the user's Cancel. */
function dialog(config: Uint8Array, answer: string): Buffer {
  if (text(config) !== 'cancel') return Buffer.from(answer);
  throw Object.assign(new Error('the user closed the dialog'), { winError: 1223 });
}

/** The authenticator asks for attributes at the first response, and for one more response after them. */
export const fullMethod = defineMethod({
  type: fullType,
  name: 'Full',
  properties: ['mutualAuth', 'standalone'],
  peer: {
    getIdentity: ({ config, credentials }) => ({
      identity: `${text(config)}@${text(credentials)}`,
      credentials,
    }),
    beginSession: () => {
      let asked = false;
      return {
        processRequest: (packet) => {
          if (packet[12] === 9) {
            asked = true;
            return { action: 'invokeUi', context: Buffer.from('which?') };
          }
          return { action: 'send', packet: fullPacket(2, packet[1] ?? 0, 1) };
        },
        setUiContext: (context) => ({ action: 'send', packet: fullPacket(2, 1, context.length) }),
        getResult: (reason) => ({ isSuccess: reason === 'success' && !asked, failureReasonCode: 0x80420112 }),
        end: () => {},
      };
    },
  },
  authenticator: {
    beginSession: ({ identity, config }) => {
      let inner = identity;
      let rounds = 0;
      return {
        sendPacket: (id) => ({ packet: fullPacket(1, id, rounds), timeout: 'interactive' }),
        receivePacket: () => (rounds++ === 0 ? 'respond' : 'result'),
        getAttributes: () => [{ type: 8102, value: Buffer.from(inner) }],
        setAttributes: () => 'send',
        updateInnerMethodParams: (name) => {
          inner = name;
        },
        getResult: () =>
          text(config) === 'refuse'
            ? { isSuccess: false, identity: inner, failureReasonCode: 0x80420112, attributes: [] }
            : {
                isSuccess: true,
                identity: inner,
                attributes: [{ type: 26, value: Buffer.alloc(4, rounds) }],
              },
        end: () => {},
      };
    },
  },
  configuration: {
    configXmlToBlob: ({ xml }) => Buffer.from(/<Word[^>]*>(.*)<\/Word>/u.exec(xml)?.[1] ?? 'none'),
    configBlobToXml: ({ config }) =>
      `<Config xmlns="http://www.microsoft.com/provisioning/EapHostConfig"><Word xmlns="urn:full">${text(config)}</Word></Config>`,
    credentialsXmlToBlob: ({ xml, config }) =>
      Buffer.from(`${/<Name[^>]*>(.*)<\/Name>/u.exec(xml)?.[1] ?? 'none'} for ${text(config)}`),
    credentialInputFields: ({ config }) => [
      field('username', `Name for ${text(config)}`),
      field('password', 'Passwort für 雪'),
    ],
    credentialsFromInputFields: ({ fields, credentials }) =>
      Buffer.from([...fields.map(({ data }) => data), text(credentials)].join('|')),
    interactiveUiFields: ({ context }): InteractiveUi => ({
      kind: 'expired',
      fields: [field('password', text(context), 'old')],
      newFields: [field('password', 'New one')],
    }),
    interactiveUiAnswer: ({ context, answer }) =>
      Buffer.from(
        [
          answer.kind,
          ...('newFields' in answer ? answer.newFields : []).map(({ data }) => data),
          text(context),
        ].join(),
      ),
    properties: () => ({
      properties: ['mutualAuth'],
      others: new Map<number, boolean | number | Uint8Array>([
        [40, 7],
        [41, Buffer.from('text')],
      ]),
    }),
    showConfigUi: ({ config, parentWindow }) =>
      dialog(config, `configured ${text(config)} in ${parentWindow}`),
    showIdentityUi: ({ config, credentials }) => ({
      identity: 'typed',
      credentials: dialog(config, `${text(credentials)} typed`),
    }),
    showInteractiveUi: ({ context }) => dialog(context, `answer to ${text(context)}`),
    blobsFromCredential: ({ credential }) => ({
      config: Buffer.from(credential.kind),
      credentials: Buffer.from(credential.kind === 'password' ? credential.username : ''),
    }),
    showServerConfigUi: ({ config, machineName }) => dialog(config, `${machineName}:${text(config)}`),
  },
});
