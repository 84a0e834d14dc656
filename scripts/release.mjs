// What a release is made of besides binaries: where its sources are, signatures, and binaries of MinGW-w64 where MSVC
// gave none. Node's own modules only. The environment is that of a GitHub workflow.
// Usage: node scripts/release.mjs repository      writes the workflow's repository into package.json
//        node scripts/release.mjs sign FOLDER     signs its Windows binaries; a tag without a certificate fails
//        node scripts/release.mjs fallback FROM TO   copies the Windows prebuilds that TO lacks out of FROM, and says so
//        node scripts/release.mjs check           what package.json must say of the release

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const env = process.env;
const isTag = env.GITHUB_REF_TYPE === 'tag';
const readPackage = () => JSON.parse(readFileSync('package.json', 'utf8'));
const writePackage = (value) => writeFileSync('package.json', `${JSON.stringify(value, undefined, 2)}\n`);

/** npm's provenance compares this with the repository that the workflow runs in. */
function repository() {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: name } = env;
  if (!server || !name) throw new Error('GITHUB_SERVER_URL and GITHUB_REPOSITORY are not set');
  return { type: 'git', url: `git+${server}/${name}.git` };
}

/** Whether this version may go out as it is: a pre-release, and somebody said so. */
function mayLack(what, variable) {
  if (!isTag) return true;
  const isPrerelease = readPackage().version.includes('-');
  if (isPrerelease && env[variable] === 'true') return true;
  throw new Error(`${what}: set the repository's variable ${variable} to true to publish a pre-release so`);
}

const filesIn = (folder, pattern) =>
  readdirSync(folder, { recursive: true })
    .filter((name) => pattern.test(name))
    .toSorted()
    .map((name) => join(folder, name));

function warn(text) {
  console.log(`::warning::${text}`);
}

const commands = {
  repository() {
    writePackage({ ...readPackage(), repository: repository() });
  },

  sign(folder) {
    const { WINDOWS_CERTIFICATE: certificate, WINDOWS_CERTIFICATE_PASSWORD: password = '' } = env;
    if (!certificate) {
      mayLack('no certificate is configured (secret WINDOWS_CERTIFICATE)', 'ALLOW_UNSIGNED');
      return warn('the Windows binaries stay unsigned');
    }
    const files = filesIn(folder, /\.(?:node|dll|exe)$/u);
    if (files.length === 0) throw new Error(`there is nothing to sign in ${folder}`);
    const kit = 'C:/Program Files (x86)/Windows Kits/10/bin';
    const tool = env.SIGNTOOL ?? filesIn(kit, /x64.signtool\.exe$/u).at(-1);
    if (tool === undefined) throw new Error('there is no signtool.exe');
    const secret = mkdtempSync(join(env.RUNNER_TEMP ?? tmpdir(), 'sign-'));
    try {
      const file = join(secret, 'certificate.pfx');
      writeFileSync(file, Buffer.from(certificate, 'base64'), { mode: 0o600 });
      const stamp = ['/fd', 'SHA256', '/tr', 'http://timestamp.digicert.com', '/td', 'SHA256'];
      const args = ['sign', ...stamp, '/f', file, '/p', password, ...files];
      const { status, error } = spawnSync(tool, args, { stdio: 'inherit' });
      if (status !== 0) throw new Error(`signtool ended with ${status ?? error?.message}`);
    } finally {
      rmSync(secret, { recursive: true });
    }
  },

  fallback(from, to) {
    const lacking = ['win32-x64', 'win32-ia32'].filter((target) => !existsSync(join(to, target)));
    if (lacking.length === 0) return;
    mayLack(`MSVC made no binaries for ${lacking.join(', ')}`, 'ALLOW_MINGW');
    for (const target of lacking) {
      cpSync(join(from, target), join(to, target), { recursive: true });
      warn(`prebuilds/${target} are of MinGW-w64, unsigned: MSVC made none`);
    }
    // Whoever installs it can see it, too.
    writePackage({ ...readPackage(), builtWithMinGW: lacking });
  },

  check() {
    const { version, repository: found } = readPackage();
    const wanted = repository();
    if (found?.url !== wanted.url)
      throw new Error(`package.json's repository is ${found?.url}, not ${wanted.url}`);
    if (isTag && env.GITHUB_REF_NAME !== `v${version}`) {
      throw new Error(`the tag is ${env.GITHUB_REF_NAME}, and the version ${version}`);
    }
  },
};

const [name, ...args] = process.argv.slice(2);
if (!Object.hasOwn(commands, name ?? '')) throw new Error('see the head of scripts/release.mjs');
commands[name](...args);
