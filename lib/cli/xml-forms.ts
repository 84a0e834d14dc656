// The forms of a profile and of credentials, as texts of the command line: which one a text is in, typed options as
// JSON with blobs in hexadecimal digits and with secrets masked.

import { isUtf8 } from 'node:buffer';

import { ownProperties } from '../base/arguments.js';
import { isObject } from '../base/guards.js';
import { profiles } from '../profiles/index.js';
import { meant, parseJson, UsageError } from './command.js';
import type { xml as row } from './tables.js';

/** A form. */
export type Form = (typeof row.options.to.one)[number];

/** What was given, in its form. */
export type Given =
  | { readonly form: 'xml'; readonly text: string }
  | { readonly form: 'options'; readonly text: string }
  | { readonly form: 'blob'; readonly blob: Buffer };

const digits = /^(?:[0-9a-f]{2}\s*)+$/iu;

/** The text of a file: PowerShell writes UTF-16, editors write byte order marks. */
export function documentText(content: Buffer): string | undefined {
  if (content[0] === 0xff && content[1] === 0xfe) return content.toString('utf16le', 2).trim();
  return isUtf8(content) && !content.includes(0)
    ? content
        .toString()
        .replace(/^\uFEFF/u, '')
        .trim()
    : undefined;
}

/** What a content is: XML, a JSON object, or a blob, as its octets or as their digits. `form` settles a doubt. */
export function read(content: Buffer, form: Form | undefined): Given {
  const text = documentText(content);
  if (form === 'blob' || (form === undefined && text === undefined)) {
    return { form: 'blob', blob: text !== undefined && digits.test(text) ? fromDigits(text) : content };
  }
  if (text === undefined) throw new UsageError(`what was given is no text, and so not of the form ${form}`);
  if (form !== undefined) return { form, text };
  if (text.startsWith('<')) return { form: 'xml', text };
  if (text.startsWith('{')) return { form: 'options', text };
  if (digits.test(text)) return { form: 'blob', blob: fromDigits(text) };
  throw new UsageError(
    'what was given is neither XML, nor a JSON object, nor hexadecimal digits; say --from blob where it is a blob',
  );
}

function fromDigits(text: string): Buffer {
  return Buffer.from(text.replaceAll(/\s/gu, ''), 'hex');
}

const profileBuilders: Readonly<Record<string, (options: never) => string>> = {
  tls: profiles.tls,
  mschapv2: profiles.mschapv2,
  peap: profiles.peap,
  ttls: profiles.ttls,
  teap: profiles.teap,
  blob: profiles.blob,
};
const credentialBuilders: Readonly<Record<string, (options: never) => string>> = {
  tls: profiles.credentials.tls,
  mschapv2: profiles.credentials.mschapv2,
  peap: profiles.credentials.peap,
  ttls: profiles.credentials.ttls,
  blob: profiles.credentials.blob,
};

const connectionBuilders: Readonly<Record<string, (options: never) => string>> = {
  wlan: profiles.wlan,
  lan: profiles.lan,
  vpn: profiles.vpn,
};

/** The XML of typed options, as `--to options` gives them. Throws UsageError. */
export function fromOptions(text: string, areCredentials: boolean): string {
  const given = parseJson(text, 'the options are no valid JSON', reviveBlob);
  const {
    method,
    connection,
    document,
    options = {},
    unknown,
    ...rest
  } = ownProperties(isObject(given) ? given : {}, 'options');
  if (document !== undefined) {
    throw new UsageError('no options make an eap-config file: its provider does, and you have it as XML');
  }
  const [surplus] = Object.keys(rest);
  if (surplus !== undefined) {
    throw new UsageError(
      `${JSON.stringify(surplus)} is not known${meant(surplus, ['method', 'connection', 'options'])}; there are "method" or "connection", and "options"`,
    );
  }
  if (connection !== undefined && (method !== undefined || areCredentials)) {
    throw new UsageError(
      areCredentials
        ? 'options of a connection are no credentials: leave --credentials out'
        : 'the options must have "method" or "connection", not both',
    );
  }
  if (Array.isArray(unknown) && unknown.length > 0) {
    throw new UsageError(
      `no options make these; take "unknown" out, where the XML may do without them: ${unknown.join(', ')}`,
    );
  }
  const builder =
    connection === undefined
      ? builderOf('method', method, areCredentials ? credentialBuilders : profileBuilders)
      : builderOf('connection', connection, connectionBuilders);
  try {
    return String(Reflect.apply(builder, undefined, [options]));
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) throw new UsageError(error.message);
    throw error;
  }
}

function builderOf(
  key: string,
  word: unknown,
  builders: Readonly<Record<string, (options: never) => string>>,
): (options: never) => string {
  const builder = typeof word === 'string' && Object.hasOwn(builders, word) ? builders[word] : undefined;
  if (builder !== undefined) return builder;
  const names = Object.keys(builders);
  const hint = typeof word === 'string' ? meant(word, names) : '';
  throw new UsageError(`"${key}" in the options must be one of ${names.join(', ')}${hint}`);
}

function reviveBlob(key: string, value: unknown): unknown {
  if (key === 'blob' && typeof value === 'string' && (value === '' || digits.test(value)))
    return fromDigits(value);
  if (isObject(value) && Object.keys(value).join() === 'octets') {
    throw new UsageError(`${JSON.stringify(key)} is masked; make the options with --show-secrets`);
  }
  return value;
}

/** Options as JSON can hold them: blobs as digits, dates as texts, and the values of keys that are `secret` as their size. */
export function plainOptions(value: unknown, secret: ReadonlySet<string>, key = ''): unknown {
  const isBlob = value instanceof Uint8Array;
  if (secret.has(key) && (isBlob || typeof value === 'string')) {
    return { octets: isBlob ? value.length : Buffer.byteLength(value) };
  }
  if (isBlob) return Buffer.from(value).toString('hex');
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((each: unknown) => plainOptions(each, secret));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, plainOptions(each, secret, name)]),
  );
}
