// `eaphost wired` at a switch that authenticates it anew every second. Usage: node dist/test/soak/wired.js
// [--seconds 3600]. As root: it makes network namespaces. Fails where an authentication fails, the port is closed in
// between, or memory grows after the first half.

import { strict as assert } from 'node:assert';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { Service } from '../wired/service/service.js';
import { password, serverAuthority, serverName, Switch } from '../wired/service/switch.js';
import { Wire } from '../wired/service/wire.js';
import { rises, slopeOf } from './slope.js';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '3600' } } });
const seconds = Number(values.seconds);
const mebibyte = 2 ** 20;

using wire = new Wire();
await using _ = await Switch.start(wire, 1);
const user = { method: 'peap-mschapv2', identity: 'alice', 'password-file': 'password' };
// The young generation is small, and garbage collected: what grows there is no leak's.
const collector = new URL('collect.js', import.meta.url).href;
await using service = new Service(wire, { ...user, ca: 'ca.pem', 'server-name': serverName }, wire, {
  NODE_OPTIONS: `--max-semi-space-size=1 --import=${collector}`,
});
service.write('ca.pem', serverAuthority);
service.write('password', password);
service.start();
await service.says({ event: 'authorized' });

/** Seconds and mebibytes. */
const sizes: [number, number][] = [];
for (let second = 0; second < seconds; second += 1) {
  await delay(1000);
  const { code, line } = second % 60 === 0 ? await service.command('health') : { code: 0, line: undefined };
  assert.equal(code, 0, JSON.stringify(line));
  if (second >= seconds / 2) sizes.push([second, service.memory / mebibyte]);
}
const { line: health } = await service.command('health');
const { lines } = service;
const count = lines.filter(({ event }) => event === 'authorized').length;
const failed = lines.filter(({ event }) => event === 'failed');
assert.deepEqual(failed, []);
assert.ok(!lines.some(({ state }) => state === 'HELD' || state === 'DISCONNECTED'));
assert.ok(count > seconds / 2, `${count} authentications`);
const growth = slopeOf(sizes);
const perHour = growth.slope * 3600;
const [, last = 0] = sizes.at(-1) ?? [];
console.log(
  `wired: authorized ${count} times in ${seconds} s, ${String(health?.['dot1xSuppEapolFramesRx'])} frames taken; ` +
    `${last.toFixed(1)} MiB, growing by ${perHour.toFixed(1)} MiB an hour`,
);
assert.ok(!rises(growth) || perHour < 8, `grows by ${perHour} MiB an hour`);
