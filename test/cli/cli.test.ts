// The `eaphost` command: as a process, against the built-in server and against servers of this test.

import { deepEqual, equal, match, ok, rejects, throws } from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attributeTypes, encodeMppeKeys } from '../../lib/eap/attributes.js';
import { parseServer, readAuthOptions, wipeOptions } from '../../lib/cli/auth-options.js';
import { Output } from '../../lib/cli/output.js';
import { promptSecret, readSecretFile } from '../../lib/cli/password.js';
import type { AuthenticatorSession, MethodDefinition } from '../../lib/hosts/method.js';
import { mschapv2Authenticator } from '../../lib/methods/mschapv2.js';
import { memoryUsers } from '../../lib/methods/users.js';
import { RadiusServer } from '../../lib/radius/index.js';
import { encodeReply, radiusCodes, type RadiusPacket } from '../../lib/radius/packet.js';
import { ask, eaphost, type Outcome, reportOf } from './support.js';
import { bareReply, BareSocket, decoded, secret as radiusSecret } from '../radius/support.js';

const secret = 'a secret of the test';
const password = 'alices password';

describe('eaphost auth, with the built-in server', () => {
  it('accepts the demo user, and shows how', async () => {
    const { code, stdout, stderr } = await eaphost(['auth']);
    equal(code, 0, stdout + stderr);
    equal(stderr, '');
    match(stdout, /<-- \(made here\) +EAP Request +\d+ Identity +5 octets/u);
    match(stdout, /--> Request +\d+ +EAP Response +\d+ EAP-MSCHAPv2 Response +63 octets/u);
    match(stdout, /<-- Accept +\d+ +EAP Success/u);
    match(
      stdout,
      /^verdict {2}accepted\nkeys {5}the same on both sides\ntimes {4}open [\d.]+, begin [\d.]+, /mu,
    );
    ok(!stdout.includes('demo-password'));
  });

  it('tells machines the same in one line, and people on standard error', async () => {
    const outcome = await eaphost(['auth', '--json', '--runtime', 'embedded']);
    equal(outcome.code, 0);
    match(outcome.stderr, /^verdict {2}accepted$/mu);
    const { packets, times, server, ...rest } = reportOf(outcome);
    deepEqual(rest, {
      verdict: 'accepted',
      exitCode: 0,
      identity: 'demo',
      method: 'mschapv2',
      runtime: 'embedded',
      certificate: null,
      reason: null,
      replyMessage: null,
      isRejectAuthenticated: null,
      dropped: {},
      keysAgree: true,
    });
    equal(server.builtIn, true);
    deepEqual(
      packets.map(({ direction, eap }) => `${direction} ${eap?.code} ${eap?.method ?? ''}`.trimEnd()),
      [
        'received Request Identity',
        'sent Response Identity',
        'received Request EAP-MSCHAPv2 Challenge',
        'sent Response EAP-MSCHAPv2 Response',
        'received Request EAP-MSCHAPv2 Success',
        'sent Response EAP-MSCHAPv2 Success',
        'received Success',
      ],
    );
    equal(packets[1]?.radius?.code, 'Access-Request');
    equal(packets[0]?.radius, null);
    for (const ms of Object.values(times)) ok(ms >= 0 && ms < 60_000);
  });

  it('rejects a wrong password, with the reason', async () => {
    const outcome = await eaphost(['auth', '--json'], { EAPHOST_PASSWORD: 'wrong' });
    equal(outcome.code, 1);
    const { verdict, exitCode, reason, keysAgree } = reportOf(outcome);
    deepEqual([verdict, exitCode, keysAgree], ['rejected', 1, null]);
    equal(reason?.name, 'EAP_E_USER_NAME_PASSWORD_REJECTED');
    equal(reason.code, 0x80420112);
    match(outcome.stderr, /^reason {3}EAP_E_USER_NAME_PASSWORD_REJECTED: .*691/mu);
  });

  it('takes MD5, which has no keys', async () => {
    const outcome = await eaphost(['auth', '--method', 'md5', '--json']);
    equal(outcome.code, 0);
    equal(reportOf(outcome).keysAgree, null);
    const rejected = await eaphost(['auth', '--method', 'md5'], { EAPHOST_SERVER_PASSWORD: 'other' });
    equal(rejected.code, 1);
    match(rejected.stdout, /^reason .*refused the user name or the password/mu);
  });
});

