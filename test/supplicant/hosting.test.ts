// Driven method DLLs, natively: the order of calls as their records give it, what comes out of them, and that each
// gets back what it gave.

import assert from 'node:assert/strict';

import type { NativeCall } from '../../lib/native/method-types.js';
import {
  actions,
  beginAuthenticator,
  beginPeer,
  converse,
  failure,
  open,
  openTraced,
  order,
  pairType,
  pairUser,
  withCounters,
} from './hosted-dll.js';
import { answerTo, request } from './script-method.js';
import { libraryPath, scriptedType } from './support.js';

const scripted = { path: libraryPath('testmethod'), type: scriptedType };
const errors = { invalidState: 5023 };

describe('A conversation of two driven method DLLs', () => {
  it('calls what the two documented sequences say, and gives both the same keys', async () => {
    await withCounters(async () => {
      const peer = await openTraced('peer');
      const authenticator = await openTraced('authenticator');
      const identity = await peer.method.invoke('getIdentity', {
        flags: 0,
        userToken: 0n,
        connectionData: undefined,
        userData: pairUser,
      });
      assert.equal(identity.identity, 'alice');
      const supplicant = await beginPeer(peer.method, 'save=1', identity.userData);
      const server = await beginAuthenticator(authenticator.method);
      const last = await converse(supplicant, server);
      const result = await supplicant.getResult(2);
      await Promise.all([supplicant.end(), server.end()]);
      await Promise.all([peer.method.close(), authenticator.method.close()]);

      assert.equal(last.action, actions.result);
      assert.ok(last.result?.isSuccess === true && result.isSuccess);
      const emsk = (attributes: readonly { type: number; value: Buffer }[]) =>
        attributes.find(({ type }) => type === 9003)?.value;
      assert.equal(emsk(result.attributes)?.length, 64);
      assert.deepEqual(emsk(result.attributes), emsk(last.result.attributes));
      assert.equal(result.userData?.toString(), pairUser.toString());

      const process = ['ProcessRequestPacket', 'GetResponsePacket'];
      assert.deepEqual(order(peer.calls), [
        'GetInfo',
        'Initialize',
        'GetIdentity',
        'BeginSession',
        ...process,
        ...process,
        'GetResult',
        'EndSession',
        'Shutdown',
      ]);
      const receive = ['ReceivePacket', 'SendPacket'];
      assert.deepEqual(order(authenticator.calls), [
        'GetInfo',
        'Initialize',
        'BeginSession',
        'SendPacket',
        ...receive,
        'ReceivePacket',
        'GetResult',
        'EndSession',
        'Shutdown',
      ]);
    });
  });

  it('works with every type of one DLL at once', async () => {
    const types = [
      pairType,
      { ...pairType, vendorType: 4 },
      { ...pairType, type: 210, vendorId: 0, vendorType: 0 },
    ];
    await withCounters(async () => {
      const halves = await Promise.all(
        types.map((type) => Promise.all([open('peer', { type }), open('authenticator', { type })])),
      );
      for (const [peer, authenticator] of halves) {
        const [supplicant, server] = await Promise.all([beginPeer(peer), beginAuthenticator(authenticator)]);
        assert.equal((await converse(supplicant, server)).result?.isSuccess, true);
      }
      // Open sessions are ended.
      await Promise.all(halves.flat().map((method) => method.close()));
    });
  });

  it('goes on beside 31 others on one DLL, also when methods take their time', async () => {
    await withCounters(async () => {
      const [peer, authenticator] = await Promise.all([open('peer', { maxLanes: 4 }), open('authenticator')]);
      const one = async () => {
        const [supplicant, server] = await Promise.all([beginPeer(peer), beginAuthenticator(authenticator)]);
        const { result } = await converse(supplicant, server);
        assert.equal((await supplicant.getResult(2)).isSuccess, true);
        assert.equal(peer.counters().sessions > 0, true);
        await Promise.all([supplicant.end(), server.end()]);
        return result?.isSuccess;
      };
      const outcomes = await Promise.all(Array.from({ length: 32 }, one));
      assert.ok(outcomes.every((isSuccess) => isSuccess === true));
      assert.deepEqual(peer.counters(), { sessions: 0 });
      await Promise.all([peer.close(), authenticator.close()]);
    });
    const slow = await open('peer', scripted);
    const sessions = await Promise.all(
      Array.from({ length: 32 }, () => beginPeer(slow, 'block=30 quiet', undefined)),
    );
    const steps = await Promise.all(
      sessions.map((session) => session.process(request(1, Buffer.of(7), scriptedType))),
    );
    assert.ok(steps.every(({ action }) => action === actions.send));
    assert.ok(slow.stats().lanes > 1);
    await slow.close();
  });

  it('loads and initializes a DLL once, whoever opens it', async () => {
    const first = await openTraced('peer');
    const second = await openTraced('peer');
    await first.method.close();
    const session = await beginPeer(second.method);
    await session.end();
    await second.method.close();
    assert.deepEqual(order(first.calls), ['GetInfo', 'Initialize']);
    assert.deepEqual(order(second.calls), ['BeginSession', 'EndSession', 'Shutdown']);
    const again = await openTraced('peer');
    await again.method.close();
    assert.deepEqual(order(again.calls), ['GetInfo', 'Initialize', 'Shutdown']);
  });
});

