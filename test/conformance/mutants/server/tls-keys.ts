// Servers of TLS methods that have wrong keys, do not say that they are done, or believe a name, each in the way that the
// case of its name is about.

import { attributeTypes } from '../../../../lib/eap/attributes.js';
import { commitment, type Connection } from '../../../../lib/methods/tls/tunnel.js';
import { textAttribute } from '../../../../lib/radius/attributes.js';
import { radiusCodes } from '../../../../lib/radius/packet.js';
import { eapOf } from '../tools.js';
import type { ServerMutant } from '../../subjects.js';
import { bentSteps, bentTls, otherKeys, resumesAll } from '../tls-server.js';

const exporter = 'EXPORTER_EAP_TLS_Key_Material';

/** The length asked for goes into what TLS 1.3 exports. */
const shortExport = (type: number) => (connection: Connection) =>
  connection.exportKey(64, exporter, Buffer.of(type));
const exportOfTls = (connection: Connection): Buffer =>
  connection.exportKey(128, exporter, Buffer.of(13)).subarray(0, 64);

/** Does not say that it is done. */
const withoutCommitment = bentSteps(({ data, ...step }) =>
  data?.length === 1 && data[0] === 0 ? step : { ...step, ...(data && { data }) },
);

/** Has more to say behind that. */
const talksOn: typeof withoutCommitment = (healthy) => {
  let hasTalked = false;
  return {
    async advance(data, connection, proved) {
      if (hasTalked) return healthy.advance(data, connection, proved);
      hasTalked = true;
      return { data: commitment };
    },
  };
};

/** Takes the identity of EAP-Response/Identity for the name of whom it accepts. */
const believesIdentity: ServerMutant = {
  onRequest(datagram, { notes }) {
    const eap = eapOf(datagram);
    if (eap?.[4] === 1) notes.set('name', eap.toString('utf8', 5));
    return datagram;
  },
  onReply: (datagram, flow) =>
    flow.reply(datagram, ({ code, attributes }) => {
      if (code !== radiusCodes.accessAccept) return undefined;
      const others = attributes.filter(({ type }) => type !== attributeTypes.UserName);
      const name = String(flow.notes.get('name'));
      return { attributes: [...others, textAttribute(attributeTypes.UserName, name)] };
    }),
  ...bentTls('tls', {
    policy: (healthy) => ({
      ...healthy,
      identify: async (certificate) => ({ identity: 'alice', certificate }),
    }),
  }),
};

export const tlsKeyServerMutants: Readonly<Record<string, ServerMutant>> = {
  'rfc5216-2.3-keys': bentTls('tls', { method: { keyLabel: 'client PEAP encryption' } }),
  'rfc9190-2.3-keys': bentTls('tls', { tunnel: otherKeys(shortExport(13)) }),
  'rfc9190-2.5-commitment': bentTls('tls', { tunnel: withoutCommitment }),
  'rfc9190-2.5-nothing-behind-commitment': bentTls('tls', { tunnel: talksOn }),
  'rfc9190-2.5-commitment-when-resumed': bentTls('tls', {
    tunnel: (healthy, begin) => ({
      async advance(data, connection, proved) {
        const bent = connection.isResumed ? withoutCommitment(healthy, begin) : healthy;
        return bent.advance(data, connection, proved);
      },
    }),
  }),
  // Knows its users by their identity.
  'rfc9190-2.1.8-anonymous-identity': bentTls('tls', {
    policy: (healthy) => ({
      ...healthy,
      identify: (certificate, claimed) =>
        healthy.identify(certificate, claimed === 'anonymous' ? 'nobody' : claimed),
    }),
  }),
  'rfc9190-2.2-name-of-others': believesIdentity,
  'rfc9190-5.6-name-when-resumed': believesIdentity,
  'rfc5281-8-keys': bentTls('ttls', { method: { keyLabel: 'client EAP encryption' } }),
  // Does without the inner method's part.
  'mspeap-3.1.5.7-keys': bentTls('peap', { tunnel: otherKeys(({ keys }) => Buffer.from(keys.msk)) }),
  'rfc9427-2.1-keys-of-ttls': bentTls('ttls', { tunnel: otherKeys(exportOfTls) }),
  'rfc9427-2.1-keys-of-peap': bentTls('peap', { tunnel: otherKeys(exportOfTls) }),
  'rfc9427-3-inner-method-begins': bentTls('peap', { tunnel: talksOn }),
  'rfc9427-4-commitment-when-resumed': bentTls('ttls', { tunnel: withoutCommitment }),
  'rfc3748-4.2-unproved-session': bentTls('peap', { kit: resumesAll, tunnel: acceptsResumed() }),
  'rfc3748-4.2-refused-session': bentTls('peap', { kit: resumesAll, tunnel: acceptsResumed() }),
};

/** Lets in whoever resumes, without a word in the tunnel. */
function acceptsResumed(): typeof withoutCommitment {
  return (healthy) => ({
    advance: async (data, connection, proved) =>
      connection.isResumed
        ? { data: commitment, verdict: { isSuccess: true, identity: 'alice', attributes: [] } }
        : healthy.advance(data, connection, proved),
  });
}
