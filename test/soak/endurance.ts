// One endurance run: prints its line, fails where something is beyond its limit. See scripts/endurance.mjs. Usage:
//   node --expose-gc --max-semi-space-size=1 dist/test/soak/endurance.js NAME [--OPTION=VALUE]…

import { runs, separator } from './runs.js';

const [, , name = '', ...args] = process.argv;
const run = runs[name];
if (run === undefined) throw new Error(`no run ${name}; there are ${Object.keys(runs).join(', ')}`);
const options = args.map((arg): [string, number] => {
  const [, key = '', value] = /^--([a-z]+)=(\d+)$/u.exec(arg) ?? [];
  if (value === undefined) throw new Error(`${arg} must be --option=number`);
  return [key, Number(value)];
});
const { figures, beyond } = await run(Object.fromEntries(options));
console.log([`${name}: ${figures}`, ...beyond].join(separator));
process.exitCode = beyond.length > 0 ? 1 : 0;
