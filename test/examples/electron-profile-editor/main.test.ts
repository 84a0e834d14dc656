// main.js and preload.cjs as they are built, in a plain Node with a module 'electron' of the tests' own: how the window
// is made, who may call, what reaches the method, and the utility process.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

import type { RadiusServer } from '../../../lib/radius/index.js';
import { configured, windows } from './dialog-methods.js';
import { app, BrowserWindow, handle, invoke, seen } from './fake-electron.js';
import type { Answer, EditorApi, Progress } from './src/api.js';
import { addFakeElectron, copyProgram, linkEaphost } from './staged.js';
import { alice, Folder, listen, mschapv2Profile, problemIn, secret, valueOf } from './support.js';

const ownPage = { url: 'app://editor/index.html', parent: null };
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const run = promisify(execFile);

describe('The Electron example, main.js with a fake Electron', function () {
  this.timeout(120_000);
  let folder: Folder;
  let server: RadiusServer;
  let window: BrowserWindow;
  let editor: EditorApi;
  const argv = process.argv;

  before(async () => {
    folder = new Folder();
    server = await listen();
    copyProgram(folder.path);
    linkEaphost(folder.path);
    addFakeElectron(folder.path);
    process.argv = ['electron', folder.path, '--runtime=embedded', `--methods=${here('dialog-methods.js')}`];
    await import(pathToFileURL(join(folder.path, 'dist/src/main.js')).href);
    const loaded = (): boolean => 'editor' in (seen.windows[0]?.webContents.world ?? {});
    while (!loaded()) {
      assert.deepEqual(seen.boxes, []);
      await new Promise((resolve) => setImmediate(resolve));
    }
    [window] = seen.windows as [BrowserWindow];
    editor = window.webContents.world['editor'] as EditorApi;
  });
  after(async () => {
    process.argv = argv;
    app.emit('window-all-closed');
    assert.equal(await app.ended, 0);
    await server.close();
    folder.remove();
  });

  it('sandboxes everything, and gives the page a scheme with an origin', () => {
    assert.equal(seen.isSandboxed, true);
    assert.deepEqual(seen.schemes, [{ scheme: 'app', privileges: { standard: true, secure: true } }]);
    assert.deepEqual([...seen.serve.keys()], ['app']);
    assert.equal(seen.permission, false);
  });

  it('makes one window, isolated, in the sandbox, without Node', () => {
    assert.equal(seen.windows.length, 1);
    const { webPreferences } = window.options;
    assert.deepEqual(webPreferences, {
      preload: join(folder.path, 'dist/src/preload.cjs'),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webviewTag: false,
    });
    assert.equal(window.webContents.title, 'Profile editor');
  });

  it('opens no other window, and goes to no other page', () => {
    assert.deepEqual(window.webContents.openHandler?.({ url: 'https://example.org' }), { action: 'deny' });
    let isPrevented = false;
    window.webContents.emit('will-navigate', { preventDefault: () => (isPrevented = true) });
    assert.equal(isPrevented, true);
  });

  it('asks before a window with changes closes', () => {
    const close = (choice: number): boolean => {
      let isClosed = false;
      seen.messageChoice = choice;
      window.webContents.emit('will-prevent-unload', { preventDefault: () => (isClosed = true) });
      return isClosed;
    };
    assert.deepEqual([close(1), close(0)], [false, true]);
  });

  it('has a function in the page for each call, and no other way in', () => {
    const channels = [...seen.handlers.keys()].map((channel) => channel.replace('editor:', ''));
    assert.deepEqual(Object.keys(editor).toSorted(), [...channels, 'onProgress'].toSorted());
    assert.deepEqual(Object.keys(window.webContents.world), ['editor']);
  });

  it('answers its own page, and nobody else', async () => {
    const answer = (await invoke('editor:start', ownPage)) as Answer<unknown>;
    assert.equal(answer.ok, true);
    const strangers = [
      null,
      { ...ownPage, parent: ownPage },
      { ...ownPage, url: 'https://example.org/index.html' },
      { ...ownPage, url: 'app://editor.example.org/index.html' },
    ];
    for (const frame of strangers) await assert.rejects(invoke('editor:start', frame), /only the editor/u);
  });

  it('hands the window’s handle to the method’s dialog', async () => {
    windows.length = 0;
    if (process.platform === 'win32') handle.fill(0);
    assert.equal(valueOf(await editor.configure(mschapv2Profile)), configured);
    assert.deepEqual(windows, [handle.readUInt32LE()]);
  });

  it('opens and saves where the user says', async () => {
    seen.openPaths = [folder.write('office.xml', mschapv2Profile)];
    assert.deepEqual(valueOf(await editor.open()), { name: 'office.xml', xml: mschapv2Profile });
    seen.openPaths = [];
    assert.equal(valueOf(await editor.open()), undefined);
    seen.openPaths = [folder.roots];
    assert.equal(valueOf(await editor.openCertificates())?.name, 'roots.pem');
    assert.deepEqual(
      seen.filters.map(([first]) => first?.name),
      ['EAP profiles', 'EAP profiles', 'Certificates'],
    );
    seen.savePath = join(folder.path, 'saved.xml');
    assert.equal(valueOf(await editor.save(configured, true)), 'saved.xml');
    assert.equal(readFileSync(seen.savePath, 'utf8'), configured);
    seen.savePath = '';
    assert.equal(valueOf(await editor.save(configured, true)), undefined);
  });

  it('tries a profile in a process of its own, and tells the page how it goes', async () => {
    const told: Progress[] = [];
    editor.onProgress((progress) => told.push(progress));
    const request = {
      xml: mschapv2Profile,
      values: [],
      server: { host: '127.0.0.1', port: server.port, secret },
    };
    const outcome = valueOf(await editor.tryIt(request));
    assert.equal(outcome.isSuccess, true, outcome.explanation);
    assert.equal(outcome.keysAgree, true);
    assert.ok(told.length > 4);
    assert.deepEqual(seen.workers, [join(folder.path, 'dist/src/utility.js')]);
    assert.ok(!JSON.stringify([outcome, told]).includes(alice.password));
    // A process for each.
    assert.equal(valueOf(await editor.tryIt(request)).isSuccess, true);
    assert.equal(seen.workers.length, 2);
  });

  it('gives the page problems, not exceptions', async () => {
    assert.equal(problemIn(await editor.read('<x/>')).code, 'EAP_E_EAPHOST_XML_MALFORMED');
  });

  const start = (args: readonly string[]) =>
    run(process.execPath, [here('fake-start.js'), folder.path, ...args]);

  it('--smoke: everything once, in one line of JSON', async () => {
    const { stdout } = await start(['--smoke', '--runtime=embedded']);
    const report = JSON.parse(stdout) as Record<string, unknown>;
    const { isAuthenticated, keysAgree, title, windowHandleOctets, methods } = report;
    assert.deepEqual(
      { isAuthenticated, keysAgree, title, windowHandleOctets, methods },
      { isAuthenticated: true, keysAgree: true, title: 'Profile editor', windowHandleOctets: 8, methods: 2 },
    );
    assert.match(String(report['addon']), /eaphost\.node$/u);
  });

  it('says why it cannot start', async () => {
    await assert.rejects(start(['--smoke', '--runtime=other']), (error) => {
      const { code, stderr } = error as { code?: number; stderr?: string };
      assert.equal(code, 1);
      assert.match(stderr ?? '', /--runtime must be system or embedded/u);
      return true;
    });
  });
});
