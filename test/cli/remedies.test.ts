// What `eaphost auth` advises: in its own words, and a password only where one was used.

import { equal, match, ok, throws } from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { EapError } from '../../lib/base/errors.js';
import { failureOf } from '../../lib/cli/failure.js';
import { rejectionRemedy } from '../../lib/cli/auth-report.js';
import { profileOf } from '../../lib/cli/auth-methods.js';
import type { AuthenticatorSession, MethodDefinition } from '../../lib/hosts/method.js';
import { makeTestAuthority, tlsAuthenticator } from '../../lib/methods/tls/index.js';
import { RadiusServer } from '../../lib/radius/index.js';
import { certificates } from '../methods/tls/certificates.js';
import { ask, eaphost, type Outcome, reportOf } from './support.js';

describe('A failure after which closing failed, too', () => {
  it('is told with its own code and reason, and the other behind it', async () => {
    const failed = async (): Promise<void> => {
      await using stuck = { [Symbol.asyncDispose]: () => Promise.reject(new Error('the socket is gone')) };
      throw new EapError(`refused by ${typeof stuck}`, { code: 'ERROR_ACCESS_DENIED' });
    };
    const thrown: unknown = await failed().catch((error: unknown) => error);
    const { code, message } = failureOf(thrown, 'doctor');
    equal(code, 'ERROR_ACCESS_DENIED');
    equal(message, 'refused by object; closing failed too: the socket is gone');
  });
});

