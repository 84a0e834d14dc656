// `eaphost xml`: conversions between all forms, and what it refuses.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { profiles } from '../../lib/profiles/index.js';
import { fixture } from '../eap-config/support.js';
import { ask } from './support.js';

async function converted(args: readonly string[], input: string | Buffer): Promise<string> {
  const { code, stdout, stderr } = await ask(['xml', ...args], input);
  assert.equal(code, 0, stderr);
  return stdout.trim();
}

async function refused(args: readonly string[], input: string | Buffer, reason: RegExp): Promise<void> {
  const { code, stdout, stderr } = await ask(['xml', ...args], input);
  assert.equal(code, 2);
  assert.equal(stdout, '');
  assert.match(stderr, reason);
}

const peap = { serverValidation: { disablePrompt: true, serverNames: ['radius.example.org'] } };

const server = { disablePrompt: true, serverNames: ['radius.example.org'], trustedRoots: ['ab'.repeat(20)] };

/** Options of each method that the module knows. */
const everyProfile = {
  tls: {
    credentialsSource: { simpleCertSelection: true },
    serverValidation: server,
    performServerValidation: true,
  },
  mschapv2: { useWinlogonCredentials: false },
  peap: {
    serverValidation: server,
    fastReconnect: true,
    inner: { mschapv2: { useWinlogonCredentials: true } },
  },
  ttls: { serverValidation: server, inner: { eap: { mschapv2: {} } }, identityPrivacy: { enabled: false } },
  teap: { serverValidation: server },
  blob: { type: { type: 40, vendorId: 0, vendorType: 0, authorId: 9 }, blob: '00010203' },
};

const secret = 'p<&>ss wörd';
const secretDigits = Buffer.from(secret).toString('hex');
const alice = { username: 'alice', password: secret };
const everyUser = {
  tls: { username: 'alice', certificate: 'cd'.repeat(20) },
  mschapv2: alice,
  peap: { inner: { mschapv2: alice } },
  ttls: alice,
  blob: { type: { type: 40, vendorId: 0, vendorType: 0, authorId: 9 }, blob: secretDigits },
};

