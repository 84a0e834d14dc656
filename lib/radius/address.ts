// Normalizes addresses, so that they can be compared and looked up; finds the secret of an address.

import { BlockList, isIP, SocketAddress } from 'node:net';
import { checkWellFormed, toBytes } from '../base/arguments.js';
import { secretFrom } from '../base/secret.js';

/** The one spelling of an address: no zone, shortest IPv6 form, IPv4-mapped IPv6 as IPv4. */
export function canonicalAddress(address: string): string {
  const [bare = ''] = address.split('%');
  if (isIP(bare) !== 6) return bare;
  const short = new SocketAddress({ address: bare, family: 'ipv6' }).address;
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/u.exec(short)?.[1] ?? short;
}

/** A shared secret: text (its UTF-8 octets) or octets. */
export type Secret = string | Uint8Array;

/** A copy of a secret, to be wiped by its owner. Rejects an empty one, and what is none, with TypeError. */
export function copySecret(secret: Secret): Buffer {
  if (typeof secret === 'string') checkWellFormed(secret, 'secret');
  const copy = secretFrom(typeof secret === 'string' ? secret : toBytes(secret, 'secret'));
  if (copy.length === 0) throw new TypeError('a RADIUS secret must not be empty');
  return copy;
}

/** The secrets of a server's clients: the most exact entry for an address, else the default. */
export class ClientSecrets {
  readonly #entries: { readonly prefix: number; readonly network: BlockList; readonly secret: Buffer }[] = [];
  readonly #fallback: Buffer | undefined;

  /** `clients`: by address, or by network as address/prefix. Rejects malformed entries with TypeError. */
  constructor(fallback: Secret | undefined, clients: Readonly<Record<string, Secret>> = {}) {
    this.#fallback = fallback === undefined ? undefined : copySecret(fallback);
    for (const [client, secret] of Object.entries(clients)) {
      const [given = '', bits] = client.split('/');
      const address = bits === undefined ? canonicalAddress(given) : given;
      const family = isIP(address);
      const prefix = bits === undefined ? (family === 6 ? 128 : 32) : Number(bits);
      if (family === 0 || !Number.isInteger(prefix) || prefix < 0 || prefix > (family === 6 ? 128 : 32)) {
        throw new TypeError(`not an address or network: ${client}`);
      }
      const network = new BlockList();
      network.addSubnet(address, prefix, family === 6 ? 'ipv6' : 'ipv4');
      this.#entries.push({ prefix, network, secret: copySecret(secret) });
    }
    this.#entries.sort((a, b) => b.prefix - a.prefix);
  }

  /** The secret shared with this client (canonical address); undefined for a stranger. */
  find(address: string): Buffer | undefined {
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    return this.#entries.find(({ network }) => network.check(address, family))?.secret ?? this.#fallback;
  }

  wipe(): void {
    this.#fallback?.fill(0);
    for (const { secret } of this.#entries) secret.fill(0);
    this.#entries.length = 0;
  }
}
