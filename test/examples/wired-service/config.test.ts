// What an administrator writes, and what is said to it; and the way commands take to the service.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { parseConfig, readConfig } from './config.js';
import { ask, listen } from './control.js';

const least = { interface: 'eth0', profile: 'peap.xml', credentials: 'alice.xml' };

describe('The configuration of the wired service', () => {
  it('needs three names, and takes files from beside itself', () => {
    const path = join(tmpdir(), 'wired.json');
    const config = parseConfig(least, path);
    assert.deepEqual(config.times, { startPeriod: 30, maxStart: 3, heldPeriod: 60, authPeriod: 30 });
    assert.deepEqual(
      [config.device, config.bridge, config.machine, config.portValid, config.runtime],
      ['eth0', undefined, false, false, undefined],
    );
    assert.equal(config.profile, resolve(tmpdir(), 'peap.xml'));
    assert.equal(parseConfig({ ...least, profile: resolve('/x.xml') }, path).profile, resolve('/x.xml'));
    assert.match(config.control, /wired/u);
  });

  for (const [what, value, message] of [
    ['no object', [], /JSON object/u],
    ['nothing', {}, /interface is missing/u],
    ['no profile', { ...least, profile: undefined }, /profile is missing/u],
    ['an empty name', { ...least, credentials: '' }, /credentials must be a text/u],
    ['a name that it does not know', { ...least, startperiod: 3 }, /startperiod is no name/u],
    ['no time at all', { ...least, heldPeriod: 0 }, /heldPeriod must be an integer from 1/u],
    ['half a second', { ...least, authPeriod: 0.5 }, /authPeriod must be an integer/u],
    ['no truth', { ...least, portValid: 'yes' }, /portValid must be true or false/u],
    ['another run-time', { ...least, runtime: 'ours' }, /runtime must be system or embedded/u],
    ['no address', { ...least, address: '02:00' }, /Ethernet address/u],
    ['half a bridge', { ...least, bridge: { localPort: 5401 } }, /bridge\.remotePort is missing/u],
    ['a port that is none', { ...least, bridge: { localPort: 70_000, remotePort: 1 } }, /localPort must be/u],
  ] as const) {
    it(`says what is wrong with ${what}`, () => {
      assert.throws(() => parseConfig(value, 'wired.json'), message);
    });
  }

  describe('in files', () => {
    let folder: string;
    before(() => {
      folder = mkdtempSync(join(tmpdir(), 'eaphost-config-'));
    });
    after(() => {
      rmSync(folder, { recursive: true });
    });

    it('is read', async () => {
      const path = join(folder, 'wired.json');
      writeFileSync(path, JSON.stringify(least));
      assert.equal((await readConfig(path)).credentials, join(folder, 'alice.xml'));
      writeFileSync(path, '{');
      await assert.rejects(readConfig(path), SyntaxError);
      await assert.rejects(readConfig(join(folder, 'none.json')), { code: 'ENOENT' });
    });

    it('says where commands reach the service: one service, and its owner alone', async () => {
      const path = join(folder, 'control');
      await assert.rejects(ask(path, 'health'), { code: 'ENOENT' });
      // What a service that was killed leaves.
      writeFileSync(path, '');
      let count = 0;
      const server = await listen(path, new Map([['health', () => ({ count: (count += 1) })]]));
      assert.equal(statSync(path).mode & 0o077, 0);
      assert.deepEqual(await ask(path, 'health'), { count: 1 });
      assert.deepEqual(await ask(path, 'constructor'), { error: 'unknown' });
      await assert.rejects(listen(path, new Map()), { code: 'EADDRINUSE' });
      const babbler = connect(path);
      babbler.on('error', () => undefined);
      const hungUp = new Promise((done) => {
        babbler.once('close', done);
      });
      babbler.write('x'.repeat(100_000));
      await hungUp;
      // The other service asked, too.
      assert.deepEqual(await ask(path, 'health'), { count: 3 });
      server.close();
      await once(server, 'close');
      assert.ok(!existsSync(path));
    });
  });
});

describe('The command line of the wired service', function () {
  this.timeout(60_000);

  it('says how it is used where an argument is missing', () => {
    const program = join(import.meta.dirname, 'wired-service.js');
    for (const args of [[], ['serve'], ['frob', 'wired.json']]) {
      const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
        encoding: 'utf8',
      });
      assert.deepEqual([status, stdout], [2, '']);
      assert.match(stderr, /^Usage: wired-service\.js serve\|\S+ CONFIG\n[^\n]+ devices\n$/u);
    }
  });
});
