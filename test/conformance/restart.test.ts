// A server that dies at one given case, and is restarted at once, after 0.3 s, after 5 s or never: that case fails, and no
// other. What counts is whether the server is back before its cases give up, or after.

import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';

import { type CaseResult, type ConformanceCase, demand } from '../../lib/conformance/case.js';
import { messageOf } from '../../lib/conformance/datagram.js';
import { RadiusRelay } from '../../lib/conformance/relay.js';
import { runCases } from '../../lib/conformance/runner.js';
import { ServerProbe, type ServerTarget } from '../../lib/conformance/server-probe.js';
import { ServerWatcher } from '../../lib/conformance/server-watch.js';
import { attributeTypes } from '../../lib/eap/attributes.js';
import { encodeCredentials } from '../../lib/methods/credentials.js';
import { textAttribute, valuesOf } from '../../lib/radius/attributes.js';
import { RadiusServer } from '../../lib/radius/index.js';
import { freePort } from '../support/free-port.js';
import { identity, offers, password, secret } from './subjects.js';

/** A server that forgets all it knows at a request that names `killer`, and answers again after `downMs`. */
class MortalServer implements AsyncDisposable {
  deaths = 0;
  #server: RadiusServer;
  #relay!: RadiusRelay;
  #isDown = false;
  #rebirth: Promise<void> = Promise.resolve();
  readonly #end = new AbortController();

  private constructor(server: RadiusServer) {
    this.#server = server;
  }

