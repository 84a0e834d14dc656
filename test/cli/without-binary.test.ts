// The package where no binary is: methods in TypeScript work, and what needs the binary says so.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const program = `
import { openEapHost } from './dist/eaphost/index.js';
import { memoryUsers, mschapv2Authenticator } from './dist/eaphost/methods.js';
import { RadiusClient, RadiusServer, radiusTransport } from './dist/eaphost/radius.js';

const users = memoryUsers({ alice: 'correct horse' });
const address = '127.0.0.1';
const server = await RadiusServer.listen({
  address,
  port: 0,
  secret: 'shared secret',
  methods: [mschapv2Authenticator({ users })],
});
const host = await openEapHost({ runtime: 'embedded' });
const client = new RadiusClient({ host: address, port: server.port, secret: 'shared secret' });
const session = await host.beginSession({
  method: 'mschapv2',
  credentials: { username: 'alice', password: 'correct horse' },
});
const { isSuccess } = await session.authenticate(radiusTransport(client));
const names = (await host.getMethods()).map(({ friendlyName }) => friendlyName);
const dll = { type: { type: 77 }, dllPath: process.execPath };
const code = await host.registerMethod(dll).then(
  () => undefined,
  (error) => error.code,
);
const unknown = await host.beginSession({ method: { type: 77 } }).catch((error) => error.code);
await session.end();
await host.close();
await client.close();
await server.close();
console.log(JSON.stringify({ isSuccess, methods: names.length, code, unknown }));
`;

describe('The package without its binary', function () {
  this.timeout(120_000);
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'eaphost-without-binary-'));
    for (const part of ['dist/eaphost', 'package.json']) {
      cpSync(resolve(part), join(folder, part), { recursive: true });
    }
    symlinkSync(resolve('node_modules'), join(folder, 'node_modules'), 'junction');
    writeFileSync(join(folder, 'program.mjs'), program);
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  const { EAPHOST_BINARY: _, EAPHOST_PASSWORD: __, ...env } = process.env;
  const run = (args: readonly string[]) =>
    spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', env });

  it('authenticates with a method in TypeScript, and says what is missing for a DLL', () => {
    const { stdout, stderr } = run(['program.mjs']);
    assert.equal(stderr, '');
    assert.deepEqual(JSON.parse(stdout), {
      isSuccess: true,
      methods: 2,
      code: 'EAPHOST_NATIVE_NOT_FOUND',
      unknown: 'EAP_E_EAPHOST_METHOD_NOT_INSTALLED',
    });
  });

  it('authenticates with eaphost auth', () => {
    const args = ['dist/eaphost/cli.js', 'auth', '--method', 'peap-mschapv2'];
    const { status, stdout, stderr } = run(args);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^verdict {2}accepted$/mu);
  });
});
