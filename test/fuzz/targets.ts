// The parsers of foreign octets, each with what must hold of any input: it is refused as the parser's comment says, or
// what was read is written back as it was.

import { deepEqual, equal, ok } from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';

import { decodeAttribute, encodeAttribute } from '../../lib/eap/attribute-values.js';
import { decodeKeys, decodeVendorSpecific, encodeMppeKeys } from '../../lib/eap/attributes.js';
import { configFromXml, credentialsFromXml } from '../../lib/supplicant/configuration-xml.js';
import { describePacket, maskPacket } from '../../lib/eap/describe.js';
import { EapError } from '../../lib/base/errors.js';
import {
  CredentialsError,
  decodeCredentials,
  encodeCredentials,
  isUserBlob,
} from '../../lib/methods/credentials.js';
import {
  readChallenge,
  readChangePassword,
  readFailure,
  readMessage,
  readResponse,
  readSuccess,
  writeChallenge,
  writeChangePassword,
  writeFailure,
  writeResponse,
  writeSuccess,
} from '../../lib/methods/mschapv2-packets.js';
import { Framing, FramingError } from '../../lib/methods/tls/framing.js';
import { nakTlv, readExtensions, resultTlv, writeExtensions } from '../../lib/methods/tls/peap-tlv.js';
import { sessionNames } from '../../lib/methods/tls/resumption.js';
import { eapMessage, readAvps, writeAvp } from '../../lib/methods/tls/ttls-avp.js';
import { profiles, type ParseConnectionOptions, type ParsedConnection } from '../../lib/profiles/index.js';
import { eapHeader, eapPacket } from '../../lib/eap/packet.js';
import {
  checkReply,
  checkRequest,
  decodePacket,
  encodeReply,
  encodeRequest,
} from '../../lib/radius/packet.js';
import { nakChoices, sameType, typeOf } from '../../lib/eap/packet-type.js';
import { FrameKind, FrameWriter, writeHello } from '../../lib/shim-server/frames.js';
import { fuzzFrames } from '../shim-server/frames-fuzz.js';
import { eapConfig } from './eap-config.js';
import type { Target } from './engine.js';
import { mutateXml } from './xml.js';
import { joinEapMessage, splitEapMessage } from '../../lib/radius/attributes.js';

/** Whether `work` was refused with an error of this class; anything else that it throws comes through. */
function refused(kind: new (...given: never[]) => Error, work: () => void): boolean {
  try {
    work();
    return false;
  } catch (error) {
    if (error instanceof kind) return true;
    throw error;
  }
}

/** deepEqual is too slow for millions of times. */
function same(actual: unknown, expected: Uint8Array): void {
  if (!(actual instanceof Uint8Array) || Buffer.compare(actual, expected) !== 0) deepEqual(actual, expected);
}

const secret = Buffer.from('shared secret');
const octets = (length: number): Buffer => Buffer.from(Array.from({ length }, (_, index) => index & 0xff));
const eapSeeds = [
  eapPacket(1, 7, Buffer.of(1)),
  eapPacket(2, 7, Buffer.from('\u0001alice@example.org')),
  eapPacket(2, 7, Buffer.of(3, 25, 26)),
  eapPacket(2, 7, Buffer.from('fe00000000000003fe00013700000001', 'hex')),
  eapPacket(2, 9, Buffer.from('fe0000000000000670617373776f7264', 'hex')),
  eapPacket(1, 8, Buffer.from('1920160301000401000000', 'hex')),
  eapPacket(2, 8, Buffer.from('15c000000100160303', 'hex')),
  eapPacket(2, 8, Buffer.from('\u0006password')),
  eapPacket(3, 8),
];

const eap: Target = {
  name: 'eap',
  files: ['lib/eap/packet.js', 'lib/eap/packet-type.js', 'lib/eap/describe.js'],
  seeds: eapSeeds,
  run(input) {
    const { summary, fields } = describePacket(input);
    const shown = [summary, ...fields.map(({ value }) => value)].join('');
    ok(!/[\p{Cc}\u2028-\u202E\u2066-\u2069]/u.test(shown), 'control characters are shown');
    equal(maskPacket(input).length, input.length);
    const header = eapHeader(input);
    if (header === undefined) return;
    const { code, id } = header;
    same(eapPacket(code, id, input.subarray(4)), input);
    if (input.length < 5) return;
    const type = typeOf(input);
    ok(sameType(type, type));
    for (const choice of nakChoices(input, type) ?? []) choice({ type: 25 });
    same(joinEapMessage(splitEapMessage(input)), input);
  },
};

