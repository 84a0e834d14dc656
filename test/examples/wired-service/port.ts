// Whether a network port has a carrier, and its address: asked of the system by its name there.

import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';

import { parseAddress } from './eapol.js';

/** Linux tells of each port in a folder of its own; undefined where it has no such port, or the port is down. */
function readAttribute(name: string, attribute: string): string | undefined {
  try {
    return readFileSync(`/sys/class/net/${name}/${attribute}`, 'utf8').trim();
  } catch {
    return undefined;
  }
}

/**
 * Whether the port is up and has a carrier. Elsewhere than on Linux it must have an address as well, one of its own
 * making (169.254.0.0/16, fe80::/10) at least: Node tells of no others.
 */
export function hasCarrier(name: string): boolean {
  if (process.platform === 'linux') return readAttribute(name, 'carrier') === '1';
  return networkInterfaces()[name] !== undefined;
}

/** The port's Ethernet address. Throws where there is no such port, or it is down. */
export function addressOf(name: string): Buffer {
  const address =
    process.platform === 'linux' ? readAttribute(name, 'address') : networkInterfaces()[name]?.[0]?.mac;
  if (address === undefined) {
    throw new Error(`there is no network port ${name}, or it is down; say its Ethernet address as "address"`);
  }
  return parseAddress(address);
}
