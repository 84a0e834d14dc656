// What is left of a password, and of the keys that were made with it, in the memory of a process that has wiped what
// is its own, ended its session and closed its host. Linux lets a parent look.

import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { openEapHost } from '../../lib/index.js';
import type { MethodDefinition } from '../../lib/methods/index.js';
import { profiles } from '../../lib/profiles/index.js';
import { RadiusClient, RadiusServer, radiusTransport } from '../../lib/radius/index.js';
import { decodeKeys } from '../../lib/eap/attributes.js';
import { passwordHashes } from '../../lib/methods/mschapv2-crypto.js';
import { certificates } from '../methods/tls/certificates.js';
import { scanMemory, type Find, type Needles } from './memory-scan.js';
import { authenticatorOf, peerOf, radiusSecret, type Setting } from './secret-holder.js';

const methods = ['md5', 'mschapv2', 'ttls-pap', 'ttls-mschapv2', 'peap-mschapv2', 'peap-gtc'] as const;

/** So often Node reads zeros from a socket into what it has read into before. */
const readRounds = 20;

/** A password that is nowhere by accident. */
function newPassword(): Buffer {
  return Buffer.from(randomBytes(24).toString('base64'));
}

/** In how many places, and where: what to print when there should be none. */
function describeFinds(finds: readonly Find[]): string {
  return finds
    .map(({ needle, at, region, around }) => `${needle}+${at} in ${region || 'memory'}: ${around}`)
    .join('\n');
}

function needlesOf(password: Buffer): Record<string, Uint8Array> {
  const { hash, hashHash } = passwordHashes(password);
  const inUtf16 = Buffer.from(password.toString(), 'utf16le');
  return { password, 'password in UTF-16': inUtf16, 'its hash': hash, 'the hash of its hash': hashHash };
}

/** A definition that shows the MSK of its sessions. */
function watched(definition: MethodDefinition, onMsk: (msk: Buffer) => void): MethodDefinition {
  return {
    ...definition,
    authenticator: {
      async beginSession(begin) {
        const session = await definition.authenticator!.beginSession(begin);
        return {
          sendPacket: (id) => session.sendPacket(id),
          receivePacket: (packet) => session.receivePacket(packet),
          async getResult() {
            const result = await session.getResult();
            const { msk } = decodeKeys(result.attributes, 'authenticator');
            if (msk !== undefined) onMsk(msk);
            return result;
          },
          end: () => session.end(),
        };
      },
    },
  };
}

/** The process that is given the secret. */
class Holder {
  readonly #child: ChildProcess;
  readonly #exited: Promise<never>;