describe('A session of a driven peer method', () => {
  it('has a call for each routine', async () => {
    const { method, calls } = await openTraced('peer', scripted);
    const session = await beginPeer(
      method,
      'step=send,ui,respond,result savec=new quietpackets',
      Buffer.from('me'),
    );
    await session.setCredentials('name', Buffer.from('password', 'utf16le'));
    const packet = request(1, Buffer.of(7), scriptedType);
    assert.deepEqual(await session.processRequestPacket(packet), { action: 1, allowNotifications: false });
    assert.equal((await session.getResponsePacket()).readUInt8(1), 1);
    assert.deepEqual(await session.processRequestPacket(packet), { action: 3, allowNotifications: false });
    assert.equal((await session.getUiContext()).toString(), 'method context');
    assert.deepEqual(await session.setUiContext(Buffer.from('answer')), {
      action: 4,
      allowNotifications: false,
    });
    assert.equal((await session.getResponseAttributes())[0]?.value.toString(), 'attribute');
    const attributes = [{ type: 8102, value: Buffer.from('abc') }];
    assert.deepEqual(await session.setResponseAttributes(attributes), {
      action: 2,
      allowNotifications: false,
    });
    const result = await session.getResult(2);
    assert.deepEqual([result.isSuccess, result.connectionData?.toString()], [true, 'new']);
    assert.deepEqual(result.userData, undefined);
    await session.end();
    assert.deepEqual(order(calls, session.number), [
      'BeginSession',
      'SetCredentials',
      'ProcessRequestPacket',
      'GetResponsePacket',
      'ProcessRequestPacket',
      'GetUIContext',
      'SetUIContext',
      'GetResponseAttributes',
      'SetResponseAttributes',
      'GetResult',
      'EndSession',
    ]);
    await method.close();
  });

  it('fetches what each action asks for in the same hop', async () => {
    const method = await open('peer', scripted);
    const session = await beginPeer(method, 'step=send,ui,respond,result,discard,none,77 context=ab');
    const packet = request(3, Buffer.of(7), scriptedType);
    const step = () => session.process(packet);
    const sent = await step();
    assert.deepEqual([sent.action, sent.allowNotifications, sent.packet?.readUInt8(1)], [1, true, 3]);
    assert.deepEqual(await step(), { action: 3, allowNotifications: true, uiContext: Buffer.from('ab') });
    assert.deepEqual((await step()).attributes?.[0], { type: 8102, value: Buffer.from('attribute') });
    for (const action of [2, 0, 5, 77]) assert.deepEqual(await step(), { action, allowNotifications: true });
    await method.close();
  });

  it('answers packets of every size', async () => {
    const method = await open('peer', scripted);
    for (const size of [13, 1500, 2048, 2049, 9000]) {
      const session = await method.beginSession({
        flags: 0,
        attributes: [],
        userToken: 0n,
        connectionData: Buffer.from(`size=${size} quiet`),
        userData: undefined,
        maxSendPacketSize: 9000,
      });
      const step = await session.process(request(4, Buffer.of(7), scriptedType));
      assert.deepEqual([step.action, step.allowNotifications, step.packet?.length], [1, true, size]);
    }
    await method.close();
  });

  it('fails with the function that failed, its code and its EAP_ERROR', async () => {
    const method = await open('peer', scripted);
    const packet = request(1, Buffer.of(7), scriptedType);
    const cases = ['ProcessRequestPacket', 'GetResponsePacket'];
    for (const routine of cases) {
      const session = await beginPeer(method, `fail=${routine}:4711e`);
      const { error } = await failure(session.process(packet), `EapPeer${routine}`, 4711);
      assert.deepEqual(
        [error?.winError, error?.reasonCode, error?.rootCause],
        [4711, 4712, 'scripted cause'],
      );
      await session.end();
    }
    await failure(beginPeer(method, 'fail=BeginSession:4711'), 'EapPeerBeginSession', 4711);
    const thrower = await beginPeer(method, 'throw=ProcessRequestPacket');
    await failure(thrower.process(packet), 'EapPeerProcessRequestPacket', 574);
    const liar = await beginPeer(method, 'code=1');
    await failure(liar.process(packet), 'EapPeerGetResponsePacket', 0x80420017);
    const ending = await beginPeer(method, 'fail=EndSession:4711');
    await failure(ending.end(), 'EapPeerEndSession', 4711);
    await ending.end();
    assert.equal(method.counters().sessions, 2);
    await method.close();
  });

  it('takes no call after its end or the end of its method', async () => {
    const method = await open('peer', scripted);
    const session = await beginPeer(method);
    const packet = request(1, Buffer.of(7), scriptedType);
    assert.equal((await session.process(packet)).packet?.length, answerTo(packet).length);
    await session.end();
    await session.end();
    await failure(session.process(packet), 'EapPeerProcessRequestPacket', errors.invalidState);
    await failure(session.getResult(2), 'EapPeerGetResult', errors.invalidState);
    const open_ = await beginPeer(method);
    await method.close();
    await method.close();
    await open_.end();
    await failure(open_.process(packet), 'EapPeerProcessRequestPacket', errors.invalidState);
    await failure(beginPeer(method), 'EapPeerBeginSession', errors.invalidState);
    const asked = { flags: 0, userToken: 0n, connectionData: undefined };
    await failure(
      method.invoke('queryCredentialInputFields', asked),
      'EapPeerQueryCredentialInputFields',
      errors.invalidState,
    );
  });
});

