// `eaphost wired` beside wpa_supplicant -D wired, at the same switch, with PEAP-MSCHAPv2 in full handshakes: how long until
// the port is open, the memory, and the processor time while nothing happens. Linux only, as root.
//
// wpa_supplicant's driver of wired ports does not look at the link, and where the switch knows its port already it waits thirty
// seconds before it says that it is there. What counts for it is its start, at a switch that has started just now; ours has a
// link that comes up, which the kernel tells at most once a second.

import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

import { Service } from '../wired/service/service.js';
import { password, serverAuthority, serverName, Switch } from '../wired/service/switch.js';
import { Wire } from '../wired/service/wire.js';
import { WpaSupplicant } from '../wired/service/wpa-supplicant.js';
import { cpuSecondsOf } from './processor-time.js';
import { median, rounds } from './support.js';

const idleSeconds = 10;

/** What a supplicant takes. */
export interface WiredCosts {
  /** Until hostapd opens the port. */
  readonly authorizedMs: number;
  readonly bytes: number;
  /** Of processor time in a second in which nothing happens. */
  readonly idleCpuMsPerSecond: number;
}

/** Waits until hostapd has said it once more than before; gives the time of that. */
async function openedAfter(authenticator: Switch, from: number): Promise<number> {
  const end = performance.now() + 30_000;
  while (!authenticator.output.includes('CTRL-EVENT-EAP-SUCCESS', from)) {
    if (performance.now() > end) throw new Error(`never authorized:\n${authenticator.output.slice(from)}`);
    await delay(1);
  }
  return performance.now();
}

async function measure(pid: () => number, round: () => Promise<number>): Promise<WiredCosts> {
  const all: number[] = [];
  for (let at = 0; at <= rounds; at += 1) all.push(await round());
  // V8 tidies up behind work.
  await delay(idleSeconds * 1000);
  const before = cpuSecondsOf(pid());
  await delay(idleSeconds * 1000);
  const idleCpuMsPerSecond = ((cpuSecondsOf(pid()) - before) * 1000) / idleSeconds;
  const [, kilobytes] = /^VmRSS:\s+(\d+)/mu.exec(readFileSync(`/proc/${pid()}/status`, 'utf8')) ?? [];
  // The first round warms up.
  return { authorizedMs: median(all.slice(1)), bytes: Number(kilobytes) * 1024, idleCpuMsPerSecond };
}

async function measureOurs(wire: Wire): Promise<WiredCosts> {
  await using authenticator = await Switch.start(wire, 0);
  const user = { method: 'peap-mschapv2', identity: 'alice', 'password-file': 'password' };
  await using service = new Service(wire, { ...user, ca: 'ca.pem', 'server-name': serverName });
  service.write('ca.pem', serverAuthority);
  service.write('password', password);
  service.start();
  await openedAfter(authenticator, 0);
  // Awaited here: the service ends with this function.
  return await measure(
    () => service.pid,
    async () => {
      wire.setLink(false);
      await delay(500);
      const from = authenticator.output.length;
      const started = performance.now();
      wire.setLink(true);
      return (await openedAfter(authenticator, from)) - started;
    },
  );
}

async function measureWpaSupplicant(wire: Wire): Promise<WiredCosts> {
  await using supplicant = new WpaSupplicant(wire, 'peap-mschapv2');
  let authenticator: Switch | undefined;
  const stop = async (): Promise<void> => {
    await supplicant.stop();
    await authenticator?.[Symbol.asyncDispose]();
  };
  try {
    return await measure(
      () => supplicant.pid,
      async () => {
        await stop();
        authenticator = await Switch.start(wire, 0);
        const from = authenticator.output.length;
        const started = performance.now();
        supplicant.start();
        return (await openedAfter(authenticator, from)) - started;
      },
    );
  } finally {
    await stop();
  }
}

/** Both, one after the other, each at a switch of its own. */
export async function benchWired(): Promise<{
  readonly eaphost: WiredCosts;
  readonly wpaSupplicant: WiredCosts;
}> {
  using wire = new Wire();
  return { eaphost: await measureOurs(wire), wpaSupplicant: await measureWpaSupplicant(wire) };
}
