// Methods in TypeScript as subjects: this package's own do what is demanded, wrong ones are found, and what was received
// is wiped in the end.

import assert from 'node:assert/strict';

import { methodCatalogue, scriptCatalogue } from '../../lib/conformance/catalogue/method/index.js';
import { conformMethod, conformPeer, type MethodTarget } from '../../lib/conformance/index.js';
import { preflightMethod } from '../../lib/conformance/preflight.js';
import { encodeCredentials } from '../../lib/methods/credentials.js';
import { defineMethod } from '../../lib/methods/define.js';
import { md5, md5Authenticator } from '../../lib/methods/md5.js';
import type { MethodDefinition } from '../../lib/hosts/method.js';
import { mschapv2 } from '../../lib/methods/mschapv2.js';
import { memoryUsers } from '../../lib/methods/users.js';
import { AuthenticatorMethod, PeerMethod } from '../../lib/method-dlls/index.js';
import { alice, misbehavingType, pairPath, pairType, server as pairServer } from '../method-dlls/support.js';
import { ill } from '../supplicant/fakes.js';
import { libraryPath } from '../supplicant/support.js';
import { EapError } from '../../lib/index.js';
import {
  type CallMutant,
  identity,
  methodTarget,
  mutated,
  type OfferName,
  offers,
  password,
  peerTarget,
  users,
} from './subjects.js';

const credentials = encodeCredentials({ username: identity, password });
const login = { identity, password: Buffer.from(password) };

/** The two sides of a method that is offered. */
function sidesOf(name: OfferName): readonly MethodDefinition[] {
  const { peer, methods } = offers[name];
  return [peer, ...methods].filter(({ type }) => type.type === peer.type.type);
}

/** The cases that did not pass, of those that apply. */
async function troubles(target: MethodTarget, only?: readonly string[]): Promise<string[]> {
  const results = await conformMethod(target, { ...(only && { only }), concurrency: 4 });
  const applied = results.filter(({ verdict }) => verdict !== 'notApplicable');
  assert.ok(applied.length > (only ? 0 : 90), `${applied.length} cases apply`);
  return applied.filter(({ verdict }) => verdict !== 'passed').map(({ id, reason }) => `${id}: ${reason}`);
}

