// What TLS's own documents, and those of EAP's use of it, demand of the parameters that a server chooses.

import { radiusCodes } from '../../../radius/packet.js';
import { demand, NotApplicable } from '../../case.js';
import { clientHello, type HelloOffer } from '../../client-hello.js';
import { serverCases } from '../../kinds.js';
import type { ServerProbe } from '../../server-probe.js';
import {
  onlyEapTls,
  ownMessage,
  readServerHello,
  sendInFragments,
  type ServerHello,
  takeFragments,
} from '../../tls-probe.js';

const methods = ['tls'] as const;
const [ssl3, tls10, tls11, tls12, tls13] = [0x300, 0x301, 0x302, 0x303, 0x304];

/** Suites of TLS 1.2 of which every server has one: ECDHE and DHE with AES, and RSA with AES. */
const usual = [0xc02b, 0xc02c, 0xc02f, 0xc030, 0x9e, 0x9f, 0xc009, 0xc00a, 0xc013, 0xc014, 0x2f, 0x35];

/** What the server says first to a hello, and what it chooses; undefined where it chooses nothing. */
async function answerTo(
  probe: ServerProbe,
  hello: Buffer,
): Promise<{ readonly flight: Buffer; readonly chosen: ServerHello | undefined }> {
  const talk = await probe.begin();
  const answer = await sendInFragments(talk, hello, 1300);
  if (answer.code !== radiusCodes.accessChallenge) return { flight: Buffer.alloc(0), chosen: undefined };
  const packets = await takeFragments(talk);
  const flight = Buffer.concat(packets.map(({ data }) => data));
  return { flight, chosen: readServerHello(flight) };
}

async function expectNothingChosen(probe: ServerProbe, offer: HelloOffer, what: string): Promise<void> {
  const { chosen } = await answerTo(probe, clientHello(offer));
  demand(
    chosen === undefined,
    `${what} got a ServerHello with version 0x${chosen?.version.toString(16)} and suite 0x${chosen?.suite.toString(16)}`,
  );
}

const nothingChosen = (offer: HelloOffer, what: string) => ({
  sends: what,
  run: (probe: ServerProbe) => expectNothingChosen(probe, offer, what),
});

/** The server's flight to a good offer of TLS 1.2, of a server that has TLS 1.3 as well. */
async function flightBelowBest(probe: ServerProbe, more: readonly number[] = []): Promise<Buffer> {
  const talk = await probe.begin();
  const { chosen: best } = await answerTo(probe, await ownMessage(talk));
  if (best?.version !== tls13) throw new NotApplicable('its highest version is not TLS 1.3');
  const { flight } = await answerTo(probe, clientHello({ version: tls12, suites: [...usual, ...more] }));
  return flight;
}

