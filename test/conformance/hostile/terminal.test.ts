// Names of users, servers, certificates, files and methods with escape sequences for terminals: none reaches the
// terminal, and JSON has the name unchanged.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { attributeTypes } from '../../../lib/eap/attributes.js';
import { auth } from '../../../lib/cli/auth.js';
import { CommandError, type Run } from '../../../lib/cli/command.js';
import { completion } from '../../../lib/cli/completion.js';
import { doctor, findingLines } from '../../../lib/cli/doctor.js';
import { tellFailure } from '../../../lib/cli/failure.js';
import { help } from '../../../lib/cli/help.js';
import { method } from '../../../lib/cli/method.js';
import { type Listed, methodLines } from '../../../lib/cli/methods.js';
import { Output, type OutputStream } from '../../../lib/cli/output.js';
import { promptSecret, type Terminal } from '../../../lib/cli/password.js';
import { register, unregister } from '../../../lib/cli/register.js';
import { serve } from '../../../lib/cli/serve.js';
import { TraceError } from '../../../lib/cli/trace-commands.js';
import { xml } from '../../../lib/cli/xml.js';
import { type DiagnosticEvent, ladder, toHtml } from '../../../lib/diagnostics/index.js';
import { EapError } from '../../../lib/base/errors.js';
import { conversationLadder } from '../../../lib/method-dlls/index.js';
import { makeTestAuthority, peapAuthenticator } from '../../../lib/methods/tls/index.js';
import { mschapv2Authenticator } from '../../../lib/methods/mschapv2.js';
import { memoryUsers } from '../../../lib/methods/users.js';
import { drawn, type Line } from '../../../lib/base/printable.js';
import { eapPacket, identityRequest } from '../../../lib/eap/packet.js';
import { RadiusServer } from '../../../lib/radius/index.js';
import { encodeReply, radiusCodes, type RadiusPacket } from '../../../lib/radius/packet.js';
import { type RadiusAttribute, splitEapMessage } from '../../../lib/radius/attributes.js';
import { BareClient, BareSocket, decoded, identityResponse, secret, until } from '../../radius/support.js';

/** A title, a cleared screen, a line drawn over, a new line, colours of C1, text turned round, and what hides. */
const hostile =
  'x\u001b]0;owned\u0007\u001b[2J\rverdict  granted\nverdict  granted\u009b32m\u202egnp.exe\u2066\u200e\u061c' +
  '\u2028\u2029\u00ad\u200b\u2060\ufeff\u3164\u{e0041}\u007f\u0085y';
/** All that may not reach a terminal, but the line feeds at the ends of lines. */
const obeyed =
  // oxlint-disable-next-line no-control-regex -- they are what must not get through
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\u{e0000}-\u{e007f}]/u;

/** Without the colours that are ours: red, dim and none. */
function withoutColours(shown: string): string {
  return ['31', '2', '0'].reduce((rest, code) => rest.replaceAll(`\u001B[${code}m`, ''), shown);
}

function assertTame(shown: string): void {
  assert.doesNotMatch(shown, obeyed);
  assert.doesNotMatch(shown, /^verdict {2}granted/mu);
}

interface Ran {
  readonly out: string;
  readonly err: string;
}

/** Runs a command as the program does. */
async function run(name: string, command: Run, args: readonly string[], json = false): Promise<Ran> {
  const texts = { out: '', err: '' };
  const stream = (to: keyof typeof texts, isTTY: boolean): OutputStream => ({
    isTTY,
    write(text, done) {
      // The line of what is being done goes to terminals alone, and is cleared by an escape of ours.
      texts[to] += text.replaceAll('\r\u001B[2K', '');
      done?.();
    },
  });
  const output = new Output(json, stream('out', false), stream('err', true), {});
  try {
    await command(json ? [...args, '--json'] : args, output);
  } catch (error) {
    tellFailure(error, output, name);
  }
  output.done();
  return texts;
}

