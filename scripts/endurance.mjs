// The endurance runs: what takes minutes or hours, each a program that prints one line of figures and fails by its exit
// code. Usage: node scripts/endurance.mjs [NAME]… [--OPTION VALUE]…      (default: all, with the values of the table)
//   npm run test:endurance -- mschapv2 --count 10000
//   npm run test:endurance -- workers --under asan --count 1000       (or wine: in a Windows Node)

import { pathToFileURL } from 'node:url';

import { asanEnvironment, builds } from './suites.mjs';
import { buildTypeScript } from './build.mjs';
import { inRoot, spawned } from './tools.mjs';
import { ensureWine, wine } from './wine.mjs';

/** What a program runs under: what is built for it, of `builds`, and how it is run. Resolves its exit code. */
const places = {
  native: { build: ['native'], run: ([program, ...args]) => spawned(program, args) },
  asan: {
    build: ['asan'],
    run: ([program, ...args]) => spawned(program, args, { env: { ...process.env, ...asanEnvironment() } }),
  },
  wine: {
    build: ['win32-x64', 'wine'],
    run: ([, ...args]) =>
      Promise.resolve(wine([ensureWine(), ...args], { timeout: 24 * 3_600_000, echo: true }).status),
  },
};

/** A program of dist/test/soak of its own, which runs under other than native, too. */
const program = (name, options, under) => ({
  under,
  command: [process.execPath, inRoot('dist/test/soak', `${name}.js`)],
  options,
});

/** A run of dist/test/soak/endurance.js. The young generation is small, so that what grows there is no leak's. */
const soak = (name, options) => ({
  under: [],
  command: [
    process.execPath,
    '--expose-gc',
    '--max-semi-space-size=1',
    inRoot('dist/test/soak/endurance.js'),
    name,
  ],
  options,
});

/** Each by its name: its program, the options that it takes, as `--option=value`, with their values, and what else of `places` it runs under. */
export const runs = {
  mschapv2: soak('mschapv2', { count: 1_000_000 }),
  peap: soak('peap', { count: 100_000 }),
  'native-sessions': soak('native-sessions', { count: 10_000_000 }),
  'open-sessions': soak('open-sessions', { count: 100_000 }),
  workers: program('workers', { count: 10_000, seed: 1 }, ['asan', 'wine']),
  exits: program('exits', { count: 1000 }, ['wine']),
  fuzz: program('fuzz', { rounds: 50_000, seed: 1 }, []),
  wired: program('wired', { seconds: 3600 }, []),
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
  const { names, options: given } = read(process.argv.slice(2));
  const { under = 'native', ...options } = given;
  for (const option of Object.keys(options)) {
    const taker = names.find((name) => runs[name].options[option] !== undefined);
    if (taker === undefined) throw new Error(`no run of ${names.join(', ')} takes --${option}`);
  }
  const other = names.find((name) => under !== 'native' && !runs[name].under.includes(under));
  if (other !== undefined) throw new Error(`${other} does not run under ${under}`);
  const { build, run } = places[under];
  buildTypeScript();
  for (const name of build) builds[name]();
  const failed = [];
  for (const name of names) {
    const { command, options: defaults } = runs[name];
    const values = Object.keys(defaults).map((key) => `--${key}=${options[key] ?? defaults[key]}`);
    if ((await run([...command, ...values])) !== 0) failed.push(name);
  }
  if (failed.length > 0) console.error(`failed: ${failed.join(', ')}`);
  process.exitCode = failed.length > 0 ? 1 : 0;
}