describe('A session of a driven authenticator method', () => {
  it('has a call for each routine', async () => {
    await withCounters(async () => {
      const { method, calls } = await openTraced('authenticator');
      const peer = await open('peer');
      const supplicant = await beginPeer(peer);
      const session = await beginAuthenticator(method, 'password=tiger;attributes=1;timeout=interactive');
      await session.updateInnerMethodParams(0, 'alice', [{ type: 1, value: Buffer.from('alice') }]);
      const first = await session.sendPacket(9);
      assert.deepEqual([first.packet.readUInt8(0), first.packet.readUInt8(1), first.timeout], [1, 9, 2]);
      const { packet = Buffer.alloc(0) } = await supplicant.process(first.packet);
      assert.deepEqual(await session.receivePacket(packet), { action: 3 });
      const asked = await session.getAttributes();
      assert.equal(asked[0]?.type, 1);
      assert.deepEqual(await session.setAttributes([{ type: 8102, value: Buffer.from('answer') }]), {
        action: 1,
      });
      const verdict = await session.sendPacket(10);
      assert.deepEqual([verdict.action, verdict.packet?.readUInt8(1)], [1, 10]);
      const done = await supplicant.process(verdict.packet ?? Buffer.alloc(0));
      assert.deepEqual(await session.receivePacket(done.packet ?? Buffer.alloc(0)), { action: 2 });
      assert.equal((await session.getResult()).isSuccess, true);
      await session.end();
      assert.deepEqual(order(calls, session.number), [
        'BeginSession',
        'UpdateInnerMethodParams',
        'SendPacket',
        'ReceivePacket',
        'GetAttributes',
        'SetAttributes',
        'SendPacket',
        'ReceivePacket',
        'GetResult',
        'EndSession',
      ]);
      await Promise.all([method.close(), peer.close()]);
    });
  });

  it('refuses what is wrong: a failure is a result, a failed call is not', async () => {
    const [peer, method] = await Promise.all([open('peer'), open('authenticator')]);
    const supplicant = await beginPeer(peer, 'fail=password');
    const session = await beginAuthenticator(method);
    const last = await converse(supplicant, session);
    assert.equal(last.result?.isSuccess, false);
    assert.notEqual(last.result?.failureReasonCode, 0);
    await failure(session.sendPacket(3), 'EapMethodAuthenticatorSendPacket', errors.invalidState);
    await session.end();
    await failure(
      session.receivePacket(Buffer.alloc(5)),
      'EapMethodAuthenticatorReceivePacket',
      errors.invalidState,
    );
    const failing = await beginAuthenticator(method, 'error=SendPacket;code=4711;reason=5');
    const { error } = await failure(failing.sendPacket(1), 'EapMethodAuthenticatorSendPacket', 4711);
    assert.equal(error?.reasonCode, 5);
    await Promise.all([peer.close(), method.close()]);
  });
});

