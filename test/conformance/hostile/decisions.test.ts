// Callbacks that decide about access and return something else than a decision: nobody gets in by it, and the server
// reports the callback by its name and lives.

import { deepEqual, equal, match, rejects, throws } from 'node:assert/strict';
import { encodeCredentials } from '../../../lib/methods/credentials.js';
import type { AuthenticatorSide, MethodDefinition, PeerResult } from '../../../lib/hosts/method.js';
import { md5, md5Authenticator } from '../../../lib/methods/md5.js';
import { mschapv2, mschapv2Authenticator } from '../../../lib/methods/mschapv2.js';
import {
  gtc,
  gtcAuthenticator,
  peapAuthenticator,
  peapPeer,
  ttlsAuthenticator,
  ttlsPeer,
} from '../../../lib/methods/tls/index.js';
import { memoryUsers, type UserStore } from '../../../lib/methods/users.js';
import {
  RadiusClient,
  RadiusServer,
  type RadiusServerEvent,
  textAttribute,
} from '../../../lib/radius/index.js';
import type { RadiusServerOptions } from '../../../lib/radius/server-types.js';
import { callAuthenticator } from '../../../lib/shim-server/authenticator.js';
import { Call, FrameWriter } from '../../../lib/shim-server/frames.js';
import { callPeer } from '../../../lib/shim-server/peer.js';
import { authenticate } from '../../methods/tls/radius-peer.js';
import { until } from '../../radius/support.js';
import { aliceBlob, authenticators, ca, innerTls, insecure, none, secret, server } from './servers.js';

/** Anything, to a callback's type. */
const as = (value: unknown): never => value as never;

/** What no callback may return to let somebody in. */
const nonsense: Readonly<Record<string, unknown>> = {
  null: null,
  one: 1,
  zero: 0,
  NaN: Number.NaN,
  'a string': 'yes',
  'an empty string': '',
  'an array': [],
  'an error': new Error('no'),
  'a function': () => true,
  'an object that says no': { accept: false },
  'a date': new Date(0),
};
const decided = { ...nonsense, nothing: undefined, 'no object': {} };

interface Decision {
  /** How the error names it. */
  readonly name: RegExp;
  readonly wrong: Readonly<Record<string, unknown>>;
  readonly right: unknown;
  readonly peer: () => MethodDefinition;
  readonly credentials: Uint8Array;
  /** The server whose callback returns `answer()`. */
  readonly options: (answer: () => never) => Pick<RadiusServerOptions, 'methods' | 'policy' | 'authorize'>;
  /** It is asked when the peer comes again. */
  readonly isSecond?: boolean;
}

const expired: UserStore = { lookup: () => ({ password: 'apple', state: 'passwordExpired' }) };
const record = { password: 'apple' };
const records = {
  ...nonsense,
  'no object': {},
  true: true,
  'a record with a key too many': { ...record, disabled: true },
  'a record with a misspelt key': { ...record, sate: 'disabled' },
  'a record of no state': { ...record, state: null },
  'a record of a state that was not found': { ...record, state: undefined },
  'a record of a state that there is not': { ...record, state: 'locked' },
  'a record without a password': { state: 'active' },
  'a record whose password is a number': { password: 1 },
};
const filter = textAttribute(11, 'guests');

const bare = (
  peer: MethodDefinition,
  authenticator: (options: { readonly users: UserStore }) => MethodDefinition,
): Decision => ({
  name: /lookup\(\)/u,
  wrong: records,
  right: record,
  peer: () => peer,
  credentials: aliceBlob,
  options: (answer) => ({ methods: [authenticator({ users: { lookup: answer } })] }),
});
const tls = { peer: innerTls, credentials: none };

