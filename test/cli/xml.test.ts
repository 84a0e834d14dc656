// `eaphost xml`: each form into each other one, and what it refuses.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { profiles } from '../../lib/index.js';
import { eaphost } from './support.js';

async function converted(args: readonly string[], input: string): Promise<string> {
  const { code, stdout, stderr } = await eaphost(['xml', ...args], input);
  assert.equal(code, 0, stderr);
  return stdout.trim();
}

async function refused(args: readonly string[], input: string, reason: RegExp): Promise<void> {
  const { code, stdout, stderr } = await eaphost(['xml', ...args], input);
  assert.equal(code, 2);
  assert.equal(stdout, '');
  assert.match(stderr, reason);
}

const peap = { serverValidation: { disablePrompt: true, serverNames: ['radius.example.org'] } };

describe('eaphost xml', () => {
  it('makes XML of options, and options of XML', async () => {
    const xml = await converted(['--to', 'xml'], JSON.stringify({ method: 'peap', options: peap }));
    assert.equal(xml, profiles.peap(peap).trim());
    const options: unknown = JSON.parse(await converted(['--to', 'options'], xml));
    assert.deepEqual(options, {
      method: 'peap',
      options: profiles.parseConfig(xml).method === 'peap' ? peap : {},
    });
  });

  it('makes a blob of XML, and XML of a blob', async () => {
    const xml = profiles.mschapv2({ useWinlogonCredentials: false });
    const blob = await converted(['--to', 'blob', '--runtime', 'embedded'], xml);
    assert.match(blob, /^[0-9a-f]+$/u);
    const back = await converted(['--to', 'xml', '--method', '26', '--runtime', 'embedded'], blob);
    assert.deepEqual(profiles.parseConfig(back), profiles.parseConfig(xml));
  });

  it('takes a file, and says all of it to machines', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'eaphost-xml-'));
    try {
      const file = join(folder, 'profile.xml');
      writeFileSync(file, `\uFEFF${profiles.peap(peap)}`);
      const answer: unknown = JSON.parse(await converted([file, '--to', 'options', '--json'], ''));
      assert.deepEqual(answer, {
        method: { type: 25, vendorId: 0, vendorType: 0, authorId: 0 },
        name: '25 (author 0)',
        options: { method: 'peap', options: peap },
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('knows credentials by their root, and makes them of options', async () => {
    const options = { username: 'alice', password: 'p<&>ss' };
    const input = JSON.stringify({ method: 'mschapv2', options });
    const xml = await converted(['--credentials', '--to', 'xml'], input);
    assert.equal(xml, profiles.credentials.mschapv2(options).trim());
    const back: unknown = JSON.parse(await converted(['--to', 'options'], xml));
    assert.deepEqual(back, { method: 'mschapv2', options });
    assert.match(await converted(['--to', 'blob', '--runtime', 'embedded'], xml), /^[0-9a-f]+$/u);
  });

  it('refuses what it cannot turn, and says why', async () => {
    await refused(['--to', 'yaml'], '{}', /--to must be xml, blob or options/u);
    await refused([], '{}', /--to must be/u);
    await refused(['--to', 'xml'], 'hello', /neither XML, nor a JSON object, nor hexadecimal digits/u);
    await refused(['--to', 'xml'], '', /neither XML/u);
    await refused(['--to', 'xml'], '0011', /--method is missing/u);
    await refused(['--to', 'xml', '--method', '26:x'], '0011', /--method must be TYPE/u);
    await refused(['--to', 'xml', '--method', '0'], '0011', /1 to 254/u);
    await refused(['--to', 'xml'], '{"method":"leap"}', /must be one of tls, mschapv2, peap, ttls, teap/u);
    await refused(['--to', 'xml', '--method', '26', '--credentials'], '0011', /no function of EAPHost/u);
    await refused(['--to', 'options'], '<a/>', /EapHostConfig/u);
    await refused(['a', 'b', '--to', 'xml'], '', /one FILE at most/u);
    await refused(['/no/such/file', '--to', 'xml'], '', /no such file/u);
  });

  it('does not repeat a password of a document that it cannot read', async () => {
    const { stderr } = await eaphost(['xml', '--to', 'xml', '--credentials'], '{"password":"hunter2",}');
    assert.match(stderr, /no valid JSON/u);
    assert.ok(!stderr.includes('hunter2'));
  });
});
