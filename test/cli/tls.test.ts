// `eaphost auth` with methods on TLS, and `eaphost serve`, as processes.

import { deepEqual, doesNotMatch, equal, match, ok } from 'node:assert/strict';
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { profileOf, methodForms, type MethodChoice } from '../../lib/cli/auth-methods.js';
import { makeTestAuthority } from '../../lib/methods/tls/index.js';
import { profiles } from '../../lib/profiles/index.js';
import { ask, eaphost, main, reportOf } from './support.js';

let folder = '';
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'eaphost-serve-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, content: string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

describe('eaphost auth, with TLS and the built-in server', () => {
  for (const method of ['tls', 'peap-mschapv2', 'peap-tls', 'ttls-pap', 'ttls-md5'] as const) {
    it(`accepts with ${method}, with a certificate thrown away`, async () => {
      const outcome = await eaphost(['auth', '--json', '--runtime', 'embedded', '--method', method]);
      equal(outcome.code, 0, outcome.stderr);
      const report = reportOf(outcome);
      deepEqual([report.verdict, report.keysAgree, report.method], ['accepted', true, method]);
    });
  }

  it('rejects a wrong password, another authority, another name', async () => {
    const ca = write('other.pem', makeTestAuthority().ca);
    const peap = ['auth', '--json', '--runtime', 'embedded', '--method', 'peap-mschapv2'];
    for (const [args, env, reason, remedy] of [
      [[], { EAPHOST_PASSWORD: 'wrong' }, 'EAP_E_USER_NAME_PASSWORD_REJECTED', /--password-file/u],
      [['--ca', ca], {}, 'EAP_E_SERVER_ROOT_CERT_NOT_FOUND', /--ca/u],
      [['--server-name', 'radius.example.com'], {}, 'EAP_E_SERVER_CERT_INVALID', /--server-name/u],
    ] as const) {
      const outcome = await eaphost([...peap, ...args], env);
      equal(outcome.code, 1, outcome.stderr);
      const told = reportOf(outcome).reason;
      equal(told?.name, reason);
      match(told.remedy ?? '', remedy);
      match(outcome.stderr, /^to do {4}\S/mu);
    }
    const right = ['--server-name', '*.example.org', '--outer-identity', 'anonymous@example.org'];
    equal((await eaphost([...peap, ...right])).code, 0);
  });

  for (const [args, message] of [
    [['--method', 'md5', '--ca', 'x'], /--ca and --server-name are for methods with TLS/u],
    [['--method', 'peap-mschapv2', '--cert', 'x'], /--cert, --key and --pfx are for methods with them/u],
    [['--method', 'tls', '--cert', 'x'], /give --cert and --key, or --pfx/u],
    [['--method', 'tls', '--pfx', 'x', '--key', 'x'], /give --cert and --key, or --pfx/u],
    [['--method', 'tls', '--outer-identity', 'x'], /--outer-identity is for methods with a tunnel/u],
    [['--method', 'tls', '--ca', '/nowhere'], /file of --ca cannot be read: \/nowhere \(ENOENT\)/u],
    [['--method', 'ttls-pap', '--server', 'h', '--secret', 's', '--identity', 'a'], /--ca is missing/u],
  ] as const) {
    it(`refuses: ${args.join(' ')}`, async () => {
      const { code, stderr } = await ask(['auth', ...args]);
      equal(code, 2);
      match(stderr, message);
    });
  }
});

