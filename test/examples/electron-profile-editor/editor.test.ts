// The main process' half of the example, without Electron: every call of the page, over the embedded run-time.

import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { profiles } from '../../../lib/profiles/index.js';
import { RadiusServer } from '../../../lib/radius/index.js';
import { configured, windows } from './dialog-methods.js';
import type { Kind } from './src/api.js';
import { isPage, origin } from './src/pages.js';
import { readSettings } from './src/settings.js';
import { startTrial } from './src/trials.js';
import {
  alice,
  authority,
  Folder,
  listen,
  localWorker,
  mschapv2Profile,
  openEditor,
  peapProfile,
  problemIn,
  secret,
  valueOf,
  type Opened,
} from './support.js';

const kinds: readonly Kind[] = ['tls', 'mschapv2', 'peap', 'ttls', 'teap'];
const client = authority.issue({ name: 'alice', purpose: 'client' });
const notSupported = 'EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED';

describe('The Electron example, its main process', function () {
  this.timeout(120_000);
  let folder: Folder;
  let opened: Opened;
  let calls: Opened['editor']['calls'];
  let server: RadiusServer;
  before(async () => {
    folder = new Folder();
    opened = await openEditor([`--roots=${folder.roots}`]);
    ({ calls } = opened.editor);
    server = await listen();
  });
  after(async () => {
    await server.close();
    await opened.close();
    folder.remove();
  });

  const request = (xml: string, values: readonly string[], port = server.port) => ({
    xml,
    values,
    server: { host: '127.0.0.1', port, secret },
  });

  it('tells the run-time and its methods', async () => {
    const { runtime, methods } = valueOf(await calls.start());
    assert.equal(runtime, 'embedded');
    const types = new Set(methods.map(({ type }) => type));
    for (const type of ['26 (author 0)', '25 (author 0)', '21 (author 311)']) assert.ok(types.has(type));
    assert.ok(methods.every(({ name }) => name !== ''));
  });

  it('takes nothing of the page for granted, and repeats nothing of it', async () => {
    const [none, long] = [undefined, 'x'.repeat((1 << 20) + 1)];
    const good = request(mschapv2Profile, ['alice', 'sesame']);
    const wrong: readonly [() => unknown, RegExp][] = [
      [() => calls.create('leap'), /^kind must be one of/u],
      [() => calls.create('__proto__'), /^kind must be one of/u],
      [() => calls.read(5), /^xml must be a text/u],
      [() => calls.read(long), /^xml must be a text/u],
      [() => calls.save('', none), /^isElsewhere must be true or false/u],
      [() => calls.change('', none, ''), /^id must be a text/u],
      [() => calls.change('', '', {}), /^value must be a text/u],
      [() => calls.fromBlob(none), /^blob must be an object/u],
      [() => calls.fromBlob({ method: {}, hex: '' }), /^blob.method.type must be a number/u],
      [() => calls.tryIt(none), /^request must be an object/u],
      [() => calls.tryIt({ ...good, values: 'sesame' }), /^request.values must be an array/u],
      [() => calls.tryIt({ ...good, values: [{ sesame: 1 }] }), /^request.values\[0\] must be a text/u],
      [() => calls.tryIt({ ...good, server: { ...good.server, port: 0 } }), /^request.server.port must be/u],
    ];
    for (const [call, message] of wrong) {
      await assert.rejects(
        async () => call(),
        (error) => {
          assert.ok(error instanceof TypeError);
          assert.match(error.message, message);
          assert.ok(!/sesame/u.test(error.message));
          return true;
        },
      );
    }
  });

  it('answers the page only', () => {
    const page = { url: `${origin}/index.html`, parent: null };
    assert.equal(isPage(page), true);
    assert.equal(isPage({ ...page, parent: page }), false);
    for (const url of [
      'https://example.org/',
      `${origin}.example.org/`,
      'app://other/index.html',
      'about:blank',
    ])
      assert.equal(isPage({ ...page, url }), false);
    assert.equal(isPage(null), false);
  });

  for (const kind of kinds) {
    it(`${kind}: every control changes what it says, and nothing else`, async () => {
      const xml = valueOf(await calls.create(kind));
      const { controls, unknown } = valueOf(await calls.read(xml));
      assert.deepEqual(unknown, []);
      assert.ok(controls.length > 0);
      const valuesOf = (list: typeof controls) =>
        Object.fromEntries(list.map(({ id, value }) => [id, value]));
      for (const control of controls) {
        const values =
          control.kind === 'choice'
            ? control.choices.map(({ value }) => value).filter((value) => value !== 'other')
            : control.id.endsWith('trustedRoots')
              ? ['', `${'ab'.repeat(20)}\n${'cd'.repeat(20)}`]
              : ['', 'one.example.org'];
        for (const value of values) {
          const changed = valueOf(await calls.change(xml, control.id, value));
          const after = valuesOf(valueOf(await calls.read(changed)).controls);
          assert.equal(after[control.id], value);
          // A method in the tunnel may have a control of its own.
          const others = controls.filter(({ id }) => id !== control.id && id in after);
          assert.ok(others.length >= controls.length - 2);
          for (const other of others) assert.equal(after[other.id], other.value, other.id);
          const back = valueOf(await calls.change(changed, control.id, control.value));
          assert.deepEqual(profiles.parseConfig(back), profiles.parseConfig(xml), control.id);
        }
      }
    });

    it(`${kind}: a blob and back`, async () => {
      const xml = valueOf(await calls.create(kind));
      const blob = valueOf(await calls.toBlob(xml));
      assert.match(blob.hex, /^(?:[0-9a-f]{2})+$/u);
      assert.deepEqual(profiles.parseConfig(valueOf(await calls.fromBlob(blob))), profiles.parseConfig(xml));
    });
  }

  it('keeps options that have no control', async () => {
    const xml = profiles.tls({
      filter: { allPurposeEnabled: true, issuers: { enabled: true, hashes: ['12'.repeat(20)] } },
    });
    const changed = valueOf(await calls.change(xml, 'differentUsername', 'yes'));
    const parsed = profiles.parseConfig(changed);
    assert.ok(parsed.method === 'tls');
    assert.equal(parsed.options.differentUsername, true);
    const before = profiles.parseConfig(xml);
    assert.ok(before.method === 'tls');
    assert.deepEqual(parsed.options.filter, before.options.filter);
  });

  it('does not let the form lose what it does not know', async () => {
    const xml = peapProfile.replace('<p:PeapExtensions>', '<p:PeapExtensions><new xmlns="urn:new">1</new>');
    const { unknown } = valueOf(await calls.read(xml));
    assert.equal(unknown.length, 1);
    assert.match(problemIn(await calls.change(xml, 'fastReconnect', 'yes')).message, /urn:new/u);
  });

  it('says what is wrong with a value, and leaves the profile', async () => {
    const problem = problemIn(await calls.change(peapProfile, 'serverValidation.trustedRoots', 'not a hash'));
    assert.match(problem.message, /^Trusted root certificates, entry 1: must be 40 hexadecimal digits/u);
    assert.match(problemIn(await calls.change(peapProfile, 'inner', 'other')).message, /cannot be set/u);
    assert.match(problemIn(await calls.change(peapProfile, 'constructor', '')).message, /no control/u);
  });

  it('says which element is wrong, and on which line', async () => {
    const lines = peapProfile.split('\n');
    const line = lines.findIndex((text) => text.includes('PerformServerValidation')) + 1;
    assert.ok(line > 10);
    const xml = peapProfile.replace('PerformServerValidation>true', 'PerformServerValidation>maybe');
    for (const answer of [await calls.read(xml), await calls.toBlob(xml)]) {
      const problem = problemIn(answer);
      assert.equal(problem.code, 'EAP_E_EAPHOST_XML_MALFORMED');
      assert.equal(problem.line, line);
      assert.ok(problem.element?.endsWith('/PerformServerValidation'));
      assert.match(problem.message, /^must be/u);
    }
    const cut = lines.slice(0, 5).join('\n');
    assert.ok((problemIn(await calls.read(cut)).line ?? 0) >= 5);
    const commented = xml.replace('<EapMethod', '<!-- <Config> -->\n<EapMethod');
    assert.equal(problemIn(await calls.read(commented)).line, line + 1);
  });

  it('refuses a blob that is none', async () => {
    const { method } = valueOf(await calls.toBlob(mschapv2Profile));
    assert.match(problemIn(await calls.fromBlob({ method, hex: '0' })).message, /pairs of hex digits/u);
  });

  it('opens and saves files, and does neither where the user cancels', async () => {
    opened.chosen = undefined;
    assert.equal(valueOf(await calls.open()), undefined);
    assert.equal(valueOf(await calls.save(peapProfile, true)), undefined);
    opened.chosen = folder.write('office.xml', peapProfile);
    assert.deepEqual(valueOf(await calls.open()), { name: 'office.xml', xml: peapProfile });
    // Saved where it came from, without a question; what is typed is saved, whatever it is.
    opened.chosen = join(folder.path, 'other.xml');
    assert.equal(valueOf(await calls.save('<half of', false)), 'office.xml');
    assert.equal(readFileSync(join(folder.path, 'office.xml'), 'utf8'), '<half of');
    assert.equal(valueOf(await calls.save(mschapv2Profile, true)), 'other.xml');
    assert.equal(readFileSync(opened.chosen, 'utf8'), mschapv2Profile);
    opened.chosen = join(folder.path, 'nowhere', 'x.xml');
    assert.equal(problemIn(await calls.open()).code, 'ENOENT');
    // A new profile has no file yet.
    valueOf(await calls.create('tls'));
    assert.equal(problemIn(await calls.save('', false)).code, 'ENOENT');
  });

  it('reads the certificates of a file, and refuses what is none by the file’s name', async () => {
    opened.chosen = undefined;
    assert.equal(valueOf(await calls.openCertificates()), undefined);
    const { raw, fingerprint } = new X509Certificate(authority.ca);
    const sha1 = fingerprint.replaceAll(':', '').toLowerCase();
    opened.chosen = folder.write('two.pem', `A bundle\n${authority.ca}${client.cert}${client.key}`);
    const { name, certificates } = valueOf(await calls.openCertificates()) ?? assert.fail();
    assert.equal(name, 'two.pem');
    assert.deepEqual(
      certificates.map(({ subject }) => subject),
      [authority.ca, client.cert].map((pem) => new X509Certificate(pem).subject.replaceAll('\n', ', ')),
    );
    assert.equal(certificates[0]?.sha1, sha1);
    assert.ok(
      certificates.every(({ isExpired, expires }) => !isExpired && /^\d{4}-\d\d-\d\d$/u.test(expires)),
    );
    opened.chosen = folder.write('ca.cer', raw);
    assert.deepEqual(valueOf(await calls.openCertificates())?.certificates, [certificates[0]]);
    const halfRead = authority.ca.replace(/(?<=^.{90})./su, '!');
    for (const bad of ['', 'a letter', client.key, halfRead, raw.subarray(1), authority.ca + halfRead]) {
      opened.chosen = folder.write('bad.pem', bad);
      assert.equal(
        problemIn(await calls.openCertificates()).message,
        'bad.pem is no certificate in PEM or DER',
      );
    }
    opened.chosen = folder.write('large.pem', Buffer.alloc((1 << 20) + 1));
    assert.equal(problemIn(await calls.openCertificates()).message, 'large.pem is larger than 1 MiB');
  });

  it('says which certificate is no longer valid', async () => {
    const notAfter = new Date('2020-12-31');
    const { cert } = authority.issue({ name: 'old.example.org', purpose: 'server', notAfter });
    opened.chosen = folder.write('old.pem', cert);
    const [old] = valueOf(await calls.openCertificates())?.certificates ?? [];
    assert.deepEqual([old?.isExpired, old?.expires], [true, '2020-12-31']);
  });

  it('asks what the method asks', async () => {
    const fields = valueOf(await calls.fields(peapProfile));
    assert.deepEqual(fields, [
      { label: 'User name', data: '', minLength: 1, maxLength: 256, isSecret: false, isReadOnly: false },
      { label: 'Password', data: '', minLength: 0, maxLength: 256, isSecret: true, isReadOnly: false },
    ]);
    const tls = valueOf(await calls.create('tls'));
    // Not installed here: that is no method without fields.
    assert.equal(problemIn(await calls.fields(tls)).code, 'EAP_E_EAPHOST_METHOD_NOT_INSTALLED');
  });

  for (const [name, xml] of Object.entries({ 'EAP-MSCHAPv2': mschapv2Profile, PEAP: peapProfile })) {
    it(`${name}: a trial succeeds, with the packets and the conversation`, async () => {
      opened.progress.length = 0;
      const outcome = valueOf(await calls.tryIt(request(xml, [alice.username, alice.password])));
      assert.equal(outcome.isSuccess, true, outcome.explanation);
      assert.equal(outcome.keysAgree, true);
      assert.equal(outcome.reason, undefined);
      assert.equal(opened.progress[0]?.direction, 'received');
      assert.match(opened.progress.at(-1)?.text ?? '', /Success/u);
      assert.ok(outcome.ladder.length > opened.progress.length);
      assert.ok(!JSON.stringify([outcome, opened.progress]).includes(alice.password));
    });
  }

  it('says why a trial fails: a wrong password, a server that others sign, no server', async () => {
    const refused = valueOf(await calls.tryIt(request(peapProfile, ['alice', 'wrong'])));
    assert.equal(refused.isSuccess, false);
    assert.equal(refused.reason, 'EAP_E_USER_NAME_PASSWORD_REJECTED');
    assert.match(refused.explanation, /password/u);
    const stranger = peapProfile.replace('radius.example.org', 'other.example.org');
    const untrusted = valueOf(await calls.tryIt(request(stranger, ['alice', alice.password])));
    assert.equal(untrusted.isSuccess, false);
    assert.ok(untrusted.reason !== undefined && untrusted.reason !== refused.reason);
    const silent = await listen();
    const { port } = silent;
    await silent.close();
    const alone = valueOf(await calls.tryIt(request(mschapv2Profile, ['alice', alice.password], port)));
    assert.equal(alone.isSuccess, false);
    assert.match(alone.reason ?? '', /RADIUS/u);
  });

  it('keeps to the limits of the fields', async () => {
    const { message } = problemIn(await calls.tryIt(request(mschapv2Profile, ['', 'sesame'])));
    assert.equal(message, 'User name must have 1 to 256 characters.');
    const long = problemIn(await calls.tryIt(request(mschapv2Profile, ['alice', 'sesame'.repeat(50)])));
    assert.equal(long.message, 'Password must have 0 to 256 characters.');
  });

  it('cancels a trial, and allows one at a time', async () => {
    const silent = await listen();
    const { port } = silent;
    await silent.close();
    const tried = calls.tryIt(request(mschapv2Profile, ['alice', 'x'], port));
    let second = await calls.tryIt(request(mschapv2Profile, ['alice', 'x']));
    // The first may only just be on its way.
    while (second.ok) second = await calls.tryIt(request(mschapv2Profile, ['alice', 'x']));
    assert.match(second.problem.message, /goes on already/u);
    valueOf(await calls.cancel());
    const outcome = valueOf(await tried);
    assert.equal(outcome.isSuccess, false);
    assert.match(outcome.explanation, /cancelled/u);
  });

  it('wipes the blobs of a trial as soon as the other process has them', async () => {
    const { settings } = opened;
    const job = {
      method: { type: 26, vendorId: 0, vendorType: 0, authorId: 0 },
      config: Uint8Array.of(1, 2, 3),
      credentials: Uint8Array.of(4, 5, 6),
      server: { host: '127.0.0.1', port: server.port, secret },
    };
    const trial = startTrial(localWorker, job, settings, () => undefined);
    assert.deepEqual([...job.config, ...job.credentials], [0, 0, 0, 0, 0, 0]);
    assert.equal((await trial.outcome).isSuccess, false);
  });

  it('says that the process of a trial died', async () => {
    const dying = () => ({ ...localWorker(), on: dies, postMessage: () => undefined, kill: () => true });
    const dies = (event: string, listener: (value: never) => void) => {
      if (event === 'exit') queueMicrotask(() => listener(139 as never));
    };
    const job = { method: { type: 26, vendorId: 0, vendorType: 0, authorId: 0 }, config: Uint8Array.of(1) };
    const { host, port } = { host: '127.0.0.1', port: 1 };
    const trial = startTrial(
      dying,
      { ...job, credentials: undefined, server: { host, port, secret } },
      opened.settings,
      () => undefined,
    );
    assert.match((await trial.outcome).explanation, /ended with code 139/u);
  });

  it('reads its command line, among switches of Chromium’s', () => {
    const args = ['electron', '.', '--no-sandbox', '--runtime=embedded', '--smoke'];
    const settings = readSettings(args);
    assert.deepEqual([settings.runtime, settings.isSmoke, settings.roots], ['embedded', true, undefined]);
    assert.throws(() => readSettings(['--runtime=other']), /--runtime must be/u);
  });

  describe('with a method that has dialogs', () => {
    // A window that does not exist is none to belong to, on Windows.
    const handle = process.platform === 'win32' ? 0 : 0x0123_4567;
    let dialogs: Opened;
    before(async () => {
      const nativeWindow = Buffer.alloc(8);
      nativeWindow.writeUInt32LE(handle);
      // The same module as here, so that what its dialogs saw can be asked.
      const module = fileURLToPath(new URL('dialog-methods.js', import.meta.url));
      dialogs = await openEditor([`--methods=${module}`], { nativeWindow: () => nativeWindow });
    });
    after(() => dialogs.close());

    it('raises its dialog over the window, and has the profile as it leaves it', async () => {
      windows.length = 0;
      const xml = valueOf(await dialogs.editor.calls.configure(mschapv2Profile));
      assert.equal(xml, configured);
      assert.deepEqual(windows, [handle]);
      // The user cancels.
      assert.equal(valueOf(await dialogs.editor.calls.configure(configured)), undefined);
    });

    it('has it ask for the user where it has no fields', async () => {
      const { calls } = dialogs.editor;
      assert.deepEqual(valueOf(await calls.fields(mschapv2Profile)), []);
      windows.length = 0;
      const outcome = valueOf(await calls.tryIt(request(mschapv2Profile, [])));
      assert.equal(outcome.isSuccess, true, outcome.explanation);
      assert.deepEqual(windows, [handle]);
    });

    it('says where a method has none', async () => {
      assert.equal(problemIn(await calls.configure(mschapv2Profile)).code, notSupported);
    });
  });
});
