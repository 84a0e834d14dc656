// The process that a task of Windows starts as SYSTEM: asks for the shim from end to end, and writes the answer.
// Usage: node probe-child.js FOLDER FILE

import { renameSync, writeFileSync } from 'node:fs';

import { answerOrFailure, askShim } from './system-probes.js';

const [, , folder = '', file = ''] = process.argv;
const answer = await answerOrFailure(() => askShim(folder));
// Whole, or not there: it is waited for.
writeFileSync(`${file}.new`, JSON.stringify(answer));
renameSync(`${file}.new`, file);
