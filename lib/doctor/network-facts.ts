// What of this Windows keeps networks: its services, its adapters, and what group policy sets. JavaScript thread; the calls
// are made on native threads.

import { openWlan } from '../networks/wlan.js';
import { hasNetworkPolicy } from '../networks/lan-machine.js';
import { callWindows, windowsRegistry } from '../native/registry.js';
import type { NativeService } from '../native/system-types.js';

/** The services and adapters of one kind of network. */
export interface NetworkKindFacts {
  /** WlanSvc, or dot3svc; undefined if there is none. */
  readonly service: NativeService | undefined;
  /** What people call its adapters; undefined where nobody can be asked. */
  readonly adapters: readonly string[] | undefined;
  /** Whether group policy has set profiles. */
  readonly hasPolicy: boolean;
}

const running = 4;

/** Of Wi-Fi, whose adapters only its service knows. */
export async function gatherWlan(): Promise<NetworkKindFacts> {
  const service = await callWindows('queryService', { name: 'WlanSvc' });
  return {
    service,
    adapters: service?.state === running ? await wlanAdapters() : undefined,
    hasPolicy: await hasNetworkPolicy(windowsRegistry, 'wlan'),
  };
}

async function wlanAdapters(): Promise<string[]> {
  await using wlan = await openWlan();
  return (await wlan.interfaces()).map(({ description }) => description);
}

/** Of wired networks. */
export async function gatherWired(): Promise<NetworkKindFacts> {
  return {
    service: await callWindows('queryService', { name: 'dot3svc' }),
    adapters: (await callWindows('listInterfaces', {})).map(({ label }) => label),
    hasPolicy: await hasNetworkPolicy(windowsRegistry, 'wired'),
  };
}