const authenticator = octets(16);
const radius: Target = {
  name: 'radius',
  files: [
    'lib/radius/packet.js',
    'lib/eap/packet.js',
    'lib/eap/attributes.js',
    'lib/eap/attribute-values.js',
  ],
  seeds: [
    encodeRequest(
      {
        code: 1,
        id: 1,
        authenticator,
        attributes: [{ type: 1, value: Buffer.from('alice') }, ...splitEapMessage(eapSeeds[1]!)],
      },
      secret,
    ),
    encodeReply(
      { code: 2, attributes: [...encodeMppeKeys(octets(64), 'peer'), { type: 27, value: octets(4) }] },
      { id: 1, authenticator },
      secret,
    ),
    encodeReply(
      { code: 11, attributes: [{ type: 24, value: octets(16) }, ...splitEapMessage(octets(600))] },
      { id: 1, authenticator },
      secret,
    ),
  ],
  run(input) {
    const packet = decodePacket(input);
    if (typeof packet === 'string') return;
    const { attributes, bytes } = packet;
    const size = attributes.reduce((sum, { value }) => sum + 2 + value.length, 20);
    equal(size, bytes.length);
    checkRequest(packet, secret);
    checkReply(packet, authenticator, secret);
    const joined = joinEapMessage(attributes);
    if (joined !== undefined && joined !== 'scattered') eapHeader(joined);
    decodeKeys(attributes, 'peer');
    for (const attribute of attributes) {
      decodeVendorSpecific(attribute);
      const { name, value } = decodeAttribute(attribute);
      if (name !== undefined) same(encodeAttribute(name, value).value, attribute.value);
    }
  },
};

/** Packets of a conversation: a length of one octet, then so many of them. */
function* piecesOf(input: Buffer): Generator<Buffer> {
  for (let at = 0; at < input.length;) {
    const end = at + 1 + (input[at] ?? 0);
    yield input.subarray(at + 1, end);
    at = end;
  }
}

const limit = 1024;
const framing: Target = {
  name: 'framing',
  files: ['lib/methods/tls/framing.js'],
  seeds: [
    Buffer.from('0200160600050ce', 'hex'),
    Buffer.from('0cc00000000a010203040506070400080910', 'hex'),
    Buffer.from('0680000000014101000100', 'hex'),
  ],
  run(input) {
    const both = new Framing({ maxSendPacketSize: 100, limit });
    both.load(octets(200));
    refused(FramingError, () => {
      for (const piece of piecesOf(input)) {
        const taken = both.take(piece);
        if (taken.kind === 'message') ok(taken.data.length <= limit, 'longer than allowed');
        ok(both.next().length <= 95, 'longer than the link');
      }
    });
  },
};

const avps: Target = {
  name: 'avps',
  files: ['lib/methods/tls/ttls-avp.js'],
  seeds: [
    Buffer.concat([writeAvp(1, Buffer.from('alice')), writeAvp(2, Buffer.from('password\0\0\0\0\0\0\0\0'))]),
    Buffer.concat([writeAvp(11, octets(16), 311), writeAvp(25, octets(50), 311)]),
    writeAvp(79, eapSeeds[1]!),
  ],
  run(input) {
    const read = readAvps(input);
    if (read === undefined) return;
    eapMessage(read);
    for (const { code, vendorId, data } of read) {
      same(readAvps(writeAvp(code, data, vendorId))?.[0]?.data, data);
    }
  },
};

const tlvs: Target = {
  name: 'tlvs',
  files: ['lib/methods/tls/peap-tlv.js'],
  seeds: [
    writeExtensions(1, 7, [resultTlv(1)]),
    writeExtensions(2, 7, [nakTlv(12)]),
    writeExtensions(1, 7, [resultTlv(1), Buffer.concat([Buffer.of(0, 12, 0, 56), octets(56)])]),
  ],
  run(input) {
    const extensions = readExtensions(input);
    if (extensions?.binding) equal(extensions.binding.tlv.length, 60);
  },
};

const mschapv2: Target = {
  name: 'mschapv2',
  files: ['lib/methods/mschapv2-packets.js'],
  seeds: [
    writeChallenge(1, octets(16), 'radius'),
    writeResponse(1, 1, { peerChallenge: octets(16), ntResponse: octets(24), name: 'EXAMPLE\\alice' }),
    writeSuccess(1, 1, octets(20)),
    writeFailure(1, 1, { error: 691, retry: true, challenge: octets(16), version: 3, message: 'No' }),
    writeChangePassword(1, 1, {
      encryptedPassword: octets(516),
      encryptedHash: octets(16),
      peerChallenge: octets(16),
      ntResponse: octets(24),
    }),
  ],
  run(input) {
    for (const code of [1, 2]) {
      const message = readMessage(input, code);
      if (message === undefined) continue;
      const { id, msId, body } = message;
      const challenge = readChallenge(body);
      if (challenge) readMessage(writeChallenge(id, challenge.challenge, challenge.serverName), 1);
      const response = readResponse(body);
      if (response) {
        deepEqual(readResponse(readMessage(writeResponse(id, msId, response), 2)!.body), response);
      }
      equal(readSuccess(body)?.length ?? 20, 20);
      const failure = readFailure(body);
      if (failure) {
        ok(!/\p{Cc}/u.test(failure.message), 'control characters in a message');
        equal(failure.challenge?.length ?? 16, 16);
      }
      const change = readChangePassword(body);
      if (change) {
        deepEqual(readChangePassword(readMessage(writeChangePassword(id, msId, change), 2)!.body), change);
      }
    }
  },
};

