// `eaphost network`: lists, shows, applies and removes the profiles of Wi-Fi and wired networks, and writes them for other
// systems.

import { mkdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';

import { printableXml } from '../base/printable.js';
import { networkReason, type WiredProfile } from '../networks/index.js';
import { profiles } from '../profiles/index.js';
import {
  CommandError,
  describeError,
  errorCode,
  exitCodes,
  interruptible,
  parse,
  parseWord,
  UsageError,
  type Values,
} from './command.js';
import { writePrivateFile } from './files.js';
import {
  describeNetwork,
  type NetworkInput,
  type NetworkProfile,
  readNetworkInput,
} from './network-input.js';
import {
  allOrNothing,
  applyWired,
  applyWlan,
  type NetworkServices,
  windowsServices,
  type WlanClient,
} from './network-services.js';
import type { Output } from './output.js';
import { network as row, networkActions } from './tables.js';

type Given = Values<typeof row>;

/** What an action works with. */
interface Task {
  readonly values: Given;
  readonly output: Output;
  readonly services: NetworkServices;
  /** Aborts when the process is asked to end: documents with credentials are in files meanwhile. */
  readonly signal: AbortSignal;
}

/** `eaphost network`. `services`: in place of Windows', for tests. */
export async function network(
  args: readonly string[],
  output: Output,
  services: NetworkServices = windowsServices,
): Promise<number> {
  const { values, positionals } = parse(row, args);
  return interruptible((signal) => act(positionals, { values, output, services, signal }));
}

async function act(positionals: readonly string[], task: Task): Promise<number> {
  const [word, what, ...more] = positionals;
  const [surplus] = more;
  if (surplus !== undefined) throw new UsageError(`one name or file is enough: ${surplus}`);
  if (word === undefined) throw new UsageError(`what to do is missing: ${networkActions.join(', ')}`);
  switch (parseWord(word, 'ACTION', networkActions)) {
    case 'list':
      if (what !== undefined) throw new UsageError('list takes no name; show does');
      return list(task);
    case 'show':
      return show(what, task);
    case 'remove':
      return remove(what, task);
    default:
      if (what === undefined) throw new UsageError('FILE is missing: the network to apply');
      return apply(what, task);
  }
}

const onInterface = ({ interface: name }: Given) => (name === undefined ? {} : { interface: name });

/** The connection of a wired network. */
function wiredPort({ interface: name }: Given): string {
  if (name !== undefined) return name;
  throw new UsageError('--interface is missing: the wired connection; eaphost wired interfaces lists them');
}

/** What was found out, or why not. */
async function orTrouble<T>(find: () => Promise<T>) {
  try {
    return { found: await find() };
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    return { error, trouble: { code, message: describeError(error) } };
  }
}

async function listWlan(wlan: WlanClient, only: string | undefined) {
  const all = await wlan.interfaces();
  const chosen = all.filter(
    ({ guid, description }) => only === undefined || only === description || only.toLowerCase() === guid,
  );
  return Promise.all(
    chosen.map(async ({ guid, description, state }) => {
      const at = { interface: guid };
      const seen = await orTrouble(() => wlan.networks(at));
      return {
        interface: guid,
        description,
        state,
        profiles: await wlan.profiles(at),
        // Octets are no text, and the text of them is there.
        networks: (seen.found ?? []).map(({ ssidOctets, ...each }) => ({
          ...each,
          ssidHex: ssidOctets.toString('hex'),
        })),
        ...(seen.trouble && { trouble: seen.trouble }),
      };
    }),
  );
}

type WlanList = Awaited<ReturnType<typeof listWlan>>;

function wlanLines(list: WlanList): string[] {
  return list.flatMap(({ description, interface: guid, state, profiles: entries, networks, trouble }) => [
    `Wi-Fi  ${description} (${guid}), ${state}`,
    ...entries.map(
      ({ name, forAllUsers, groupPolicy }) =>
        `  profile  ${name}, ${groupPolicy ? 'of group policy' : forAllUsers ? 'for everybody' : 'of this user'}`,
    ),
    ...networks.map(({ ssid, authentication, signalQuality, isConnected, isConnectable, reasonCode }) => {
      const why = isConnectable ? '' : `, not connectable: ${networkReason(reasonCode).words}`;
      const name = ssid === '' ? '(hidden)' : ssid;
      return `  in range ${name}, ${authentication}, ${signalQuality} %${isConnected ? ', connected' : why}`;
    }),
    ...(trouble === undefined ? [] : [`  in range could not be found out: ${trouble.message}`]),
  ]);
}

/** A wired profile. One that cannot be read is one all the same. */
async function wiredEntry({ interface: port, xml }: WiredProfile) {
  const { found, trouble } = await orTrouble(async () => describeNetwork({ kind: 'lan', xml }));
  return { interface: port, method: found?.method ?? null, ...(trouble && { trouble }) };
}

async function list({ values, output, services, signal }: Task): Promise<number> {
  output.step('asking the services');
  const wlan =
    values.wired === true
      ? undefined
      : await orTrouble(async () => {
          await using client = await services.openWlan();
          return await listWlan(client, values.interface);
        });
  const wired = await orTrouble(() => services.wired.profiles({ signal }));
  signal.throwIfAborted();
  output.done();
  // Where nothing could be asked, that is the answer.
  if ('error' in wired && (wlan === undefined || 'error' in wlan)) throw wlan?.error ?? wired.error;
  const entries = await Promise.all((wired.found ?? []).map(wiredEntry));
  output.report(
    {
      exitCode: exitCodes.accepted,
      ...(wlan && { wlan: wlan.found ?? [], ...(wlan.trouble && { wlanTrouble: wlan.trouble }) }),
      wired: entries,
      ...(wired.trouble && { wiredTrouble: wired.trouble }),
    },
    [
      ...wlanLines(wlan?.found ?? []),
      ...(wlan?.trouble ? [`Wi-Fi  could not be found out: ${wlan.trouble.message}`] : []),
      ...entries.map((each) => `wired  ${each.interface}, ${each.method ?? 'no 802.1X'}`),
      ...(wired.trouble ? [`wired  could not be found out: ${wired.trouble.message}`] : []),
      ...(wlan?.found?.length === 0 && entries.length === 0
        ? ['there is neither an adapter nor a profile']
        : []),
    ],
  );
  return exitCodes.accepted;
}

/** A profile that is there. */
interface Found {
  readonly profile: NetworkProfile;
  readonly facts: object;
}

async function findProfile(what: string | undefined, { values, services, signal }: Task): Promise<Found> {
  if (values.wired === true) {
    if (what !== undefined) throw new UsageError('wired profiles have no names: --interface says which');
    const port = wiredPort(values);
    const xml = await services.wired.getProfile(port, { signal });
    if (xml !== undefined) return { profile: { kind: 'lan', xml }, facts: { interface: port } };
    throw new CommandError(`${port} has no profile`, 'eaphost network list', 'ERROR_NOT_FOUND');
  }
  if (what === undefined) throw new UsageError('NAME is missing: the profile; eaphost network list has them');
  await using client = await services.openWlan();
  const { xml, forAllUsers, groupPolicy } = await client.getProfile(what, onInterface(values));
  return { profile: { kind: 'wlan', name: what, xml }, facts: { forAllUsers, groupPolicy } };
}

async function show(what: string | undefined, task: Task): Promise<number> {
  const { output } = task;
  const { profile, facts } = await findProfile(what, task);
  const { xml } = profile;
  output.report({ exitCode: exitCodes.accepted, ...describeNetwork(profile), ...facts, xml }, []);
  if (!output.json) output.text(`${printableXml(xml).trimEnd()}\n`);
  return exitCodes.accepted;
}

async function remove(what: string | undefined, task: Task): Promise<number> {
  const { values, output, services, signal } = task;
  const { profile, facts } = await findProfile(what, task);
  signal.throwIfAborted();
  const isDryRun = values['dry-run'] === true;
  if (!isDryRun) {
    if (profile.kind === 'lan') await services.wired.deleteProfile(wiredPort(values));
    else {
      await using client = await services.openWlan();
      await client.deleteProfile(profile.name, onInterface(values));
    }
  }
  const name = profile.kind === 'lan' ? wiredPort(values) : profile.name;
  const report = { exitCode: exitCodes.accepted, dryRun: isDryRun, ...describeNetwork(profile), ...facts };
  output.report(report, [`${isDryRun ? 'would remove' : 'removed'} the profile ${name}`]);
  return exitCodes.accepted;
}

async function apply(path: string, task: Task): Promise<number> {
  const { values, output } = task;
  const input = await readNetworkInput(path, values);
  if (values.to !== undefined) return convert(values.to, input, values, output);
  const surplus = (['output', 'folder', 'ca', 'pfx'] as const).find((name) => values[name] !== undefined);
  if (surplus !== undefined) throw new UsageError(`--${surplus} goes with --to`);
  const isWired = input.profiles.some(({ kind }) => kind === 'lan');
  const port = isWired ? wiredPort(values) : values.interface;
  const isDryRun = values['dry-run'] === true;
  const forAllUsers = values['for-all'] === true;
  const networks = input.profiles.map((profile) => describeNetwork(profile));
  const connected = isDryRun ? [] : await applyAll(input, port, task);
  const failed = connected.find(({ isConnected }) => !isConnected);
  const exitCode = failed === undefined ? exitCodes.accepted : exitCodes.rejected;
  const whose = forAllUsers ? 'for everybody' : 'for this user';
  const names = networks.map(({ name }) => name ?? port ?? '').join(', ');
  const withThem = input.credentials === undefined ? 'without credentials' : 'with credentials';
  output.report(
    {
      exitCode,
      dryRun: isDryRun,
      networks: networks.map((each) => ({ ...each, ...(port !== undefined && { interface: port }) })),
      forAllUsers,
      hasCredentials: input.credentials !== undefined,
      certificates: input.authorities.map(({ subject, isRoot }) => ({
        store: isRoot ? 'Root' : 'CA',
        subject,
      })),
      notes: input.notes,
      ...(values.connect === true && { connections: connected }),
    },
    [
      `${isDryRun ? 'would apply' : 'applied'} ${names}, ${whose}, ${withThem}`,
      ...networks.flatMap(({ unknown }) => unknown),
      ...input.notes,
      ...input.authorities.map(
        ({ subject, isRoot }) =>
          `must be in the certificate store ${isRoot ? 'Root' : 'CA'}: ${subject.replaceAll('\n', ', ')}`,
      ),
      ...connected.map(({ name, isConnected, words }) => `${name}: ${isConnected ? 'connected' : words}`),
    ],
  );
  return exitCode;
}

/** What came of connecting. */
interface Connected {
  readonly name: string;
  readonly isConnected: boolean;
  readonly reasonCode?: number;
  readonly words: string;
}

async function applyAll(
  { profiles: all, credentials }: NetworkInput,
  port: string | undefined,
  { values, output, services, signal }: Task,
): Promise<Connected[]> {
  const target = { interface: port, forAllUsers: values['for-all'] === true, signal };
  const connected: Connected[] = [];
  const wlans = all.filter((each) => each.kind === 'wlan');
  for (const { xml } of all.filter((each) => each.kind === 'lan')) {
    output.step(`configuring ${port}`);
    await allOrNothing((done) =>
      applyWired(services.wired, xml, credentials, { ...target, interface: port ?? '' }, done),
    );
    if (values.connect === true) await services.wired.reconnect(port ?? '', { signal });
  }
  if (wlans.length > 0) {
    await using client = await services.openWlan();
    await allOrNothing(async (done) => {
      for (const profile of wlans) {
        output.step(`configuring ${profile.name}`);
        await applyWlan(client, profile, credentials, target, done);
      }
    });
    // One is joined: the first of them that can be.
    for (const { name } of values.connect === true ? wlans : []) {
      output.step(`connecting to ${name}`);
      const { isConnected, reasonCode } = await client.connect(name, { ...onInterface(values), signal });
      const { words, remedy } = networkReason(reasonCode);
      if (isConnected) {
        connected.splice(0, Infinity, { name, isConnected, words });
        break;
      }
      connected.push({ name, isConnected, reasonCode, words: `${words}; ${remedy}` });
    }
  }
  output.done();
  return connected;
}

const usualFolder = '/etc/eaphost';

/** Writes what another system's supplicant takes. */
async function convert(
  to: NonNullable<Given['to']>,
  input: NetworkInput,
  values: Given,
  output: Output,
): Promise<number> {
  const { output: out } = values;
  const folder = values.folder ?? (out === undefined ? usualFolder : resolve(out));
  const make = to === 'networkmanager' ? profiles.toNetworkManager : profiles.toWpaSupplicant;
  const made = input.profiles.map((profile) => {
    try {
      return make({
        ...(profile.kind === 'wlan' ? { wlan: profile.xml } : { lan: profile.xml }),
        credentials: input.credentials,
        authorities: input.authorities.map(({ pem }) => pem),
        pkcs12: input.pkcs12,
        passphrase: input.passphrase,
        folder,
      });
    } catch (error) {
      if (error instanceof TypeError || error instanceof RangeError)
        throw new UsageError(inSwitches(error.message));
      throw error;
    }
  });
  const isSecret = input.credentials !== undefined || input.passphrase !== undefined;
  if (out === undefined && isSecret && values['show-secrets'] !== true) {
    throw new UsageError('the text holds secrets: give --output a folder for it, or say --show-secrets');
  }
  const documents = made.flatMap((each) => each.documents);
  const files = new Map(made.flatMap((each) => each.files.map((file) => [file.path, file] as const)));
  const notes = [...input.notes, ...new Set(made.flatMap((each) => each.notes))];
  const written: string[] = [];
  if (out !== undefined && values['dry-run'] !== true) {
    await mkdir(out, { recursive: true, mode: 0o700 });
    for (const { path, content } of files.values()) written.push(await put(out, basename(path), content));
    for (const { name, text } of documents) written.push(await put(out, name, text));
  }
  for (const { content, secret } of files.values()) if (secret) content.fill(0);
  output.report(
    {
      exitCode: exitCodes.accepted,
      to,
      dryRun: values['dry-run'] === true,
      notes,
      files: [...files.values()].map(({ path, secret }) => ({ path, secret })),
      ...(out === undefined ? { documents } : { written }),
    },
    [],
  );
  if (!output.json) {
    if (out === undefined) output.text(documents.map(({ text }) => text).join('\n'));
    for (const path of written) output.line(`wrote ${path}`);
    for (const note of notes) output.note(note);
    const missing = out === undefined ? [...files.values()] : [];
    for (const { path } of missing) output.note(`${path} is not written: give --output a folder`);
  }
  return exitCodes.accepted;
}

async function put(folder: string, name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writePrivateFile(path, content);
  return path;
}

/** The options of the conversion, and what they are on the command line. */
const switches = {
  'options.authorities': '--ca',
  'options.pkcs12': '--pfx',
  'options.passphrase': '--passphrase-file',
  'options.folder': '--folder',
};

const inSwitches = (text: string): string =>
  Object.entries(switches).reduce((said, [option, name]) => said.replaceAll(option, name), text);
