// Packets as people read them, and the ladder.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';

import * as diagnostics from '../../lib/diagnostics/index.js';
import { record } from './support.js';

const { describePacket, ladder } = diagnostics;

describe('A packet, described', () => {
  const cases: readonly [string, string][] = [
    ['0301000400', 'Success 1'],
    ['04020004', 'Failure 2'],
    ['0107000501', 'Request 7 Identity'],
    ['02070009016d6178', 'Response 7 Identity "max"'],
    ['020700060319', 'Response 7 Nak wants PEAP'],
    ['02070007030019', 'Response 7 Nak wants nothing, PEAP'],
    ['010800060d20', 'Request 8 EAP-TLS start'],
    ['020800060d00', 'Response 8 EAP-TLS acknowledgement'],
    ['0209000c150016030100010100', 'Response 9 EAP-TTLS ClientHello'],
    ['010a000a19c000001000', 'Request 10 PEAP more fragments follow, acknowledgement'],
    ['010b000cfe00013700000009', 'Request 11 Expanded 311/9'],
    ['020c0006c801', 'Response 12 200'],
    ['01', 'no EAP packet (1 octets)'],
  ];
  for (const [hex, expected] of cases) {
    it(expected, () => {
      assert.equal(describePacket(Buffer.from(hex, 'hex')).summary, expected);
    });
  }

  it('lets no octet of a packet control a terminal or a page', () => {
    const packet = Buffer.concat([Buffer.of(2, 1, 0, 5 + 8, 1), Buffer.from('\u001b[2J<b>\n')]);
    const { summary } = describePacket(packet);
    assert.ok(
      summary.split('').every((character) => character >= ' '),
      summary,
    );
    const event = { kind: 'packet', at: 0, session: 1, direction: 'sent', packet } as const;
    assert.ok(!diagnostics.toHtml([event], { title: '<script>' }).includes('<script>'));
    assert.ok(!diagnostics.toHtml([event], { title: '' }).includes('<b>'));
  });

  it('takes whatever it is given', () => {
    for (let round = 0; round < 5000; round += 1) {
      const packet = randomBytes(round % 64);
      if (packet.length > 4) packet[4] = [1, 3, 13, 21, 25, 26, 254][round % 7]!;
      if (packet.length > 0) packet[0] = 1 + (round % 5);
      assert.equal(typeof describePacket(packet).summary, 'string');
    }
  });
});

describe('A ladder', () => {
  it('has a rung for each packet and each call', async () => {
    const { events } = await record();
    const lines = ladder(events);
    assert.equal(lines.length, events.length + 1);
    assert.match(lines[0]!, /authenticator +peer$/u);
    const arrows = lines.filter((line) => /^ *[\d.]+ ms \|/u.test(line));
    assert.equal(arrows.length, 7);
    assert.match(arrows[0]!, /-- Request \d+ Identity -+>\|$/u);
    assert.match(arrows[1]!, /\|<-+ Response \d+ Identity "alice" --\|$/u);
    assert.ok(lines.every((line) => !line.includes('\u001b')));
    assert.equal(new Set(arrows.map((line) => line.length)).size, 1, 'all arrows end in one column');
  });

  it('has colours where they are asked for', async () => {
    const { events } = await record('wrong');
    assert.ok(ladder(events, { colours: true }).some((line) => line.includes('\u001b[36m')));
  });
});
