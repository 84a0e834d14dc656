// Documents of the largest size that is read, made to cost time: reading one costs little more than its XML does, and what
// is said of it stays short. Compared in processor time of the same run, which a busy machine does not lengthen.

import assert from 'node:assert/strict';

import { EapError } from '../../lib/base/errors.js';
import { profiles } from '../../lib/profiles/index.js';
import { readXml } from '../../lib/profiles/xml.js';

const size = 1 << 20;
const oneX = { eap: { peap: { inner: { mschapv2: {} } } } };
const config = profiles.peap(oneX.eap.peap);
const credentials = profiles.credentials.ttls({ username: 'alice', password: 'secret' });
const wlan = profiles.wlan({ name: 'a', ssids: ['a'], security: { authentication: 'WPA2' }, oneX });
const lan = profiles.lan({ oneX });
const eapConfig = `<EAPIdentityProviderList><EAPIdentityProvider><AuthenticationMethods/></EAPIdentityProvider></EAPIdentityProviderList>`;

/** The document with `piece` before `mark`, as often as there is room, and nodes are allowed. */
function filled(document: string, mark: string, piece: (room: number) => string): string {
  assert.ok(document.includes(mark), mark);
  return document.replace(mark, () => piece(size - document.length) + mark);
}

const many =
  (element: string) =>
  (room: number): string =>
    element.repeat(Math.min(60_000, Math.floor(room / element.length)));
const oneLong = (room: number): string => `<${'x'.repeat(room - 3)}/>`;
const attributes = (room: number): string =>
  `<x ${Array.from({ length: 60_000 }, (_, index) => `a${index}=''`)
    .join(' ')
    .slice(0, room - 20)
    .replace(/ [^ ]*$/u, '')}/>`;
const deep = (room: number): string => {
  const name = 'y'.repeat(8000);
  const depth = 40;
  const inner = many('<z/>')(room - 2 * depth * (name.length + 5)).slice(0, 4 * 50_000);
  return `<${name}>`.repeat(depth) + inner + `</${name}>`.repeat(depth);
};

const fillings: Readonly<Record<string, (room: number) => string>> = {
  'one name of a million letters': oneLong,
  'names of a thousand letters': many(`<${'ServerNames'.repeat(91)}/>`),
  'names of sixty letters': many(`<${'ServerName'.repeat(6)}/>`),
  'misspelt names': many('<ServerValidatoin/>'),
  'short names': many('<x/>'),
  'long namespaces': many(`<x xmlns="${'n'.repeat(2000)}"/>`),
  'long names around others': deep,
  attributes,
};

type Parse = (xml: string) => { readonly unknown: readonly string[] };

const places: readonly (readonly [name: string, parse: Parse, document: string, mark: string])[] = [
  ['EapHostConfig', profiles.parseConfig, config, '</EapHostConfig>'],
  ['its Config', profiles.parseConfig, config, '</Config>'],
  ["a method's Eap", profiles.parseConfig, config, '</b:Eap>\n  </Config>'],
  ["a method's EapType", profiles.parseConfig, config, '</p:EapType>'],
  ['EapHostUserCredentials', profiles.parseCredentials, credentials, '</EapHostUserCredentials>'],
  ['WLANProfile', profiles.parseWlan, wlan, '</WLANProfile>'],
  ['the EAP of a WLANProfile', profiles.parseWlan, wlan, '</p:EapType>'],
  ['LANProfile', profiles.parseLan, lan, '</LANProfile>'],
  ['an eap-config file', profiles.parseEapConfig, eapConfig, '</EAPIdentityProvider>'],
];

const repeated: readonly (readonly [name: string, parse: Parse, xml: string])[] = [
  ['60,000 times Eap', profiles.parseConfig, filled(config, '</Config>', many('<b:Eap/>'))],
  [
    '60,000 times EapType',
    profiles.parseConfig,
    filled(config, '</b:Eap>\n  </Config>', many('<p:EapType/>')),
  ],
  ['60,000 times Config', profiles.parseConfig, filled(config, '</EapHostConfig>', many('<Config/>'))],
  ['60,000 times EapMethod', profiles.parseConfig, filled(config, '</EapHostConfig>', many('<EapMethod/>'))],
];

/** Milliseconds of this process' processor time: the lesser of two. */
function cost(work: () => unknown): number {
  const rounds = Array.from({ length: 2 }, () => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  return Math.min(...rounds);
}

/** Reads it, or is refused with an error that is short, too; gives how many characters were said of it. */
function said(parse: Parse, xml: string): number {
  try {
    const { unknown } = parse(xml);
    assert.ok(unknown.length <= 100, `${unknown.length} sentences`);
    return unknown.join('\n').length;
  } catch (error) {
    assert.ok(error instanceof EapError && error.code === 'EAP_E_EAPHOST_XML_MALFORMED', String(error));
    return error.message.length;
  }
}

const everywhere = "a method's EapType";
const widest = 'names of sixty letters';

describe('Documents made to cost time', function () {
  this.timeout(120_000);

  function check(name: string, parse: Parse, xml: () => string): void {
    it(name, () => {
      const document = xml();
      assert.ok(document.length <= size);
      const plain = cost(() => readXml(document));
      const whole = cost(() => assert.ok(said(parse, document) <= 100_000));
      assert.ok(whole <= 4 * plain + 200, `${whole} ms, where its XML costs ${plain} ms`);
    });
  }

  for (const [place, parse, document, mark] of places) {
    for (const [filling, piece] of Object.entries(fillings)) {
      // The other places differ only in the words that are compared.
      if (place !== everywhere && filling !== widest) continue;
      check(`${filling} in ${place}`, parse, () => filled(document, mark, piece));
    }
  }
  for (const [name, parse, xml] of repeated) check(name, parse, () => xml);
});
