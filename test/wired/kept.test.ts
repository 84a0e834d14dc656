// What a success asks to be kept: used by the next session, of this process or another, with the input that it came of and
// no other.

import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { eapErrorCodes } from '../../lib/base/error-codes.js';
import { openEapHost, type EapHost } from '../../lib/index.js';
import { digestOf, KeptBlobs, type InputDigest } from '../../lib/wired/kept.js';
import { readProtectedFile, writeProtectedFile, type SessionInput } from '../../lib/wired/index.js';
import {
  eapFailure,
  identityRequest,
  request,
  scriptMethod,
  scriptType,
} from '../supplicant/script-method.js';
import { eventually, useLeakCheck } from '../supplicant/support.js';
import { PlayedSwitch } from './played-switch.js';

const windows = process.platform === 'win32';

/** What a password method makes of a failure after its response. */
const userRefused = eapErrorCodes.EAP_E_USER_NAME_PASSWORD_REJECTED;
const authenticationFailed = eapErrorCodes.EAP_E_AUTHENTICATION_FAILED;

/** What the sessions of a method were begun with, what its next success asks to be kept, and why it is refused. */
class Account {
  readonly begun: string[] = [];
  failureReasonCode: number = userRefused;
  keeps: { saveConfig?: Buffer; saveCredentials?: Buffer } = {};

  host(): Promise<EapHost> {
    const method = scriptMethod({
      begin: ({ config, credentials }) =>
        void this.begun.push(`${Buffer.from(config).toString()}:${Buffer.from(credentials).toString()}`),
      getResult: (reason) =>
        reason === 'failure'
          ? { isSuccess: false, failureReasonCode: this.failureReasonCode }
          : { isSuccess: true, ...this.keeps },
    });
    return openEapHost({ runtime: 'embedded', methods: [method] });
  }
}

const input: SessionInput = {
  method: scriptType,
  config: Buffer.from('config'),
  credentials: Buffer.from('old'),
};
const digest = (text: string): InputDigest =>
  digestOf({ method: scriptType, connectionData: undefined, userData: Buffer.from(text) });

/** A conversation that ends with an EAP-Failure: the switch's own, or anybody's on the wire. */
async function refuse(played: PlayedSwitch): Promise<void> {
  const { failures } = played.supplicant.status;
  await played.exchange(identityRequest);
  await played.exchange(request(2, Buffer.of(0), scriptType));
  played.send(eapFailure(2));
  await played.has(() => played.supplicant.status.failures > failures, 'a failure');
  assert.equal(played.supplicant.status.state, 'HELD');
}

