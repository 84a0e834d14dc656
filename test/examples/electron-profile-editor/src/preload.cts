// The bridge between the page and the main process, in the sandbox: one function for each call, and no other way in.
// A sandboxed preload script is CommonJS, and can require Electron but no file of the program: the names stand here
// again.

import electron = require('electron');
import type { EditorApi, Progress } from './api.js' with { 'resolution-mode': 'import' };

const { contextBridge, ipcRenderer } = electron;

const call =
  <Name extends keyof EditorApi>(name: Name) =>
  async (...args: Parameters<EditorApi[Name]>) =>
    ipcRenderer.invoke(`editor:${name}`, ...args);

const editor: EditorApi = {
  start: call('start'),
  create: call('create'),
  open: call('open'),
  openCertificates: call('openCertificates'),
  save: call('save'),
  read: call('read'),
  change: call('change'),
  toBlob: call('toBlob'),
  fromBlob: call('fromBlob'),
  configure: call('configure'),
  fields: call('fields'),
  tryIt: call('tryIt'),
  offers: call('offers'),
  cancel: call('cancel'),
  apply: call('apply'),
  onProgress(listener) {
    // The event itself stays here: its sender would be a way around this list.
    ipcRenderer.on('editor:progress', (_, progress: Progress) => listener(progress));
  },
};

contextBridge.exposeInMainWorld('editor', editor);
