// The rules of Windows' firewall about RADIUS, read from the registry. Pure but for `readFirewall`.

import { namesOf } from '../base/guards.js';
import type { Registry, RegistryKey } from '../native/registry.js';

const policyKey = 'SYSTEM\\CurrentControlSet\\Services\\SharedAccess\\Parameters\\FirewallPolicy';
const groupPolicyKey = 'SOFTWARE\\Policies\\Microsoft\\WindowsFirewall';
const profileKeys = { domain: 'DomainProfile', private: 'StandardProfile', public: 'PublicProfile' } as const;

/** The ports of RADIUS: authentication and accounting. */
const radiusPorts: readonly number[] = [1812, 1813];

/** A network profile of the firewall. */
export type FirewallProfile = keyof typeof profileKeys;

/** A rule that is in force and concerns RADIUS. */
export interface FirewallRule {
  readonly name: string;
  readonly direction: 'in' | 'out';
  readonly action: 'allow' | 'block';
  /** Those of RADIUS that it concerns. */
  readonly ports: readonly number[];
}

/** What the firewall says of RADIUS. */
export interface Firewall {
  /** The profiles in which it is on. */
  readonly activeIn: readonly FirewallProfile[];
  readonly rules: readonly FirewallRule[];
}

/** Whether `port` is in a list such as `1812,1900-2000`. */
function isIn(list: string, port: number): boolean {
  return list.split(',').some((range) => {
    const [from = '', to = from] = range.split('-', 2);
    return /^\d+$/u.test(from) && Number(from) <= port && port <= Number(to);
  });
}

const udp = '17';
const anyProtocol = '256';

/**
 * A rule as it lies in the registry, such as `v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=17|LPort=1812|Name=…|`;
 * undefined if it is off, or is not about RADIUS by name of its ports.
 */
export function parseRule(text: string): FirewallRule | undefined {
  const fields = text.split('|').map((field) => {
    const at = field.indexOf('=');
    return [field.slice(0, at), field.slice(at + 1)] as const;
  });
  const all = (name: string): string[] => fields.filter(([key]) => key === name).map(([, value]) => value);
  const one = (name: string): string => all(name)[0] ?? '';
  if (one('Active') !== 'TRUE' || ![udp, anyProtocol].includes(one('Protocol'))) return undefined;
  const direction = one('Dir') === 'Out' ? 'out' : 'in';
  const lists = all(direction === 'in' ? 'LPort' : 'RPort');
  const ports = radiusPorts.filter((port) => lists.some((list) => isIn(list, port)));
  if (ports.length === 0) return undefined;
  return { name: one('Name'), direction, action: one('Action') === 'Block' ? 'block' : 'allow', ports };
}

function rulesIn(key: RegistryKey | undefined): FirewallRule[] {
  const rules: FirewallRule[] = [];
  for (const data of key?.values.values() ?? []) {
    const rule = 'text' in data ? parseRule(data.text) : undefined;
    if (rule !== undefined) rules.push(rule);
  }
  return rules;
}

/** Reads the firewall's rules about RADIUS, an administrator's and those of group policy. */
export async function readFirewall(registry: Registry): Promise<Firewall> {
  const activeIn: FirewallProfile[] = [];
  for (const profile of namesOf(profileKeys)) {
    const name = profileKeys[profile];
    const local = await registry.read(`${policyKey}\\${name}`);
    const policy = await registry.read(`${groupPolicyKey}\\${name}`);
    const value = policy?.values.get('enablefirewall') ?? local?.values.get('enablefirewall');
    if (value?.kind === 'number' && value.number !== 0) activeIn.push(profile);
  }
  const rules = [
    ...rulesIn(await registry.read(`${policyKey}\\FirewallRules`)),
    ...rulesIn(await registry.read(`${groupPolicyKey}\\FirewallRules`)),
  ];
  return { activeIn, rules };
}
