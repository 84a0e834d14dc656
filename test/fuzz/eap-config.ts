// The fuzzer of eap-config files: what they say becomes profiles that the builders take, and configurations of other
// supplicants that have no more in them than was meant.

import { deepEqual, equal, ok } from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';

import { EapError } from '../../lib/base/errors.js';
import { type EapConfigProvider, profiles } from '../../lib/profiles/index.js';
import { KeyFile } from '../eap-config/keyfile.js';
import type { Target } from './engine.js';
import { mutateXml } from './xml.js';

const folder = 'test/eap-config/fixtures';
const seeds = readdirSync(folder).map((file) => readFileSync(`${folder}/${file}`));
const files = readdirSync('dist/lib/profiles', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.js'))
  .map((file) => `lib/profiles/${file.replaceAll('\\', '/')}`);

/** Undefined where the work was refused as the parser and the conversions say that they refuse. */
function unlessRefused<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof EapError || error instanceof RangeError) return undefined;
    throw error;
  }
}

const groups = new Set(['connection', 'wifi', 'wifi-security', '802-1x', 'ipv4', 'ipv6']);

function convert(provider: EapConfigProvider): void {
  const { wlan, lan, credentials, roots, intermediates, method } = profiles.fromEapConfig(provider);
  const { pkcs12 = Uint8Array.of(1), passphrase } = method.client;
  const authorities = [...roots, ...intermediates].map(({ pem }) => pem);
  const common = { credentials, authorities, pkcs12, passphrase, folder: '/etc/eaphost' };
  if (lan) profiles.parseLan(profiles.lan(lan), { unknown: 'refuse' });
  for (const options of wlan) {
    const { name, ssids } = profiles.parseWlan(profiles.wlan(options), { unknown: 'refuse' }).options;
    deepEqual([name, ssids], [options.name, options.ssids]);
    const connection = unlessRefused(() => profiles.toNetworkManager({ wlan: options, ...common }));
    for (const { text } of connection?.documents ?? []) {
      const keyFile = new KeyFile(text);
      ok(Object.keys(keyFile.all()).every((group) => groups.has(group)));
      equal(keyFile.string('connection', 'id'), options.name);
      equal(String(keyFile.octets('wifi', 'ssid')), options.ssids[0]);
    }
    const { documents = [] } =
      unlessRefused(() => profiles.toWpaSupplicant({ wlan: options, ...common })) ?? {};
    for (const { text } of documents)
      ok(/^network=\{\n(?:\t[0-9a-z_]+=[\x20-\x7E]+\n)+\}\n$/u.test(text), text);
  }
}

export const eapConfig: Target = {
  name: 'eap-config',
  files,
  seeds,
  mutate: mutateXml,
  run(input) {
    const config = unlessRefused(() => profiles.parseEapConfig(input.toString()));
    for (const provider of config?.providers ?? []) unlessRefused(() => convert(provider));
  },
};
