// The main process: one window, sandboxed and isolated, with the editor's page; its calls come in here and nowhere
// else. The addon is loaded here, for profiles and dialogs, and in a utility process for each trial.

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { app, BrowserWindow, dialog, ipcMain, protocol, session, utilityProcess } from 'electron';

import { Editor } from './editor.js';
import { windowsNetworks } from './networks.js';
import { isPage, origin, scheme, servePages } from './pages.js';
import { openHost, readSettings } from './settings.js';
import { smoke } from './smoke.js';
import { startTrial, type Worker } from './trials.js';

const folder = fileURLToPath(new URL('../../', import.meta.url));
const filters = {
  profile: [{ name: 'EAP profiles', extensions: ['xml'] }],
  eapConfig: [
    { name: 'eap-config files', extensions: ['eap-config', 'xml'] },
    { name: 'All files', extensions: ['*'] },
  ],
  certificates: [
    { name: 'Certificates', extensions: ['pem', 'crt', 'cer', 'der'] },
    { name: 'All files', extensions: ['*'] },
  ],
};

// Before the program is ready, and so not in start().
app.enableSandbox();
protocol.registerSchemesAsPrivileged([{ scheme, privileges: { standard: true, secure: true } }]);
app.on('web-contents-created', (_, contents) => {
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  contents.on('will-navigate', (event) => event.preventDefault());
});

function openWindow(isShown: boolean): BrowserWindow {
  const window = new BrowserWindow({
    width: 1180,
    height: 820,
    minWidth: 640,
    minHeight: 480,
    show: isShown,
    title: 'Profile editor',
    webPreferences: {
      preload: join(folder, 'dist/src/preload.cjs'),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webviewTag: false,
    },
  });
  window.webContents.on('will-prevent-unload', (event) => {
    const choice = dialog.showMessageBoxSync(window, {
      type: 'question',
      message: 'The profile has changes that are not saved.',
      buttons: ['Discard them', 'Cancel'],
      defaultId: 1,
      cancelId: 1,
    });
    if (choice === 0) event.preventDefault();
  });
  return window;
}

async function start(): Promise<void> {
  const settings = readSettings(process.argv);
  session.defaultSession.setPermissionRequestHandler((_contents, _permission, decide) => decide(false));
  protocol.handle(scheme, servePages(folder));
  const host = await openHost(settings);
  const window = openWindow(!settings.isSmoke);
  const fork = (): Worker => utilityProcess.fork(join(folder, 'dist/src/utility.js'));
  const editor = new Editor({
    host,
    async chooseFile(kind) {
      const options = { filters: filters[kind], properties: ['openFile' as const] };
      const { filePaths } = await dialog.showOpenDialog(window, options);
      return filePaths[0];
    },
    async chooseTarget(suggested) {
      const { filePath } = await dialog.showSaveDialog(window, {
        filters: filters.profile,
        defaultPath: suggested,
      });
      return filePath === '' ? undefined : filePath;
    },
    applyTo: windowsNetworks(),
    nativeWindow: () => window.getNativeWindowHandle(),
    startTrial: (job, onProgress) => startTrial(fork, job, settings, onProgress),
    onProgress: (progress) => {
      if (!window.isDestroyed()) window.webContents.send('editor:progress', progress);
    },
  });
  for (const [name, call] of Object.entries(editor.calls)) {
    ipcMain.handle(`editor:${name}`, (event, ...args: unknown[]) => {
      if (!isPage(event.senderFrame)) throw new Error('only the editor’s own page may ask');
      return call(...args);
    });
  }
  window.on('closed', () => editor.close());
  app.on('window-all-closed', () => {
    void host.close().finally(() => app.quit());
  });
  await window.loadURL(`${origin}/index.html`);
  if (!settings.isSmoke) return;
  const code = await smoke({ window, host, fork, settings });
  await host.close();
  app.exit(code);
}

// Not awaited: the program becomes ready only when this module has run to its end.
app
  .whenReady()
  .then(start)
  .catch((error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    if (process.argv.includes('--smoke')) console.error(message);
    else dialog.showErrorBox('The profile editor cannot start', message);
    app.exit(1);
  });
