// The endurance runs: what takes minutes or hours, each a program that prints one line of figures and fails by its exit
// code. Usage: node scripts/endurance.mjs [NAME]… [--OPTION VALUE]…      (default: all, with the values of the table)
//   npm run test:endurance -- mschapv2 --count 10000

import { pathToFileURL } from 'node:url';

import { builds } from './suites.mjs';
import { buildTypeScript } from './build.mjs';
import { inRoot, spawned } from './tools.mjs';

/** A program of dist/test/soak of its own. */
const program = (name, options) => ({
  build: ['native'],
  command: [process.execPath, inRoot('dist/test/soak', `${name}.js`)],
  options,
});

/** A run of dist/test/soak/endurance.js. The young generation is small, so that what grows there is no leak's. */
const soak = (name, options) => ({
  build: ['native'],
  command: [
    process.execPath,
    '--expose-gc',
    '--max-semi-space-size=1',
    inRoot('dist/test/soak/endurance.js'),
    name,
  ],
  options,
});

/**
 * Each by its name: what is built for it (of `builds`), its program, and the options that it takes, as `--option=value`,
 * with their values.
 */
export const runs = {
  mschapv2: soak('mschapv2', { count: 1_000_000 }),
  peap: soak('peap', { count: 100_000 }),
  'native-sessions': soak('native-sessions', { count: 10_000_000 }),
  'open-sessions': soak('open-sessions', { count: 100_000 }),
  workers: program('workers', { count: 10_000, seed: 1 }),
  exits: program('exits', { count: 1000 }),
  'event-loop': soak('event-loop', { sessions: 1000, seconds: 60 }),
};

/** The names and options of a command line. */
function read(args) {
  const names = [];
  const options = {};
  for (let at = 0; at < args.length; at += 1) {
    const [, option, value] = /^--([a-z-]+)(?:=(.*))?$/u.exec(args[at]) ?? [];
    if (option !== undefined) options[option] = value ?? args[(at += 1)];
    else if (runs[args[at]] !== undefined) names.push(args[at]);
    else throw new Error(`no run ${args[at]}; there are ${Object.keys(runs).join(', ')}`);
  }
  return { names: names.length > 0 ? names : Object.keys(runs), options };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { names, options } = read(process.argv.slice(2));
  for (const option of Object.keys(options)) {
    const taker = names.find((name) => runs[name].options[option] !== undefined);
    if (taker === undefined) throw new Error(`no run of ${names.join(', ')} takes --${option}`);
  }
  buildTypeScript();
  for (const build of new Set(names.flatMap((name) => runs[name].build))) builds[build]();
  const failed = [];
  for (const name of names) {
    const { command, options: defaults } = runs[name];
    const values = Object.keys(defaults).map((key) => `--${key}=${options[key] ?? defaults[key]}`);
    const [program, ...args] = [...command, ...values];
    if ((await spawned(program, args)) !== 0) failed.push(name);
  }
  if (failed.length > 0) console.error(`failed: ${failed.join(', ')}`);
  process.exitCode = failed.length > 0 ? 1 : 0;
}
