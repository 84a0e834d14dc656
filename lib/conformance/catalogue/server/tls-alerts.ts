// What EAP-TLS (RFC 5216, 2.1.3; RFC 9190, 2.1.4) and TLS demand of a server whose handshake fails: alerts, and
// EAP-Failure behind them.

import { eapCodes } from '../../../eap/packet.js';
import { alerts, plainAlert } from '../../../methods/tls/alerts.js';
import type { TlsVersion } from '../../../methods/tls/engine.js';
import { radiusCodes } from '../../../radius/packet.js';
import { demand, NotApplicable } from '../../case.js';
import { clientHello, record } from '../../client-hello.js';
import { serverCases } from '../../kinds.js';
import { expectRefusal } from '../../refusal.js';
import { answerName, type EapConversation, type ServerProbe } from '../../server-probe.js';
import { TlsConversation } from '../../tls-conversation.js';
import { onlyEapTls, readTls, sendInFragments, tlsResponse } from '../../tls-probe.js';

const methods = ['tls'] as const;
const alertRecord = 21;

/** Nothing that a server can choose: suites without encryption. */
const hopeless = (version: number): Buffer =>
  clientHello({ version, suites: version < 0x304 ? [0xc006, 0xc010] : [0xc0b4] });

/** The server's word to a hello that it cannot choose anything from. */
async function alertFor(probe: ServerProbe, hello: Buffer, what: string): Promise<EapConversation> {
  const talk = await probe.begin();
  const answer = await sendInFragments(talk, hello, 1300);
  demand(
    answer.code === radiusCodes.accessChallenge,
    `${what} got ${answerName(answer)}, and no alert before`,
  );
  const { data } = readTls(talk.request);
  demand(data[0] === alertRecord, `${what} got a Request with ${data.length} octets that are no alert`);
  return talk;
}

/** A conversation in which the server has answered a ClientHello of this version. Throws NotApplicable if it does not. */
async function answered(probe: ServerProbe, version: TlsVersion): Promise<TlsConversation> {
  const tls = await TlsConversation.open(probe, { version });
  await tls.engine.feed(Buffer.alloc(0));
  const { code } = await tls.send(tls.engine.takeOutput());
  if (code === radiusCodes.accessChallenge && !tls.engine.failure) return tls;
  tls.engine.end();
  throw new NotApplicable(`it has no ${version}`);
}

/** Bends the second flight of the peer: what proves that it has the keys. */
const bentFlightRefused = (version: TlsVersion, bend: (flight: Buffer) => Buffer, what: string) => ({
  sends: what,
  async run(probe: ServerProbe): Promise<void> {
    using tls = await answered(probe, version);
    const { talk, engine } = tls;
    const answer = await sendInFragments(talk, bend(engine.takeOutput()), 1300);
    demand(answer.code !== radiusCodes.accessAccept, `${what} got ${answerName(answer)}`);
    if (answer.code !== radiusCodes.accessChallenge) return;
    const { data } = readTls(talk.request);
    await engine.feed(data);
    // In TLS 1.3 an alert is seen only when it is decrypted; in TLS 1.2 a server may wait for the rest.
    const { failure } = tls.engine;
    const isWaiting = version === 'TLSv1.2' && data.length === 0;
    demand(
      data[0] === alertRecord || failure?.alert !== undefined || isWaiting,
      `${what} got a Request with ${data.length} octets that are no alert`,
    );
    await expectRefusal(probe, talk, tlsResponse(talk, Buffer.alloc(0)), what);
  },
});

/** The last octet is another. */
function corrupted(flight: Buffer): Buffer {
  const copy = Buffer.from(flight);
  copy[copy.length - 1] = (copy.at(-1) ?? 0) ^ 1;
  return copy;
}