const blobs: Target = {
  name: 'blobs',
  files: ['lib/methods/credentials.js'],
  seeds: [
    encodeCredentials({ username: 'alice', password: 'pässword' }),
    encodeCredentials({
      username: 'alice',
      domain: 'EXAMPLE',
      password: 'one',
      newPassword: 'two',
      routingIdentity: 'anonymous@example.org',
      certificate: '00'.repeat(20),
    }),
  ],
  run(input) {
    isUserBlob(input);
    refused(CredentialsError, () => {
      const again = decodeCredentials(encodeCredentials(decodeCredentials(input)));
      deepEqual(again, decodeCredentials(input));
    });
  },
};

const clientHello = Buffer.concat([
  Buffer.from('160301020001000200', 'hex'),
  Buffer.from('0303', 'hex'),
  octets(32),
  Buffer.from('00000213010100002c0023001000112233445566778899aabbccddeeff', 'hex'),
  Buffer.from('00290014001000102030405060708090a0b0c0d0e0f000000000', 'hex'),
]);
const tickets: Target = {
  name: 'tickets',
  files: ['lib/methods/tls/resumption.js'],
  seeds: [clientHello],
  run(input) {
    ok(sessionNames(input).every((name) => name.length <= 32));
  },
};

const frames: Target = {
  name: 'frames',
  files: ['lib/shim-server/frames.js'],
  seeds: [
    writeHello(1, octets(32)),
    new FrameWriter().raw(octets(40)).finish(1, FrameKind.request, 3),
    new FrameWriter().raw(Buffer.alloc(64)).finish(2, FrameKind.failure, 5),
  ],
  run: fuzzFrames,
};

const filesIn = (folder: string, ending: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending))
    .map((file) => file.replaceAll('\\', '/'));

const profileFiles = filesIn('dist/lib/profiles', '.js').map((file) => `lib/profiles/${file}`);
const fixtures = 'test/profiles/fixtures';
const profileSeeds = filesIn(fixtures, '.xml').map((file) => readFileSync(`${fixtures}/${file}`));

const xml: Target = {
  name: 'xml',
  files: profileFiles,
  seeds: profileSeeds,
  mutate: mutateXml,
  run(input) {
    const text = input.toString();
    for (const [parse, builders] of [
      [profiles.parseConfig, profiles],
      [profiles.parseCredentials, profiles.credentials],
    ] as const) {
      refused(EapError, () => {
        const parsed = parse(text);
        const { method } = parsed;
        if (method === 'other' || parsed.unknown.length > 0) return;
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a parser gives the options that its builder takes
        const build = (builders as Readonly<Record<string, unknown>>)[method] as (options: unknown) => string;
        deepEqual(parse(build(parsed.options)), parsed);
      });
    }
    refused(EapError, () => configFromXml(text).blob?.fill(0));
    refused(EapError, () => credentialsFromXml(text).blob?.fill(0));
  },
};

/** The options of what a parser takes, built again and read again, are the same. */
function readsItself<Options>(
  text: string,
  parse: (xml: string, options?: ParseConnectionOptions) => ParsedConnection<Options>,
  build: (options: Options) => string,
): void {
  for (const eap of ['typed', 'xml'] as const) {
    refused(EapError, () => {
      const { options, eapXml, unknown } = parse(text, { eap });
      const again = parse(build(options));
      if (unknown.length === 0 && eap === 'typed') deepEqual(again.options, options);
      equal(again.eapXml === undefined, eapXml === undefined);
      if (eapXml !== undefined) profiles.parseConfig(eapXml);
    });
  }
}

const connections: Target = {
  name: 'connections',
  files: profileFiles,
  seeds: profileSeeds,
  mutate: mutateXml,
  run(input) {
    const text = input.toString();
    readsItself(text, profiles.parseWlan, profiles.wlan);
    readsItself(text, profiles.parseLan, profiles.lan);
    readsItself(text, profiles.parseVpn, profiles.vpn);
  },
};

/** All of them. */
export const targets: readonly Target[] = [
  eap,
  radius,
  framing,
  avps,
  tlvs,
  mschapv2,
  blobs,
  tickets,
  frames,
  xml,
  connections,
  eapConfig,
];
