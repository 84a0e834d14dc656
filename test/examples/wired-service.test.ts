// The example of a wired service against hostapd, at the other end of a wire.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { profiles } from '../../lib/profiles/index.js';
import { NodeProcess, until } from '../wired/service/node-process.js';
import { password, serverAuthority, serverName, Switch } from '../wired/service/switch.js';
import { Wire } from '../wired/service/wire.js';

const script = fileURLToPath(new URL('wired-service.js', import.meta.url));

describe('The example of a wired service', function () {
  this.timeout(120_000);

  it('says how it is used', () => {
    const { status, stderr } = spawnSync(process.execPath, [script, 'eth0'], { encoding: 'utf8' });
    assert.equal(status, 2);
    assert.match(stderr, /^Usage: wired-service\.js PORT PROFILE CREDENTIALS \[CA\]\n$/u);
  });

  it('is authorized by hostapd, and logs off when it is stopped', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'eaphost-example-'));
    const file = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text, { mode: 0o600 });
      return join(folder, name);
    };
    using wire = new Wire();
    await using authenticator = await Switch.start(wire, 0);
    const sha1 = createHash('sha1').update(new X509Certificate(serverAuthority).raw).digest('hex');
    const serverValidation = { disablePrompt: true, serverNames: [serverName], trustedRoots: [sha1] };
    const user = { mschapv2: { username: 'alice', password } };
    const service = new NodeProcess(
      wire,
      [
        script,
        wire.machinePort,
        file(
          'peap.xml',
          profiles.peap({ serverValidation, inner: { mschapv2: {} }, performServerValidation: true }),
        ),
        file('alice.xml', profiles.credentials.peap({ inner: user })),
        file('ca.pem', serverAuthority),
      ],
      join(folder, 'log'),
    );
    try {
      await until(
        () => service.output.includes('"event":"authorized"') || undefined,
        () => `never authorized:\n${service.output}${service.complaints}`,
      );
      service.kill('SIGTERM');
      assert.equal(await service.ended(), 0);
      assert.match(service.output, /"state":"LOGOFF"/u);
      await until(
        async () => (await authenticator.machine()).get('dot1xAuthEapolLogoffFramesRx') === '1' || undefined,
        () => `hostapd sees no logoff:\n${authenticator.output}`,
      );
      assert.ok(!`${service.output}${service.complaints}`.includes(password));
    } finally {
      service.kill('SIGKILL');
      rmSync(folder, { recursive: true });
    }
  });
});
