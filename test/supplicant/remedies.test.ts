// What the errors of the API say: what to do, each thing once, and where the caller's call was.

import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';

import { openEapHost, type EapHost } from '../../lib/index.js';
import { PeerMethod } from '../../lib/method-dlls/peer-method.js';
import { errorAdvice } from '../../lib/base/error-advice.js';
import { eapErrorCodes, errorCodeNumber } from '../../lib/base/error-codes.js';
import { EapError, resultError, toEapError } from '../../lib/base/errors.js';
import { peapPeer } from '../../lib/methods/index.js';
import { RadiusClient, RadiusServer, radiusTransport } from '../../lib/radius/index.js';
import { installAdvice } from '../../lib/supplicant/options.js';
import { identityRequest } from './script-method.js';
import { scriptedDll, useLeakCheck } from './support.js';

const alice = { username: 'alice', password: 'correct horse' };
const mschapv2 = { method: 'mschapv2', credentials: alice } as const;
const ownFile = basename(import.meta.filename);

async function failureOf(work: () => Promise<unknown>): Promise<Error> {
  try {
    await work();
  } catch (error) {
    assert.ok(error instanceof Error);
    return error;
  }
  return assert.fail('it did not fail');
}

describe('An error of the API', function () {
  this.timeout(60_000);
  let eaphost: EapHost;
  let silent: ReturnType<typeof createSocket>;
  let client: RadiusClient;

  before(async () => {
    silent = createSocket('udp4').bind(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address();
    client = new RadiusClient({ host: '127.0.0.1', port, secret: 's', timeoutMs: 5, retries: 1 });
  });
  beforeEach(async () => {
    eaphost = await openEapHost({ runtime: 'embedded', methods: [] });
  });
  afterEach(() => eaphost.close());
  useLeakCheck();
  after(async () => {
    await client.close();
    silent.close();
  });

  const overRadius = async (): Promise<unknown> => {
    const session = await eaphost.beginSession(mschapv2);
    return session.authenticate(radiusTransport(client), { timeoutMs: 30_000 });
  };

  it('of a silent server names the secret, the address and the firewalls', async () => {
    for (const work of [() => client.request({ attributes: [] }), overRadius]) {
      const { message } = await failureOf(work);
      for (const word of ['shared secret', 'address', 'port', 'firewall']) {
        assert.ok(message.includes(word), `${word}: ${message}`);
      }
    }
  });

  it('of an identity that is too long names the limit', async () => {
    const { message } = await failureOf(async () => {
      const credentials = { username: 'a'.repeat(254), password: 'x' };
      const session = await eaphost.beginSession({ method: 'md5', credentials });
      await session.authenticate(radiusTransport(client));
    });
    assert.match(message, /identity.*254 octets.*at most 253/u);
  });

  it('of a method of the package that was not given shows how to give it', async () => {
    for (const credentials of [undefined, alice, Buffer.of(1)]) {
      for (const method of ['peap', { type: 25 }] as const) {
        const { message } = await failureOf(() => eaphost.beginSession({ method, credentials }));
        assert.ok(message.includes('openEapHost({ methods: [peapPeer({ … })] })'), message);
      }
    }
    const { message } = await failureOf(() => eaphost.beginSession({ method: { type: 199 } }));
    assert.match(message, /registerMethod\(\)/u);
  });

  it('advises what the run-time can do', () => {
    const peap = { type: 25, vendorId: 0, vendorType: 0, authorId: 0 };
    const system = installAdvice(peap, 'system');
    assert.ok(!/registerMethod|openEapHost\(\{ methods/u.test(system), system);
    assert.match(system, /eaphost methods/u);
    const code = eapErrorCodes.EAP_E_EAPHOST_METHOD_NOT_INSTALLED;
    assert.ok(!/registerMethod/u.test(errorAdvice(code, peap) ?? ''));
  });

  it('advises no password where none may have been used, and something for a rejected certificate', () => {
    const method = { type: 13, vendorId: 0, vendorType: 0, authorId: 0 };
    for (const name of ['EAP_E_AUTHENTICATION_FAILED', 'EAP_E_USER_CERT_REJECTED'] as const) {
      const advice = errorAdvice(errorCodeNumber(name) ?? 0, method) ?? '';
      assert.ok(advice !== '' && !/password|credential/u.test(advice), advice);
    }
  });

  it('says each thing once', async () => {
    const type = { type: 26, vendorId: 0, vendorType: 0, authorId: 0 };
    const noGuid = '00000000-0000-0000-0000-000000000000';
    const guids = { rootCauseGuid: noGuid, repairGuid: noGuid, helpLinkGuid: noGuid };
    const said = { rootCause: 'It failed.', repair: 'Mend it.' };
    const winError = eapErrorCodes.EAP_E_USER_CERT_REJECTED;
    const error = { winError, type, reasonCode: winError, ...guids, ...said };
    const made = [toEapError({ call: 'X', winError, error }), resultError(error)];
    made.push(await failureOf(() => eaphost.beginSession({ method: { type: 199 } })));
    for (const each of made) {
      assert.ok(each instanceof EapError);
      assert.equal(each.message.split(each.code).length, 2, each.message);
      assert.ok(!each.message.includes('..'), each.message);
    }
  });

  const calls: Readonly<Record<string, () => Promise<unknown>>> = {
    'client.request, in vain': () => client.request({ attributes: [] }),
    'client.request, from an address of others': async () => {
      const { port } = silent.address();
      // Wine lets it have the address, and nobody answers.
      const options = { host: '127.0.0.1', port, secret: 's', timeoutMs: 5, retries: 1 };
      await using own = new RadiusClient({ ...options, localAddress: '192.0.2.1' });
      await own.request({ attributes: [] });
    },
    'session.authenticate, in vain': overRadius,
    'session.authenticate, over a link that fails later': async () => {
      const session = await eaphost.beginSession(mschapv2);
      const receive = () => readFile(`${import.meta.filename}.none`);
      await session.authenticate({ receive, send: () => Promise.resolve() });
    },
    'RadiusServer.listen': async () => {
      const { port } = silent.address();
      await RadiusServer.listen({ secret: 's', methods: [], address: '127.0.0.1', port });
    },
    'beginSession, of no method': async () => {
      await eaphost.beginSession({ method: { type: 199 } });
    },
    configFromXml: async () => {
      await eaphost.configFromXml('<EapHostConfig/>');
    },
    'openEapHost, elsewhere': async () => {
      await openEapHost({ runtime: 'embedded', signal: AbortSignal.abort(new Error('gone')) });
    },
    'PeerMethod.load': async () => {
      await PeerMethod.load({ dllPath: `${import.meta.filename}.none`, type: { type: 4 } });
    },
    'PeerSession.process': async () => {
      await using method = await PeerMethod.load(scriptedDll);
      const config = Buffer.from('fail=ProcessRequestPacket:1460');
      await using session = await method.beginSession({ config });
      await session.process(identityRequest);
    },
  };
  for (const [name, call] of Object.entries(calls)) {
    it(`has the caller's line in its stack: ${name}`, async () => {
      const { stack = '' } = await failureOf(call);
      assert.match(stack, new RegExp(`^ +at .*${ownFile}`, 'mu'));
    });
  }

  it('is one of types where no method can be of that name', async () => {
    await using bare = await openEapHost({ runtime: 'embedded' });
    // @ts-expect-error -- nobody has given PEAP
    const { message } = await failureOf(() => bare.beginSession({ method: 'peap' }));
    assert.match(message, /peapPeer/u);
    const given = peapPeer({ insecurelyTrustAnyServer: true });
    await using own = await openEapHost({ runtime: 'embedded', methods: [given] });
    await (await own.beginSession({ method: 'peap', credentials: alice })).end();
    const narrow: EapHost = bare;
    for (const host of [own, narrow]) {
      assert.ok((await failureOf(() => host.beginSession({ method: 'ttls' }))).message.includes('ttlsPeer'));
    }
  });
});
