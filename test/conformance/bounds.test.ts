// How long the suite goes on: rounds of a method that comes to no result, tries of a case whose subject keeps going away,
// questions to a silent server, and what a command says.

import assert from 'node:assert/strict';

import type { AuthOptions } from '../../lib/cli/auth-options.js';
import { openPeer } from '../../lib/cli/conform-peers.js';
import { type ConformanceCase, demand } from '../../lib/conformance/case.js';
import { type MethodHalves, MethodTalk } from '../../lib/conformance/method-talk.js';
import { CaseRecord } from '../../lib/conformance/record.js';
import { runCases } from '../../lib/conformance/runner.js';
import { ServerWatcher } from '../../lib/conformance/server-watch.js';
import { eapCodes, eapPacket } from '../../lib/eap/packet.js';
import { encodeCredentials } from '../../lib/methods/credentials.js';
import { md5 } from '../../lib/methods/md5.js';
import { BareSocket } from '../radius/support.js';

/** Both halves of a method whose authenticator has its result with the response of round `last`. */
function comingTo(last: number): { readonly halves: MethodHalves; readonly rounds: () => number } {
  let rounds = 0;
  const result = async () => ({ isSuccess: true, keys: {}, attributes: [] });
  const end = async () => undefined;
  const packet = (code: number) => eapPacket(code, 1, Buffer.of(4));
  const peer = {
    processRequestPacket: async () => ({ action: 'send' }),
    getResponsePacket: async () => packet(eapCodes.response),
    getResult: result,
    end,
  };
  const authenticator = {
    sendPacket: async () => ({ packet: packet(eapCodes.request) }),
    receivePacket: async () => ((rounds += 1) === last ? 'result' : 'send'),
    getResult: result,
    end,
  };
  const halves = {
    peer: { getIdentity: async () => ({ identity: 'alice' }), beginSession: async () => peer },
    authenticator: { beginSession: async () => authenticator },
  };
  return { halves: halves as never, rounds: () => rounds };
}

const nothing = { [Symbol.asyncDispose]: async () => undefined };

/** A case that is run by itself: beside others it would be tried again. */
const alone = (run: ConformanceCase<AsyncDisposable>['run']): ConformanceCase<AsyncDisposable> => ({
  id: 'case',
  kind: 'server',
  title: 'does it',
  source: { document: 'RFC 1', section: '1' },
  level: 'MUST',
  remedy: 'do it',
  isAlone: true,
  run,
});

describe('The bounds of the suite', () => {
  it('a method has its result within 200 rounds', async () => {
    const probe = { target: {}, record: new CaseRecord(), result: <Value>(work: Promise<Value>) => work };
    const good = comingTo(200);
    const { authenticator } = await (await MethodTalk.begin(probe, good.halves)).finish();
    assert.deepEqual([authenticator.isSuccess, good.rounds()], [true, 200]);
    const late = comingTo(201);
    const talk = await MethodTalk.begin(probe, late.halves);
    await assert.rejects(talk.finish(), /no result after 200 rounds/u);
    assert.equal(late.rounds(), 200);
  });

  it('4,096 characters are kept of what a command says', async () => {
    const options = {
      method: 'mschapv2',
      identity: 'alice',
      password: Buffer.from('apple'),
      serverNames: [],
    };
    const kept = async (length: number) => {
      const command = [process.execPath, '-e', `process.stdout.write('x'.repeat(${length}))`];
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the rest is of other methods
      await using peer = await openPeer(options as unknown as AuthOptions, command);
      const { signal } = new AbortController();
      const { said } = await peer.authenticate({ port: 1, secret: 'secret', signal });
      return said.replace(/^exit code 0; /u, '').length;
    };
    assert.deepEqual(await Promise.all([4095, 4096, 4097].map(kept)), [4095, 4096, 4096]);
  });

  it('a silent server is asked three times whether it lives', async () => {
    await using silent = await BareSocket.open();
    const watcher = new ServerWatcher({
      host: '127.0.0.1',
      port: silent.port,
      secret: Buffer.from('secret'),
      identity: 'alice',
      method: md5,
      credentials: encodeCredentials({ username: 'alice', password: 'apple' }),
      silenceMs: 30,
      answerMs: 90,
    });
    assert.equal(await watcher.isThere(new AbortController().signal), false);
    // A Status-Server and an identity each time.
    const codes = silent.received.map((datagram) => datagram[0]);
    assert.deepEqual(codes, [12, 1, 12, 1, 12, 1]);
  });

  it('a case begins anew five times where its subject has gone before it', async () => {
    let runs = 0;
    const each = alone(async () => void (runs += 1));
    const verdictAfter = async (losses: number): Promise<readonly (string | undefined)[]> => {
      const watcher = {
        isThere: async () => true,
        async watch() {
          if (losses-- > 0) throw new Error('gone');
          return { ...nothing, isKept: async () => true, silenceMs: 0 };
        },
      };
      const subject = { families: new Set<never>(), open: async () => nothing, watcher };
      const [result] = await runCases([each], subject, {});
      return [result?.verdict, result?.reason];
    };
    assert.deepEqual([await verdictAfter(5), runs], [['passed', undefined], 1]);
    const [verdict, reason] = await verdictAfter(6);
    assert.deepEqual([verdict, runs], ['inconclusive', 1]);
    assert.match(reason ?? '', /does not stay up long enough/u);
  });

  it('a case has ended its subject where that ends twice by it and not without it, of six tries', async () => {
    let runs = 0;
    /** The verdict where a watch during which the case has run, or has not, is kept so. */
    const verdictOf = async (isKept: (hasRun: boolean) => boolean, isRight: boolean) => {
      runs = 0;
      const watcher = {
        isThere: async () => true,
        async watch() {
          const before = runs;
          return { ...nothing, isKept: async () => isKept(runs > before), silenceMs: 400 };
        },
      };
      const each = alone(async () => {
        runs += 1;
        demand(isRight, 'it is wrong');
      });
      const subject = { families: new Set<never>(), open: async () => nothing, watcher };
      const [result] = await runCases([each], subject, {});
      return [result?.verdict, result?.reason, runs];
    };
    const ended = 'the server stopped answering for 0.4 s during this case, and forgot its conversations';
    const unsaid = 'the subject ends, or forgets its conversations, without this case as well';
    assert.deepEqual(await verdictOf((hasRun) => !hasRun, true), ['failed', ended, 2]);
    assert.deepEqual(await verdictOf(() => false, true), ['passed', undefined, 1]);
    assert.deepEqual(await verdictOf(() => false, false), ['inconclusive', unsaid, 6]);
  });
});
