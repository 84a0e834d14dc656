// An attacker in the middle: a victim runs a method bare with him, believing him to be its network, and he passes its
// answers on inside a tunnel of his own to a server that takes the same method there.

import { deepEqual, equal, ok, rejects, throws } from 'node:assert/strict';
import { microsoft } from '../../../lib/eap/attributes.js';
import { eapPacket } from '../../../lib/eap/packet.js';
import { gtc, gtcAuthenticator } from '../../../lib/methods/gtc.js';
import { md5, md5Authenticator } from '../../../lib/methods/md5.js';
import type { MethodDefinition, PeerBegin } from '../../../lib/hosts/method.js';
import { mschapv2, mschapv2Authenticator } from '../../../lib/methods/mschapv2.js';
import { writeChallenge } from '../../../lib/methods/mschapv2-packets.js';
import {
  type CryptoBindingOffer,
  peapAuthenticator,
  peapPeer,
  tlsAuthenticator,
  tlsPeer,
  type TlsVersion,
  ttlsAuthenticator,
  type TtlsAuthenticatorOptions,
  type TtlsPasswordMethod,
  ttlsPeer,
} from '../../../lib/methods/tls/index.js';
import { PeapPeer } from '../../../lib/methods/tls/peap-peer.js';
import {
  isExtensionsRequest,
  restore,
  resultTlv,
  tlvResults,
  writeExtensions,
} from '../../../lib/methods/tls/peap-tlv.js';
import { TlsPeer, TlsPeerKit } from '../../../lib/methods/tls/peer.js';
import { avpCodes, microsoftCodes, writeAvp } from '../../../lib/methods/tls/ttls-avp.js';
import type {
  Connection,
  PeerTunnel,
  PeerTunnelResult,
  PeerTunnelStep,
} from '../../../lib/methods/tls/tunnel.js';
import { memoryUsers } from '../../../lib/methods/users.js';
import {
  RadiusClient,
  RadiusServer,
  type RadiusServerOptions,
  type VerdictEvent,
} from '../../../lib/radius/index.js';
import { certificates } from '../../methods/tls/certificates.js';
import { authenticate } from '../../methods/tls/radius-peer.js';
import {
  aliceCredentials,
  assertSuccess,
  beginPeer,
  converse,
  packetOf,
  versions,
} from '../../methods/support.js';

const users = memoryUsers({ alice: 'pässword' });
const none = new Uint8Array();

/** The victim's side of the method, and the server's. */
const inner: Readonly<Record<string, () => { victim: MethodDefinition; server: MethodDefinition }>> = {
  'EAP-MSCHAPv2': () => ({ victim: mschapv2, server: mschapv2Authenticator({ users }) }),
  'EAP-TLS': () => {
    const { ca, client, server } = certificates();
    return {
      victim: tlsPeer({ ca, ...client, identity: 'alice' }),
      server: tlsAuthenticator({ ...server, clients: { ca } }),
    };
  },
  'EAP-GTC': () => ({ victim: gtc, server: gtcAuthenticator({ users }) }),
  'MD5-Challenge': () => ({ victim: md5, server: md5Authenticator({ users }) }),
};

/** The attacker's inner method: the victim answers. Its keys stay with it. */
function relay(victim: MethodDefinition): MethodDefinition {
  const credentials = victim.type.type === 13 ? none : aliceCredentials;
  return {
    ...victim,
    peer: {
      getIdentity: () => ({ identity: 'alice', credentials: none }),
      async beginSession() {
        const session = await beginPeer(victim, { credentials });
        return {
          processRequest: (packet) => session.processRequest(packet),
          getResult: () => ({ isSuccess: true, attributes: [] }),
          end: () => session.end(),
        };
      },
    },
  };
}

/** Acknowledges the server's success without its crypto-binding. */
class Unbinding extends PeapPeer {
  override advance(data: Buffer, connection: Connection): Promise<PeerTunnelStep> {
    const request = restore(data, 1, connection.id);
    const isResult = data.length > 0 && isExtensionsRequest(request);
    const success = () => writeExtensions(1, request[1] ?? 0, [resultTlv(tlvResults.success)]);
    return super.advance(isResult ? success() : data, connection);
  }
}