export const tlsAlertServerCases = [
  ...serverCases('RFC 5216', [
    {
      id: 'rfc5216-2.1.3-alert',
      title: 'send a TLS alert where it ends a handshake, before EAP-Failure',
      level: 'SHOULD',
      remedy: 'send the alert of the TLS library in an EAP-Request, and EAP-Failure only behind its Response',
      methods,
      run: async (probe) => void (await alertFor(probe, hopeless(0x303), 'an offer that it cannot take')),
    },
    {
      id: 'rfc5216-2.1.3-failure-behind-alert',
      title: 'send EAP-Failure when the peer has acknowledged its alert',
      level: 'MUST',
      remedy: 'answer a Response without data, behind an alert, by EAP-Failure, and end the conversation',
      methods,
      async run(probe) {
        const talk = await probe.begin();
        const first = await sendInFragments(talk, hopeless(0x303), 1300);
        if (first.code !== radiusCodes.accessChallenge || readTls(talk.request).data[0] !== alertRecord)
          throw new NotApplicable('it sends no alert');
        const answer = await talk.send(tlsResponse(talk, Buffer.alloc(0)), {}, 'the acknowledgement');
        demand(
          answer.code === radiusCodes.accessReject && answer.eap?.[0] === eapCodes.failure,
          `the acknowledgement of its alert got ${answerName(answer)}`,
        );
      },
    },
    {
      id: 'rfc5216-2.1.3-failure-for-peers-alert',
      title: 'answer the alert of a peer that does not trust it by EAP-Failure',
      level: 'MUST',
      remedy: 'end the conversation with EAP-Failure where the peer sends a fatal alert',
      methods,
      async run(probe) {
        using tls = await answered(probe, 'TLSv1.2');
        const { talk } = tls;
        const alert = tlsResponse(talk, plainAlert(alerts.unknownCa));
        const answer = await talk.send(alert, {}, 'the alert unknown_ca');
        demand(
          answer.code === radiusCodes.accessReject && answer.eap?.[0] === eapCodes.failure,
          `the alert unknown_ca got ${answerName(answer)}`,
        );
      },
    },
    {
      id: 'rfc5216-2.1.3-alert-instead-of-hello',
      title: 'accept no peer that begins with an alert',
      level: 'MUST',
      keyword: 'indicative',
      remedy: 'end the conversation with EAP-Failure where the peer sends a fatal alert',
      methods,
      async run(probe) {
        const talk = await probe.begin();
        const alert = tlsResponse(talk, plainAlert(alerts.accessDenied));
        await expectRefusal(probe, talk, alert, 'an alert in place of the ClientHello');
      },
    },
    {
      id: 'rfc5216-2.1.1-nothing-instead-of-hello',
      title: 'accept no peer that answers its Start without data',
      level: 'MUST',
      keyword: 'indicative',
      remedy: 'end the conversation where a Response in the handshake has no data',
      methods,
      async run(probe) {
        const talk = await probe.begin();
        const nothing = tlsResponse(talk, Buffer.alloc(0));
        await expectRefusal(probe, talk, nothing, 'a Response without data to its Start');
      },
    },
    {
      id: 'rfc5216-2.1.1-nothing-instead-of-finished',
      title: 'accept no peer that only acknowledges its first flight',
      level: 'MUST',
      keyword: 'indicative',
      remedy: 'take a Response without data for consent only when the Finished of the peer was right',
      methods,
      async run(probe) {
        const talk = await probe.begin();
        await talk.send(await talk.response());
        const nothing = tlsResponse(talk, Buffer.alloc(0));
        await expectRefusal(probe, talk, nothing, 'a Response without data to its first flight');
      },
    },
  ]),
  ...serverCases('RFC 9190', [
    {
      id: 'rfc9190-2.1.4-alert',
      title: 'send a TLS alert where it cannot go on with a handshake of TLS 1.3',
      level: 'MUST',
      sameCauseAs: 'rfc5216-2.1.3-alert',
      remedy: 'send the alert of the TLS library in an EAP-Request before EAP-Failure',
      methods,
      async run(probe) {
        onlyEapTls(probe);
        await using another = await probe.another();
        using _tls = await answered(another, 'TLSv1.3');
        await alertFor(probe, hopeless(0x304), 'an offer of TLS 1.3 without a suite');
      },
    },
    {
      id: 'rfc9190-2.1.4-alert-for-record',
      title: 'send a TLS alert for a record that it cannot decrypt, in TLS 1.3',
      level: 'MUST',
      sameCauseAs: 'rfc5216-2.1.3-alert',
      remedy: 'send the alert of the TLS library in an EAP-Request before EAP-Failure',
      methods,
      async run(probe) {
        onlyEapTls(probe);
        using tls = await answered(probe, 'TLSv1.3');
        const answer = await tls.send(corrupted(tls.engine.takeOutput()));
        const what = 'a flight that cannot be decrypted';
        demand(tls.engine.failure?.alert !== undefined, `${what} got ${answerName(answer)}, and no alert`);
      },
    },
  ]),
  ...serverCases('RFC 5246', [
    {
      id: 'rfc5246-6-unexpected-record',
      title: 'send an alert for a record of an unknown type',
      level: 'MUST',
      sameCauseAs: 'rfc5216-2.1.3-alert',
      remedy: 'send the alert unexpected_message for records other than 20 to 23',
      methods,
      async run(probe) {
        using tls = await answered(probe, 'TLSv1.2');
        const { talk } = tls;
        const answer = await sendInFragments(talk, record(99, Buffer.alloc(20)), 1300);
        const what = 'a record of type 99';
        demand(answer.code === radiusCodes.accessChallenge, `${what} got ${answerName(answer)}`);
        demand(readTls(talk.request).data[0] === alertRecord, `${what} got no alert`);
      },
    },
    {
      id: 'rfc5246-7.2.2-bad-record-mac',
      title: 'accept no Finished whose record has been altered, in TLS 1.2',
      level: 'MUST',
      remedy: 'end the handshake at a record that fails its check',
      methods,
      ...bentFlightRefused('TLSv1.2', corrupted, 'an altered Finished'),
    },
    {
      id: 'rfc5246-7.4.9-finished-missing',
      title: 'accept no peer whose second flight ends before the Finished, in TLS 1.2',
      level: 'MUST',
      remedy: 'go on only when the Finished of the peer is there, and right',
      methods,
      ...bentFlightRefused(
        'TLSv1.2',
        (flight) => flight.subarray(0, flight.lastIndexOf(Buffer.of(20, 3, 3, 0, 1, 1))),
        'a second flight without ChangeCipherSpec and Finished',
      ),
    },
    {
      id: 'rfc5246-7.2.2-data-before-finished',
      title: 'take no application data before the Finished',
      level: 'MUST',
      remedy: 'send the alert unexpected_message for application data in the handshake',
      methods,
      ...bentFlightRefused(
        'TLSv1.2',
        () => record(23, Buffer.alloc(40, 1)),
        'application data in place of the second flight',
      ),
    },
  ]),
  ...serverCases('RFC 8446', [
    {
      id: 'rfc8446-5.2-record-altered',
      title: 'accept no Finished whose record has been altered, in TLS 1.3',
      level: 'MUST',
      remedy: 'end the connection with bad_record_mac at a record that cannot be decrypted',
      methods,
      ...bentFlightRefused('TLSv1.3', corrupted, 'an altered Finished'),
    },
    {
      id: 'rfc8446-4.4.4-finished-missing',
      title: 'accept no Finished in the clear, in TLS 1.3',
      level: 'MUST',
      remedy: 'go on only when the Finished of the peer is there, and right',
      methods,
      ...bentFlightRefused(
        'TLSv1.3',
        () => record(22, Buffer.from([20, 0, 0, 32, ...Buffer.alloc(32, 7)])),
        'a Finished in the clear',
      ),
    },
  ]),
];