  constructor(part: 'peer' | 'authenticator' | 'wired') {
    const isWired = part === 'wired';
    const path = fileURLToPath(new URL(isWired ? 'wired-holder.js' : 'secret-holder.js', import.meta.url));
    this.#child = fork(path, isWired ? [] : [part], {
      execArgv: ['--expose-gc'],
      // A library that is bound lazily, as the system's libstdc++, goes through glibc's loader when it first calls each
      // function of others. That saves all vector registers on the stack of the thread, with what was copied last by
      // them: whether that is a key is chance, and nothing of the package's.
      env: { ...process.env, UV_THREADPOOL_SIZE: '1', LD_BIND_NOW: '1' },
    });
    this.#exited = once(this.#child, 'exit').then(([code]) => assert.fail(`it ended with ${String(code)}`));
    this.#exited.catch(() => undefined);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  say(message: object): void {
    this.#child.send(message);
  }

  async hear(): Promise<Readonly<Record<string, unknown>>> {
    const [message]: unknown[] = await Promise.race([once(this.#child, 'message'), this.#exited]);
    return message as Readonly<Record<string, unknown>>;
  }

  /** What is left when all is over: what goes as Node reads more from sockets was in memory that it uses again. */
  async remains(needles: Needles): Promise<Find[]> {
    for (let round = 0; ; round += 1) {
      assert.deepEqual(await this.hear(), { state: 'over' });
      const finds = scanMemory(this.pid, needles);
      if (finds.length === 0 || round === readRounds) return finds;
      this.say({ reads: true });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }
}

function settingOf(method: string, secret: Buffer, port: number): Setting {
  const mask = randomBytes(secret.length);
  const masked = Buffer.from(secret.map((octet, index) => octet ^ (mask[index] ?? 0)));
  const { ca, server } = certificates();
  return { method, masked: masked.toString('hex'), mask: mask.toString('hex'), ca, server, port };
}

/** Both scans: while the session is there, which shows that the scan finds what there is, and afterwards. */
async function scans(holder: Holder, needles: Needles): Promise<[Find[], Find[]]> {
  assert.deepEqual(await holder.hear(), { state: 'authenticated' });
  const during = scanMemory(holder.pid, needles);
  holder.say({});
  return [during, await holder.remains(needles)];
}

async function scanPeer(method: string, password: Buffer, secret: Buffer): Promise<[Find[], Find[]]> {
  const isSecret = method === 'secret';
  const needles: Record<string, Uint8Array> = isSecret ? { secret } : needlesOf(password);
  const users = { lookup: () => ({ password }) };
  const { server: identity } = certificates();
  const definition = authenticatorOf(isSecret ? 'md5' : method, identity, users);
  await using server = await RadiusServer.listen({
    port: 0,
    secret,
    methods: [watched(definition, (msk) => (needles['MSK'] = Buffer.from(msk.subarray(0, 32))))],
  });
  await using holder = new Holder('peer');
  holder.say(settingOf(method, isSecret ? secret : password, server.port));
  return await scans(holder, needles);
}

async function scanAuthenticator(
  method: string,
  password: Buffer,
  secret: Buffer,
): Promise<[Find[], Find[]]> {
  const isSecret = method === 'secret';
  const needles: Record<string, Uint8Array> = isSecret ? { secret } : needlesOf(password);
  await using holder = new Holder('authenticator');
  holder.say(settingOf(method, isSecret ? secret : password, 0));
  const { port } = await holder.hear();
  const { method: name, definitions } = peerOf(isSecret ? 'md5' : method, certificates().ca);
  await using client = new RadiusClient({ host: '127.0.0.1', port: Number(port), secret });
  await using host = await openEapHost({ runtime: 'embedded', methods: definitions });
  const credentials = { username: 'alice', password };
  await using session = await host.beginSession({ method: name as 'peap', credentials });
  const result = await session.authenticate(radiusTransport(client));
  assert.equal(result.isSuccess, true);
  const { msk } = result.keys;
  if (msk !== undefined) needles['MSK'] = msk.subarray(0, 32);
  holder.say({});
  return await scans(holder, needles);
}

/** A port that is authenticated several times: while it is under way, between two of them, and when all is over. */
async function scanWired(
  method: 'xml' | 'gtc',
  folder: string,
): Promise<Record<'during' | 'between' | 'after', Find[]>> {
  const password = newPassword();
  const needles = needlesOf(password);
  await using holder = new Holder('wired');
  if (method === 'gtc') holder.say(settingOf(method, password, 0));
  else {
    const [profile, credentials] = [join(folder, 'profile.xml'), join(folder, 'alice.xml')];
    writeFileSync(profile, profiles.mschapv2({ useWinlogonCredentials: false }));
    const user = { username: 'alice', password: password.toString() };
    writeFileSync(credentials, profiles.credentials.mschapv2(user), { mode: 0o600 });
    holder.say({ method, profile, credentials });
  }
  assert.deepEqual(await holder.hear(), { state: 'authenticating' });
  const during = scanMemory(holder.pid, needles);
  holder.say({});
  const [between, after] = await scans(holder, needles);
  return { during, between, after };
}

const describeOnLinux = process.platform === 'linux' ? describe : () => undefined;

describeOnLinux('the memory of a process, when all is over, holds no', function () {
  for (const [part, scan] of Object.entries({ peer: scanPeer, authenticator: scanAuthenticator })) {
    for (const method of [...methods, 'secret']) {
      const what = method === 'secret' ? 'secret of the RADIUS' : `password, hash or key of ${method}’s`;
      it(`${what} ${part}`, async () => {
        const secret = method === 'secret' ? newPassword() : radiusSecret;
        const password = method === 'secret' ? secret : newPassword();
        const [during, afterwards] = await scan(method, password, secret);
        assert.ok(during.length > 0, 'the scan finds what there is');
        assert.equal(describeFinds(afterwards), '');
      });
    }
  }

  describe('password of a wired supplicant, which has authenticated again and again,', () => {
    let folder: string;
    before(() => {
      folder = mkdtempSync(join(tmpdir(), 'eaphost-memory-'));
    });
    after(() => {
      rmSync(folder, { recursive: true });
    });
    for (const [what, method] of [
      ['from the credentials’ XML of eaphost wired', 'xml'],
      ['in the frames of EAP-GTC', 'gtc'],
    ] as const) {
      it(what, async () => {
        const { during, between, after } = await scanWired(method, folder);
        assert.ok(during.length > 0, 'the scan finds what there is');
        assert.equal(describeFinds(between), '', 'between two authentications');
        assert.equal(describeFinds(after), '', 'when all is over');
      });
    }
  });
});
