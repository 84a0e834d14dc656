// Starts a staged program as Electron would: node fake-start.js FOLDER ARGUMENTS…; ends with the program's exit code.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder = ''] = process.argv.slice(2);
const { main } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { main: string };
await import(pathToFileURL(join(folder, main)).href);
const { app } = await import('./fake-electron.js');
process.exitCode = await app.ended;