/** A RADIUS server that rejects whoever comes, with words of its own; `first` is what it asks before. */
async function rejecting(words: string, first: readonly Uint8Array[] = []): Promise<BareSocket> {
  const socket = await BareSocket.open();
  const asked = [...first];
  socket.onDatagram((datagram, from) => {
    const request: RadiusPacket = decoded(datagram);
    const question = asked.shift();
    const eap = question ?? eapPacket(4, 9);
    const attributes: RadiusAttribute[] = [
      ...splitEapMessage(eap),
      { type: attributeTypes.State, value: Buffer.from('state') },
      { type: attributeTypes.ReplyMessage, value: Buffer.from(words) },
    ];
    const code = question ? radiusCodes.accessChallenge : radiusCodes.accessReject;
    const reply = encodeReply({ code, attributes }, request, Buffer.from(secret));
    socket.send(reply, from.port);
  });
  return socket;
}

describe('A terminal and what strangers have it show', function () {
  this.timeout(60_000);
  let folder: string;
  const file = (name: string, content: string): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  const asked = (port: number): string[] => [
    '--server',
    `127.0.0.1:${port}`,
    '--secret-file',
    join(folder, 'secret'),
    '--password-file',
    join(folder, 'password'),
    '--runtime',
    'embedded',
    '--timeout',
    '5',
  ];

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'eaphost-hostile-'));
    file('secret', secret);
    file('password', 'p');
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('is not drawn upon by Reply-Message, nor by a notification in the ladder and the page', async () => {
    const notification = eapPacket(1, 8, Buffer.concat([Buffer.of(2), Buffer.from(hostile)]));
    for (const json of [false, true]) {
      await using server = await rejecting(hostile, [identityRequest(7), notification]);
      const page = join(folder, `${json}.html`);
      const args = [...asked(server.port), '--identity', `alice${hostile}`, '--ladder', '--html', page];
      const { out, err } = await run('auth', auth, args, json);
      assertTame(out + err);
      assert.match(out, json ? /"verdict":"rejected"/u : /^verdict {2}rejected$/mu);
      assert.match(out + err, /Notification "x\\x1b/u);
      assertTame(readFileSync(page, 'utf8'));
      if (json) {
        const report: { replyMessage: string; identity: string } = JSON.parse(out);
        assert.equal(report.replyMessage, hostile);
        assert.equal(report.identity, `alice${hostile}`);
      } else assert.match(out, /^message {2}x\\x1b\]0;owned\\x07\\x1b\[2J\\x0dverdict/mu);
    }
  });

  it('is not drawn upon by the names in a certificate', async () => {
    const authority = makeTestAuthority();
    const identity = authority.issue({ name: hostile, purpose: 'server', dnsNames: ['a\u001b]0;x\u0007b'] });
    const users = memoryUsers({ alice: 'p' });
    const methods = [peapAuthenticator({ ...identity, methods: [mschapv2Authenticator({ users })] })];
    await using server = await RadiusServer.listen({ secret, methods, address: '127.0.0.1', port: 0 });
    const trust = ['--ca', file('ca.pem', authority.ca), '--server-name', 'radius.example.org'];
    const { out, err } = await run('auth', auth, [
      ...asked(server.port),
      '--identity',
      'alice',
      '--method',
      'peap-mschapv2',
      ...trust,
    ]);
    assertTame(out + err);
    assert.match(out, /The server is called .*\\x1b/u);
  });

  it('is not drawn upon by whoever a server hears from', async () => {
    const config = file('serve.json', JSON.stringify({ secret, users: { a: 'p' }, methods: ['md5'] }));
    for (const json of [false, true]) {
      let told = '';
      const out: OutputStream = { write: (text) => (told += text) };
      const output = new Output(json, out, out, {});
      const serving = serve(['--config', config, '--port', '0'], output);
      await until(() => told.includes('\n'));
      await using client = await BareClient.open(Number(/port(?:":| )(\d+)/u.exec(told)?.[1]));
      const reply = await client.ask(client.request(identityResponse(1, hostile)));
      const state = reply.attributes.filter(({ type }) => type === attributeTypes.State);
      const md5Response = eapPacket(2, 2, Buffer.concat([Buffer.of(4, 16), Buffer.alloc(16)]));
      const [, id = 0] = reply.attributes.find(({ type }) => type === attributeTypes.EAPMessage)?.value ?? [];
      md5Response[1] = id;
      client.send(client.request(md5Response, state));
      await until(() => told.includes('rejected'));
      process.emit('SIGTERM');
      await serving;
      assertTame(told);
      assert.match(told, json ? /"kind":"rejected"/u : /rejected nobody \(outer identity "x.*y"\) from/u);
    }
  });

  const document = (name: string, content: string): string =>
    file(name, content.replaceAll('HOSTILE', '\u202egnp\u009b\u0085\u00ad'));
  const profile = (inside: string): string =>
    `<EapHostConfig xmlns="http://www.microsoft.com/provisioning/EapHostConfig">${inside}</EapHostConfig>`;
  const namedMethod =
    '<EapMethod><Type xmlns="http://www.microsoft.com/provisioning/EapCommon">26</Type></EapMethod>' +
    '<ConfigBlob>00</ConfigBlob>';

  /** Commands whose arguments, or files, are hostile. */
  const commands: Readonly<Record<string, () => readonly [Run, readonly string[]]>> = {
    'auth: an option': () => [auth, ['--server', hostile]],
    'auth: a file': () => [auth, ['--password-file', hostile]],
    'auth: a method': () => [auth, ['--method', hostile]],
    'auth: an unknown option': () => [auth, [`--${hostile}`]],
    'auth: where to write': () => [auth, ['--html', join(folder, 'none', hostile), '--runtime', 'embedded']],
    'method: a DLL': () => [method, ['--peer', join(folder, hostile), '--type', '26']],
    'method: a type': () => [method, ['--peer', 'a', '--type', hostile]],
    'register: a module': () => [register, ['--module', hostile, '--dir', hostile]],
    'unregister: a module': () => [unregister, ['--module', hostile]],
    'doctor: an argument': () => [doctor, [hostile]],
    'completion: a shell': () => [completion, [hostile]],
    'help: a command': () => [help, [hostile]],
    'serve: a file': () => [serve, ['--config', hostile]],
    'serve: a key': () => [serve, ['--config', file('key.json', JSON.stringify({ [hostile]: 1 }))]],
    'serve: a client': () => [
      serve,
      ['--config', file('client.json', JSON.stringify({ clients: { [hostile]: 1 } }))],
    ],
    'xml: a file': () => [xml, [hostile, '--to', 'options']],
    'xml: an unknown element': () => [
      xml,
      [document('element.xml', profile(`${namedMethod}<a\u061cb/>`)), '--to', 'options'],
    ],
    'xml: a namespace': () => [
      xml,
      [document('space.xml', profile(`${namedMethod}<a xmlns="HOSTILE"/>`)), '--to', 'options'],
    ],
    'xml: text in a wrong place': () => [
      xml,
      [document('text.xml', profile(`<a\u061cb>HOSTILE</a\u061cb>`)), '--to', 'options'],
    ],
    'xml: a document': () => [
      xml,
      [document('all.xml', profile(`${namedMethod}<!--HOSTILE\r-->`)), '--to', 'xml'],
    ],
  };
  for (const [what, make] of Object.entries(commands)) {
    for (const json of [false, true]) {
      it(`is not drawn upon by ${what}${json ? ', with --json' : ''}`, async () => {
        const [command, args] = make();
        const { out, err } = await run(what.split(':', 1)[0]!, command, args, json);
        assertTame(out + err);
        assert.ok(out + err !== '');
        if (json) assert.equal(typeof JSON.parse(out), 'object');
      });
    }
  }

  const error = new EapError(hostile, { code: 'EAPHOST_METHOD', rootCause: hostile });
  const event: DiagnosticEvent = {
    kind: 'call',
    at: 0,
    duration: 1,
    calls: [hostile],
    session: 1,
    values: { identity: hostile },
    error: { code: hostile, message: hostile },
  };
  const call = {
    call: hostile,
    session: 1,
    lane: 1,
    startedAt: 0,
    duration: 1,
    winError: 1,
    code: hostile,
    values: { identity: hostile, [hostile]: hostile },
    error,
  };
  const dll = { path: hostile, exists: true, signature: undefined };
  const listed: Listed = {
    type: { type: 26, vendorId: 0, vendorType: 0, authorId: 0 },
    friendlyName: hostile,
    authorName: hostile,
    properties: [],
    peerDll: dll,
    authenticatorDll: dll,
    inEapHost: false,
    served: { pipe: hostile, owner: hostile },
    isServed: false,
    registry: 'eaphost',
  };
  /** What is drawn for people out of what others say. */
  const drawings: Readonly<Record<string, () => readonly Line[]>> = {
    'the ladder of a host': () => ladder([event]),
    'the coloured ladder of a host': () =>
      ladder([event], { colours: true }).map((line) => withoutColours(line)),
    'the ladder of a method': () =>
      conversationLadder([{ kind: 'call', side: 'peer', call }], { withValues: true }),
    'the page of a host': () =>
      toHtml([event], {
        title: hostile,
        summary: [hostile],
        outcome: { verdict: hostile, [hostile]: hostile },
      }).split('\n'),
    'a finding of doctor': () =>
      findingLines({ id: hostile, severity: 'error', what: hostile, remedy: hostile }),
    'an installed method': () => methodLines(listed),
  };
  for (const [what, draw] of Object.entries(drawings)) {
    it(`is not drawn upon by ${what}`, () => {
      const lines = draw().map((line) => drawn(line, false));
      assert.ok(lines.some((line) => line.includes('owned')));
      for (const line of lines) assert.doesNotMatch(line, /\n/u);
      assertTame(lines.join('\n'));
    });
  }

  it('is not drawn upon by a program of Windows that fails, nor by a stack', async () => {
    const failing: Run = () => Promise.reject(new TraceError(`logman ended with 1: ${hostile}`, hostile));
    for (const debug of [undefined, '1']) {
      if (debug) process.env['EAPHOST_DEBUG'] = debug;
      try {
        const { out, err } = await run('trace', failing, []);
        assert.doesNotMatch(out + err, obeyed);
        assert.match(err, /owned/u);
      } finally {
        delete process.env['EAPHOST_DEBUG'];
      }
    }
  });

  it('is not drawn upon by any way of output, with and without colours', () => {
    for (const json of [false, true]) {
      for (const env of [{}, { FORCE_COLOR: '1' }]) {
        let shown = '';
        const stream: OutputStream = { isTTY: true, columns: 4000, write: (text) => (shown += text) };
        const output = new Output(json, stream, stream, env);
        output.line(hostile);
        output.line([{ color: 'red', text: hostile }, hostile]);
        output.report({ [hostile]: [hostile] }, [hostile]);
        output.complain(hostile, [hostile, hostile]);
        output.note(hostile);
        output.hint(hostile);
        output.step(hostile);
        output.done();
        assertTame(withoutColours(shown.replaceAll('\r\u001B[2K', '')));
        assert.ok(shown.includes('owned'));
      }
    }
  });

  it('is not drawn upon by the question for a password', async () => {
    let shown = '';
    const terminal: Terminal = {
      setRawMode: () => undefined,
      on(name: string, listener: (chunk: Buffer) => void) {
        if (name === 'data') queueMicrotask(() => listener(Buffer.from('p\r')));
      },
      off: () => undefined,
      resume: () => undefined,
      pause: () => undefined,
    };
    await promptSecret(`Password of ${hostile}: `, terminal, { write: (text) => (shown += text) });
    assertTame(shown);
  });

  it('has a sentence of one line from a CommandError', () => {
    let shown = '';
    const stream: OutputStream = { write: (text) => (shown += text) };
    tellFailure(new CommandError(hostile, hostile), new Output(false, stream, stream, {}), 'auth');
    assert.equal(shown.split('\n').length, 3);
  });
});
