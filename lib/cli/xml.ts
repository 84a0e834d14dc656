// `eaphost xml`: a profile, a user's credentials or the profile of a connection in each of their forms: Windows' XML, the
// blob of the method, and typed options; and what an eap-config file says.

import { buffer } from 'node:stream/consumers';

import type { Runtime } from '../supplicant/eaphost.js';
import { openEapHost } from '../supplicant/open.js';
import { printableJson, printableXml } from '../base/printable.js';
import { toMethodType, type MethodType } from '../eap/names.js';
import { exitCodes, parse, readInput, UsageError } from './command.js';
import { writePrivateFile } from './files.js';
import type { Output } from './output.js';
import { xml as row } from './tables.js';
import { eapOf, knownXml, type KnownXml, say } from './xml-documents.js';
import { type Form, fromOptions, read } from './xml-forms.js';

/** What is asked for. */
interface XmlOptions {
  /** Undefined: standard input. */
  readonly file: string | undefined;
  readonly to: Form;
  readonly from: Form | undefined;
  readonly credentials: boolean;
  /** The EAP configuration of a connection is asked for, not the whole. */
  readonly eap: boolean;
  /** Of an eap-config file. */
  readonly provider: string | undefined;
  /** Undefined: standard output. */
  readonly output: string | undefined;
  readonly showsSecrets: boolean;
  readonly unknown: 'refuse' | 'keep';
  readonly method: MethodType | undefined;
  readonly runtime: Runtime | undefined;
}

function readOptions(args: readonly string[]): XmlOptions {
  const { values, positionals } = parse(row, args);
  if (positionals.length > 1) throw new UsageError('one FILE at most');
  const { to } = values;
  if (to === undefined) throw new UsageError('--to is missing: it must be xml, blob or options');
  if (values.provider !== undefined && values.eap !== true && to !== 'blob') {
    throw new UsageError('--provider goes with --eap or --to blob: what else there is is all of the file');
  }
  return {
    file: positionals[0],
    to,
    from: values.from,
    credentials: values.credentials === true,
    eap: values.eap === true,
    provider: values.provider,
    output: values.output,
    showsSecrets: values['show-secrets'] === true,
    unknown: values['keep-unknown'] === true ? 'keep' : 'refuse',
    method: values.method === undefined ? undefined : parseMethodType(values.method),
    runtime: values.runtime,
  };
}

/** `TYPE[:AUTHOR]`, where the type may be 254/VENDOR/TYPE. */
function parseMethodType(value: string): MethodType {
  const match = /^(\d+)(?:\/(\d+)\/(\d+))?(?::(\d+))?$/u.exec(value);
  if (match === null) {
    throw new UsageError(`--method must be TYPE or TYPE:AUTHOR, such as 26 or 254/311/1:311`);
  }
  const [, type, vendorId = 0, vendorType = 0, authorId = 0] = match.map((part) =>
    part === undefined ? undefined : Number(part),
  );
  try {
    return toMethodType({ type, vendorId, vendorType, authorId }, '--method');
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

async function documentOf(content: Buffer, options: XmlOptions): Promise<KnownXml> {
  const given = read(content, options.from);
  const { credentials, method, runtime } = options;
  if (given.form === 'xml') return knownXml(given.text);
  if (given.form === 'options') return knownXml(fromOptions(given.text, credentials));
  if (method === undefined) throw new UsageError('--method is missing: whose blob it is');
  if (credentials) {
    throw new UsageError(
      'no function of EAPHost turns a blob of credentials into XML; only blobs of profiles can be read',
    );
  }
  await using host = await openEapHost({ runtime });
  return { xml: await host.configToXml({ method, blob: given.blob }), kind: 'profile' };
}

async function blobOf({ xml, kind }: KnownXml, { runtime, unknown }: XmlOptions): Promise<Buffer> {
  await using host = await openEapHost({ runtime });
  // They are listed already.
  host.on('warning', () => undefined);
  return kind === 'credentials'
    ? await host.credentialsFromXml(xml, { unknown })
    : (await host.configFromXml(xml, { unknown })).blob;
}

/** `eaphost xml`. */
export async function xml(args: readonly string[], output: Output): Promise<number> {
  const options = readOptions(args);
  const { file, to, unknown, provider } = options;
  if (file === undefined) output.hint('reading standard input, to its end');
  const content = file === undefined ? await buffer(process.stdin) : await readInput(file, 'the document');
  output.step('asking the run-time');
  const whole = await documentOf(content, options);
  if (provider !== undefined && whole.kind !== 'eap-config')
    throw new UsageError('--provider is for an eap-config file, which this is not');
  const document = options.eap ? eapOf(whole, provider) : whole;
  const said = say(document, unknown);
  if (to !== 'options') for (const stranger of said.strangers) output.note(stranger);
  const source = to === 'blob' ? eapOf(document, provider) : document;
  const { notes } = source;
  for (const note of notes ?? []) output.note(note);
  const isSecret = source === document && said.isSecret;
  const isMasked = isSecret && !options.showsSecrets && options.output === undefined;
  if (isMasked && to !== 'options') {
    throw new UsageError('this document holds secrets: give --output a file for it, or say --show-secrets');
  }
  const made =
    to === 'xml' ? source.xml : to === 'blob' ? await blobOf(source, options) : said.options(isMasked);
  output.done();
  const found = {
    exitCode: exitCodes.accepted,
    ...said.found,
    ...(source !== document && say(source, 'keep').found),
    ...(notes && { notes }),
  };
  if (options.output !== undefined) {
    await writePrivateFile(options.output, Buffer.isBuffer(made) ? made : `${textOf(made)}\n`);
    output.report({ ...found, form: to, file: options.output }, [`wrote ${options.output}`]);
  } else {
    const shown = Buffer.isBuffer(made) ? made.toString('hex') : made;
    // A document has lines of its own.
    output.report({ ...found, [to]: shown }, []);
    if (!output.json) output.text(`${to === 'xml' ? printableXml(textOf(shown)) : textOf(shown)}\n`);
  }
  if (document.kind === 'credentials' && Buffer.isBuffer(made)) made.fill(0);
  return exitCodes.accepted;
}

function textOf(made: string | object): string {
  return typeof made === 'string' ? made.trimEnd() : printableJson(made, 2);
}