describe('method DLLs of others as subjects', function () {
  this.timeout(120_000);
  const wantsUser = 'windows-EapPeerSetUIContext';
  const dying = { type: misbehavingType(), dllPath: libraryPath('misbehavingmethod') };
  /** Cases with flags of their own, or about a user whom the host does not know. */
  const ownFlags = ['*-each-flag', '*-non-interactive', '*-machine-without-user-blob', '*-without-blobs'];

  it('tries one that asks its user by a dialog alone with the answer and the flags that are given', async () => {
    const isField = (name: string): boolean => name.includes('InteractiveUIInputFields');
    const target = methodTarget(wantsUser, {
      peer: { exports: (call) => (call() as unknown as string[]).filter((name) => !isField(name)) },
    });
    const only = ['windows-EapPeerGetResult-success-with-keys'];
    const why = 'the method asks its user, by a dialog alone, and no answer is given: --ui-answer';
    const tried = async (more: Partial<MethodTarget>) => {
      const [result] = await conformMethod({ ...target, ...more }, { only });
      return [result?.verdict, result?.reason, await preflightMethod({ ...target, ...more })];
    };
    assert.deepEqual(await tried({}), ['notApplicable', why, { lacking: why }]);
    assert.deepEqual(await tried({ uiAnswer: Buffer.from('answer=yes') }), ['passed', undefined, {}]);
    assert.equal((await tried({ uiAnswer: Buffer.from('answer=no') }))[0], 'failed');
    assert.deepEqual(await tried({ flags: ['suppressUi'] }), ['passed', undefined, {}]);
  });

  it('tells a crash at the end of each session once, of the peer', async () => {
    const call = 'EapPeerEndSession';
    const crash = (): Promise<never> =>
      Promise.reject(
        new EapError(`the process of the method DLL died in ${call}`, {
          code: 'EAPHOST_METHOD_CRASHED',
          call,
        }),
      );
    const target = methodTarget('', { peer: { end: crash } });
    const only = ['windows-*-success-with-keys', 'windows-*EndSession-*', 'windows-EapMethodAuthenticator*'];
    const results = await conformMethod(target, { only, skip: ['*-memory*'], concurrency: 4 });
    const failed = results.filter(({ verdict }) => verdict === 'failed').map(({ id }) => id);
    assert.equal(failed.length, 1, failed.join(', '));
    assert.ok(!failed[0]?.includes('EapMethodAuthenticator'), failed[0]);
    const same = results.filter(({ reason = '' }) => reason.startsWith('the same cause as '));
    assert.ok(same.length > 20, `${same.length} cases end sessions`);
  });

  it('tells a crash of a DLL at the end of its sessions once, where its memory is counted, too', async () => {
    const load = { ...dying, isolate: true };
    const target = {
      loadPeer: () => PeerMethod.load(load),
      loadAuthenticator: () => AuthenticatorMethod.load(load),
      config: Buffer.from('crash=EndSession'),
    };
    const only = ['windows-EapPeerEndSession-*memory*', 'windows-EapPeerEndSession-before-first-packet'];
    const results = await conformMethod(target, { only, concurrency: 1 });
    const told = results.map(({ id, verdict, reason }) => `${id}: ${verdict}: ${reason}`);
    const [first, ...others] = results;
    assert.equal(first?.verdict, 'failed', told.join('\n'));
    assert.equal(others.length, 2);
    for (const { verdict, reason = '' } of others) {
      assert.equal(verdict, 'inconclusive', told.join('\n'));
      assert.ok(reason.startsWith(`the same cause as ${first?.id}: `), reason);
    }
  });

  it('gives the flags that are given to every session and identity of the peer', async () => {
    const flags = ['guestAccess'] as const;
    const isAsked = (asked: unknown): boolean =>
      (asked as { flags?: readonly string[] } | undefined)?.flags?.includes('guestAccess') === true;
    const unasked: (string | undefined)[] = [];
    const watched: CallMutant = (call, asked) => {
      if (!isAsked(asked)) unasked.push(new Error('without the flags').stack);
      return call(asked);
    };
    const target = methodTarget('', { peer: { getIdentity: watched, beginSession: watched } });
    await conformMethod({ ...target, flags }, { skip: [...ownFlags, '*memory*'] });
    assert.deepEqual(unasked, []);
  });

  it('fetches a response only where one was announced', async () => {
    const only = [
      'windows-EapPeerGetResponsePacket-*too-small',
      'windows-EapPeerEndSession-response-not-fetched',
    ];
    assert.deepEqual(await troubles(methodTarget('GetResponseAttributes'), only), []);
  });

  it('blames no method for calls of a case that were out of order', async () => {
    const late = new EapError('out of order (EAPHOST_CALL_ORDER)', { code: 'EAPHOST_CALL_ORDER' });
    const target = methodTarget('', { peer: { getResponsePacket: () => Promise.reject(late) } });
    const [result] = await conformMethod(target, { only: ['windows-EapPeerGetResult-success-with-keys'] });
    assert.deepEqual([result?.verdict, result?.reason], ['inconclusive', late.message]);
  });
});

