// `eaphost xml`: a profile or a user's credentials in each of their forms: EAPHost's XML, the blob of the method, and
// typed options.

import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';

import type { Runtime } from '../eaphost.js';
import { openEapHost } from '../open.js';
import { profiles } from '../profiles/index.js';
import { formatMethodType, toMethodType, type MethodType } from '../types.js';
import { type Command, UsageError, parseArguments } from './command.js';

const help = `Usage: eaphost xml [FILE] --to xml|blob|options [OPTION]...

Turns a profile (EapHostConfig) or a user's credentials (EapHostUserCredentials) from one of its forms into another:
EAPHost's XML, the method's blob as hexadecimal digits, or typed options as JSON. Which form FILE has is seen from
what is in it; without FILE it is standard input. Credentials hold passwords, and so does what comes out.

  --to FORM             xml, blob or options
  --credentials         options or a blob are a user's credentials; without it, a profile. XML says it itself
  --method TYPE[:AUTHOR]
                        the method of a blob: its EAP type and author, such as 26 or 254/311/1:311; 0 if none is given
  --runtime RUNTIME     whose XML functions make and read blobs: system (Windows' EAPHost, the default there) or
                        embedded (the default elsewhere), which knows the package's own methods
  --json                one JSON object on standard output: the method, and the form that was asked for
  -h, --help            this text

The exit code is 0 if it could be turned, 2 if not.

Examples:
  eaphost xml profile.xml --to options
      what a profile says, as { "method": "peap", "options": { … } }
  eaphost xml options.json --to xml > profile.xml
      the profile that these options make
  eaphost xml profile.xml --to blob --runtime system
      the blob that Windows' method makes of it
  echo 00000001… | eaphost xml --method 26 --to xml
      the profile that a blob of EAP-MSCHAPv2 is
`;

type Form = 'xml' | 'blob' | 'options';

interface XmlOptions {
  readonly file: string | undefined;
  readonly to: Form;
  readonly credentials: boolean;
  readonly method: MethodType | undefined;
  readonly runtime: Runtime | undefined;
  readonly json: boolean;
}

/** A document on its way: as XML, with its method. */
interface Document {
  readonly xml: string;
  readonly credentials: boolean;
}

function parse(args: readonly string[]) {
  return parseArguments({
    args: [...args],
    allowPositionals: true,
    options: {
      to: { type: 'string' },
      credentials: { type: 'boolean' },
      method: { type: 'string' },
      runtime: { type: 'string' },
      json: { type: 'boolean' },
    },
  });
}

