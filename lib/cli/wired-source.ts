// What `eaphost wired` authenticates a port with: the options of a method, or files, which are read anew for each
// authentication. Credentials pass as octets, which are wiped.

import { wipe } from '../methods/credentials.js';
import { peapPeer, tlsPeer, ttlsPeer } from '../methods/tls/index.js';
import type { EapHost, Runtime } from '../supplicant/eaphost.js';
import { openEapHost } from '../supplicant/open.js';
import type { SessionInput } from '../wired/index.js';
import { configure, peerMethods } from './auth-methods.js';
import { readClient, readPassword, readPeer } from './auth-options.js';
import { readInput, UsageError, type Values } from './command.js';
import type { Output } from './output.js';
import { readSecretInput } from './password.js';
import type { wired as row } from './tables.js';

type Given = Values<typeof row>;

/** What the port is authenticated with. */
export interface Source extends Disposable {
  open(): Promise<EapHost>;
  /** What a session is begun with, as it is now. */
  load(host: EapHost): Promise<SessionInput>;
}

/** Wipes a blob of credentials. */
export function wipeBlob({ credentials }: SessionInput): void {
  if (credentials instanceof Uint8Array) wipe(credentials);
}

const ofMethod = [
  'method',
  'identity',
  'outer-identity',
  'server-name',
  'insecurely-trust-any-server',
  'commitment',
  'insecurely-allow-weak-cryptography',
  'password-file',
] as const;

/** Whether the options name one source, and only that. Throws UsageError. */
export function checkSource(values: Given): void {
  if (values.profile === undefined) {
    if (values.credentials !== undefined) throw new UsageError('--credentials goes with --profile');
    if (values.method === undefined) throw new UsageError('give --profile and --credentials, or --method');
    return;
  }
  const beside = ofMethod.find((name) => values[name] !== undefined);
  if (beside !== undefined) throw new UsageError(`--${beside} goes with --method; --profile says it itself`);
  if (values.credentials === undefined && values.machine !== true) {
    throw new UsageError('--credentials is missing: EapHostUserCredentials as XML');
  }
}

export async function readSource(values: Given, output: Output): Promise<Source> {
  checkSource(values);
  const runtime = values.runtime ?? (process.platform === 'win32' ? 'system' : 'embedded');
  const flags = values.machine === true ? (['machineAuth'] as const) : [];
  if (values.profile !== undefined) return profileSource(values, values.profile, runtime, flags);
  const peer = await readPeer(values, false);
  output.done();
  const choice = { ...peer, password: await readPassword(values, peer, false) };
  return {
    open: () => openEapHost({ runtime, methods: runtime === 'system' ? undefined : peerMethods(choice) }),
    load: async (host) => ({ ...(await configure(host, choice)), flags }),
    [Symbol.dispose]: () => wipe(choice.password),
  };
}

/** Of files, which are read anew for each authentication. */
export async function profileSource(
  values: Given,
  profile: string,
  runtime: Runtime,
  flags: readonly 'machineAuth'[],
): Promise<Source> {
  const methods = runtime === 'system' ? undefined : await embeddedMethods(values);
  return {
    open: () => openEapHost({ runtime, methods }),
    async load(host) {
      const { method, blob: config } = await host.configFromXml(
        (await readInput(profile, '--profile')).toString(),
      );
      if (values.credentials === undefined) return { method, config, flags };
      const xml = await readSecretInput(values.credentials, '--credentials');
      try {
        const credentials = await host.credentialsFromXml(xml, { method, config });
        return { method, config, credentials, flags };
      } finally {
        xml.fill(0);
      }
    },
    [Symbol.dispose]: () => undefined,
  };
}

/** The methods that a profile may name. The profile says whom they trust. */
async function embeddedMethods(values: Given) {
  const { ca: file } = values;
  if (file === undefined) return [];
  const trust = { ca: (await readInput(file, '--ca')).toString(), onlyProfileRoots: true };
  const hasCertificate = (values.cert ?? values.pfx) !== undefined;
  const client = hasCertificate ? await readClient(values, 'tls', false) : undefined;
  return [peapPeer(trust), ttlsPeer(trust), ...(client ? [tlsPeer({ ...trust, ...client })] : [])];
}