describe('methods in TypeScript as subjects', function () {
  this.timeout(300_000);

  for (const name of ['md5', 'gtc', 'mschapv2', 'tls', 'peap', 'ttls'] as const) {
    it(`finds nothing wrong with ${name}`, async () => {
      const user = name === 'tls' ? {} : { credentials, login };
      assert.deepEqual(await troubles({ methods: sidesOf(name), ...user }), []);
    });
  }

  it('takes one definition that has both sides', async () => {
    const methods = [md5Authenticator({ users })];
    assert.deepEqual(await troubles({ methods, credentials, login }), []);
  });

  it('limits the packets of the tested side alone, whichever side has the longer ones', async () => {
    const sizes = ['windows-*-exact-size', 'windows-*-packets-of-*-octets', 'windows-*-largest-packet'];
    const long = 'a'.repeat(200);
    for (const [username, serverName] of [[long, 'server'] as const, [identity, long] as const]) {
      const own = memoryUsers({ [username]: password });
      const methods = [md5, md5Authenticator({ users: own, serverName })];
      const target = { methods, credentials: encodeCredentials({ username, password }) };
      assert.deepEqual(await troubles(target, sizes), []);
    }
  });

  it('says what a wrong one does', async () => {
    const credulous = defineMethod({
      ...md5,
      peer: {
        ...md5.peer,
        async beginSession(begin) {
          const session = await md5.peer.beginSession(begin);
          return {
            processRequest: (packet) => session.processRequest(packet),
            getResult: () => ({ isSuccess: true }),
            end: () => session.end(),
          };
        },
      },
    });
    const methods = [credulous, md5Authenticator({ users })];
    const found = await troubles({ methods, credentials }, ['rfc3748-4.2-method-*', '*-failure-before-end']);
    assert.deepEqual(
      found.map((each) => each.split(':', 1)[0]),
      ['windows-EapPeerGetResult-failure-before-end', 'rfc3748-4.2-method-success-before-request'],
    );
  });

  it('words its demands and remedies in the names of a definition', async () => {
    // What no method in TypeScript can do otherwise: pointers, and functions that free memory.
    const isOfShim = /-null-attributes$|^windows-EapPeerFree/u;
    const hasNamesOfWindows =
      /Eap(?:Peer|Method)|\b(?:p|pp|dw|f|pcb|pwsz|pw|pf)[A-Z]|\beat[A-Z]|\bNULL\b|\bFALSE\b|_FIELD|FLAG_/u;
    assert.deepEqual(
      scriptCatalogue
        .flatMap(({ id, title, remedy }) => (isOfShim.test(id) ? [remedy] : [title, remedy]))
        .filter((text) => hasNamesOfWindows.test(text)),
      [],
    );
    assert.ok(methodCatalogue.some(({ remedy }) => hasNamesOfWindows.test(remedy)));
    assert.ok(methodCatalogue.some(({ id, title }) => !isOfShim.test(id) && hasNamesOfWindows.test(title)));
    const methods = sidesOf('md5');
    const only = ['windows-EapPeerGetResult-failure-before-end'];
    const [result] = await conformMethod({ methods, credentials }, { only });
    assert.equal(
      result?.remedy,
      'return isSuccess: false in getResult unless the method has come to its end with success',
    );
  });

  it('refuses what is not one method', async () => {
    for (const [target, sentence] of [
      [{ methods: [md5, mschapv2] }, /of one type/u],
      [{ methods: [] }, /of one type/u],
      [{ methods: ill('md5') }, /target\.methods must be an array\b/u],
      [{ methods: [md5], loadPeer: () => PeerMethod.load(ill({})) }, /takes the place of loadPeer/u],
    ] as const) {
      await assert.rejects(conformMethod(target, { only: ['rfc5247*'] }), sentence);
    }
  });

  it('hands a loaded method from case to case, and runs a case again where that has spoilt it', async () => {
    const target = methodTarget('any');
    const loads = { all: 0, spoilt: 0 };
    const loadPeer = async (): Promise<PeerMethod> => {
      let begun = 0;
      loads.all++;
      const beginSession = (call: (...args: unknown[]) => unknown, ...args: unknown[]): unknown => {
        if (++begun <= 6) return call(...args);
        loads.spoilt++;
        throw new EapError('it is worn out', { code: 'ERROR_GEN_FAILURE' });
      };
      return mutated(await target.loadPeer!(), { beginSession });
    };
    const only = ['*EapPeerGetResult-*', '*EapPeerGetIdentity-*'];
    const results = await conformMethod({ ...target, loadPeer }, { only, concurrency: 1 });
    assert.deepEqual(
      results.filter(({ verdict }) => verdict === 'failed' || verdict === 'inconclusive'),
      [],
    );
    assert.ok(
      loads.spoilt > 0 && loads.all < results.length,
      JSON.stringify({ ...loads, all: results.length }),
    );
  });

  it('has a DLL handed NULL in place of no attributes where it is asked to', async () => {
    const settings = Buffer.from('attributes=2');
    const both = Buffer.concat([pairServer, Buffer.from(';attributes=2')]);
    const dll = { dllPath: pairPath, type: pairType, isolate: false };
    await using peer = await PeerMethod.load(dll);
    await using authenticator = await AuthenticatorMethod.load(dll);
    /** What the pair says to NULL, and to no attributes. */
    async function answers(ofPeer: null | readonly [], ofAuthenticator: null | readonly []) {
      const code = (work: Promise<unknown>) =>
        work.then(
          () => undefined,
          (error: unknown) => (error instanceof EapError ? error.code : String(error)),
        );
      const client = await peer.beginSession({ config: settings, credentials: alice, attributes: ofPeer });
      const server = await authenticator.beginSession({
        config: both,
        identity: 'alice',
        attributes: ofAuthenticator,
      });
      const said: (string | undefined)[] = [];
      for (let id = 1; said.length < 2; id++) {
        let { action } = await client.processRequestPacket((await server.sendPacket(id)).packet);
        if (action === 'respond') {
          await client.getResponseAttributes();
          said.push(await code(client.setResponseAttributes([])));
          if (ofPeer === null) break;
          action = 'send';
        }
        assert.equal(action, 'send');
        if ((await server.receivePacket(await client.getResponsePacket())) !== 'respond') continue;
        await server.getAttributes();
        said.push(await code(server.setAttributes([])));
      }
      await client.end();
      await server.end();
      return said;
    }
    assert.deepEqual(await answers([], []), [undefined, undefined]);
    assert.deepEqual(await answers([], null), [undefined, 'ERROR_INVALID_PARAMETER']);
    assert.deepEqual(await answers(null, []), ['ERROR_INVALID_PARAMETER']);
  });

  it('wipes the keys that it was given', async () => {
    const secrets: Buffer[] = [];
    const seen = (result: unknown): unknown => {
      const { keys, attributes = [] } = result as {
        keys: Record<string, Buffer>;
        attributes?: readonly { value: Buffer }[];
      };
      secrets.push(...Object.values(keys), ...attributes.map(({ value }) => value));
      assert.ok(secrets.some((each) => each.some((octet) => octet !== 0)));
      return result;
    };
    const getResult = async (call: (...args: unknown[]) => Promise<unknown>, ...args: unknown[]) =>
      seen(await call(...args));
    const id = 'rfc3748-7.10-method-msk-of-64-octets';
    const target = methodTarget(id, { peer: { getResult }, authenticator: { getResult } });
    const [result] = await conformMethod(target, { only: [id] });
    assert.equal(result?.verdict, 'passed', result?.reason);
    assert.ok(secrets.length >= 8);
    assert.ok(secrets.every((each) => each.every((octet) => octet === 0)));
  });

  it('wipes the MSK that a peer tells', async () => {
    const told: Uint8Array[] = [];
    const healthy = peerTarget('mschapv2');
    const only = ['rfc3748-4.2-canned-success', 'rfc3748-4.1-*'];
    await conformPeer(
      {
        ...healthy,
        async authenticate(attempt) {
          const msk = Buffer.alloc(64, 7);
          told.push(msk);
          return { ...(await healthy.authenticate(attempt)), msk };
        },
      },
      { only },
    );
    assert.ok(told.length > 1);
    assert.ok(told.every((msk) => msk.every((octet) => octet === 0)));
  });
});