export const tlsHelloServerCases = [
  ...serverCases('RFC 5216', [
    {
      id: 'rfc5216-2.4-compression',
      title: 'negotiate no compression, though the peer offers it',
      level: 'MUST',
      remedy: 'switch TLS compression off: choose the null method whatever the ClientHello offers',
      methods,
      async run(probe) {
        const offer = { version: tls12, suites: usual, compressions: [1, 0] };
        const { chosen } = await answerTo(probe, clientHello(offer));
        if (!chosen) throw new NotApplicable('it has no TLS 1.2');
        demand(chosen.compression === 0, `it chooses the compression ${chosen.compression}`);
      },
    },
    {
      id: 'rfc5216-2.1.1-version-of-ssl',
      title: 'not negotiate SSL 3.0, which is older than TLS 1.0',
      level: 'MUST',
      remedy: 'refuse a ClientHello whose version is below 3.1',
      methods,
      ...nothingChosen({ version: ssl3, suites: usual }, 'an offer of SSL 3.0'),
    },
  ]),
  ...serverCases('RFC 8996', [
    {
      id: 'rfc8996-4-no-tls-one-zero',
      title: 'not negotiate TLS 1.0',
      level: 'MUST',
      remedy: 'set the lowest version of TLS to 1.2',
      methods,
      ...nothingChosen({ version: tls10, suites: usual }, 'an offer of TLS 1.0'),
    },
    {
      id: 'rfc8996-5-no-tls-one-one',
      title: 'not negotiate TLS 1.1',
      level: 'MUST',
      remedy: 'set the lowest version of TLS to 1.2',
      methods,
      ...nothingChosen({ version: tls11, suites: usual }, 'an offer of TLS 1.1'),
    },
  ]),
  ...serverCases('RFC 9325', [
    {
      id: 'rfc9325-4.1-no-null-encryption',
      title: 'negotiate no cipher suite without encryption',
      level: 'MUST',
      remedy: 'take the cipher suites with NULL out of the configuration',
      methods,
      ...nothingChosen(
        { version: tls12, suites: [0xc006, 0xc010, 0x3b, 0x02, 0x01] },
        'an offer of suites without encryption',
      ),
    },
    {
      id: 'rfc9325-4.1-no-rc4',
      title: 'negotiate no cipher suite with RC4',
      level: 'MUST',
      remedy: 'take the cipher suites with RC4 out of the configuration',
      methods,
      ...nothingChosen(
        { version: tls12, suites: [0xc007, 0xc011, 0x05, 0x04] },
        'an offer of suites with RC4',
      ),
    },
    {
      id: 'rfc9325-4.1-no-export',
      title: 'negotiate no cipher suite of export strength',
      level: 'MUST',
      remedy: 'take the cipher suites with keys of 40 and 56 bits out of the configuration',
      methods,
      ...nothingChosen(
        { version: tls12, suites: [0x03, 0x06, 0x08, 0x09, 0x0b, 0x0e, 0x11, 0x12, 0x14, 0x15] },
        'an offer of suites of export strength',
      ),
    },
  ]),
  ...serverCases('RFC 5246', [
    {
      id: 'rfc5246-A.5-no-anonymous',
      title: 'negotiate no cipher suite without a certificate of its own',
      level: 'MUST',
      remedy: 'take the anonymous cipher suites out of the configuration',
      methods,
      ...nothingChosen(
        { version: tls12, suites: [0xc018, 0xc019, 0xa6, 0xa7, 0x6c, 0x6d, 0x34, 0x3a] },
        'an offer of anonymous suites',
      ),
    },
  ]),
  ...serverCases('RFC 9190', [
    {
      id: 'rfc9190-2.4-confidentiality',
      title: 'negotiate no cipher suite of TLS 1.3 that leaves the records readable',
      level: 'MUST',
      remedy: 'leave TLS_SHA256_SHA256 and TLS_SHA384_SHA384 (RFC 9150) out of the configuration',
      methods,
      async run(probe) {
        onlyEapTls(probe);
        const offer = { version: tls13, suites: [0xc0b4, 0xc0b5] };
        await expectNothingChosen(probe, offer, 'an offer of TLS 1.3 with integrity alone');
      },
    },
  ]),
  ...serverCases('RFC 7507', [
    {
      id: 'rfc7507-3-fallback',
      title: 'refuse a version below its highest where the hello has TLS_FALLBACK_SCSV',
      level: 'MUST',
      remedy:
        'answer TLS_FALLBACK_SCSV in a hello below the highest version with the alert inappropriate_fallback (86)',
      methods,
      async run(probe) {
        const flight = await flightBelowBest(probe, [0x5600]);
        demand(readServerHello(flight) === undefined, 'a fallback to TLS 1.2 got a ServerHello');
      },
    },
  ]),
  ...serverCases('RFC 8446', [
    {
      id: 'rfc8446-4.1.3-downgrade-random',
      title: 'mark its random against a downgrade where it has TLS 1.3 and negotiates TLS 1.2',
      level: 'MUST',
      remedy: 'set the last eight octets of the ServerHello’s random to DOWNGRD and 01',
      methods,
      async run(probe) {
        const flight = await flightBelowBest(probe);
        if (readServerHello(flight)?.version !== tls12) throw new NotApplicable('it has no TLS 1.2');
        const mark = flight.subarray(35, 43).toString('latin1');
        demand(mark === 'DOWNGRD\u0001', 'its random in TLS 1.2 has no mark');
      },
    },
    {
      id: 'rfc8446-6-decode-error',
      title: 'end the handshake at a ClientHello that cannot be read',
      level: 'MUST',
      remedy: 'check each length in the ClientHello, and send the alert decode_error',
      methods,
      async run(probe) {
        const hello = clientHello({ version: tls12, suites: usual });
        // The length of the extensions.
        const at = 5 + 4 + 2 + 32 + 1 + 2 + 2 * usual.length + 2;
        hello.writeUInt16BE(hello.readUInt16BE(at) + 8, at);
        const { chosen } = await answerTo(probe, hello);
        demand(chosen === undefined, 'a ClientHello whose extensions end behind it got a ServerHello');
      },
    },
  ]),
  ...serverCases('RFC 5746', [
    {
      id: 'rfc5746-3.6-renegotiation-info',
      title: 'answer the SCSV of secure renegotiation by an empty renegotiation_info',
      level: 'MUST',
      remedy: 'answer TLS_EMPTY_RENEGOTIATION_INFO_SCSV with an empty renegotiation_info',
      methods,
      async run(probe) {
        const { flight, chosen } = await answerTo(
          probe,
          clientHello({ version: tls12, suites: [...usual, 0xff] }),
        );
        if (!chosen) throw new NotApplicable('it has no TLS 1.2');
        const hello = flight.subarray(0, 5 + flight.readUInt16BE(3));
        demand(
          hello.includes(Buffer.of(0xff, 0x01, 0x00, 0x01, 0x00)),
          'its ServerHello has no renegotiation_info',
        );
      },
    },
  ]),
];