/** `TYPE`, `TYPE:AUTHOR` or `254/VENDOR/TYPE:AUTHOR`. Throws UsageError. */
export function parseMethodType(value: string): MethodType {
  const match = /^(\d+)(?:\/(\d+)\/(\d+))?(?::(\d+))?$/u.exec(value);
  if (match === null)
    throw new UsageError(`--method must be TYPE or TYPE:AUTHOR, such as 26 or 254/311/1:311`);
  const [, type, vendorId = 0, vendorType = 0, authorId = 0] = match.map((part) =>
    part === undefined ? undefined : Number(part),
  );
  try {
    return toMethodType({ type, vendorId, vendorType, authorId }, '--method');
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function readOptions(args: readonly string[]): XmlOptions {
  const { values, positionals } = parse(args);
  if (positionals.length > 1) throw new UsageError('one FILE at most');
  const { to, runtime } = values;
  if (to !== 'xml' && to !== 'blob' && to !== 'options') {
    throw new UsageError('--to must be xml, blob or options');
  }
  if (runtime !== undefined && runtime !== 'system' && runtime !== 'embedded') {
    throw new UsageError('--runtime must be system or embedded');
  }
  return {
    file: positionals[0],
    to,
    credentials: values.credentials === true,
    method: values.method === undefined ? undefined : parseMethodType(values.method),
    runtime,
    json: values.json === true,
  };
}

/** Which form a text is in. */
function formOf(input: string): Form {
  if (input.startsWith('<')) return 'xml';
  if (input.startsWith('{')) return 'options';
  if (input.length > 0 && /^(?:[0-9a-f]{2}\s*)+$/iu.test(input)) return 'blob';
  throw new UsageError('what was given is neither XML, nor a JSON object, nor hexadecimal digits');
}

const profileBuilders: Readonly<Record<string, (options: never) => string>> = {
  tls: profiles.tls,
  mschapv2: profiles.mschapv2,
  peap: profiles.peap,
  ttls: profiles.ttls,
  teap: profiles.teap,
};
const credentialBuilders: Readonly<Record<string, (options: never) => string>> = {
  tls: profiles.credentials.tls,
  mschapv2: profiles.credentials.mschapv2,
  peap: profiles.credentials.peap,
  ttls: profiles.credentials.ttls,
};

function fromOptions(input: string, credentials: boolean): Document {
  let given: { method?: unknown; options?: unknown };
  try {
    given = JSON.parse(input);
  } catch {
    // The text may hold a password, and Node's message quotes it.
    throw new UsageError('the options are no valid JSON');
  }
  const builders = credentials ? credentialBuilders : profileBuilders;
  const name = given.method;
  const builder = typeof name === 'string' && Object.hasOwn(builders, name) ? builders[name] : undefined;
  if (builder === undefined) {
    throw new UsageError(`"method" in the options must be one of ${Object.keys(builders).join(', ')}`);
  }
  const xml: unknown = Reflect.apply(builder, undefined, [given.options ?? {}]);
  return { xml: String(xml), credentials };
}

async function convert(input: string, options: XmlOptions): Promise<{ method: MethodType; output: unknown }> {
  const form = formOf(input);
  let document: Document;
  if (form === 'xml')
    document = { xml: input, credentials: /<(?:\w+:)?EapHostUserCredentials[\s>]/u.test(input) };
  else if (form === 'options') document = fromOptions(input, options.credentials);
  else document = await fromBlob(Buffer.from(input.replaceAll(/\s/gu, ''), 'hex'), options);
  const parsed = document.credentials
    ? profiles.parseCredentials(document.xml)
    : profiles.parseConfig(document.xml);
  if (options.to === 'xml') return { method: parsed.type, output: document.xml };
  if (options.to === 'options') {
    const { method, unknown } = parsed;
    const typed = 'options' in parsed ? { options: parsed.options } : {};
    return { method: parsed.type, output: { method, ...typed, ...(unknown.length > 0 && { unknown }) } };
  }
  await using host = await openEapHost({ runtime: options.runtime });
  const blob = document.credentials
    ? await host.credentialsFromXml(document.xml)
    : (await host.configFromXml(document.xml)).blob;
  const output = blob.toString('hex');
  blob.fill(0);
  return { method: parsed.type, output };
}

async function fromBlob(blob: Buffer, { method, credentials, runtime }: XmlOptions): Promise<Document> {
  if (method === undefined) throw new UsageError('--method is missing: whose blob it is');
  if (credentials) {
    throw new UsageError(
      'no function of EAPHost turns a blob of credentials into XML; only blobs of profiles can be read',
    );
  }
  await using host = await openEapHost({ runtime });
  return { xml: await host.configToXml({ method, blob }), credentials };
}

/** `eaphost xml`. */
export const xml: Command = {
  summary: 'turn a profile or credentials from XML into a blob or typed options, and back',
  help,
  async run(args) {
    const options = readOptions(args);
    const { file, json, to } = options;
    const input = (file === undefined ? await text(process.stdin) : await readFile(file, 'utf8'))
      .replace(/^\uFEFF/u, '')
      .trim();
    const { method, output } = await convert(input, options);
    const shown = typeof output === 'string' ? output : JSON.stringify(output, null, 2);
    const machine = { method, name: formatMethodType(method), [to]: output };
    process.stdout.write(`${json ? JSON.stringify(machine) : shown}\n`);
    return 0;
  },
};