describe('eaphost auth, with files', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'eaphost-cli-'));
  });
  after(() => rmSync(folder, { recursive: true }));
  const file = (name: string, content: string | Buffer) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };

  it('takes both passwords from them, without the line’s end', async () => {
    const right = file('right', 'heslo 🐴\r\n');
    const args = ['auth', '--identity', 'CORP\\eva', '--server-password-file', file('server', 'heslo 🐴')];
    equal((await eaphost([...args, '--password-file', right])).code, 0);
    equal((await eaphost([...args, '--password-file', file('wrong', 'heslo\n')])).code, 1);
    // The file goes before the variable.
    equal((await eaphost([...args, '--password-file', right], { EAPHOST_PASSWORD: 'wrong' })).code, 0);
  });

  it('refuses files that hold more than a line, or no UTF-8, or are not there', async () => {
    equal((await readSecretFile(file('empty', ''), 'password')).toString(), '');
    equal((await readSecretFile(file('cr', 'a\r'), 'password')).toString(), 'a');
    for (const path of [
      file('two', 'SECRET\ntwo\n'),
      file('octets', Buffer.of(0xff)),
      join(folder, 'none'),
    ]) {
      await rejects(readSecretFile(path, 'password'), (error: Error) => {
        equal(error.name, 'UsageError');
        ok(error.message.includes(path) && !error.message.includes('SECRET'));
        return true;
      });
    }
    const { code, stderr } = await eaphost(['auth', '--password-file', join(folder, 'none')]);
    equal(code, 2);
    match(stderr, /^eaphost auth: the file of the password cannot be read: .*ENOENT.*\n$/u);
  });

  it('authenticates against a server that shares the secret of a file', async () => {
    await using server = await serve(mschapv2Authenticator({ users: memoryUsers({ alice: password }) }));
    const args = ['auth', '--server', `127.0.0.1:${server.port}`, '--identity', 'alice', '--json'];
    const good = file('secret', `${secret}\n`);
    const outcome = await eaphost([...args, '--secret-file', good], { EAPHOST_PASSWORD: password });
    equal(outcome.code, 0, outcome.stderr);
    const report = reportOf(outcome);
    equal(report.keysAgree, true);
    deepEqual(report.server, { host: '127.0.0.1', port: server.port, builtIn: false });
    const bad = await eaphost([...args, '--secret', 'another', '--timeout', '0.5'], {
      EAPHOST_PASSWORD: password,
    });
    equal(bad.code, 2);
    match(bad.stderr, /did not answer within 0\.5 s\n {2}to do: check the shared secret first/u);
    // The variable keeps it out of the list of processes.
    equal((await eaphost(args, { EAPHOST_PASSWORD: password, EAPHOST_SECRET: secret })).code, 0);
  });
});

function serve(method: MethodDefinition): Promise<RadiusServer> {
  return RadiusServer.listen({ secret, methods: [method], port: 0 });
}

/** The authenticator of EAP-MSCHAPv2 with something changed in its sessions. */
function changed(change: (session: AuthenticatorSession) => Partial<AuthenticatorSession>): MethodDefinition {
  const method = mschapv2Authenticator({ users: memoryUsers({ alice: password }) });
  return {
    ...method,
    authenticator: {
      async beginSession(begin) {
        const session = await method.authenticator.beginSession(begin);
        return {
          sendPacket: (id) => session.sendPacket(id),
          receivePacket: (packet) => session.receivePacket(packet),
          getResult: () => session.getResult(),
          end: () => session.end(),
          ...change(session),
        };
      },
    },
  };
}

async function against(method: MethodDefinition): Promise<Outcome> {
  await using server = await serve(method);
  const args = [
    'auth',
    '--server',
    `127.0.0.1:${server.port}`,
    '--secret',
    secret,
    '--identity',
    'alice',
    '--json',
  ];
  return await eaphost([...args, '--timeout', '5'], { EAPHOST_PASSWORD: password });
}