const decisions: Readonly<Record<string, Decision>> = {
  'authorize of RadiusServer': {
    name: /authorize\(\)/u,
    wrong: {
      ...nonsense,
      nothing: undefined,
      'an object without attributes': {},
      'attributes that were not found': { attributes: undefined },
      'a misspelt decision': { attribute: [filter] },
      'no attributes': { attributes: null },
      'text as attributes': { attributes: 'guests' },
      'a misspelt attribute': { attributes: [{ tpye: 11, value: filter.value }] },
      'an attribute with a key too many': { attributes: [{ ...filter, vendor: 9 }] },
      'an attribute of text': { attributes: [{ type: 11, value: 'guests' }] },
      'an attribute of nothing': { attributes: [{ type: 11, value: Buffer.alloc(0) }] },
      'an attribute that is too long': { attributes: [{ type: 11, value: Buffer.alloc(254) }] },
      'an attribute of no type': { attributes: [{ type: 0, value: filter.value }] },
      'an attribute of a type beyond 255': { attributes: [{ type: 811, value: filter.value }] },
    },
    right: { attributes: [filter] },
    peer: () => mschapv2,
    credentials: aliceBlob,
    options: (answer) => ({ methods: [authenticators.mschapv2()], authorize: answer }),
  },
  'authorize of RadiusServer, with true': {
    name: /authorize\(\)/u,
    wrong: {},
    right: true,
    peer: () => mschapv2,
    credentials: aliceBlob,
    options: (answer) => ({ methods: [authenticators.mschapv2()], authorize: answer }),
  },
  'policy of RadiusServer': {
    name: /policy\(\)/u,
    wrong: {
      ...nonsense,
      nothing: undefined,
      true: true,
      false: false,
      'a misspelt policy': { method: [] },
      'no methods': { methods: null },
      'methods that were not found': { methods: undefined },
      'methods that are no array': { methods: authenticators.mschapv2() },
      'methods that are none': { methods: [null] },
      'a peer': { methods: [mschapv2] },
      'a config of text': { config: 'guests' },
      'no config': { config: null },
    },
    right: {},
    peer: () => mschapv2,
    credentials: aliceBlob,
    options: (answer) => ({ methods: [authenticators.mschapv2()], policy: answer }),
  },
  'authorize of tlsAuthenticator': {
    ...tls,
    name: /authorize\(\)/u,
    wrong: decided,
    right: true,
    options: (answer) => ({ methods: [authenticators.tls({ authorize: answer })] }),
  },
  'lookup of tlsAuthenticator': {
    ...tls,
    name: /lookup\(\)/u,
    wrong: records,
    right: record,
    options: (answer) => ({ methods: [authenticators.tls({ users: { lookup: answer } })] }),
  },
  'lookup of md5Authenticator': bare(md5, md5Authenticator),
  'lookup of gtcAuthenticator': bare(gtc, gtcAuthenticator),
  'lookup of mschapv2Authenticator': bare(mschapv2, mschapv2Authenticator),
  'lookup of ttlsAuthenticator': bare(ttlsPeer({ ...insecure, inner: 'pap' }), (options) =>
    ttlsAuthenticator({ ...server, ...options }),
  ),
  changePassword: {
    name: /changePassword\(\)/u,
    wrong: decided,
    right: true,
    peer: () => mschapv2,
    credentials: encodeCredentials({ username: 'alice', password: 'apple', newPassword: 'pear' }),
    options: (answer) => ({
      methods: [mschapv2Authenticator({ users: { ...expired, changePassword: answer } })],
    }),
  },
  'mayResume of an inner method': {
    name: /mayResume\(\)/u,
    wrong: decided,
    right: true,
    peer: () => peapPeer(insecure),
    credentials: aliceBlob,
    isSecond: true,
    options(answer) {
      const inner = authenticators.mschapv2();
      const authenticator: AuthenticatorSide = { ...inner.authenticator, mayResume: answer };
      const methods = [{ ...inner, authenticator }];
      return { methods: [peapAuthenticator({ ...server, resumptionLifetime: 60, methods })] };
    },
  },
  'isSuccess of a method of one’s own': {
    name: /isSuccess/u,
    wrong: decided,
    right: true,
    peer: () => mschapv2,
    credentials: aliceBlob,
    options: (answer) => ({
      methods: [withResult((result) => ({ ...result, isSuccess: answer() }))],
    }),
  },
  'identity of a method of one’s own': {
    name: /identity/u,
    wrong: Object.fromEntries(
      Object.entries(nonsense).filter(([, value]) => value !== null && typeof value !== 'string'),
    ),
    right: 'alice',
    peer: () => mschapv2,
    credentials: aliceBlob,
    options: (answer) => ({
      methods: [withResult((result) => ({ ...result, identity: answer() }))],
    }),
  },
  'the result of a method of one’s own': {
    name: /getResult\(\)/u,
    wrong: { null: null, nothing: undefined, true: true, 'a string': 'success' },
    right: { isSuccess: true, attributes: [] },
    peer: () => mschapv2,
    credentials: aliceBlob,
    options: (answer) => ({ methods: [withResult(answer)] }),
  },
};

/** EAP-MSCHAPv2 with another result. */
function withResult(change: (result: object) => object): MethodDefinition {
  const method = authenticators.mschapv2();
  return {
    ...method,
    authenticator: {
      async beginSession(begin) {
        const session = await method.authenticator.beginSession(begin);
        return {
          sendPacket: (id) => session.sendPacket(id),
          receivePacket: (packet) => session.receivePacket(packet),
          getResult: async () => as(change(await session.getResult())),
          end: () => session.end(),
        };
      },
    },
  };
}

