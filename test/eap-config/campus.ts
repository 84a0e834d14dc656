// A wireless network with 802.1X, its user and its authorities: what the tests of the conversions start from.

import assert from 'node:assert/strict';

import {
  type Conversion,
  type ConversionOptions,
  type EapConfigCredentials,
  type EapConfiguration,
  profiles,
  type WlanProfileOptions,
} from '../../lib/profiles/index.js';
import { KeyFile } from './keyfile.js';
import { fixture } from './support.js';

const { parseEapConfig, toNetworkManager } = profiles;
export const folder = '/etc/eaphost';

export const university = parseEapConfig(fixture('university')).providers[0]!;
const certificates = university.methods[1]!.server.certificates;
export const authorities = certificates.map(({ pem }) => pem);
export const trustedRoots = [certificates[0]!.sha1];
export const serverValidation = { disablePrompt: true, serverNames: ['radius.example.org'], trustedRoots };
export const mschapv2 = { useWinlogonCredentials: false };
export const pkcs12 = parseEapConfig(fixture('certificate')).providers[0]!.methods[0]!.client.pkcs12!;

export const wlanWith = (
  eap: EapConfiguration,
  more: Partial<WlanProfileOptions> = {},
): WlanProfileOptions => ({
  name: 'campus',
  ssids: ['campus'],
  security: { authentication: 'WPA2' },
  oneX: { authMode: 'user', eap },
  ...more,
});
export const peap: EapConfiguration = { peap: { serverValidation, inner: { mschapv2 } } };
export const alice: EapConfigCredentials = {
  peap: { inner: { mschapv2: { username: 'alice', password: 'secret' } } },
};

export const options = (more: Partial<ConversionOptions> = {}): ConversionOptions => ({
  wlan: wlanWith(peap),
  credentials: alice,
  authorities,
  folder,
  ...more,
});

export const onlyText = ({ documents }: Conversion): string => {
  assert.equal(documents.length, 1);
  return documents[0]!.text;
};
export const dot1x = (more?: Partial<ConversionOptions>) =>
  new KeyFile(onlyText(toNetworkManager(options(more)))).all()['802-1x']!;

export const caPath = toNetworkManager(options()).files[0]!.path;