describe('What eaphost auth advises', function () {
  this.timeout(60_000);
  let folder = '';
  const file = (name: string, content: string): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  const pair = (name: string, { cert, key }: { readonly cert: string; readonly key: string }): string[] => [
    '--cert',
    file(`${name}.pem`, cert),
    '--key',
    file(`${name}.key`, key),
  ];
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'eaphost-remedies-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const run = (...args: readonly string[]): Promise<Outcome> =>
    eaphost(['auth', '--runtime', 'embedded', '--json', ...args]);

  /** Against a server of EAP-TLS in this process. */
  async function against(method: MethodDefinition, ...args: readonly string[]): Promise<Outcome> {
    await using server = await RadiusServer.listen({ secret: 's', methods: [method], port: 0 });
    const { ca, client } = certificates();
    const to = ['--server', `127.0.0.1:${server.port}`, '--secret', 's', '--ca', file('ca.pem', ca)];
    return await run(...to, '--method', 'tls', ...pair('client', client), '--identity', 'alice', ...args);
  }

  it('is a certificate and no password where the server refuses one', async () => {
    const { server, ca } = certificates();
    const other = makeTestAuthority().ca;
    for (const [authority, identity, name] of [
      [other, 'alice', 'EAP_E_USER_CERT_REJECTED'],
      [ca, 'bob', 'EAP_E_USER_CREDENTIALS_REJECTED'],
    ] as const) {
      const method = tlsAuthenticator({ ...server, clients: { ca: authority } });
      const outcome = await against(method, '--identity', identity);
      equal(outcome.code, 1, outcome.stderr);
      const { reason } = reportOf(outcome);
      equal(reason?.name, name);
      match(reason.remedy ?? '', /--cert .*--identity/u);
      ok(!outcome.stderr.includes('password'), outcome.stderr);
    }
  });

  it('is no password where the method itself failed', () => {
    for (const isSystem of [true, false]) {
      const remedy = rejectionRemedy('EAP_E_AUTHENTICATION_FAILED', isSystem, true);
      ok(remedy !== null && !remedy.includes('password'), String(remedy));
      match(rejectionRemedy('EAP_E_USER_CREDENTIALS_REJECTED', isSystem, true) ?? '', /password/u);
    }
  });

  /** An EAP-TLS server over TLS 1.3 that does not say that it is done: the last record is taken out. */
  function uncommitted(): MethodDefinition {
    const { server, ca } = certificates();
    const method = tlsAuthenticator({ ...server, clients: { ca } });
    const commitment = 23;
    return {
      ...method,
      authenticator: {
        async beginSession(begin) {
          const session = await method.authenticator.beginSession(begin);
          return {
            async sendPacket(id) {
              const sent = await session.sendPacket(id);
              const packet = Buffer.from(sent.packet);
              const record = packet.subarray(-commitment).subarray(0, 5).toString('hex');
              if (record !== '1703030012') return sent;
              const rest = packet.subarray(0, -commitment);
              rest.writeUInt16BE(rest.length, 2);
              if ((rest[5] ?? 0) & 0x80) rest.writeUInt32BE(rest.length - 10, 6);
              return { ...sent, packet: rest };
            },
            receivePacket: (packet) => session.receivePacket(packet),
            getResult: () => session.getResult(),
            end: () => session.end(),
          } satisfies AuthenticatorSession;
        },
      },
    };
  }

  it('is --commitment where the server does not say that it is done, which lets it in', async () => {
    const refused = await against(uncommitted());
    equal(refused.code, 1, refused.stderr);
    match(
      reportOf(refused).reason?.text ?? '',
      /have it use TLS 1\.2, or let it in with --commitment optional/u,
    );
    ok(!refused.stderr.includes('password') && !refused.stderr.includes('`'), refused.stderr);
    const outcome = await against(uncommitted(), '--commitment', 'optional');
    equal(outcome.code, 0, outcome.stderr);
  });

  it('speaks of its own options', async () => {
    const named = await run('--method', 'peap-mschapv2', '--server-name', 'other');
    match(reportOf(named).reason?.text ?? '', /which --server-name does not have/u);
    const { stderr } = await run('--method', 'tls', '--ca', file('none.pem', 'x'));
    match(stderr, /--ca holds no certificate/u);
    ok(!stderr.includes('`'), stderr);
  });

  it('is --insecurely-allow-weak-cryptography for a weak key, which lets it in', async () => {
    const { ca, weakClient, weakServer } = certificates();
    const { stderr } = await run('--method', 'tls', ...pair('weak', weakClient));
    match(stderr, /make a stronger one, or give --insecurely-allow-weak-cryptography/u);
    const allowed = '--insecurely-allow-weak-cryptography';
    const careless = { insecurelyAllowWeakCryptography: true };
    const method = tlsAuthenticator({ ...weakServer, ...careless, clients: { ca } });
    const refused = await against(method);
    match(reportOf(refused).reason?.text ?? '', /Only --insecurely-allow-weak-cryptography takes it/u);
    const outcome = await against(method, allowed);
    equal(outcome.code, 0, outcome.stderr);
    const choice = {
      method: 'tls',
      identity: 'a',
      password: Buffer.of(),
      serverNames: [],
      client: weakClient,
    } as const;
    const system = { ...choice, ca, isCareless: false, outerIdentity: undefined, leniency: careless };
    throws(() => profileOf(system), /--runtime embedded/u);
  });

  for (const [args, message] of [
    [['--identity', 'a'.repeat(254)], /--identity has 254 octets; RADIUS carries at most 253/u],
    [['--identity', 'ü'.repeat(130)], /--identity has 260 octets/u],
    [['--method', 'ttls-pap', '--outer-identity', 'a'.repeat(300)], /--outer-identity has 300 octets/u],
    [['--commitment', 'optional'], /for methods with TLS/u],
    [['--insecurely-allow-weak-cryptography'], /for methods with TLS/u],
    [['--method', 'tls', '--commitment', 'never'], /--commitment must be required or optional/u],
  ] as const) {
    it(`names the limit: ${args.join(' ').slice(0, 40)}`, async () => {
      const { code, stderr } = await ask(['auth', ...args]);
      equal(code, 2);
      match(stderr, message);
    });
  }

  it('names the limit of a password', async () => {
    const { code, stderr } = await run('--password-file', file('long', 'x'.repeat(257)));
    equal(code, 2);
    match(stderr, /the password is too long: it may have at most 256 characters/u);
    ok(!stderr.includes('xxx'));
  });
});