describe('eaphost xml', function () {
  this.timeout(60_000);

  it('takes a file, and says all of it to machines', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'eaphost-xml-'));
    try {
      const file = join(folder, 'profile.xml');
      writeFileSync(file, `\uFEFF${profiles.peap(peap)}`);
      const answer: unknown = JSON.parse(await converted([file, '--to', 'options', '--json'], ''));
      assert.deepEqual(answer, {
        exitCode: 0,
        method: { type: 25, vendorId: 0, vendorType: 0, authorId: 0 },
        name: '25 (author 0)',
        options: { method: 'peap', options: peap },
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('refuses a misspelt element with its line, and keeps and lists it with --keep-unknown', async () => {
    const xml = profiles
      .mschapv2({ useWinlogonCredentials: false })
      .replaceAll('UseWinLogonCredentials', 'UseWinLogonCredential');
    const says =
      /line \d+: .*UseWinLogonCredential is not known here; did you mean UseWinLogonCredentials\?/u;
    for (const to of ['blob', 'options', 'xml']) {
      const args = ['--to', to, '--runtime', 'embedded'];
      await refused(args, xml, says);
      const { code, stdout, stderr } = await ask(['xml', ...args, '--keep-unknown'], xml);
      assert.equal(code, 0, stderr);
      assert.match(to === 'options' ? stdout : stderr, says);
    }
  });

  for (const [method, options] of Object.entries(everyProfile)) {
    it(`turns a profile of ${method} from each form into each`, async () => {
      const given = JSON.stringify({ method, options });
      const xml = await converted(['--to', 'xml'], given);
      const parsed = profiles.parseConfig(xml);
      assert.equal(parsed.method, method);
      const back = await converted(['--to', 'options'], xml);
      assert.deepEqual(JSON.parse(back), JSON.parse(given));
      assert.equal(await converted(['--to', 'xml'], back), xml);
      // A blob as it is in EapHostConfig is that of a method that is not here.
      if (method === 'blob') return;
      const embedded = ['--runtime', 'embedded'];
      const blob = await converted(['--to', 'blob', ...embedded], back);
      const { type, authorId } = parsed.type;
      const whose = ['--method', `${type}:${authorId}`, ...embedded];
      assert.deepEqual(profiles.parseConfig(await converted(['--to', 'xml', ...whose], blob)), parsed);
      assert.deepEqual(JSON.parse(await converted(['--to', 'options', ...whose], blob)), JSON.parse(given));
      assert.equal(await converted(['--to', 'blob', ...whose], blob), blob);
    });
  }

  for (const [method, options] of Object.entries(everyUser)) {
    const shown = ['--credentials', '--show-secrets'];
    it(`turns credentials of ${method} from each form into each that there is`, async () => {
      const given = JSON.stringify({ method, options });
      const xml = await converted([...shown, '--to', 'xml'], given);
      assert.equal(profiles.parseCredentials(xml).method, method);
      const back = await converted(['--show-secrets', '--to', 'options'], xml);
      assert.deepEqual(JSON.parse(back), JSON.parse(given));
      assert.equal(await converted([...shown, '--to', 'xml'], back), xml);
      if (method === 'blob') return;
      assert.match(await converted([...shown, '--to', 'blob', '--runtime', 'embedded'], xml), /^[0-9a-f]+$/u);
    });
  }

  const eap = { mschapv2: { useWinlogonCredentials: false } };
  const security = { authentication: 'WPA2', encryption: 'AES', useOneX: true };
  const everyConnection = {
    wlan: { name: 'café', ssids: ['café'], connectionType: 'ESS', security, oneX: { authMode: 'user', eap } },
    lan: { oneXEnforced: true, oneXEnabled: true, oneX: { eap } },
    vpn: { servers: ['vpn.example.org'], nativeProtocolType: 'IKEv2', userMethod: 'Eap', eap },
  };
  const mschapv2 = { type: 26, vendorId: 0, vendorType: 0, authorId: 0 };

  for (const [connection, options] of Object.entries(everyConnection)) {
    it(`turns a ${connection} connection from each form into each, and takes the EAP configuration out`, async () => {
      const given = JSON.stringify({ connection, options });
      const xml = await converted(['--to', 'xml'], given);
      const back = await converted(['--to', 'options'], xml);
      assert.deepEqual(JSON.parse(back), JSON.parse(given));
      assert.equal(await converted(['--to', 'xml'], back), xml);
      const { options: _, ...found } = JSON.parse(await converted(['--to', 'options', '--json'], xml));
      assert.deepEqual(found, { exitCode: 0, connection, method: mschapv2, name: '26 (author 0)' });
      const inner = await converted(['--to', 'xml', '--eap'], xml);
      const profile = profiles.parseConfig(inner);
      assert.ok(profile.method === 'mschapv2');
      assert.deepEqual(profile.options, eap.mschapv2);
      assert.deepEqual(JSON.parse(await converted(['--to', 'options', '--eap'], back)), {
        method: 'mschapv2',
        options: eap.mschapv2,
      });
      const embedded = ['--to', 'blob', '--runtime', 'embedded'];
      assert.equal(await converted(embedded, xml), await converted(embedded, inner));
    });
  }

  it('refuses, keeps and lists what is not known in a connection, and keeps a method of a vendor as its text', async () => {
    const xml = profiles.lan({ oneXEnforced: true }).replace('</LANProfile>', '<OneXForced/>$&');
    const says = /line \d+: LANProfile\/OneXForced is not known here/u;
    for (const to of ['options', 'xml']) {
      await refused(['--to', to], xml, says);
      const { code, stdout, stderr } = await ask(['xml', '--to', to, '--keep-unknown'], xml);
      assert.equal(code, 0, stderr);
      assert.match(to === 'options' ? stdout : stderr, says);
    }
    const foreign = profiles.tls({}).replace('<m:Type>13<', '<m:Type>99<');
    const vendor = profiles.lan({ oneX: { eap: foreign } });
    const options = await converted(['--to', 'options'], vendor);
    assert.match(JSON.parse(options).options.oneX.eap, /<m:Type>99</u);
    assert.equal(await converted(['--to', 'xml'], options), vendor.trim());
  });

  it('masks the keys of connections, and says what connections it takes', async () => {
    const sharedKey = { keyType: 'passPhrase', protected: false, keyMaterial: secret };
    const wlan = { ...everyConnection.wlan, security: { ...security, sharedKey } };
    const vpn = { ...everyConnection.vpn, l2tpPsk: secret };
    for (const [connection, options] of Object.entries({ wlan, vpn })) {
      const given = JSON.stringify({ connection, options });
      const masked = await converted(['--to', 'options'], given);
      assert.ok(!masked.includes(secret), masked);
      assert.match(masked, new RegExp(`"octets": ${Buffer.byteLength(secret)}`, 'u'));
      await refused(['--to', 'xml'], masked, /is masked/u);
      await refused(['--to', 'xml'], given, /give --output a file .* --show-secrets/u);
      const shown = await converted(['--to', 'xml', '--show-secrets'], given);
      assert.ok(shown.includes('p&lt;&amp;&gt;ss wörd'), shown);
      const inner = await converted(['--to', 'xml', '--eap'], given);
      assert.ok(!inner.includes('wörd'), inner);
      assert.match(await converted(['--to', 'blob', '--runtime', 'embedded'], given), /^[0-9a-f]+$/u);
    }
    const home = { name: 'a', ssids: ['a'], security: { authentication: 'open' } };
    const none = JSON.stringify({ connection: 'wlan', options: home });
    await refused(['--to', 'blob'], none, /there is no EapHostConfig in this profile/u);
    await refused(['--to', 'xml', '--eap'], none, /there is no EapHostConfig in this profile/u);
    await refused(['--to', 'xml', '--credentials'], none, /options of a connection are no credentials/u);
    await refused(
      ['--to', 'xml'],
      '{"connection":"wlam"}',
      /must be one of wlan, lan, vpn; did you mean wlan\?/u,
    );
    await refused(
      ['--to', 'xml'],
      '{"connection":"lan","method":"tls"}',
      /"method" or "connection", not both/u,
    );
    await refused(
      ['--to', 'xml'],
      '{"connection":"lan","options":{"onex":1}}',
      /onex is no option; did you mean oneX/u,
    );
  });

  /** As JSON has it: octets as digits, but for those that `pem` has, too. */
  const plain = (value: unknown): unknown =>
    JSON.parse(
      JSON.stringify(value, (key, each: unknown) =>
        key === 'der' ? undefined : each instanceof Uint8Array ? Buffer.from(each).toString('hex') : each,
      ),
    );

  it('tells what an eap-config file says, and what Windows would use of it', async () => {
    const file = fixture('university');
    const { providers } = profiles.parseEapConfig(file);
    const [, peapMethod] = providers[0]?.methods ?? [];
    assert.ok(peapMethod?.windows.supported === true && 'peap' in peapMethod.windows.eap);
    const options = { document: 'eap-config', options: plain({ providers }) };
    assert.deepEqual(JSON.parse(await converted(['--to', 'options'], file)), options);
    assert.deepEqual(JSON.parse(await converted(['--to', 'options', '--json'], file)), {
      exitCode: 0,
      document: 'eap-config',
      providers: ['example.org'],
      options,
    });
    assert.equal(await converted(['--to', 'xml'], file), file.trim());
    const inner = await converted(['--to', 'xml', '--eap'], file);
    const parsed = profiles.parseConfig(inner);
    assert.ok(parsed.method === 'peap');
    assert.deepEqual(parsed.options, peapMethod.windows.eap.peap);
    const embedded = ['--to', 'blob', '--runtime', 'embedded'];
    const blob = await converted(embedded, inner);
    const told: unknown = JSON.parse(await converted([...embedded, '--json'], file));
    assert.deepEqual(told, {
      exitCode: 0,
      document: 'eap-config',
      providers: ['example.org'],
      method: parsed.type,
      name: '25 (author 0)',
      notes: peapMethod.windows.notes,
      blob,
    });
    // One that holds a large logo.
    const long = file.replace(/(<ProviderLogo[^>]*>)[^<]*/u, `$1${'A'.repeat(1_200_000)}`);
    assert.equal(await converted(['--to', 'xml', '--eap'], long), inner);
  });

  it('asks which provider of an eap-config file is meant, and says what is not carried over', async () => {
    const [, university = ''] =
      /(<EAPIdentityProvider .*)<\/EAPIdentityProviderList>/su.exec(fixture('university')) ?? [];
    const other = university
      .replace('ID="example.org"', 'ID="example.net"')
      .replaceAll(/<ServerID>[^<]*<\/ServerID>/gu, '');
    const two = fixture('university').replace(university, `${university}${other}`);
    const args = ['--to', 'xml', '--eap'];
    await refused(args, two, /--provider is missing; the file has: example\.org, example\.net/u);
    await refused([...args, '--provider', 'example.ne'], two, /did you mean example\.net\?/u);
    const chosen = await ask(['xml', ...args, '--provider', 'example.net'], two);
    assert.match(chosen.stderr, /the file names no server \(ServerID\)/u);
    assert.doesNotMatch(chosen.stdout, /<b:ServerNames>|radius\.example\.org/u);
    await refused(['--to', 'options', '--provider', 'example.org'], two, /goes with --eap or --to blob/u);
    const profile = profiles.mschapv2({});
    await refused([...args, '--provider', 'example.org'], profile, /is for an eap-config file/u);
    const none = fixture('university').replaceAll('<Type>25</Type>', '<Type>52</Type>');
    await refused(
      args,
      none.replaceAll('<Type>21</Type>', '<Type>52</Type>'),
      /Windows has no EAP-PWD for networks of its own/u,
    );
  });

  it('checks an eap-config file, and masks what is secret in it', async () => {
    const university = fixture('university');
    const misspelt = university.replaceAll('MinRSNProto', 'MinRSNProtocol');
    await refused(['--to', 'options'], misspelt, /line \d+: .*MinRSNProtocol is not read/u);
    const kept = JSON.parse(await converted(['--to', 'options', '--keep-unknown'], misspelt));
    assert.match(kept.unknown[0], /MinRSNProtocol is not read/u);
    await refused(['--to', 'xml'], university.replace('>25<', '>2500<'), /line \d+: .*from 0 to 255/u);
    const file = fixture('certificate');
    const { pkcs12 = Buffer.of(), passphrase = '' } =
      profiles.parseEapConfig(file).providers[0]?.methods[0]?.client ?? {};
    const digits = Buffer.from(pkcs12).toString('hex');
    const masked = await converted(['--to', 'options'], file);
    const { client } = JSON.parse(masked).options.providers[0].methods[0];
    assert.deepEqual(client.pkcs12, { octets: pkcs12.length });
    assert.deepEqual(client.passphrase, { octets: passphrase.length });
    assert.ok(pkcs12.length > 0 && passphrase !== '' && !masked.includes(digits));
    await refused(['--to', 'xml'], file, /give --output a file .* --show-secrets/u);
    const shown = JSON.parse(await converted(['--to', 'options', '--show-secrets'], file));
    assert.deepEqual(shown.options, plain({ providers: profiles.parseEapConfig(file).providers }));
    assert.equal(shown.options.providers[0].validUntil, '2030-01-31T12:00:00.000Z');
    // The profile has no secret.
    const inner = profiles.parseConfig(await converted(['--to', 'xml', '--eap'], file));
    assert.equal(inner.method, 'tls');
    await refused(['--to', 'xml'], JSON.stringify(shown), /no options make an eap-config file/u);
  });

  it('masks what is secret in credentials, and takes nothing masked', async () => {
    for (const [method, options] of Object.entries(everyUser)) {
      // Certificates are named by their hashes.
      if (method === 'tls') continue;
      const given = JSON.stringify({ method, options });
      const masked = await converted(['--credentials', '--to', 'options'], given);
      assert.ok(!masked.includes(secret) && !masked.includes(secretDigits), masked);
      assert.match(masked, new RegExp(`"octets": ${Buffer.byteLength(secret)}`, 'u'));
      await refused(['--credentials', '--to', 'xml', '--show-secrets'], masked, /is masked/u);
      await refused(['--credentials', '--to', 'xml'], given, /give --output a file .* --show-secrets/u);
      await refused(['--credentials', '--to', 'blob'], given, /give --output a file/u);
    }
  });

  it('writes files, a blob as its octets, and credentials for their user only', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'eaphost-xml-'));
    const path = (name: string) => join(folder, name);
    try {
      const user = JSON.stringify({ method: 'mschapv2', options: everyUser.mschapv2 });
      const [user1, profile, blob] = [path('user.xml'), path('profile.xml'), path('profile.blob')];
      writeFileSync(user1, 'old');
      assert.equal(
        await converted(['--credentials', '--to', 'xml', '--output', user1], user),
        `wrote ${user1}`,
      );
      assert.ok(readFileSync(user1, 'utf8').includes('p&lt;'));
      if (process.platform !== 'win32') assert.equal(statSync(user1).mode & 0o777, 0o600);
      const options = JSON.stringify({ method: 'mschapv2', options: everyProfile.mschapv2 });
      await converted(['--to', 'xml', '--output', profile], options);
      const args = [profile, '--to', 'blob', '--runtime', 'embedded', '--output', blob, '--json'];
      assert.equal(JSON.parse(await converted(args, '')).file, blob);
      const octets = readFileSync(blob);
      assert.equal(octets[0], 1);
      const again = [blob, '--to', 'options', '--method', '26', '--runtime', 'embedded'];
      assert.deepEqual(JSON.parse(await converted(again, '')), JSON.parse(options));
      // As PowerShell redirects text.
      const wide = Buffer.concat([
        Buffer.of(0xff, 0xfe),
        Buffer.from(readFileSync(profile, 'utf8'), 'utf16le'),
      ]);
      assert.deepEqual(JSON.parse(await converted(['--to', 'options'], wide)), JSON.parse(options));
      await refused(['--to', 'xml', '--output', path('none/x')], options, /cannot be written \(ENOENT\)/u);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('says what options cannot express, and does not drop it', async () => {
    const xml = profiles.mschapv2({}).replace('<c:EapType/>', '<c:EapType><c:Strange/></c:EapType>');
    const options = await converted(['--to', 'options', '--keep-unknown'], xml);
    assert.match(options, /"unknown": \[\s+".*Strange is not known here/u);
    await refused(['--to', 'xml'], options, /no options make .*Strange/u);
    await refused(['--to', 'xml'], '{"method":"mschapv2","option":{}}', /"option" is not known/u);
    await refused(['--to', 'xml'], '{"method":"mschapv2","options":{"winlogon":true}}', /winlogon/u);
  });

  it('refuses what it cannot turn, and says why', async () => {
    await refused(['--to', 'yaml'], '{}', /--to must be xml, blob or options/u);
    await refused([], '{}', /--to is missing/u);
    await refused(['--to', 'xml'], 'hello', /neither XML, nor a JSON object, nor hexadecimal digits/u);
    await refused(['--to', 'xml'], '', /neither XML/u);
    await refused(['--to', 'xml'], Buffer.of(1, 0, 0), /--method is missing/u);
    await refused(['--to', 'xml', '--from', 'options'], Buffer.of(1, 0, 0), /no text/u);
    await refused(['--to', 'xml'], '0011', /--method is missing/u);
    await refused(['--to', 'xml', '--method', '26:x'], '0011', /--method must be TYPE/u);
    await refused(['--to', 'xml', '--method', '0'], '0011', /1 to 254/u);
    await refused(
      ['--to', 'xml'],
      '{"method":"leap"}',
      /must be one of tls, mschapv2, peap, ttls, teap, blob/u,
    );
    await refused(['--to', 'xml', '--method', '26', '--credentials'], '0011', /no function of EAPHost/u);
    await refused(['--to', 'options'], '<a/>', /EapHostConfig/u);
    await refused(['a', 'b', '--to', 'xml'], '', /one FILE at most/u);
    await refused(
      ['/no/such/file', '--to', 'xml'],
      '',
      /the file of the document cannot be read: \/no\/such\/file \(ENOENT\)/u,
    );
  });

  it('does not repeat a password of a document that it cannot read', async () => {
    const { stderr } = await ask(['xml', '--to', 'xml', '--credentials'], '{"password":"hunter2",}');
    assert.match(stderr, /no valid JSON; look at line \d, column \d+/u);
    assert.ok(!stderr.includes('hunter2'));
  });
});
