// The engine by itself, with Artillery's helpers: methods, flows, scripts that make no sense, the end.

import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

import { possibleMethods, serverMethods } from '../../../lib/cli/serve-methods.js';
import { encodeMppeKeys } from '../../../lib/index.js';
import {
  makeTestAuthority,
  memoryUsers,
  type MethodDefinition,
  mschapv2Authenticator,
} from '../../../lib/methods/index.js';
import { RadiusServer } from '../../../lib/radius/index.js';
import { BareSocket } from '../../radius/support.js';
import type { Helpers } from './artillery.js';
import EapEngine from './index.js';
import { methodNames } from './methods.js';
import { readSettings, ScriptError } from './settings.js';
import { artilleryHelpers } from './support.js';

const secret = 'between machines';
const password = 'correct horse';
const variables = { name: 'alice', word: password };
const user = { identity: '{{ name }}', password: '{{ word }}' };

describe('The engine for Artillery', () => {
  const authority = makeTestAuthority();
  let helpers: Helpers;
  let folder: string;
  let server: RadiusServer;

  before(async () => {
    helpers = await artilleryHelpers();
    folder = await mkdtemp(join(tmpdir(), 'eaphost-engine-'));
    const client = authority.issue({ name: 'alice', purpose: 'client' });
    await writeFile(join(folder, 'ca.pem'), authority.ca);
    await writeFile(join(folder, 'client.pem'), client.cert);
    await writeFile(join(folder, 'client.key'), client.key);
    await writeFile(join(folder, 'secret.txt'), `${secret}\n`);
    await writeFile(join(folder, 'empty.txt'), '\n');
    const parts = {
      users: memoryUsers({ alice: password }),
      tls: {
        ...authority.issue({ name: 'a server', purpose: 'server', dnsNames: ['radius.example.org'] }),
        resumptionLifetime: 3600,
      },
      clients: { ca: authority.ca },
    };
    const methods = serverMethods([...possibleMethods(parts), 'ttls-tls', 'mschapv2', 'md5', 'gtc'], parts);
    server = await RadiusServer.listen({ secret, methods, port: 0 });
  });

  after(async () => {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });

  const trusting = { ca: 'ca.pem', serverName: 'radius.example.org' };
  const certificate = { cert: 'client.pem', key: 'client.key' };

  /** An engine of a script with these settings, and what it told. */
  function engineOf(eap: unknown, target: unknown = `radius://127.0.0.1:${server.port}`) {
    const script = { config: { target, engines: { eap } }, _configPath: join(folder, 'load-test.yml') };
    const events = new EventEmitter();
    const counters: Record<string, number> = {};
    const histograms: Record<string, number[]> = {};
    const errors: string[] = [];
    events.on('counter', (name: string, value: number) => (counters[name] = (counters[name] ?? 0) + value));
    events.on('histogram', (name: string, value: number) => (histograms[name] ??= []).push(value));
    events.on('error', (code: string) => errors.push(code));
    const engine = new EapEngine(script, events, helpers);
    return {
      events,
      counters,
      histograms,
      errors,
      /** Runs a flow; gives the error that ended it. */
      run(flow: unknown, vars: Record<string, unknown> = variables): Promise<unknown> {
        const scenario = engine.createScenario({ flow }, events);
        return new Promise((resolve) => scenario({ vars: { ...vars } }, resolve));
      },
      async [Symbol.asyncDispose]() {
        events.emit('done');
        await Promise.resolve();
      },
    };
  }

  for (const method of methodNames) {
    it(`authenticates with ${method}, and counts a rejection`, async () => {
      const hasTls = /^(?:tls|peap|ttls)/u.test(method);
      const hasCertificate = method.endsWith('tls') && hasTls;
      await using lab = engineOf({
        method,
        secret,
        ...(hasTls && trusting),
        ...(hasCertificate && certificate),
      });
      const { password: _, ...name } = user;
      const authenticate = hasCertificate ? name : user;
      assert.equal(await lab.run([{ authenticate }]), null);
      assert.deepEqual({ ...lab.counters }, { 'eap.workers': 1, 'eap.accepted': 1 });
      const [time = 0] = lab.histograms['eap.authentication_time'] ?? [];
      const [roundTrips = 0] = lab.histograms['eap.round_trips'] ?? [];
      assert.ok(time > 0 && roundTrips >= 2, `${time} ms, ${roundTrips} round trips`);
      if (hasCertificate) return;
      assert.equal(await lab.run([{ authenticate }], { ...variables, word: 'wrong' }), null);
      const { 'eap.accepted': accepted, 'eap.rejected': rejected, ...rest } = lab.counters;
      assert.deepEqual([accepted, rejected], [1, 1]);
      assert.ok(Object.keys(rest).some((counter) => /^eap\.rejected\.[A-Z_]+$/u.test(counter)));
      assert.equal(lab.histograms['eap.round_trips']?.length, 2);
      assert.deepEqual(lab.errors, []);
    });
  }

  it('makes a full handshake each time, or resumes', async () => {
    for (const resumption of [false, true]) {
      await using lab = engineOf({ method: 'peap-mschapv2', secret, ...trusting, resumption });
      assert.equal(await lab.run([{ loop: [{ authenticate: user }], count: 2 }]), null);
      assert.equal(lab.counters['eap.accepted'], 2);
      const [first = 0, second = 0] = lab.histograms['eap.round_trips'] ?? [];
      assert.equal(second < first, resumption, `${first}, then ${second} round trips`);
    }
  });

  it('reads the target', () => {
    for (const [target, host, port] of [
      ['radius://radius.example.org', 'radius.example.org', 1812],
      ['radius://10.0.0.1:1645/', '10.0.0.1', 1645],
      ['radius://[2001:db8::1]:1812', '2001:db8::1', 1812],
    ] as const) {
      const { client } = readSettings({ config: { target, engines: { eap: { method: 'md5', secret } } } });
      assert.deepEqual([client.host, client.port], [host, port]);
    }
  });

  it('runs loops, waits and logs, with the variables of a user', async () => {
    await using lab = engineOf({ method: 'md5', secretFile: 'secret.txt', calledStationId: 'here' });
    const authenticate = {
      ...user,
      identity: '{{ $loopElement }}',
      callingStationId: '02-00-00-00-00-0{{ $loopCount }}',
    };
    const flow = [
      { loop: [{ authenticate }, { think: '1ms' }], over: 'names' },
      { loop: [{ authenticate: user }], count: 3 },
      { log: '{{ name }} is through' },
    ];
    const logged: unknown[] = [];
    const { log } = console;
    console.log = (text: unknown) => logged.push(text);
    try {
      assert.equal(await lab.run(flow, { ...variables, names: ['alice', 'bob'] }), null);
    } finally {
      console.log = log;
    }
    assert.deepEqual([lab.counters['eap.accepted'], lab.counters['eap.rejected']], [4, 1]);
    assert.deepEqual(logged, ['alice is through']);
  });

  it('counts what has no verdict as an error with its code, and ends that user', async () => {
    const hurried = { method: 'md5', timeoutMs: 20, retries: 1 };
    await using socket = await BareSocket.open();
    for (const [secret_, target] of [
      ['another one', `radius://127.0.0.1:${server.port}`],
      [secret, `radius://127.0.0.1:${socket.port}/`],
    ]) {
      await using lab = engineOf({ ...hurried, secret: secret_ }, target);
      const error = await lab.run([{ authenticate: user }, { authenticate: user }]);
      assert.ok(error instanceof Error && !error.message.includes(secret));
      assert.deepEqual(lab.counters, { 'eap.workers': 1, 'eap.retransmissions': 1, 'eap.errors': 1 });
      assert.deepEqual([lab.errors, lab.histograms], [['EAPHOST_RADIUS_TIMEOUT'], {}]);
    }
  });

  it('takes no verdict from a server that leaves the peer waiting, or that has other keys', async () => {
    const type = { type: 4 };
    const mute: MethodDefinition = {
      type,
      name: 'Mute',
      properties: 0,
      authenticator: {
        beginSession: () => ({
          // A challenge of no octets, to which MD5 has no answer.
          sendPacket: (id) => ({ packet: Buffer.from([1, id, 0, 6, type.type, 0]) }),
          receivePacket: () => 'discard',
          getResult: () => ({ isSuccess: false, attributes: [] }),
          end() {},
        }),
      },
    };
    const honest = mschapv2Authenticator({ users: memoryUsers({ alice: password }) });
    const lying: MethodDefinition = {
      ...honest,
      authenticator: {
        async beginSession(begin) {
          const session = await honest.authenticator.beginSession(begin);
          return {
            sendPacket: (id) => session.sendPacket(id),
            receivePacket: (packet) => session.receivePacket(packet),
            getResult: async () => ({
              ...(await session.getResult()),
              attributes: encodeMppeKeys(Buffer.alloc(64, 1), 'authenticator'),
            }),
            end: () => session.end(),
          };
        },
      },
    };
    for (const [method, definition, code] of [
      ['md5', mute, 'NO_VERDICT'],
      ['mschapv2', lying, 'KEYS_DIFFER'],
    ] as const) {
      await using other = await RadiusServer.listen({ secret, methods: [definition], port: 0 });
      await using lab = engineOf({ method, secret }, `radius://127.0.0.1:${other.port}`);
      await lab.run([{ authenticate: user }]);
      assert.deepEqual([lab.errors, lab.counters['eap.errors']], [[code], 1]);
    }
  });

  it('takes no user whose variables are missing or no text', async () => {
    await using lab = engineOf({ method: 'md5', secret });
    await lab.run([{ authenticate: user }], { word: password });
    await lab.run([{ authenticate: user }], { name: 'alice', word: 7 });
    assert.deepEqual(lab.errors, [
      'authenticate.identity is no text',
      'authenticate.password is no text; `cast: false` keeps digits of a payload text',
    ]);
  });

  const good = { method: 'md5', secret };
  const goodTls = { method: 'peap-mschapv2', secret, ...trusting };
  const senseless: readonly (readonly [eap: unknown, message: RegExp])[] = [
    [undefined, /^config\.engines\.eap must be an object/u],
    [{}, /\.eap\.method must be one of md5, mschapv2,/u],
    [{ ...good, method: 'peap' }, /\.eap\.method must be one of/u],
    [{ ...good, metod: 'md5' }, /\.eap\.metod is not known; there are secret,/u],
    [{ method: 'md5' }, /\.eap\.secret or secretFile is missing/u],
    [{ ...good, secretFile: 'secret.txt' }, /\.eap\.secret and secretFile exclude each other/u],
    [{ method: 'md5', secretFile: 'empty.txt' }, /\.eap\.secretFile is an empty file/u],
    [
      { method: 'md5', secretFile: 'nowhere.txt' },
      /\.eap\.secretFile cannot be read: .*nowhere\.txt \(ENOENT\)/u,
    ],
    [{ method: 'md5', secret: 12345 }, /\.eap\.secret must be a string/u],
    [{ ...good, ca: 'ca.pem' }, /\.eap\.ca is for methods with TLS, not for md5/u],
    [{ ...good, insecurelyTrustAnyServer: 'yes' }, /\.eap\.insecurelyTrustAnyServer must be true or false/u],
    [{ method: 'tls', secret, ...certificate }, /\.eap\.ca is missing/u],
    [{ method: 'tls', secret, ...trusting }, /\.eap\.cert and key, or pfx, are what the method needs/u],
    [{ ...goodTls, cert: 'client.pem' }, /\.eap\.cert is for methods with a certificate of the user/u],
    [{ ...goodTls, serverName: [7] }, /\.eap\.serverName must be a string, or several/u],
    [{ ...goodTls, serverName: '^(' }, /^config\.engines\.eap: .*regular expression/u],
    [{ ...goodTls, ca: 'secret.txt' }, /^config\.engines\.eap: .*PEM/u],
    [{ ...good, outerIdentity: 'anonymous' }, /\.eap\.outerIdentity is for methods with a tunnel/u],
    [{ ...good, timeoutMs: '20' }, /\.eap\.timeoutMs must be a number/u],
    [{ ...good, timeoutMs: 0 }, /^config\.engines\.eap: timeoutMs must be/u],
    [{ ...good, retries: -1 }, /^config\.engines\.eap: retries must be/u],
  ];
  for (const [eap, message] of senseless) {
    it(`refuses a script: ${message.source}`, () => {
      const refused = (error: unknown) =>
        error instanceof ScriptError && message.test(error.message) && !error.message.includes(secret);
      assert.throws(() => engineOf(eap).run([{ authenticate: user }]), refused);
    });
  }

  it('refuses other targets, and flows that make no sense', () => {
    for (const target of [null, 'localhost', 'http://localhost', 'radius://', 'radius://localhost/path']) {
      assert.throws(
        () => engineOf(good, target).run([{ authenticate: user }]),
        /^ScriptError: config\.target must/u,
      );
    }
    const { password: _, ...nameless } = user;
    for (const [flow, message] of [
      [undefined, 'flow must be a list of steps'],
      [[], 'flow must be a list of steps'],
      [[user, 'think'], 'flow[0] must be one of authenticate, think, loop, log'],
      [['think'], 'flow[0] must be an object'],
      [[{ loop: [], count: 1 }], 'flow[0].loop must be a list of steps'],
      [[{ loop: [{ authenticate: user }] }], 'flow[0].count is missing'],
      [[{ authenticate: 'alice' }], 'flow[0].authenticate must be an object'],
      [[{ authenticate: nameless }], 'flow[0].authenticate.password is missing'],
      [
        [{ authenticate: { ...user, user: 'bob' } }],
        'flow[0].authenticate.user is not known; there are identity, password, callingStationId',
      ],
    ] as const) {
      assert.throws(() => engineOf(good).run(flow), { name: 'ScriptError', message });
    }
    const withCertificate = { method: 'tls', secret, ...trusting, ...certificate };
    assert.throws(
      () => engineOf(withCertificate).run([{ authenticate: user }]),
      /password is not for a method whose/u,
    );
  });

  it('closes when all users are through, and keeps no worker thread', async () => {
    const lab = engineOf(good);
    assert.equal(await lab.run([{ authenticate: user }]), null);
    lab.events.emit('done');
    await lab.run([{ authenticate: user }]);
    assert.equal(lab.counters['eap.accepted'], 1);
    assert.equal(lab.errors.length, 1);

    const script = { config: { target: `radius://127.0.0.1:${server.port}`, engines: { eap: good } } };
    const flow = [{ authenticate: { identity: 'alice', password } }];
    const worker = new Worker(new URL('engine-worker.js', import.meta.url), { workerData: { script, flow } });
    const exit = once(worker, 'exit');
    assert.deepEqual(await once(worker, 'message'), [['eap.workers', 'eap.accepted']]);
    assert.deepEqual(await exit, [0]);
  });
});