describe('The records of calls', () => {
  it('have arguments, lanes and times, and of secrets the size alone', async () => {
    const { method, calls } = await openTraced('peer', scripted);
    const session = await beginPeer(method, 'userout=secret1 saveu=secret2', Buffer.from('secret3'));
    await session.setCredentials('name', Buffer.from('secret4', 'utf16le'));
    await session.setResponseAttributes([
      { type: 26, value: Buffer.from('secret5') },
      { type: 8102, value: Buffer.from('tlv') },
    ]);
    await session.setUiContext(Buffer.from('secret6'));
    await session.process(request(1, Buffer.of(7), scriptedType));
    await session.getResult(2);
    await method.close();
    const of = (name: string): NativeCall => {
      const found = calls.find(({ call }) => call === `EapPeer${name}`);
      assert.ok(found !== undefined, name);
      return found;
    };
    assert.deepEqual(of('GetInfo').values, { ...typeValues(scriptedType), version: 0 });
    assert.deepEqual(of('BeginSession').values['userData'], { octets: 7 });
    assert.deepEqual(of('SetCredentials').values, { identity: 'name', password: { octets: 14 } });
    assert.deepEqual(of('SetResponseAttributes').values, {
      attributes: 2,
      'attributes[0].type': 26,
      'attributes[0].value': { octets: 7 },
      'attributes[1].type': 8102,
      'attributes[1].value': { octets: 3 },
      action: 1,
      allowNotifications: 1,
    });
    assert.deepEqual(of('SetUIContext').values['uiContext'], { octets: 7 });
    assert.deepEqual(of('GetResult').values['userData'], { octets: 7 });
    assert.deepEqual(of('ProcessRequestPacket').values['packet'], request(1, Buffer.of(7), scriptedType));
    let before = 0;
    for (const call of calls) {
      assert.ok(call.startedAt >= before && call.duration >= 0 && call.lane >= 1, JSON.stringify(call));
      before = call.startedAt;
      const octets = Object.values(call.values).filter((value) => Buffer.isBuffer(value));
      for (const value of octets) assert.ok(call.call === 'EapPeerBeginSession' || !value.includes('secret'));
    }
  });

  it('come before the promise of their hop settles, with codes and errors', async () => {
    const { method, calls } = await openTraced('peer', scripted);
    const session = await beginPeer(method, 'fail=ProcessRequestPacket:4711e');
    await failure(
      session.process(request(1, Buffer.of(7), scriptedType)),
      'EapPeerProcessRequestPacket',
      4711,
    );
    const [last, freed] = calls.slice(-2);
    assert.deepEqual([last?.winError, last?.error?.reasonCode, last?.session], [4711, 4712, session.number]);
    assert.equal(freed?.call, 'EapPeerFreeErrorMemory');
    const seen = calls.length;
    method.onCall = undefined;
    await session.end();
    assert.equal(calls.length, seen);
    await method.close();
  });

  it('are not made where nobody asks for them', async () => {
    const { method, calls } = await openTraced('peer', { ...scripted, trace: false });
    await (await beginPeer(method)).end();
    await method.close();
    assert.deepEqual(calls, []);
  });
});

function typeValues({ type, vendorId, vendorType }: typeof pairType) {
  return { type, vendorId, vendorType };
}
