// `eaphost conform` as a process: its exit codes, its words, its JSON, on subjects that are right and on wrong ones.

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openPeer } from '../../lib/cli/conform-peers.js';
import type { CaseResult, CaseVerdict } from '../../lib/conformance/index.js';
import { conformanceCases } from '../../lib/conformance/index.js';
import { makeTestAuthority, tlsAuthenticator } from '../../lib/methods/tls/index.js';
import { profiles } from '../../lib/profiles/index.js';
import { cleanEnvironment, eaphost, main, type Outcome } from '../cli/support.js';
import { alice, pairPath, server as pairServer } from '../method-dlls/support.js';
import { eventually } from '../supplicant/support.js';
import { signalChild } from '../support/process-group.js';
import { serverMutants } from './mutants/index.js';
import { openServer, password, secret } from './subjects.js';

interface Told {
  readonly exitCode: number;
  readonly counts: Readonly<Record<CaseVerdict, number>>;
  readonly cases: readonly (CaseResult & { readonly known?: string })[];
  readonly error?: { readonly code: string; readonly message: string };
}

const told = ({ stdout }: Outcome): Told => JSON.parse(stdout) as Told;

describe('eaphost conform', function () {
  this.timeout(300_000);
  let folder: string;
  const file = (name: string, content: string | Uint8Array): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  const children: ChildProcess[] = [];
  before(() => (folder = mkdtempSync(join(tmpdir(), 'eaphost-conform-test-'))));
  afterEach(() => {
    for (const child of children.splice(0)) signalChild(child, 'SIGKILL');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Tries the server that breaks this case. */
  async function tryWrong(id: string, ...more: readonly string[]): Promise<Outcome> {
    await using server = await openServer('mschapv2', serverMutants[id]);
    const where = ['--server', `127.0.0.1:${server.target.port}`, '--secret-file', file('secret', secret)];
    const who = ['--identity', 'alice', '--password-file', file('password', password)];
    return await eaphost(['conform', 'server', ...where, ...who, '--silence', '0.2', ...more]);
  }

  const wrong = 'rfc3748-4.2-success-identifier';
  const right = 'rfc3748-4.2-success-without-data';
  const both = ['--only', wrong, '--only', right];

  it('says what a server does wrong, by which section, and what to do', async () => {
    const { code, stdout, stderr } = await tryWrong(wrong, ...both);
    assert.deepEqual([code, stderr], [1, '']);
    assert.match(stdout, /^FAILED {3}rfc3748-4\.2-success-identifier {2}MUST$/mu);
    assert.match(
      stdout,
      /^ {9}must send EAP-Success with .*; instead EAP-Success has the Identifier \d+, .*$/mu,
    );
    assert.match(stdout, /^ {9}RFC 3748, 4\.2 \(MUST\): https:\S+\/rfc3748\.html#section-4\.2$/mu);
    assert.match(stdout, /^ {9}to do: take the Identifier/mu);
    assert.match(stdout, /^2 cases: 1 passed, 1 failed, 0 not applicable, 0 inconclusive$/mu);
  });

  it('says nothing besides, however many conversations a case opens', async () => {
    const many = ['--disruptive', '--only', 'cwe400-server-disruptive'];
    const { code, stderr } = await eaphost(['conform', 'server', '--method', 'tls', ...many]);
    assert.deepEqual([code, stderr], [0, '']);
  });

  it('runs what ends programs on request alone, and says so of a case that is asked for', async () => {
    const id = 'rfc5281-10.1-disruptive';
    const one = await eaphost(['conform', 'server', '--method', 'ttls-pap', '--only', id]);
    assert.equal(one.code, 2);
    assert.match(
      one.stderr,
      /rfc5281-10\.1-disruptive is known to end programs; with --disruptive it is run/u,
    );
    const all = ['conform', 'server', '--json', '--method', 'ttls-pap', '--only', 'rfc5281-10.1-*'];
    const idsOf = async (...more: readonly string[]): Promise<string[]> => {
      const { stdout } = await eaphost([...all, '--silence', '0.2', ...more]);
      return (JSON.parse(stdout) as { cases: { id: string }[] }).cases.map((each) => each.id);
    };
    assert.equal((await idsOf()).includes(id), false);
    assert.equal((await idsOf('--disruptive')).includes(id), true);
  });

  it('tells what is other than in an earlier run, runs what failed in it, and draws a badge', async () => {
    const badge = join(folder, 'badge.svg');
    const first = await tryWrong(wrong, ...both, '--json', '--badge', badge);
    assert.match(readFileSync(badge, 'utf8'), /^<svg .*1 of 2.*<\/svg>\n$/su);
    const { tried, cases } = JSON.parse(first.stdout) as {
      tried: Record<string, string>;
      cases: { id: string; link: string; packets: { eap?: string }[] }[];
    };
    assert.deepEqual([tried['subject'], tried['method'], tried['user']], ['server', 'mschapv2', 'alice']);
    assert.doesNotMatch(JSON.stringify(tried), new RegExp(secret, 'u'));
    assert.match(cases[0]?.packets[0]?.eap ?? '', /^[\da-f]{8,}$/u);
    assert.match(cases[0]?.link ?? '', /#section-4\.2$/u);
    const old = file('old.json', first.stdout);
    const again = await tryWrong(right, ...both, '--diff', old);
    assert.match(again.stdout, /^rfc3748-4\.2-success-identifier \(MUST\): passed, and failed before$/mu);
    assert.match(again.stdout, /^rfc3748-4\.2-success-without-data \(MUST\): failed, and passed before$/mu);
    const failed = await tryWrong(right, '--only-failed', old);
    assert.match(failed.stdout, /^1 cases: 1 passed/mu);
    const none = await tryWrong(wrong, '--diff', file('no.json', '{}'));
    assert.deepEqual(
      [none.code, /--diff: \S+ has not what eaphost conform --json prints/u.test(none.stderr)],
      [2, true],
    );
  });

  it('makes of what a source only allows a remark, which fails nobody', async () => {
    const id = 'rfc3579-2.1-eap-start';
    const { code, stdout } = await tryWrong(id, '--only', id);
    assert.equal(code, 0);
    assert.match(
      stdout,
      /^remark {3}rfc3579-2\.1-eap-start {2}MAY\n {9}may answer an EAP-Start .*; instead /mu,
    );
    assert.match(stdout, /^1 cases: 0 passed, 0 failed, 1 remarks,/mu);
  });

  it('explains a case, and all of a section', async () => {
    const one = await eaphost(['conform', 'explain', 'rfc3748-4-unknown-code-7']);
    assert.equal(one.code, 0);
    for (const line of [
      /^rfc3748-4-unknown-code-7: must discard a packet with the Code 7/mu,
      /^ {2}text: +RFC 3748, 4 \(MUST\): https:\S+#section-4$/mu,
      /^ {2}speaks to: +both sides$/mu,
      /^ {2}is sent: +.*a packet with the Code 7/mu,
      /^ {2}is expected: +what the demand says; its lack is a failure$/mu,
      /^ {2}usually wrong: +.*check Code/mu,
      /^ {2}note: +only a broken NAS/mu,
    ])
      assert.match(one.stdout, line);
    const { stdout: allowed } = await eaphost(['conform', 'explain', 'rfc5281-10.1-length-below-header']);
    assert.match(allowed, /^ {2}is sent: +an AVP with a length of four$/mu);
    assert.match(allowed, /its lack is a remark$/mu);
    // What ends programs is not told here.
    const { stdout: hidden } = await eaphost(['conform', 'explain', 'rfc5281-10.1-disruptive']);
    assert.doesNotMatch(hidden, /is sent|AVP|[Vv]endor/u);
    const section = await eaphost(['conform', 'explain', 'rfc3748-4.1', '--json']);
    const { cases } = JSON.parse(section.stdout) as { cases: { id: string }[] };
    assert.ok(cases.length > 20 && cases.every(({ id }) => id.startsWith('rfc3748-4.1-')));
    for (const args of [[], ['rfc3748-4.9']]) {
      assert.equal((await eaphost(['conform', 'explain', ...args])).code, 2);
    }
  });

  it('leaves no key behind where the files of a peer cannot all be written', async () => {
    const before = process.env['TMPDIR'];
    const own = join(folder, 'temporary');
    mkdirSync(own);
    process.env['TMPDIR'] = own;
    try {
      const { ca, issue } = makeTestAuthority();
      const client = issue({ name: 'alice', purpose: 'client' });
      const given = { ca, client, identity: 'alice', serverNames: [], method: 'peap-mschapv2' };
      // Without a password the last file fails.
      await assert.rejects(openPeer(given as never, ['a program']), TypeError);
      assert.deepEqual(readdirSync(own), []);
    } finally {
      if (before === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = before;
    }
  });

  it('keeps the secrets of its environment from the command, and leaves no file when it is ended', async () => {
    // There a signal ends a process at once.
    if (process.platform === 'win32') return;
    const own = mkdtempSync(join(folder, 'ended-'));
    const seen = join(folder, 'seen');
    const script = `fs.writeFileSync(${JSON.stringify(seen)}, Object.keys(process.env).join(' '));
      setTimeout(() => undefined, 60_000);`;
    const secrets = ['EAPHOST_PASSWORD', 'EAPHOST_SECRET', 'EAPHOST_SERVER_PASSWORD'];
    const env = cleanEnvironment({
      TMPDIR: own,
      OTHER: 'kept',
      ...Object.fromEntries(secrets.map((name) => [name, 'demo-password'])),
    });
    for (const subject of ['peer', 'fuzz']) {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
        rmSync(seen, { force: true });
        const args = ['conform', subject, '--method', 'mschapv2', '--', process.execPath, '-e', script];
        const child = spawn(process.execPath, [main, ...args], { env, stdio: 'ignore' });
        children.push(child);
        const closed = once(child, 'close');
        await eventually(() => existsSync(seen) && readFileSync(seen).length > 0, 'the command runs');
        const names = readFileSync(seen, 'utf8').split(' ');
        assert.ok(names.includes('OTHER'));
        assert.deepEqual(
          names.filter((name) => secrets.includes(name)),
          [],
        );
        assert.equal(readdirSync(own).length, 1);
        child.kill(signal);
        await closed;
        assert.deepEqual([child.exitCode, readdirSync(own)], [130, []], `${subject} ${signal}`);
      }
    }
  });

  it('shows a server the certificates that it must refuse, as far as they are given', async () => {
    const { ca, issue } = makeTestAuthority();
    const notAfter = new Date(Date.now() - 60_000);
    const { cert, key } = issue({ name: 'alice', purpose: 'client', notAfter });
    file('expired.pem', cert + key);
    const own = issue({ name: 'alice', purpose: 'client' });
    const identity = issue({ name: 'server', purpose: 'server' });
    await using server = await openServer('tls', {
      options: () => ({ methods: [tlsAuthenticator({ ...identity, clients: { ca } })] }),
    });
    const where = ['--server', `127.0.0.1:${server.target.port}`, '--secret-file', file('secret', secret)];
    const who = ['--cert', file('own.pem', own.cert), '--key', file('own.key', own.key)];
    const method = ['--method', 'tls', '--identity', 'alice', '--ca', file('ca.pem', ca)];
    const only = ['--only', 'rfc5280-6.1.3-expired', '--only', 'rfc5216-5.3-purpose'];
    const bad = ['--bad-certificates', folder];
    const { code, stdout } = await eaphost([
      'conform',
      'server',
      ...where,
      ...method,
      ...who,
      ...bad,
      ...only,
    ]);
    assert.equal(code, 0);
    assert.match(stdout, /^passed {3}rfc5280-6\.1\.3-expired {2}MUST$/mu);
    assert.match(
      stdout,
      /^n\/a {6}rfc5216-5\.3-purpose {2}SHOULD {2}no certificate is given that is forServers$/mu,
    );
  });

  it('fails no more for what its baseline has, and says what may leave it', async () => {
    const baseline = file('baseline', `# known\n${wrong}  the vendor knows it\n\n${right}\n`);
    const options = [...both, '--baseline', baseline];
    const { code, stdout } = await tryWrong(wrong, ...options);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^known {4}rfc3748-4\.2-success-identifier {2}MUST$/mu);
    assert.match(stdout, /^ {9}known: the vendor knows it$/mu);
    assert.match(stdout, /1 failed \(1 known\)/u);
    assert.match(stdout, /^rfc3748-4\.2-success-without-data passes, and may leave the baseline$/mu);
    const { exitCode, counts, cases } = told(await tryWrong(wrong, ...options, '--json'));
    assert.deepEqual([exitCode, counts.failed, counts.passed], [0, 1, 1]);
    assert.equal(cases.find(({ id }) => id === wrong)?.known, 'the vendor knows it');
  });

  it('gives machines each case with its verdict, reason, source and remedy', async () => {
    const { exitCode, cases } = told(await tryWrong(wrong, ...both, '--json'));
    assert.equal(exitCode, 1);
    const [identifier] = cases;
    assert.equal(identifier?.verdict, 'failed');
    assert.deepEqual(identifier.source, { document: 'RFC 3748', section: '4.2' });
    assert.match(identifier.reason ?? '', /Identifier/u);
  });

  it('leaves out what is not of the level', async () => {
    const { cases } = told(await tryWrong(wrong, '--only', 'cve*', '--level', 'MUST', '--json'));
    assert.deepEqual(cases, []);
    assert.equal((await tryWrong(wrong, '--only', 'rfc2865-4.4-*', '--level', 'SHOULD')).code, 0);
  });

  it('tries nothing where the user is not accepted', async () => {
    const outcome = await tryWrong(wrong, '--password-file', file('other', 'not it'));
    assert.equal(outcome.code, 2);
    assert.match(outcome.stderr, /alice is not accepted by 127\.0\.0\.1/u);
    assert.match(outcome.stderr, /eaphost auth/u);
  });

  it('tries a command that authenticates once, and the package’s own supplicant', async () => {
    const words = ['--server', '127.0.0.1:{port}', '--secret', '{secret}', '--identity', '{identity}'];
    const typed = ['--password-file', file('own-password', 'demo-password')];
    const command = [process.execPath, main, 'auth', ...words, ...typed, '--method', 'mschapv2', '--json'];
    const options = ['conform', 'peer', '--method', 'mschapv2', '--only', 'rfc3748-4.2-*'];
    const env = { EAPHOST_PASSWORD: 'demo-password' };
    for (const subject of [
      ['--runtime', 'embedded'],
      ['--', ...command],
    ]) {
      const { code, stdout, stderr } = await eaphost([...options, ...subject], env);
      assert.deepEqual([code, stderr], [0, ''], stdout);
      assert.match(stdout, /^passed {3}rfc3748-4\.2-canned-success {2}MUST$/mu);
    }
    const { code, stderr } = await eaphost(
      [...options, '--', process.execPath, '-e', 'process.exit(3)'],
      env,
    );
    assert.equal(code, 2);
    assert.match(stderr, /the peer is not accepted by a good server: exit code 3/u);
  });

  it('takes no command for a peer that refuses where it says that it could not try', async () => {
    const first = file('first', '');
    const script = `if (fs.existsSync(process.argv[1])) {
      fs.rmSync(process.argv[1]);
      console.log('CTRL-EVENT-EAP-SUCCESS EAP');
    } else process.exit(75);`;
    const command = ['--', process.execPath, '-e', script, first];
    const only = ['--only', 'rfc3748-4.2-canned-success'];
    const options = ['conform', 'peer', '--method', 'mschapv2', ...only, ...command];
    const { code, stdout, stderr } = await eaphost(options);
    assert.deepEqual([code, stderr], [0, ''], stdout);
    assert.match(stdout, /^unclear {2}rfc3748-4\.2-canned-success {2}MUST$/mu);
    assert.match(stdout, /^ {9}the command could not try: exit code 75/mu);
    const untried = await eaphost(options);
    assert.equal(untried.code, 2);
    assert.match(
      untried.stderr,
      /the command could not try: exit code 75.*\n *to do: run the command by hand/u,
    );
  });

  it('shows a peer servers whose certificates are worth nothing', async () => {
    const where = ['--server', '127.0.0.1:{port}', '--secret', '{secret}', '--identity', '{identity}'];
    const method = ['--method', 'peap-mschapv2'];
    const typed = ['--password-file', file('own-password', 'demo-password')];
    const command = ['--', process.execPath, main, 'auth', ...where, ...typed, ...method];
    const only = ['--only', 'rfc5280-*', '--only', 'rfc9190-2.2-*', '--skip', '*-revoked-server'];
    const tryPeer = (...trust: readonly string[]) =>
      eaphost(['conform', 'peer', ...method, ...only, '--json', ...command, ...trust], {
        EAPHOST_PASSWORD: 'demo-password',
      });
    const wary = await tryPeer('--ca', '{ca}', '--server-name', '{name}');
    assert.deepEqual(
      told(wary).cases.filter(({ verdict }) => verdict !== 'passed'),
      [],
    );
    assert.equal(told(wary).cases.length, 6);
    const careless = told(await tryPeer('--insecurely-trust-any-server'));
    assert.equal(careless.exitCode, 1);
    assert.deepEqual(
      careless.cases.map(({ verdict }) => verdict),
      // It does not say that it knows the name of its server.
      ['failed', 'failed', 'failed', 'failed', 'failed', 'notApplicable'],
    );
  });

  it('takes certificates that a peer must refuse from a folder', async () => {
    const made = await eaphost(['serve', '--make-test-config', join(folder, 'server'), '--json']);
    assert.equal(made.code, 0, made.stderr);
    const path = join(folder, 'server', 'serve.json');
    const { users } = JSON.parse(readFileSync(path, 'utf8')) as { users: { alice: string } };
    const bad = join(folder, 'bad');
    mkdirSync(bad);
    const { cert, key } = makeTestAuthority().issue({ name: 'server', purpose: 'server' });
    writeFileSync(join(bad, 'revoked.pem'), cert + key);
    const server = ['--serve', path, '--ca', join(folder, 'server', 'ca.pem'), '--identity', 'alice'];
    const options = ['--runtime', 'embedded', '--method', 'ttls-pap', '--bad-certificates', bad];
    const { code, stdout } = await eaphost(
      ['conform', 'peer', ...server, ...options, '--only', 'rfc5280-*', '--json'],
      { EAPHOST_PASSWORD: users.alice },
    );
    assert.equal(code, 0, stdout);
    const verdicts = new Map(
      told({ code, stdout, stderr: '' }).cases.map(({ id, verdict }) => [id, verdict]),
    );
    assert.equal(verdicts.get('rfc5280-6.1.3-revoked-server'), 'passed');
    assert.equal(verdicts.get('rfc5280-6.1.3-signature-of-server'), 'passed');
    assert.equal(verdicts.get('rfc5280-6.1.3-expired-server'), 'notApplicable');
  });

  it('believes what a program of hostap says of its peer, whatever its exit code is', async () => {
    const says = (verdict: string, exitCode: number) => [
      '--',
      process.execPath,
      '-e',
      `console.log('CTRL-EVENT-EAP-${verdict} EAP'); process.exit(${exitCode})`,
    ];
    const only = ['conform', 'peer', '--method', 'mschapv2', '--only', 'rfc3748-4.2-canned-success'];
    const refused = await eaphost([...only, ...says('FAILURE', 0)]);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /the peer is not accepted by a good server: exit code 0/u);
    const fooled = await eaphost([...only, ...says('SUCCESS', 3)]);
    assert.equal(fooled.code, 1, fooled.stderr);
    assert.match(fooled.stdout, /^FAILED {3}rfc3748-4\.2-canned-success {2}MUST$/mu);
  });

  it('tries a peer with a profile, at a server with users and certificates of its own', async () => {
    const made = await eaphost(['serve', '--make-test-config', join(folder, 'radius'), '--json']);
    assert.equal(made.code, 0, made.stderr);
    const path = join(folder, 'radius', 'serve.json');
    const { users } = JSON.parse(readFileSync(path, 'utf8')) as { users: { alice: string } };
    const outer = { performServerValidation: true, serverValidation: {}, innerEapOptional: false };
    const inner = { mschapv2: { useWinlogonCredentials: false } };
    const rest = { fastReconnect: false, enableQuarantineChecks: false, requireCryptoBinding: false };
    const profile = file('peap.xml', profiles.peap({ ...outer, ...rest, inner }));
    const server = ['--serve', path, '--ca', join(folder, 'radius', 'ca.pem'), '--identity', 'alice'];
    const options = ['conform', 'peer', '--runtime', 'embedded', '--method', 'peap-mschapv2', ...server];
    const only = ['--only', 'rfc3748-4.2-*', '--profile', profile];
    const { code, stdout, stderr } = await eaphost([...options, ...only], { EAPHOST_PASSWORD: users.alice });
    assert.deepEqual([code, stderr], [0, ''], stdout);
    const refused = await eaphost([...options, ...only], { EAPHOST_PASSWORD: 'not it' });
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /the peer is not accepted by a good server/u);
  });

  it('tries a method DLL', async () => {
    const blobs = ['--user', file('user', alice), '--server-config', file('config', pairServer)];
    const type = ['--type', '254/99999/3', '--author', '99999'];
    const { code, stdout, stderr } = await eaphost(['conform', 'method', pairPath, ...type, ...blobs]);
    assert.deepEqual([code, stderr], [0, ''], stdout);
    assert.match(stdout, /^passed {3}windows-EapPeerGetResult-success-with-keys {2}MUST$/mu);
  });

  it('lists the cases', async () => {
    const { code, stdout } = await eaphost(['conform', 'list']);
    assert.equal(code, 0);
    for (const { id, title } of conformanceCases)
      assert.ok(stdout.includes(`${id}  `) && stdout.includes(title), id);
    const { cases } = told(await eaphost(['conform', 'list', '--only', 'rfc2548*', '--json']));
    assert.deepEqual(
      cases.map(({ id }) => id),
      conformanceCases.map(({ id }) => id).filter((id) => id.startsWith('rfc2548')),
    );
  });

  it('refuses what makes no sense', async () => {
    const baseline = ['--baseline', file('bad-baseline', 'rfc0-0-none')];
    const wrong = [
      [[], /what to test is missing/u],
      [['serve'], /did you mean server/u],
      [['server', 'here'], /server takes no argument here/u],
      [['server', '--only', 'rfc3748-4.1-identifer*'], /there is no case rfc3748-4\.1-identifer\*/u],
      [['list', ...baseline], /--baseline names a case that there is not: rfc0-0-none/u],
      [['server', '--concurrency', '0'], /--concurrency must be a whole number from 1 to 256/u],
      [['server', '--silence', 'long'], /--silence must be a number from 0\.05 to 60/u],
      [
        ['server', '--method', 'tls', '--bad-certificates', join(folder, 'none')],
        /the folder of --bad-certificates cannot be read/u,
      ],
      [['peer'], /the peer is missing: --runtime, or a command behind --/u],
      [['peer', '--runtime', 'embedded', '--', 'true'], /not both/u],
      [['peer', '--server', 'here', '--secret', 's'], /--server is for conform server/u],
      [['method'], /give one method DLL, or one module of a method, behind method/u],
      [['method', 'a.dll'], /--type is missing/u],
    ] as const;
    const env = { EAPHOST_PASSWORD: 'p' };
    const outcomes = await Promise.all(wrong.map(([args]) => eaphost(['conform', ...args], env)));
    for (const [at, { code, stderr }] of outcomes.entries()) {
      const [args, sentence] = wrong[at]!;
      assert.equal(code, 2, args.join(' '));
      assert.match(stderr, sentence, args.join(' '));
    }
  });
});