/** Peers of one server whose callback returns what it is told to. */
async function lab({ peer, credentials, options, isSecond }: Decision, right: unknown) {
  const events: RadiusServerEvent[] = [];
  const onEvent = (event: RadiusServerEvent): void => void events.push(event);
  let answer = right;
  const radius = await RadiusServer.listen({
    secret,
    port: 0,
    onEvent,
    ...options(() => as(answer)),
  });
  const client = new RadiusClient({ host: '127.0.0.1', port: radius.port, secret });
  const verdicts = () => events.filter((event) => event.kind === 'verdict');
  /** One authentication, where the callback returns `value`. */
  async function verdictWith(value: unknown) {
    const method = peer();
    if (isSecond) {
      answer = right;
      await authenticate(method, client, { credentials });
    }
    answer = value;
    const before = verdicts().length;
    const { accept } = await authenticate(method, client, { credentials });
    await until(() => verdicts().length > before);
    const verdict = verdicts().at(-1);
    equal(verdict?.accepted, accept !== undefined);
    return verdict;
  }
  return {
    verdictWith,
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await radius.close();
    },
  };
}

describe('What is no decision grants nothing:', () => {
  for (const [what, decision] of Object.entries(decisions)) {
    it(what, async () => {
      const { name, right, wrong } = decision;
      await using it = await lab(decision, right);
      for (const [kind, value] of Object.entries(wrong)) {
        for (const given of [value, Promise.resolve(value)]) {
          const verdict = await it.verdictWith(given);
          deepEqual([verdict?.accepted, verdict?.reason], [false, 'methodError'], kind);
          match(String(verdict?.error), name, kind);
        }
      }
      equal((await it.verdictWith(right))?.accepted, true);
    });
  }

  it('a key that is misspelt is named, with the one that was meant', async () => {
    await using it = await lab(decisions['authorize of RadiusServer']!, true);
    const verdict = await it.verdictWith({ attribute: [filter] });
    match(String(verdict?.error), /authorize\(\)\.attribute .*did you mean attributes\?/u);
  });

  it('false is a no like any other', async () => {
    for (const [what, reason] of [
      ['authorize of RadiusServer', 'notAuthorized'],
      ['authorize of tlsAuthenticator', 'methodFailure'],
      ['changePassword', 'methodFailure'],
      ['isSuccess of a method of one’s own', 'methodFailure'],
    ] as const) {
      const decision = decisions[what]!;
      await using it = await lab(decision, decision.right);
      const verdict = await it.verdictWith(false);
      deepEqual([verdict?.accepted, verdict?.reason, verdict?.error], [false, reason, undefined], what);
    }
  });

  it('accounts in memory are checked where they are written', () => {
    for (const user of [1, null, [], { ...record, state: 'locked' }, { pasword: 'apple' }, {}]) {
      let error: unknown;
      try {
        memoryUsers({ alice: as(user) });
      } catch (thrown) {
        error = thrown;
      }
      match(String(error), /^TypeError: users\.alice/u);
    }
    throws(() => memoryUsers(as(null)), { name: 'TypeError', message: 'users must be an object' });
  });
});

describe('A result that a host of method DLLs gets', () => {
  for (const [kind, isSuccess] of Object.entries(decided)) {
    const result: PeerResult & { attributes: [] } = { isSuccess: as(isSuccess), attributes: [] };
    const end = () => undefined;

    it(`is no success of an authenticator: ${kind}`, async () => {
      const session = { sendPacket: as(end), receivePacket: as(end), getResult: () => result, end };
      const frame = { call: Call.authenticatorGetResult, id: 1, body: Buffer.alloc(0) };
      await rejects(callAuthenticator(session, as(frame), new FrameWriter()), /isSuccess/u);
    });

    it(`is no success of a peer: ${kind}`, async () => {
      const session = { processRequest: as(end), getResult: () => result, end };
      const frame = { call: Call.getResult, id: 1, body: Buffer.of(2, 0, 0, 0) };
      await rejects(callPeer(session, md5.type, as(frame), new FrameWriter()), /isSuccess/u);
    });
  }
});

describe('A peer inside a tunnel', () => {
  for (const [kind, isSuccess] of Object.entries(decided)) {
    it(`accepts no server by a result that is none: ${kind}`, async () => {
      const inner: MethodDefinition = {
        ...mschapv2,
        peer: {
          ...mschapv2.peer,
          async beginSession(begin) {
            const session = await mschapv2.peer.beginSession(begin);
            return {
              processRequest: (packet) => session.processRequest(packet),
              getResult: async (reason) => ({
                ...(await session.getResult(reason)),
                isSuccess: as(isSuccess),
              }),
              end: () => session.end(),
            };
          },
        },
      };
      await using radius = await RadiusServer.listen({
        secret,
        port: 0,
        methods: [
          peapAuthenticator({ ...server, methods: [authenticators.mschapv2()] }),
          ttlsAuthenticator({ ...server, methods: [authenticators.mschapv2()] }),
        ],
      });
      await using client = new RadiusClient({ host: '127.0.0.1', port: radius.port, secret });
      for (const peer of [peapPeer({ ca, methods: [inner] }), ttlsPeer({ ca, inner: [inner] })]) {
        await rejects(authenticate(peer, client, { credentials: aliceBlob }), /isSuccess/u);
      }
    });
  }
});