describe('eaphost auth, with strange servers', () => {
  it('says so when the keys are not the same', async () => {
    const outcome = await against(
      changed(() => ({
        getResult: () => ({
          isSuccess: true,
          attributes: encodeMppeKeys(Buffer.alloc(32, 7), 'authenticator'),
        }),
      })),
    );
    equal(outcome.code, 0);
    equal(reportOf(outcome).keysAgree, false);
    match(outcome.stderr, /^keys {5}NOT the same on both sides$/mu);
  });

  it('says so when the server has none', async () => {
    const outcome = await against(
      changed(() => ({ getResult: () => ({ isSuccess: true, attributes: [] }) })),
    );
    equal(reportOf(outcome).keysAgree, false);
  });

  it('rejects a server that does not prove itself', async () => {
    const outcome = await against(
      changed((session) => ({
        async sendPacket(id) {
          const { packet } = await session.sendPacket(id);
          const text = Buffer.from(packet).toString('latin1');
          return { packet: Buffer.from(text.replace(/S=.{40}/u, `S=${'0'.repeat(40)}`), 'latin1') };
        },
      })),
    );
    equal(outcome.code, 1, outcome.stderr);
    const { reason } = reportOf(outcome);
    equal(reason?.name, 'EAP_E_AUTHENTICATION_FAILED');
    match(reason.text, /did not prove/u);
  });

  /** A server whose first reply is `first`, and whose second is a refusal without Message-Authenticator. */
  async function againstBare(first: (request: RadiusPacket) => Buffer): Promise<Outcome> {
    await using server = await BareSocket.open();
    let replies = 0;
    server.onDatagram((datagram, from) => {
      const request = decoded(datagram);
      const isFirst = replies++ === 0;
      server.send(isFirst ? first(request) : bareReply(radiusCodes.accessReject, request), from.port);
    });
    const to = ['--server', `127.0.0.1:${server.port}`, '--secret', radiusSecret, '--timeout', '5'];
    return await eaphost(['auth', ...to, '--identity', 'alice', '--json'], { EAPHOST_PASSWORD: password });
  }

  it('takes a refusal without Message-Authenticator for one, and says that it had none', async () => {
    const request = Buffer.of(1, 9, 0, 6, 99, 0); // of a method that is not wanted
    const attributes = [{ type: attributeTypes.EAPMessage, value: request }];
    const outcome = await againstBare((packet) =>
      encodeReply({ code: radiusCodes.accessChallenge, attributes }, packet, Buffer.from(radiusSecret)),
    );
    equal(outcome.code, 1, outcome.stderr);
    const { verdict, isRejectAuthenticated, dropped } = reportOf(outcome);
    deepEqual(
      { verdict, isRejectAuthenticated, dropped },
      { verdict: 'rejected', isRejectAuthenticated: false, dropped: {} },
    );
    match(outcome.stderr, /^note {5}the Access-Reject has no Message-Authenticator/mu);
  });

  it('counts what it drops before a verdict', async () => {
    const outcome = await againstBare((packet) => bareReply(radiusCodes.accessAccept, packet));
    equal(outcome.code, 1, outcome.stderr);
    deepEqual(reportOf(outcome).dropped, { noMessageAuthenticator: 1 });
    match(outcome.stderr, /^dropped {2}noMessageAuthenticator 1$/mu);
  });

  it('says what it dropped where it came to no verdict', async () => {
    await using server = await BareSocket.open();
    server.onDatagram((datagram, from) => {
      server.send(bareReply(radiusCodes.accessChallenge, decoded(datagram)), from.port);
    });
    // Less than the time after which it asks again.
    const to = ['--server', `127.0.0.1:${server.port}`, '--secret', radiusSecret, '--timeout', '1.5'];
    const { code, stdout, stderr } = await eaphost(['auth', ...to, '--identity', 'alice', '--json'], {
      EAPHOST_PASSWORD: password,
    });
    equal(code, 2);
    match(
      stderr,
      /did not answer with what can be believed within 1\.5 s; .*: noMessageAuthenticator 1\n {2}to do: have/u,
    );
    const { error }: { error: { dropped: unknown } } = JSON.parse(stdout);
    deepEqual(error.dropped, { noMessageAuthenticator: 1 });
  });

  it('gives up on one that is silent', async () => {
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const { port } = socket.address();
    const args = [
      'auth',
      '--server',
      `127.0.0.1:${port}`,
      '--secret',
      's',
      '--identity',
      'a',
      '--timeout',
      '0.5',
      '--json',
    ];
    const { code, stdout, stderr } = await eaphost(args, { EAPHOST_PASSWORD: 'p' });
    socket.close();
    equal(code, 2);
    match(
      stderr,
      /\neaphost auth: 127\.0\.0\.1:\d+ did not answer within 0\.5 s\n {2}to do: check the shared secret.*\n$/u,
    );
    ok(!stderr.includes('    at '));
    const { verdict, exitCode, error }: { verdict: string; exitCode: number; error: { code: string } } =
      JSON.parse(stdout);
    deepEqual([verdict, exitCode, error.code], ['error', 2, 'EAPHOST_NO_VERDICT']);
  });
});

