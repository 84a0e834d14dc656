// Asks this Windows machine the questions, and writes the answers: FOLDER/probe.json and FOLDER/probe.html.
// Usage: node main.js FOLDER

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { toPage } from './page.js';
import { askAll } from './report.js';

const [, , folder] = process.argv;
if (folder === undefined) throw new Error('say the folder for the answers');
const report = await askAll(({ id, milliseconds }) => process.stdout.write(`${id}: ${milliseconds} ms\n`));
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'probe.json'), `${JSON.stringify(report, null, 2)}\n`);
writeFileSync(join(folder, 'probe.html'), toPage(report));
if (report.leftover !== undefined) process.stdout.write(`EAPHost still uses ${report.leftover}\n`);
