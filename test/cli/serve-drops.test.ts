// What `eaphost serve` tells of datagrams that it drops, each reason at once and a flood of them in few lines; and of names
// that strangers claim.

import { deepEqual } from 'node:assert/strict';
import { drawn } from '../../lib/base/printable.js';
import { DropLog } from '../../lib/cli/serve-drops.js';
import { serveFile } from '../../lib/cli/serve-server.js';
import { eapPacket } from '../../lib/eap/packet.js';
import { radiusCodes } from '../../lib/radius/packet.js';
import { eapOf, stateOf } from '../radius/server-support.js';
import { BareClient, identityResponse, secret } from '../radius/support.js';

const from = (port: number) => ({ address: '192.0.2.7', port });

/** A log whose seconds are over when the test says so. */
function lab() {
  const told: unknown[] = [];
  const waiting: (() => void)[] = [];
  const log = new DropLog(
    (event, words) => told.push([event['reason'], event['count'], event['client'], words]),
    (work) => waiting.push(work),
  );
  const second = () => {
    for (const work of waiting.splice(0)) work();
  };
  return { log, told: () => told.splice(0), second, waiting };
}

describe('The log of dropped datagrams', () => {
  it('tells of displaced conversations in the same way', () => {
    const { log, told, second } = lab();
    for (const port of [1, 2, 3]) log.add('displaced', from(port));
    second();
    const hint = 'displaced, its client begins many conversations and does not go on with them';
    deepEqual(
      told().map((each) => Array.isArray(each) && each[3]),
      [
        `dropped a conversation from 192.0.2.7:1: ${hint}`,
        `dropped 2 conversations, the last from 192.0.2.7:3: ${hint}`,
      ],
    );
  });

  it('tells the first at once, and a flood by its count once a second', () => {
    const { log, told, second, waiting } = lab();
    log.add('unknownClient', from(1));
    const only = 'dropped a datagram from 192.0.2.7:1: unknownClient, no secret for its address';
    deepEqual(told(), [['unknownClient', 1, from(1), only]]);
    for (let port = 2; port <= 10_001; port++) log.add('unknownClient', from(port));
    deepEqual([told(), waiting.length], [[], 1]);
    second();
    const many =
      'dropped 10000 datagrams, the last from 192.0.2.7:10001: unknownClient, no secret for its address';
    deepEqual(told(), [['unknownClient', 10_000, from(10_001), many]]);
    log.add('unknownClient', from(3));
    deepEqual(told(), []);
    second();
    deepEqual(told().length, 1);
    // A second without any: the next is told at once again.
    second();
    deepEqual([told(), waiting.length], [[], 0]);
    log.add('unknownClient', from(4));
    deepEqual(told().length, 1);
  });

  it('counts each reason for itself, and loses none at the end', () => {
    const { log, told, second } = lab();
    log.add('tooShort', from(1));
    log.add('badLength', from(1));
    log.add('tooShort', from(2));
    deepEqual(
      told().map((each) => (each as unknown[])[3]),
      ['tooShort', 'badLength'].map((reason) => `dropped a datagram from 192.0.2.7:1: ${reason}`),
    );
    log.flush();
    deepEqual(told(), [['tooShort', 1, from(2), 'dropped a datagram from 192.0.2.7:2: tooShort']]);
    second();
    deepEqual(told(), []);
  });
});

describe('The log of verdicts', () => {
  it('has 256 characters of a name that a stranger claims', async () => {
    const words: string[] = [];
    await using server = await serveFile(
      { path: 'serve.json', given: { secret, methods: ['md5'] }, files: {} },
      { port: 0 },
      { say: (_event, line) => words.push(drawn(line, false)), drop: () => undefined },
    );
    await using client = await BareClient.open(server.port);
    for (const length of [256, 257]) {
      const reply = await client.ask(client.request(identityResponse(1, 'x'.repeat(length))));
      const [, id = 0] = eapOf(reply, radiusCodes.accessChallenge);
      await client.ask(client.request(eapPacket(2, id, Buffer.of(3, 200)), stateOf(reply)));
    }
    const shown = words.map((line) => /outer identity "(x+)"/u.exec(line)?.[1]?.length);
    deepEqual(shown, [256, 256]);
  });
});