/** A peer of the attacker's, with a tunnel of his own. */
function attacker(
  type: 21 | 25,
  maxVersion: TlsVersion,
  tunnelOf: (begin: PeerBegin) => PeerTunnel | Promise<PeerTunnel>,
): MethodDefinition {
  const keyLabel = type === 25 ? 'client EAP encryption' : 'ttls keying material';
  const kit = new TlsPeerKit({ type, version: 0, keyLabel }, { ca: certificates().ca, maxVersion });
  return {
    type: { type },
    name: 'attacker',
    properties: 0,
    peer: {
      getIdentity: () => ({ identity: 'anonymous', credentials: none }),
      beginSession: async (begin) => new TlsPeer(kit, await tunnelOf(begin), begin),
    },
  };
}

const unbinding = (victim: MethodDefinition, maxVersion: TlsVersion): MethodDefinition =>
  attacker(25, maxVersion, (begin) => new Unbinding([relay(victim)], begin, 'optional'));

/** The password methods of EAP-TTLS: what the victim runs bare, and how its answer becomes AVPs. */
const passwordMethods: Readonly<
  Partial<
    Record<
      TtlsPasswordMethod,
      {
        readonly victim: MethodDefinition;
        readonly request: (id: number, challenge: Buffer) => Buffer;
        readonly avps: (id: number, challenge: Buffer, response: Buffer) => readonly Buffer[];
      }
    >
  >
> = {
  pap: {
    victim: gtc,
    request: (id) => eapPacket(1, id, Buffer.of(6, 63)),
    avps: (_id, _challenge, response) => [writeAvp(avpCodes.userPassword, response.subarray(5))],
  },
  chap: {
    victim: md5,
    request: (id, challenge) => eapPacket(1, id, Buffer.concat([Buffer.of(4, 16), challenge])),
    avps: (id, challenge, response) => [
      writeAvp(avpCodes.chapChallenge, challenge),
      writeAvp(avpCodes.chapPassword, Buffer.concat([Buffer.of(id), response.subarray(6, 22)])),
    ],
  },
  mschapv2: {
    victim: mschapv2,
    request: (id, challenge) => writeChallenge(id, challenge, 'network'),
    avps: (id, challenge, response) => [
      writeAvp(microsoftCodes.chapChallenge, challenge, microsoft.vendorId),
      writeAvp(
        microsoftCodes.chap2Response,
        // Behind EAP's header, that of MS-CHAPv2 and the length of the value: all but its flags.
        Buffer.concat([Buffer.of(id, 0), response.subarray(10, 58)]),
        microsoft.vendorId,
      ),
    ],
  },
};

/** Asks the victim for an answer to the challenge that EAP-TTLS draws from the attacker's own tunnel. */
class ImplicitChallenge implements PeerTunnel {
  readonly #name: TtlsPasswordMethod;
  #hasSent = false;

  constructor(name: TtlsPasswordMethod) {
    this.#name = name;
  }

  proof(): undefined {
    return undefined;
  }