describe('eaphost and its arguments', () => {
  const bad: readonly (readonly [string[], RegExp])[] = [
    [['frob'], /no command "frob"; the commands are: auth/u],
    [['help', 'frob'], /no command "frob"/u],
    [['docter'], /no command "docter"; did you mean doctor\?/u],
    [['auth', '--frob'], /Unknown option '--frob' \(try/u],
    [['auth', '--sever', 'h'], /Unknown option '--sever'; did you mean --server\?/u],
    [['auth', '--serverpasswordfile=x'], /did you mean --server-password-file\?/u],
    [['auth', 'surplus'], /[Uu]nexpected argument 'surplus'/u],
    [['auth', '--method', 'leap'], /--method must be one of md5, mschapv2/u],
    [['auth', '--method', 'peap'], /; did you mean peap-mschapv2 or peap-tls or peap-gtc\?/u],
    [['auth', '--method', 'mschap2'], /; did you mean mschapv2\?/u],
    [['auth', '--runtime', 'embeded'], /must be system or embedded; did you mean embedded\?/u],
    [['auth', '--method', 'toString'], /--method must be one of/u],
    [['auth', '--runtime', 'other'], /--runtime must be system or embedded/u],
    [['auth', '--timeout', '0'], /--timeout must be a number of seconds/u],
    [['auth', '--timeout', 'soon'], /--timeout must be/u],
    [['auth', '--secret', 'x'], /--secret and --secret-file go with --server/u],
    [['auth', '--server', 'h', '--secret', 'x'], /--identity is missing/u],
    [['auth', '--server', 'h', '--identity', 'a'], /--secret or --secret-file is missing/u],
    [['auth', '--server', 'h', '--identity', 'a', '--secret', ''], /--secret or --secret-file is missing/u],
    [
      ['auth', '--server', 'h', '--identity', 'a', '--secret', 'x', '--secret-file', 'y'],
      /exclude each other/u,
    ],
    [['auth', '--server', 'h', '--server-password-file', 'x'], /for the built-in server/u],
    [['auth', '--server', '::1', '--secret', 'x', '--identity', 'a'], /an IPv6 address in brackets/u],
    [['auth', '--server', 'h', '--identity', 'a', '--secret', 'x'], /the password is missing/u],
  ];
  for (const [args, sentence] of bad) {
    it(`refuses: eaphost ${args.join(' ')}`, async () => {
      const { code, stdout, stderr } = await ask(args);
      equal(code, 2);
      equal(stdout, '');
      match(stderr, sentence);
      match(stderr, /^eaphost( auth| help)?: [^\n]+ \(try: eaphost( auth)? --help\)\n$/u);
    });
  }

  it('shows what there is where no command is given', async () => {
    const { code, stdout, stderr } = await ask([]);
    deepEqual([code, stdout], [2, '']);
    match(
      stderr,
      /^Usage: eaphost COMMAND[\s\S]*\neaphost: a command is missing \(try: eaphost --help\)\n$/u,
    );
  });

  it('shows the stack where EAPHOST_DEBUG asks for it', async () => {
    match((await eaphost(['auth', '--frob'], { EAPHOST_DEBUG: '1' })).stderr, /\n {4}at /u);
  });

  it('has help texts with examples, and a version', async () => {
    const manifest: { version: string } = JSON.parse(
      readFileSync(join(import.meta.dirname, '..', '..', '..', 'package.json'), 'utf8'),
    );
    for (const flag of ['--version', '-v']) {
      deepEqual(await ask([flag]), { code: 0, stdout: `${manifest.version}\n`, stderr: '' });
    }
    const general = await ask(['--help']);
    match(general.stdout, /^Usage: eaphost COMMAND[\s\S]*Examples:\n/u);
    deepEqual(await ask(['-h']), general);
    deepEqual(await ask(['help']), general);
    const auth = await ask(['auth', '--help']);
    equal(auth.code, 0);
    match(auth.stdout, /^Usage: eaphost auth[\s\S]*--server HOST[\s\S]*Examples:\n/u);
    deepEqual(await ask(['help', 'auth']), auth);
    deepEqual(await ask(['auth', '-h', '--frob']), auth);
  });

  it('understands servers', () => {
    deepEqual(parseServer('radius'), { host: 'radius', port: 1812 });
    deepEqual(parseServer('10.0.0.1:18120'), { host: '10.0.0.1', port: 18120 });
    deepEqual(parseServer('[2001:db8::1]'), { host: '2001:db8::1', port: 1812 });
    deepEqual(parseServer('[::1]:1645'), { host: '::1', port: 1645 });
    for (const text of ['', ':1', 'h:', 'h:0', 'h:65536', 'h:x', '::1', '[::1', '[]:1', 'h:1:2', '[::1]x']) {
      throws(() => parseServer(text), { name: 'UsageError' }, text);
    }
  });
});

describe('eaphost’s question for a password', () => {
  class FakeTerminal extends EventEmitter {
    readonly modes: string[] = [];
    setRawMode(isRaw: boolean) {
      this.modes.push(isRaw ? 'raw' : 'cooked');
    }
    resume() {
      this.modes.push('resume');
    }
    pause() {
      this.modes.push('pause');
    }
  }

  function ask() {
    const terminal = new FakeTerminal();
    const written: string[] = [];
    const answer = promptSecret('Password: ', terminal, { write: (text) => written.push(text) });
    return { terminal, written, answer };
  }

  it('takes what is typed up to Enter, with corrections, and shows none of it', async () => {
    const { terminal, written, answer } = ask();
    for (const chunk of ['se', 'x\u007fcř\u007f', '\u001bre', 't🐴\b', '\r', 'more']) {
      terminal.emit('data', Buffer.from(chunk));
    }
    equal((await answer).toString(), 'secret');
    deepEqual(written, ['Password: ', '\n']);
    deepEqual(terminal.modes, ['raw', 'resume', 'cooked', 'pause']);
    deepEqual(terminal.eventNames(), []);
  });

  it('wipes what the terminal gave, and answers with memory of its own', async () => {
    const { terminal, answer } = ask();
    const long = 'long'.repeat(100);
    const chunks = ['pass', `word${long}`, '\rmore'].map((text) => Buffer.from(text));
    for (const chunk of chunks) terminal.emit('data', chunk);
    const password = await answer;
    equal(password.toString(), `password${long}`);
    equal(password.buffer.byteLength, password.length);
    for (const chunk of chunks) deepEqual(chunk, Buffer.alloc(chunk.length));
  });

  it('is not asked where a variable has it, which is copied into memory of its own', async () => {
    process.env['EAPHOST_PASSWORD'] = 'secret';
    try {
      const options = await readAuthOptions(
        [],
        new Output(true, { write: () => undefined }, { write: () => undefined }),
      );
      for (const octets of [options.password, options.serverPassword]) {
        equal(octets.buffer.byteLength, octets.length);
      }
      equal(options.password.toString(), 'secret');
      wipeOptions(options);
    } finally {
      delete process.env['EAPHOST_PASSWORD'];
    }
  });

  for (const [what, name, act] of [
    ['Ctrl-C', 'InterruptedError', (terminal) => terminal.emit('data', Buffer.from('ab\u0003'))],
    ['Ctrl-D', 'UsageError', (terminal) => terminal.emit('data', Buffer.of(4))],
    ['the end of the input', 'UsageError', (terminal) => terminal.emit('end')],
  ] satisfies [string, string, (terminal: FakeTerminal) => unknown][]) {
    it(`is given up with ${what}, and the terminal is as before`, async () => {
      const { terminal, answer } = ask();
      act(terminal);
      await rejects(answer, { name, message: 'no password was given' });
      deepEqual(terminal.modes, ['raw', 'resume', 'cooked', 'pause']);
    });
  }
});
