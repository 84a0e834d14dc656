// How wide the lines are that `eaphost` shows: 80 columns hold them, wider terminals get more.

import assert from 'node:assert/strict';
import { Socket } from 'node:net';

import { packetLine } from '../../lib/cli/auth-report.js';
import { commands } from '../../lib/cli/tables.js';
import { generalHelp, helpOf } from '../../lib/cli/help.js';
import { fitted, Output } from '../../lib/cli/output.js';
import { drawn, paint } from '../../lib/base/printable.js';
import { conversationLadder } from '../../lib/method-dlls/index.js';
import { ladder } from '../../lib/diagnostics/index.js';
import { ladderLines } from '../../lib/diagnostics/ladder.js';
import { record } from '../diagnostics/support.js';
import { eaphost } from './support.js';

const longest = (lines: readonly string[]): number => Math.max(...lines.map((line) => line.length));

describe('What eaphost shows', function () {
  this.timeout(60_000);

  it('fits 80 columns: packets and ladder, where no terminal says more', async () => {
    const args = ['auth', '--method', 'peap-mschapv2', '--runtime', 'embedded', '--ladder'];
    const { code, stdout } = await eaphost(args);
    assert.equal(code, 0);
    assert.match(stdout, /<-- Challenge +\d+ EAP Request +\d+ PEAP +\d+ octets/u);
    assert.match(stdout, /\| +ProcessReceivedPacket \+ GetSendPacket {2}[\d.]+ ms \|/u);
    assert.ok(longest(stdout.split('\n')) <= 80, stdout);
  });

  it('fits with the longest packet, and says of one that it is sent again', () => {
    const eap = { code: 'Response', id: 255, method: 'EAP-MSCHAPv2 Challenge', length: 1400 };
    for (const [radius, text] of [
      [{ code: 'Access-Challenge', id: 255, attempt: 1 }, /Challenge 255 EAP Response 255 .* 1400 octets$/u],
      [{ code: 'Access-Request', id: 255, attempt: 12 }, /Request +255 transmission 12$/u],
      [null, /\(made here\) +EAP Response/u],
    ] as const) {
      const packet = { atMs: 99_999.9, direction: 'sent', radius, eap } as const;
      const line = packetLine(packet, 80);
      assert.match(line, text);
      assert.ok(line.length <= 80, line);
      assert.match(packetLine(packet, 120), radius ? /Access-\w+ +255 {2}EAP/u : /\(made up here\)/u);
    }
  });

  it('has ladders of the width that they are given', async () => {
    const { events } = await record();
    for (const columns of [60, 80, 100, 120, 160]) {
      const lines = ladder(events, { columns });
      assert.ok(longest(lines) <= columns, lines.join('\n'));
      assert.equal(/\| Begin/u.test(lines.join('\n')), columns >= 120);
    }
    assert.equal(longest(ladder(events)), 80);
    const call = {
      call: 'EapMethodAuthenticatorReceivePacket',
      code: 'ERROR_AUTHENTICATION_FAILURE',
      values: {},
    };
    const failed = {
      kind: 'call',
      side: 'authenticator',
      call: { ...call, winError: 1, duration: 1 },
    } as const;
    const packet = {
      direction: 'request',
      packet: Buffer.from(`\u0001\u0001\u0000\u00ff\u0001${'x'.repeat(250)}`),
    };
    const long = { kind: 'packet', packet: { ...packet, madeBy: 'method', atMs: 0 } } as never;
    assert.equal(longest(conversationLadder([failed as never, long])), 80);
    for (const columns of [1, 39]) {
      assert.equal(longest(ladder(events, { columns })), 40);
      assert.equal(longest(ladderLines(events, columns).map((line) => drawn(line, false))), 40);
      const told = (width: number) => conversationLadder([failed as never, long], { columns: width });
      assert.deepEqual(told(columns), told(40));
    }
  });

  it('has help that uses a wider terminal', () => {
    for (const [name, row] of Object.entries(commands)) {
      assert.ok(longest(helpOf(name, row, 80).split('\n')) <= 80, name);
    }
    const wide = longest(helpOf('auth', commands.auth, 110).split('\n'));
    assert.ok(wide > 90 && wide <= 110);
    assert.ok(longest(generalHelp(80).split('\n')) <= 80);
  });

  it('sets long lines in on a terminal, with their colours, and leaves them whole elsewhere', () => {
    const text = 'a word '.repeat(20).trim();
    const line = ['reason   ', paint('red', text)];
    const lines = fitted(line, 40);
    assert.ok(longest(lines.map((each) => drawn(each, false))) <= 40);
    for (const each of lines.slice(1)) assert.match(drawn(each, true), /^ {9}\P{L}{2}31m(?:a|word)/u);
    assert.equal(lines.map((each) => drawn(each, false).trim()).join(' '), `reason   ${text}`);
    assert.deepEqual(
      fitted('x'.repeat(99), 40).map((each) => drawn(each, false)),
      ['x'.repeat(99)],
    );
    const written: string[] = [];
    const stream = { columns: 40, write: (each: string) => written.push(each) };
    new Output(false, { ...stream, isTTY: true }, stream, {}).line(line);
    assert.ok(longest(written.join('').split('\n')) <= 40);
    written.splice(0);
    new Output(false, stream, stream, {}).line(line);
    assert.equal(written.join(''), `reason   ${text}\n`);
  });

  it('has no progress among the lines that go into a pipe', () => {
    const shown: string[] = [];
    const err = { isTTY: true, columns: 80, write: (text: string) => shown.push(text) };
    for (const [out, shows] of [
      [new Socket(), false],
      [{ write: () => true }, true],
    ] as const) {
      const output = new Output(false, out, err, {});
      output.step('doing this');
      output.done();
      assert.equal(shown.splice(0).length > 0, shows);
    }
  });
});