describe("The XML for Windows' own methods", () => {
  const { ca, issue } = makeTestAuthority();
  const client = issue({ name: 'alice', purpose: 'client' });
  const choice = {
    identity: 'alice',
    password: Buffer.from('a < b & ü'),
    outerIdentity: 'anonymous',
    ca,
    serverNames: ['radius.example.org'],
    isCareless: false,
    client,
  };

  for (const method of [
    'mschapv2',
    'tls',
    'peap-mschapv2',
    'peap-tls',
    'ttls-pap',
    'ttls-mschapv2',
  ] as const) {
    it(`of ${method} says what the options do`, () => {
      const { config, credentials } = profileOf({ ...choice, method });
      const [profile, user] = [profiles.parseConfig(config), profiles.parseCredentials(credentials)];
      deepEqual([profile.unknown, user.unknown], [[], []]);
      deepEqual(profile.type, user.type);
      equal(profile.method, methodForms[method].outer);
      if (profile.method !== 'mschapv2') {
        match(config, /ServerNames>radius\.example\.org</u);
        match(config, /TrustedRootCA(?:Hash)?>[0-9a-f]{40}</u);
      }
      if (user.method === 'mschapv2') equal(user.options.password, 'a < b & ü');
      if (user.method === 'tls') match(user.options.certificate ?? '', /^[0-9a-f]{40}$/u);
    });
  }
});

/** A running `eaphost serve`. */
class Server {
  output = '';
  readonly #child: ChildProcessByStdio<null, Readable, null>;

  constructor(args: readonly string[]) {
    this.#child = spawn(process.execPath, [main, 'serve', ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => (this.output += text));
  }

