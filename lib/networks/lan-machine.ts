// What of this Windows decides whether its services take profiles. JavaScript thread; the calls are made on native threads.

import { callWindows, type Registry, windowsRegistry } from '../native/registry.js';
import type { NativeService } from '../native/system-types.js';

/** What is asked of a machine when a call about a wired network failed. */
export interface LanMachine {
  /** The service dot3svc; undefined if there is none. */
  service(): Promise<NativeService | undefined>;
  /** The names of its Ethernet connections. */
  interfaces(): Promise<readonly string[]>;
  /** Whether group policy has set a profile for wired networks. */
  hasPolicy(): Promise<boolean>;
  isElevated(): Promise<boolean>;
}

/** The registry's key below which group policy puts what it sets for each kind of network. */
export const policyKeys = {
  wlan: 'SOFTWARE\\Policies\\Microsoft\\Windows\\Wireless\\GPTWirelessPolicy',
  wired: 'SOFTWARE\\Policies\\Microsoft\\Windows\\WiredL2\\GP_Policy',
} as const;

/** Whether group policy has set profiles for networks of a kind. */
export async function hasNetworkPolicy(registry: Registry, kind: keyof typeof policyKeys): Promise<boolean> {
  const key = await registry.read(policyKeys[kind]);
  return key !== undefined && (key.keys.length > 0 || key.values.size > 0);
}

/** This machine. */
export const windowsLan: LanMachine = {
  service: () => callWindows('queryService', { name: 'dot3svc' }),
  async interfaces() {
    return (await callWindows('listInterfaces', {})).map(({ label }) => label);
  },
  hasPolicy: () => hasNetworkPolicy(windowsRegistry, 'wired'),
  async isElevated() {
    return (await callWindows('queryProcess', {})).isElevated;
  },
};