  async advance(_data: Buffer, connection: Connection): Promise<PeerTunnelStep> {
    if (this.#hasSent) return { kind: 'send' };
    this.#hasSent = true;
    const octets = connection.exportKey(17, 'ttls challenge');
    const [challenge, id] = [octets.subarray(0, 16), octets[16] ?? 0];
    const { victim, request, avps } = passwordMethods[this.#name]!;
    const session = await beginPeer(victim, { credentials: aliceCredentials });
    const response = packetOf(await session.processRequest(request(id, challenge)));
    await session.end();
    const all = [writeAvp(avpCodes.userName, Buffer.from('alice')), ...avps(id, challenge, response)];
    return { kind: 'send', data: Buffer.concat(all) };
  }

  getResult(): PeerTunnelResult {
    return { isSuccess: true };
  }
}

for (const maxVersion of versions) {
  describe(`A PEAP server over ${maxVersion}, with an attacker in the middle`, () => {
    const serverOf = (server: MethodDefinition, cryptoBinding?: CryptoBindingOffer) =>
      peapAuthenticator({
        ...certificates().server,
        maxVersion,
        methods: [server],
        ...(cryptoBinding && { cryptoBinding }),
      });

    for (const [name, sides] of Object.entries(inner)) {
      it(`does not accept a victim's ${name} without crypto-binding`, async () => {
        const { victim, server } = sides();
        const { authenticator } = await converse(unbinding(victim, maxVersion), serverOf(server));
        deepEqual([authenticator.isSuccess, authenticator.attributes], [false, []]);
        ok(authenticator.rootCause?.includes('crypto-binding'), authenticator.rootCause);
      });
    }

    for (const name of ['EAP-MSCHAPv2', 'EAP-TLS']) {
      it(`does not accept a crypto-binding made without the keys of a victim's ${name}`, async () => {
        const { victim, server } = inner[name]!();
        const { ca } = certificates();
        const peer = peapPeer({ ca, maxVersion, methods: [relay(victim)] });
        const method = serverOf(server);
        const { authenticator } = await converse(peer, method);
        deepEqual([authenticator.isSuccess, authenticator.attributes], [false, []]);
        deepEqual(method.authenticator.unboundMethods, []);
      });
    }

    it('accepts the attacker where crypto-binding is optional, or not offered, and says so', async () => {
      for (const cryptoBinding of ['optional', 'none'] as const) {
        const { victim, server } = inner['EAP-MSCHAPv2']!();
        const method = serverOf(server, cryptoBinding);
        assertSuccess(await converse(unbinding(victim, maxVersion), method));
        deepEqual(method.authenticator.unboundMethods, [victim.type]);
      }
    });

    for (const name of ['EAP-GTC', 'MD5-Challenge']) {
      // [MS-PEAP] 3.1.5.5.2.1: the inner session key is zeros.
      it(`accepts him with a victim's ${name}, which has no keys to bind, and says so`, async () => {
        const { victim, server } = inner[name]!();
        const method = serverOf(server);
        const peer = peapPeer({ ca: certificates().ca, maxVersion, methods: [relay(victim)] });
        assertSuccess(await converse(peer, method));
        deepEqual(method.authenticator.unboundMethods, [victim.type]);
      });
    }
  });
}

for (const maxVersion of versions) {
  // RFC 5281, 14.1.11: nothing binds the inner method.
  describe(`An EAP-TTLS server over ${maxVersion}, with an attacker in the middle`, () => {
    const serverOf = (options: Partial<TtlsAuthenticatorOptions>) =>
      ttlsAuthenticator({ ...certificates().server, maxVersion, ...options });

    for (const [name, sides] of Object.entries(inner)) {
      it(`accepts him with a victim's ${name}, and says so in what it does not bind`, async () => {
        const { victim, server } = sides();
        const peer = ttlsPeer({ ca: certificates().ca, maxVersion, inner: [relay(victim)] });
        const method = serverOf({ methods: [server] });
        assertSuccess(await converse(peer, method));
        deepEqual(method.authenticator.unboundMethods, [victim.type]);
      });
    }

    for (const name of ['pap', 'chap', 'mschapv2'] as const) {
      it(`accepts him with ${name} from a victim's bare method, and says so`, async () => {
        const method = serverOf({ users, passwordMethods: [name] });
        assertSuccess(
          await converse(
            attacker(21, maxVersion, () => new ImplicitChallenge(name)),
            method,
          ),
        );
        deepEqual(method.authenticator.unboundMethods, [passwordMethods[name]?.victim.type]);
      });
    }
  });
}

describe('A RadiusServer that refuses inner methods bare', () => {
  const { server, ca } = certificates();
  const secret = 'between us';

  /** What becomes of a peer of this method. */
  async function verdictOf(peer: MethodDefinition, options: Partial<RadiusServerOptions>) {
    const events: VerdictEvent[] = [];
    await using running = await RadiusServer.listen({
      secret,
      methods: [],
      port: 0,
      onEvent: (event) => void (event.kind === 'verdict' && events.push(event)),
      ...options,
    });
    await using client = new RadiusClient({ host: '127.0.0.1', port: running.port, secret });
    const credentials = peer.type.type === 13 ? none : aliceCredentials;
    const { accept } = await authenticate(peer, client, { credentials });
    equal(events.length, 1);
    const { accepted, reason, rootCause } = events[0]!;
    equal(accept !== undefined, accepted);
    equal(running.counters.refused.bareInnerMethod, reason === 'bareInnerMethod' ? 1 : 0);
    return { accepted, reason, rootCause };
  }

  const tunnels: Readonly<
    Record<string, (method: MethodDefinition) => [tunnel: MethodDefinition, peer: MethodDefinition]>
  > = {
    'EAP-TTLS': (method) => [
      ttlsAuthenticator({ ...server, methods: [method] }),
      ttlsPeer({ ca, inner: [method] }),
    ],
    PEAP: (method) => [
      peapAuthenticator({ ...server, methods: [method] }),
      peapPeer({ ca, methods: [method] }),
    ],
    'PEAP without crypto-binding': (method) => [
      peapAuthenticator({ ...server, methods: [method], cryptoBinding: 'none' }),
      peapPeer({ ca, methods: [method] }),
    ],
  };

  for (const [tunnelName, pairOf] of Object.entries(tunnels)) {
    for (const [name, sides] of Object.entries(inner)) {
      const isBound = tunnelName === 'PEAP' && ['EAP-MSCHAPv2', 'EAP-TLS'].includes(name);
      it(`${isBound ? 'accepts' : 'refuses'} ${name} bare beside ${tunnelName} with the same`, async () => {
        const { victim, server: bare } = sides();
        const both = { ...bare, ...victim };
        const [tunnel, peer] = pairOf(both);
        const methods = [both, tunnel];
        const verdict = await verdictOf(victim, { methods, bareInnerMethods: 'refuse' });
        equal(verdict.accepted, isBound);
        equal(verdict.reason, isBound ? undefined : 'bareInnerMethod');
        ok(isBound || verdict.rootCause?.includes(`${name} is for use inside a tunnel here`));
        // The tunnel goes on, and the switch is one.
        equal((await verdictOf(peer, { methods, bareInnerMethods: 'refuse' })).accepted, true);
        equal((await verdictOf(victim, { methods, bareInnerMethods: 'accept' })).accepted, true);
        equal((await verdictOf(victim, { methods })).accepted, true);
      });
    }
  }

  for (const [name, twin] of Object.entries({ pap: gtc, chap: md5, mschap: undefined, mschapv2 })) {
    it(`refuses beside EAP-TTLS with ${name} ${twin?.name ?? 'nothing'} bare, and no other`, async () => {
      const passwordMethods = [name] as TtlsPasswordMethod[];
      const bare = [mschapv2Authenticator, gtcAuthenticator, md5Authenticator].map((make) => make({ users }));
      const methods = [ttlsAuthenticator({ ...server, users, passwordMethods }), ...bare];
      for (const victim of [mschapv2, gtc, md5]) {
        const { accepted, reason } = await verdictOf(victim, { methods, bareInnerMethods: 'refuse' });
        const expected = victim === twin ? [false, 'bareInnerMethod'] : [true, undefined];
        deepEqual([victim.name, accepted, reason], [victim.name, ...expected]);
      }
    });
  }

  it('goes by the methods of the server and of the policy, whose word on it is the last', async () => {
    const bare = mschapv2Authenticator({ users });
    const tunnel = ttlsAuthenticator({ ...server, methods: [bare] });
    const [refuse, accept] = ['refuse', 'accept'] as const;
    for (const [options, isAccepted] of [
      [{ methods: [bare, tunnel], bareInnerMethods: refuse, policy: () => ({ methods: [bare] }) }, false],
      [{ methods: [], policy: () => ({ methods: [bare, tunnel], bareInnerMethods: refuse }) }, false],
      [{ methods: [bare, tunnel], policy: () => ({ bareInnerMethods: refuse }) }, false],
      [
        { methods: [bare, tunnel], bareInnerMethods: refuse, policy: () => ({ bareInnerMethods: accept }) },
        true,
      ],
      [{ methods: [bare], bareInnerMethods: refuse }, true],
    ] as const) {
      equal((await verdictOf(mschapv2, options)).accepted, isAccepted);
    }
  });

  it('takes no other word for it', async () => {
    const listen = (given: RadiusServerOptions) => RadiusServer.listen(given);
    for (const bareInnerMethods of ['refused', '', null, true, {}]) {
      const options = [{ secret, methods: [], port: 0, bareInnerMethods }];
      await rejects(async () => {
        await Reflect.apply(listen, undefined, options);
      }, /^TypeError: bareInnerMethods must be one of accept, refuse$/u);
    }
    const methods = [mschapv2Authenticator({ users })];
    const policy = () => JSON.parse('{"bareInnerMethods": "refused"}');
    equal((await verdictOf(mschapv2, { methods, policy })).reason, 'methodError');
  });
});

describe('The option cryptoBinding of PEAP', () => {
  it('has no other words than its own', () => {
    const { ca, server } = certificates();
    const words = {
      authenticator: /must be one of none, optional, required$/u,
      peer: /must be one of optional, required$/u,
    };
    for (const cryptoBinding of ['require', '', null, true, {}]) {
      const options = [{ ...server, methods: [], cryptoBinding }];
      throws(() => void Reflect.apply(peapAuthenticator, undefined, options), words.authenticator);
      throws(() => void Reflect.apply(peapPeer, undefined, [{ ca, cryptoBinding }]), words.peer);
    }
  });
});