  async says(text: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = text.exec(this.output);
      if (found) return found;
      if (this.#child.exitCode !== null) throw new Error(`ended without ${String(text)}: ${this.output}`);
      const over = new AbortController();
      const { signal } = over;
      await Promise.race([
        once(this.#child.stdout, 'data', { signal }),
        once(this.#child, 'exit', { signal }),
      ]);
      over.abort();
    }
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  async stop(): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill('SIGTERM');
      await once(this.#child, 'exit');
    }
    return this.#child.exitCode;
  }
}

describe('eaphost serve', () => {
  let server: Server;
  let address = '';
  let config: { secret: string; users: Record<string, unknown> };
  const test = () => join(folder, 'test');

  before(async () => {
    const { code, stdout } = await eaphost(['serve', '--make-test-config', test()]);
    equal(code, 0);
    match(stdout, /serve\.json: user alice/u);
    config = JSON.parse(readFileSync(join(test(), 'serve.json'), 'utf8'));
    server = new Server(['--config', join(test(), 'serve.json'), '--port', '0']);
    const [, port = ''] = await server.says(
      /listening on 127\.0\.0\.1 port (\d+) for tls, peap-mschapv2, peap-tls, [-a-z0-9, ]*ttls-eap-mschapv2\n/u,
    );
    address = `127.0.0.1:${port}`;
  });
  after(() => server?.stop());

  const authenticate = (method: MethodChoice, password: string, more: readonly string[] = []) =>
    eaphost(
      [
        'auth',
        '--runtime',
        'embedded',
        '--json',
        '--method',
        method,
        '--identity',
        'alice',
        '--server',
        address,
        '--secret',
        config.secret,
        ...more,
      ],
      { EAPHOST_PASSWORD: password },
    );
  const ca = () => ['--ca', join(test(), 'ca.pem'), '--server-name', 'radius.example.org'];

  it('says what to do where its port is taken', async () => {
    const [, port = ''] = address.split(':');
    const args = ['serve', '--config', join(test(), 'serve.json'), '--port', port];
    const { code, stdout, stderr } = await eaphost(args);
    equal(code, 2);
    equal(stdout, '');
    match(
      stderr,
      /^eaphost serve: UDP port \d+ of 127\.0\.0\.1 is taken by another server \(EADDRINUSE\)\n/u,
    );
    match(stderr, /\n {2}to do: .*--port; 0 takes a free one/u);
  });

  it('does not make a configuration twice', async () => {
    const { code, stderr } = await eaphost(['serve', '--make-test-config', test()]);
    equal(code, 2);
    match(stderr, /is already there/u);
  });

  it('accepts with password and with certificate, and prints a line for each', async () => {
    const password = String(config.users['alice']);
    const client = ['--cert', join(test(), 'client.pem'), '--key', join(test(), 'client.key')];
    for (const [method, more] of [
      ['peap-mschapv2', ca()],
      ['ttls-chap', ca()],
      ['tls', [...ca(), ...client]],
      ['peap-tls', [...ca(), ...client]],
    ] as const) {
      const outcome = await authenticate(method, password, more);
      equal(outcome.code, 0, outcome.stderr);
      equal(reportOf(outcome).keysAgree, true);
    }
    await server.says(/Z accepted "alice" from 127\.0\.0\.1:\d+, method peap, \d+ ms\n/u);
    await server.says(/(?: accepted .*\n[^]*){4}/u);
    ok(/accepted "alice\S*" .*, method tls, /u.test(server.output), server.output);
    equal(server.output.match(/ accepted /gu)?.length, 4);
    ok(!server.output.includes(password));
    const wrong = await authenticate('peap-mschapv2', 'wrong', ca());
    equal(wrong.code, 1);
    await server.says(
      /rejected nobody \(outer identity "alice"\) .*: methodFailure, EAP_E_USER_NAME_PASSWORD_REJECTED, /u,
    );
    // Told by the proved identity, and by what it called itself beside it.
    equal((await authenticate('peap-mschapv2', password, [...ca(), '--outer-identity', 'admin'])).code, 0);
    await server.says(/Z accepted "alice" \(outer identity "admin"\) from /u);
  });

  it('prints a line for what it drops', async () => {
    const [, port = ''] = address.split(':');
    const socket = createSocket('udp4');
    socket.send('hello', Number(port), '127.0.0.1');
    await server.says(/Z dropped a datagram from 127\.0\.0\.1:\d+: tooShort\n/u);
    socket.close();
  });

  it('offers nothing that shows a password or its hash outside of TLS, unless it is named', async () => {
    for (const method of ['mschapv2', 'md5', 'gtc'] as const) {
      equal((await authenticate(method, String(config.users['alice']))).code, 1);
    }
    await server.says(/rejected nobody \(outer identity "alice"\) .*: noMethod, /u);
  });

  it("takes a user's certificate for nobody else", async () => {
    const client = ['--cert', join(test(), 'client.pem'), '--key', join(test(), 'client.key')];
    for (const method of ['tls', 'peap-tls'] as const) {
      // The last --identity counts.
      const outcome = await authenticate(method, '', [...ca(), ...client, '--identity', 'bob']);
      equal(outcome.code, 1, outcome.stdout);
    }
    await server.says(/rejected nobody \(outer identity "bob"\) .*EAP_E_USER_CERT_REJECTED/u);
  });

  it('refuses bare what it takes inside EAP-TTLS without binding it, unless the file accepts that', async () => {
    const path = join(test(), 'bare.json');
    const password = String(config.users['alice']);
    const client = ['--cert', join(test(), 'client.pem'), '--key', join(test(), 'client.key')];
    for (const bareInnerMethods of [undefined, 'refuse', 'accept'] as const) {
      const methods = ['tls', 'mschapv2', 'md5', 'ttls-tls', 'ttls-eap-mschapv2'];
      writeFileSync(path, JSON.stringify({ ...config, methods, bareInnerMethods }));
      const own = new Server(['--config', path, '--port', '0']);
      try {
        const [, port] = await own.says(/ port (\d+) for tls, mschapv2, md5, /u);
        const to = ['--server', `127.0.0.1:${port}`];
        const code = bareInnerMethods === 'accept' ? 0 : 1;
        equal((await authenticate('mschapv2', password, to)).code, code);
        equal((await authenticate('tls', '', [...ca(), ...client, ...to])).code, code);
        if (code === 1) {
          await own.says(
            / method mschapv2: bareInnerMethod, EAP-MSCHAPv2 is for use inside a tunnel here, /u,
          );
          await own.says(/ method tls: bareInnerMethod, EAP-TLS is for use inside a tunnel here, /u);
        }
        equal((await authenticate('md5', password, to)).code, 0);
        equal((await authenticate('ttls-eap-mschapv2', password, [...ca(), ...to])).code, 0);
        const inside = [...ca(), ...client, ...to];
        equal((await authenticate('ttls-tls', '', inside)).code, 0);
        equal((await authenticate('ttls-tls', '', [...inside, '--identity', 'bob'])).code, 1);
      } finally {
        await own.stop();
      }
    }
  });

  for (const [content, message] of [
    ['[]', /must hold an object/u],
    ['{}', /give secret, or clients/u],
    ['{"secrets": "x"}', /secrets is not known; did you mean secret\?; there are address, /u],
    [
      '{"secret": "x",\n "users": {},\n "methods": ["peap"]}',
      /"peap"; did you mean peap-mschapv2 or peap-tls or/u,
    ],
    ['{"secret": "x", "users": {"a": 5}}', /user "a" must be a password/u],
    ['{"secret": "x", "users": {"a": {"password": "p", "state": "gone"}}}', /state, which is one of active/u],
    ['{"secret": "x", "methods": ["leap"]}', /methods may have .*, not "leap"/u],
    ['{"secret": "x", "methods": ["ttls-pap"]}', /ttls-pap needs a certificate of the server/u],
    ['{"secret": "x", "cert": "a.pem"}', /file of cert cannot be read/u],
    [
      '{"secret": "x", "maxVersion": "SSLv3", "cert": "bad.json", "key": "bad.json"}',
      /maxVersion must be one of/u,
    ],
    ['{"secret": "x", "crl": "bad.json"}', /crl goes with clientCa/u],
    ['{"secret": "x", "users": {"a": "b"}}', /without cert and key .* in methods, such as mschapv2/u],
    ['{"secret": "x", "certificateNames": ["cn"]}', /certificateNames may have upn, email, dns, commonName/u],
    ['{"secret": "x", "resumptionLifetime": -1}', /resumptionLifetime must be a number of seconds/u],
    ['{"secret": "x", "cryptoBinding": true}', /cryptoBinding must be one of none, optional, required/u],
    ['{"secret": "x", "bareInnerMethods": null}', /bareInnerMethods must be one of accept, refuse/u],
    ['{"secret": "x", "port": "1"}', /port must be a number/u],
    ['{"secret": "SECRET" x', /it is no JSON; look at line 1, column 21/u],
    ['{\n  "secret": "x",\n  "port": 01\n}', /it is no JSON; look at line 3, column 11/u],
    ['{ "secret": "x",\n}', /it is no JSON; look at line 2, column 1/u],
    ['{ "users": [1, [tru, {}]] }', /it is no JSON; look at line 1, column 17/u],
    ['{ "secret": "SECRET\n" }', /it is no JSON; look at line 1, column 13/u],
    ['{} {}', /it is no JSON; look at line 1, column 4/u],
    ['', /it is no JSON; look at line 1, column 1/u],
  ] as const) {
    it(`refuses the file ${content}`, async () => {
      const { code, stderr } = await ask(['serve', '--config', write('bad.json', content)]);
      equal(code, 2);
      match(stderr, message);
      ok(!stderr.includes('SECRET'));
    });
  }

  for (const workers of ['1', '2', '3']) {
    it(`serves with --workers ${workers}, and says how many`, async () => {
      const args = ['--config', join(test(), 'serve.json'), '--port', '0', '--json', '--workers', workers];
      const own = new Server(args);
      try {
        const [line] = await own.says(/^\{.*\}\n/u);
        const listening: { port: number; workers?: number } = JSON.parse(line);
        equal(listening.workers, workers === '1' ? undefined : Number(workers));
        const to = ['--server', `127.0.0.1:${listening.port}`];
        const password = String(config.users['alice']);
        for (let round = 0; round < 3; round += 1) {
          equal((await authenticate('ttls-pap', password, [...ca(), ...to])).code, 0);
        }
        equal((await authenticate('ttls-pap', 'wrong', [...ca(), ...to])).code, 1);
        await own.says(/"kind":"rejected".*\n/u);
        equal(own.output.match(/"kind":"accepted","identity":"alice"/gu)?.length, 3);
        if (process.platform === 'win32') return;
        equal(await own.stop(), 0);
        match(own.output, /"kind":"stopped","exitCode":0\}\n$/u);
      } finally {
        await own.stop();
      }
    });
  }

  for (const workers of ['0', '257', 'all']) {
    it(`refuses --workers ${workers}`, async () => {
      const args = ['serve', '--config', join(test(), 'serve.json'), '--workers', workers];
      const { code, stderr } = await ask(args);
      equal(code, 2);
      match(stderr, /--workers must be a number from 1 to 256/u);
    });
  }

  it('takes --workers 256, and looks for its file', async () => {
    const args = ['serve', '--config', join(test(), 'missing.json'), '--workers', '256'];
    const { code, stderr } = await ask(args);
    equal(code, 2);
    match(stderr, /missing\.json/u);
    doesNotMatch(stderr, /--workers/u);
  });

  // On Windows a signal is the end of a process at once.
  if (process.platform === 'win32') return;

  it('reads its file again on SIGHUP, and goes on as it was where that is wrong', async () => {
    const path = join(test(), 'serve.json');
    config.secret = 'another secret';
    const changed = { ...config, users: { alice: 'another password' }, methods: ['peap-mschapv2'] };
    writeFileSync(path, JSON.stringify(changed));
    server.signal('SIGHUP');
    await server.says(/read again, for peap-mschapv2\n/u);
    equal((await authenticate('peap-mschapv2', 'another password', ca())).code, 0);
    equal((await authenticate('mschapv2', 'another password')).code, 1);
    for (const [bareInnerMethods, code] of [
      ['refuse', 1],
      ['accept', 0],
    ] as const) {
      const methods = ['mschapv2', 'ttls-mschapv2'];
      writeFileSync(path, JSON.stringify({ ...changed, methods, bareInnerMethods }));
      server.signal('SIGHUP');
      await server.says(
        new RegExp(`(?:read again, for mschapv2, ttls-mschapv2\n[^]*){${code === 1 ? 1 : 2}}`, 'u'),
      );
      equal((await authenticate('mschapv2', 'another password')).code, code);
    }
    writeFileSync(path, JSON.stringify(changed));
    server.signal('SIGHUP');
    await server.says(/(?:read again, for peap-mschapv2\n[^]*){2}/u);
    writeFileSync(path, '{ "users": ');
    server.signal('SIGHUP');
    await server.says(/goes on as it was: .*serve\.json: it is no JSON; look at line 1, column \d+\n/u);
    equal((await authenticate('peap-mschapv2', 'another password', ca())).code, 0);
  });

  it('lets no certificate of a closed account in, and one of an account without a password', async () => {
    const path = join(test(), 'serve.json');
    const client = ['--cert', join(test(), 'client.pem'), '--key', join(test(), 'client.key')];
    const alice = (identity: string) => authenticate('tls', '', [...ca(), ...client, '--identity', identity]);
    for (const [index, [users, code]] of (
      [
        [{ alice: {} }, 0],
        [{ alice: { state: 'disabled' } }, 1],
        [{ alice: {}, 'alice@example.org': { state: 'disabled' } }, 1],
        [{ bob: {} }, 1],
        [undefined, 0],
      ] as const
    ).entries()) {
      const methods = ['tls', ...Array.from({ length: index + 1 }, () => 'peap-tls')];
      writeFileSync(path, JSON.stringify({ ...config, users, methods }));
      server.signal('SIGHUP');
      await server.says(new RegExp(`read again, for ${methods.join(', ')}\\n`, 'u'));
      for (const identity of ['alice', 'alice@example.org']) {
        equal((await alice(identity)).code, code, `${JSON.stringify(users)} ${identity}`);
      }
    }
  });

  it('ends on SIGTERM', async () => {
    equal(await server.stop(), 0);
  });
});