  static #listen(port: number): Promise<RadiusServer> {
    return RadiusServer.listen({ secret, methods: offers.md5.methods, port, unref: true });
  }

  static async listen(killer: string, downMs: number): Promise<MortalServer> {
    // A client may have taken another one until the server is back.
    const mortal = new MortalServer(await MortalServer.#listen(await freePort()));
    mortal.#relay = await RadiusRelay.listen({
      port: mortal.#server.port,
      secret: Buffer.from(secret),
      onRequest(datagram) {
        const [station] = valuesOf(messageOf(datagram)?.attributes ?? [], attributeTypes.CallingStationId);
        if (station?.toString() === killer && !mortal.#isDown) mortal.#rebirth = mortal.#die(downMs);
        return mortal.#isDown ? undefined : datagram;
      },
      onReply: (datagram) => (mortal.#isDown ? undefined : datagram),
    });
    return mortal;
  }

  get target(): ServerTarget {
    return {
      host: '127.0.0.1',
      port: this.#relay.port,
      secret: Buffer.from(secret),
      identity,
      method: offers.md5.peer,
      credentials: encodeCredentials({ username: identity, password }),
      silenceMs: 300,
      answerMs: 1500,
    };
  }

  async #die(downMs: number): Promise<void> {
    this.deaths++;
    this.#isDown = true;
    const { port } = this.#server;
    await this.#server.close();
    if (downMs > 0) await wait(downMs, undefined, { signal: this.#end.signal }).catch(() => undefined);
    if (this.#end.signal.aborted) return;
    this.#server = await MortalServer.#listen(port);
    this.#isDown = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    await this.#rebirth;
    await this.#relay[Symbol.asyncDispose]();
    await this.#server.close();
  }
}

type Row = readonly [id: string, run: ConformanceCase<ServerProbe>['run'], more?: object];
const named = (id: string) => ({ attributes: [textAttribute(attributeTypes.CallingStationId, id)] });

const rows: readonly Row[] = [
  // As long as the others die, this one has a conversation that waits.
  [
    'slow',
    async (probe) => {
      const talk = await probe.begin(named('slow'));
      await probe.pause(400);
      await talk.expectAccept();
    },
  ],
  ['quick', async (probe) => void (await (await probe.begin(named('quick'))).expectAccept())],
  // Silence is what this one wants: it passes at a server that is dead.
  [
    'silent',
    (probe) =>
      probe.expectSilence(
        probe.request(probe.identity(), { ...named('silent'), signature: 'wrong' }),
        'a wrong signature',
      ),
  ],
  [
    'wrong',
    async (probe) => {
      await (await probe.begin(named('wrong'))).expectAccept();
      demand(false, 'it is wrong');
    },
  ],
  [
    'busy',
    async (probe) => void (await (await probe.begin(named('busy'))).expectAccept()),
    { isAlone: true },
  ],
  [
    'deadly',
    async (probe) => void (await (await probe.begin(named('deadly'))).expectAccept()),
    { disruptive: true },
  ],
];
const cases = rows.map(([id, run, more]): ConformanceCase<ServerProbe> => ({
  id,
  kind: 'server',
  title: 'does it',
  source: { document: 'RFC 1', section: '1' },
  level: 'MUST',
  remedy: 'do it',
  run,
  ...more,
}));
const ids = cases.map(({ id }) => id);

async function tried(killer: string, downMs: number, concurrency: number): Promise<Map<string, CaseResult>> {
  await using server = await MortalServer.listen(killer, downMs);
  const { target } = server;
  const results = await runCases(
    cases,
    {
      families: new Set(),
      open: (record, signal) => ServerProbe.open(target, record, signal),
      watcher: new ServerWatcher(target),
    },
    { concurrency, disruptive: true, restartMs: downMs === never ? 2000 : 10_000 },
  );
  assert.equal(server.deaths > 0, ids.includes(killer), killer);
  return new Map(results.map((result) => [result.id, result]));
}

const never = 2 ** 30;
const having = (results: ReadonlyMap<string, CaseResult>, verdict: CaseResult['verdict']): string[] =>
  ids.filter((id) => results.get(id)?.verdict === verdict);

describe('A server that a case ends', function () {
  this.timeout(240_000);

  for (const concurrency of [1, 16]) {
    it(`fails no case where none ends it, ${concurrency} at a time`, async () => {
      const results = await tried('none', 0, concurrency);
      assert.deepEqual(having(results, 'failed'), ['wrong']);
      assert.equal(results.get('wrong')?.reason, 'it is wrong');
      assert.equal(having(results, 'passed').length, ids.length - 1);
    });

    for (const [word, downMs] of Object.entries({ 'at once': 0, 'after 0.3 s': 300, 'after 5 s': 5000 })) {
      it(`fails for that case alone where it is restarted ${word}, ${concurrency} at a time`, async () => {
        const all = await Promise.all(
          ids.map(async (killer) => [killer, await tried(killer, downMs, concurrency)] as const),
        );
        for (const [killer, results] of all) {
          const found = ids.map((id) => [id, results.get(id)?.verdict, results.get(id)?.reason]);
          assert.deepEqual(
            having(results, 'failed'),
            ids.filter((id) => id === killer || id === 'wrong'),
            String(found),
          );
          assert.equal(having(results, 'inconclusive').length, 0, String(found));
          const { reason = '' } = results.get(killer) ?? {};
          assert.match(reason, /^the server stopped answering for \d+\.\d s during this case/u);
          const seconds = Number(/\d+\.\d/u.exec(reason)?.[0]);
          assert.ok(seconds >= downMs / 1000 - 0.1, reason);
          if (killer !== 'wrong') assert.equal(results.get('wrong')?.reason, 'it is wrong');
        }
      });
    }

    it(`leaves open what could not be tried where it is not restarted, ${concurrency} at a time`, async () => {
      const all = await Promise.all(
        ids.map(async (killer) => [killer, await tried(killer, never, concurrency)] as const),
      );
      for (const [killer, results] of all) {
        const found = ids
          .map((id) => `${id} ${results.get(id)?.verdict} ${results.get(id)?.reason}`)
          .join('\n');
        const untried = ids.filter((id) => results.get(id)?.isSubjectGone);
        assert.deepEqual(untried, having(results, 'inconclusive'));
        const others = having(results, 'failed').filter((id) => id !== killer && id !== 'wrong');
        assert.deepEqual(others, [], found);
        assert.ok(having(results, 'inconclusive').length > 0 || killer === 'deadly', found);
        const isAlone = concurrency === 1 || killer === 'busy' || killer === 'deadly';
        const { verdict, reason = '' } = results.get(killer) ?? {};
        if (isAlone) {
          assert.equal(verdict, 'failed', found);
          assert.equal(reason, 'the server stopped answering during this case, and not again within 2 s');
        } else
          assert.match(reason, new RegExp(`^the server does not answer, for 2 s, since .*${killer}`, 'u'));
      }
    });
  }
});