describe('What a success asks to be kept', () => {
  useLeakCheck();
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'eaphost-kept-'));
    path = join(folder, 'kept');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('is used by the next sessions, also when they ask for nothing more', async () => {
    const account = new Account();
    await using host = await account.host();
    await using played = await PlayedSwitch.open(host, input);
    account.keeps = { saveCredentials: Buffer.from('new') };
    await played.authenticate();
    account.keeps = {};
    await played.authenticate();
    account.keeps = { saveConfig: Buffer.from('trust') };
    await played.authenticate();
    await played.authenticate();
    assert.deepEqual(account.begun, ['config:old', 'config:new', 'config:new', 'trust:new']);
    await played.supplicant.close();
  });

  it('survives an EAP-Failure, which anybody on the wire can send: the next session begins with it', async () => {
    const account = new Account();
    await using host = await account.host();
    await using played = await PlayedSwitch.open(host, { ...input, keepIn: path });
    account.keeps = { saveCredentials: Buffer.from('new') };
    await played.authenticate();
    account.keeps = {};
    for (let round = 0; round < 3; round += 1) {
      await refuse(played);
      await played.authenticate();
    }
    // Those for which the method does not blame the user count for nothing, however many they are.
    account.failureReasonCode = authenticationFailed;
    for (let round = 0; round < 5; round += 1) await refuse(played);
    await played.authenticate();
    assert.deepEqual(account.begun, ['config:old', ...account.begun.slice(1).fill('config:new')]);
    await played.supplicant.close();
    assert.ok((await readProtectedFile(path))?.includes('new'));
  });

  it('takes turns with the input while the user is refused, and goes when the input has success', async () => {
    const account = new Account();
    await using host = await account.host();
    {
      await using played = await PlayedSwitch.open(host, { ...input, keepIn: path });
      account.keeps = { saveCredentials: Buffer.from('new') };
      await played.authenticate();
      account.keeps = {};
      for (let round = 0; round < 5; round += 1) await refuse(played);
      await played.authenticate();
      assert.deepEqual(account.begun.splice(0), [
        'config:old',
        'config:new',
        'config:new',
        'config:old',
        'config:old',
        'config:new',
        'config:new',
      ]);
      for (let round = 0; round < 2; round += 1) await refuse(played);
      await eventually(() => existsSync(path), 'a file');
      await played.authenticate();
      await eventually(() => !existsSync(path), 'no file');
      await refuse(played);
      assert.deepEqual(account.begun.splice(0), ['config:new', 'config:new', 'config:old', 'config:old']);
    }
    // What a success with the input alone asks for is kept by itself.
    await using played = await PlayedSwitch.open(host, { ...input, keepIn: path });
    account.keeps = { saveConfig: Buffer.from('trust'), saveCredentials: Buffer.from('new') };
    await played.authenticate();
    for (let round = 0; round < 2; round += 1) await refuse(played);
    account.keeps = { saveCredentials: Buffer.from('newer') };
    await played.authenticate();
    await played.authenticate();
    assert.deepEqual(account.begun, ['config:old', 'trust:new', 'trust:new', 'config:old', 'config:newer']);
  });

  it('gives way to an input that was changed', async () => {
    const account = new Account();
    await using host = await account.host();
    let password = 'old';
    const load = (): SessionInput => ({ ...input, credentials: Buffer.from(password) });
    await using played = await PlayedSwitch.open(host, { load });
    account.keeps = { saveCredentials: Buffer.from('new') };
    await played.authenticate();
    account.keeps = {};
    password = 'reset';
    await played.authenticate();
    assert.deepEqual(account.begun, ['config:old', 'config:reset']);
    await played.supplicant.close();
  });

  it('outlives the process in a file that shows nothing of it to others', async () => {
    const account = new Account();
    await using host = await account.host();
    account.keeps = { saveCredentials: Buffer.from('battery staple') };
    {
      await using played = await PlayedSwitch.open(host, { ...input, keepIn: path });
      await played.authenticate();
    }
    account.keeps = {};
    for (let process = 0; process < 2; process += 1) {
      await using played = await PlayedSwitch.open(host, { ...input, keepIn: path });
      await played.authenticate();
      assert.ok(!JSON.stringify(played.events).includes('staple'));
    }
    assert.deepEqual(account.begun, ['config:old', 'config:battery staple', 'config:battery staple']);
    if (windows) assert.ok(!readFileSync(path).includes('staple'));
    // What it came of is not in it.
    assert.ok(!(await readProtectedFile(path))?.includes(digest('old')));
    // Another input is begun with what it says itself.
    {
      await using played = await PlayedSwitch.open(host, {
        ...input,
        credentials: Buffer.from('reset'),
        keepIn: path,
      });
      await played.authenticate();
      assert.equal(account.begun.at(-1), 'config:reset');
    }
  });

  it('is nothing where the file is damaged, which is told, and written anew', async () => {
    const account = new Account();
    await using host = await account.host();
    account.keeps = { saveCredentials: Buffer.from('new') };
    const write = async (): Promise<Buffer> => {
      await using played = await PlayedSwitch.open(host, { ...input, keepIn: path });
      await played.authenticate();
      await played.supplicant.close();
      return (await readProtectedFile(path)) ?? Buffer.alloc(0);
    };
    const whole = await write();
    const longer = Buffer.from(whole);
    longer.writeUInt32BE(0xffff_ffff, whole.length - 7);
    const damaged = [
      ...Array.from({ length: whole.length }, (_, length) => whole.subarray(0, length)),
      Buffer.concat([whole, Buffer.of(0)]),
      Buffer.from(whole).fill(0, 0, 1),
      longer,
    ];
    for (const content of damaged) {
      await writeProtectedFile(path, content);
      const kept = await KeptBlobs.open(path);
      const told: string[] = [];
      kept.trouble = (text) => void told.push(text);
      assert.deepEqual(await kept.replace(digest('old')), {});
      assert.deepEqual(told, [`${path} is damaged: nothing of it is used`]);
      await kept.close();
    }
    account.begun.length = 0;
    {
      await using played = await PlayedSwitch.open(host, { ...input, keepIn: path });
      await played.authenticate();
      assert.deepEqual(
        played.events.flatMap((event) => (event.event === 'trouble' ? event.text : [])),
        [`${path} is damaged: nothing of it is used`],
      );
    }
    await write();
    assert.deepEqual(account.begun, ['config:old', 'config:new']);
  });

  it('does not keep a port from its network where it cannot be written', async () => {
    const account = new Account();
    await using host = await account.host();
    account.keeps = { saveCredentials: Buffer.from('new') };
    const inNone = join(folder, 'none', 'kept');
    await using played = await PlayedSwitch.open(host, { ...input, keepIn: inNone });
    await played.authenticate();
    await played.authenticate();
    await played.has(() => played.events.some(({ event }) => event === 'trouble'), 'trouble');
    const told = played.events.flatMap((event) => (event.event === 'trouble' ? event.text : []));
    assert.equal(told.length, 1);
    assert.match(told[0] ?? '', /cannot be written: .*kept \((?:ENOENT|ERROR_PATH_NOT_FOUND)\)/u);
    assert.deepEqual(account.begun, ['config:old', 'config:new']);
    // It is tried again with what is kept next.
    mkdirSync(join(folder, 'none'));
    account.keeps = { saveCredentials: Buffer.from('newer') };
    await played.authenticate();
    await played.supplicant.close();
    assert.ok((await readProtectedFile(inNone))?.includes('newer'));
  });

  if (!windows) {
    it('is refused where others may use the file, before the port is touched', async () => {
      const account = new Account();
      await using host = await account.host();
      writeFileSync(path, 'x');
      chmodSync(path, 0o644);
      await assert.rejects(PlayedSwitch.open(host, { ...input, keepIn: path }), {
        code: 'EAPHOST_UNSAFE_FILE',
      });
      await assert.rejects(PlayedSwitch.open(host, { ...input, keepIn: '' }), RangeError);
      assert.deepEqual(account.begun, []);
    });
  }

  it('is written once for many changes in a row, and whole by the end', async () => {
    const kept = await KeptBlobs.open(path);
    await kept.replace(digest('old'));
    for (let change = 0; change < 200; change += 1) kept.keep({ credentials: Buffer.from(`new ${change}`) });
    await kept.close();
    const again = await KeptBlobs.open(path);
    assert.deepEqual(await again.replace(digest('old')), { credentials: Buffer.from('new 199') });
    for (let round = 0; round < 2; round += 1) again.refused();
    assert.deepEqual(await again.replace(digest('old')), {});
    again.keep({});
    again.keep({});
    await again.close();
    assert.ok(!existsSync(path));
  });

  it('wipes what it no longer needs', async () => {
    const kept = await KeptBlobs.open(undefined);
    const from = digest('old');
    await kept.replace(from);
    kept.keep({ config: Buffer.from('trust'), credentials: Buffer.from('new') });
    const { config, credentials } = await kept.replace(digest('old'));
    assert.deepEqual([String(config), String(credentials)], ['trust', 'new']);
    assert.ok(from.every((octet) => octet === 0));
    // A copy of its own is wiped by whom it was given to.
    credentials?.fill(0);
    assert.equal(String((await kept.replace(digest('old'))).credentials), 'new');
    assert.deepEqual(await kept.replace(digest('other')), {});
    await kept.close();
  });

  it('knows inputs apart that differ in any part', () => {
    const blob = Buffer.from('a');
    const inputs = [
      { method: scriptType, connectionData: undefined, userData: undefined },
      { method: scriptType, connectionData: Buffer.alloc(0), userData: undefined },
      { method: scriptType, connectionData: undefined, userData: Buffer.alloc(0) },
      { method: scriptType, connectionData: blob, userData: undefined },
      { method: scriptType, connectionData: undefined, userData: blob },
      { method: { ...scriptType, authorId: 1 }, connectionData: undefined, userData: blob },
    ];
    assert.equal(new Set(inputs.map((each) => digestOf(each).toString('hex'))).size, inputs.length);
  });
});
