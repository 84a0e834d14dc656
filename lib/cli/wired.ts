// `eaphost wired`: keeps a port of this machine authenticated by 802.1X, a line for each change, and reaches the one that
// does (wired-control.ts).

import { once } from 'node:events';
import { dirname, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { callWindows } from '../native/registry.js';
import {
  listEthernetInterfaces,
  openWiredSupplicant,
  type WiredEvent,
  type WiredSupplicant,
} from '../wired/index.js';
import {
  CommandError,
  errorCode,
  exitCodes,
  parse,
  parseWord,
  untilStopped,
  UsageError,
  type Values,
} from './command.js';
import type { Output } from './output.js';
import { type OptionRow, wired as row, wiredActions } from './tables.js';
import { isAnswered, listenForWords, sendWord, usualControl } from './wired-control.js';
import { protectFiles, warnOfReaders } from './wired-protect.js';
import { checkSource, readSource, wipeBlob } from './wired-source.js';
import { unitText } from './wired-unit.js';

type Given = Values<typeof row>;

/** `eaphost wired`. */
export async function wired(args: readonly string[], output: Output): Promise<number> {
  const { values, positionals } = parse(row, args);
  const [word, ...more] = positionals;
  if (more.length > 0) throw new UsageError(`one word is enough: ${word}`);
  const action = word === undefined ? undefined : parseWord(word, 'ACTION', wiredActions);
  if (action === 'interfaces') return showInterfaces(output);
  if (action === 'protect') return protectFiles(values, output);
  if (values['for-machine'] === true) throw new UsageError('--for-machine goes with protect');
  const { interface: port } = values;
  if (port === undefined) {
    throw new UsageError('--interface is missing: the port; eaphost wired interfaces lists them');
  }
  const control = values.control ?? usualControl(port);
  switch (action) {
    case 'health':
      return showHealth(port, control, output);
    case 'reauthenticate':
    case 'stop':
      return tell(action, port, control, output);
    case 'unit':
      checkSource(values);
      return showUnit(port, args, values.keep, output);
    default:
      await keep(port, control, values, output);
      return exitCodes.accepted;
  }
}

async function keep(port: string, control: string, values: Given, output: Output): Promise<void> {
  const say = (event: object, words: string): void => {
    const at = new Date().toISOString();
    output.report({ at, ...event }, [[`${at} `, words]]);
  };
  const times = {
    authPeriod: parsePeriod(values, 'auth-period'),
    heldPeriod: parsePeriod(values, 'held-period'),
    startPeriod: parsePeriod(values, 'start-period'),
    maxStart: parsePeriod(values, 'max-start'),
    portValid: values['port-valid'] === true,
  };
  using source = await readSource(values, output);
  output.step('opening the run-time');
  await using host = await source.open();
  // What is wrong with the files is said now, not at the first authentication.
  wipeBlob(await source.load(host));
  const stop = new AbortController();
  let supplicant: WiredSupplicant | undefined;
  // Before the port is touched: where another has it, this one ends here.
  const server = await listenForWords(control, {
    health: () => ({ interface: port, ...supplicant?.status, ...supplicant?.counters }),
    reauthenticate: () => supplicant?.reauthenticate(),
    stop: () => stop.abort(),
  });
  try {
    supplicant = await openWiredSupplicant({
      interface: port,
      host,
      load: () => source.load(host),
      keepIn: values.keep,
      ...times,
    });
    output.done();
    supplicant.on('event', (event) => say(event, eventWords(event)));
    say({ event: 'serving', interface: port, runtime: host.runtime }, `keeps ${port}, ${host.runtime}`);
    await warnOfDot3svc(port, say);
    await warnOfReaders(values, say);
    const stopped = stop.signal.aborted ? undefined : once(stop.signal, 'abort');
    if (stopped !== undefined) await Promise.race([untilStopped(), stopped]);
  } finally {
    await supplicant?.close();
    // Nothing that it does keeps the process alive: a wait for it could be the last.
    void server.close();
  }
  say({ event: 'stopped', exitCode: exitCodes.accepted }, 'stopped');
}

function parsePeriod(
  values: Given,
  name: 'auth-period' | 'held-period' | 'start-period' | 'max-start',
): number | undefined {
  const text = values[name];
  if (text === undefined) return undefined;
  const number = /^\d{1,5}$/u.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= 65_535) return number;
  throw new UsageError(`--${name} must be a number from 1 to 65535`);
}

const running = 4;

/** Windows' own supplicant would answer the switch, too. */
async function warnOfDot3svc(port: string, say: (event: object, words: string) => void): Promise<void> {
  if (process.platform !== 'win32') return;
  const service = await callWindows('queryService', { name: 'dot3svc' });
  if (service?.state !== running) return;
  const remedy = `netsh lan set autoconfig enabled=no interface="${port}"`;
  say(
    { event: 'trouble', text: 'dot3svc runs', remedy },
    `Windows' own supplicant runs (the service dot3svc), and answers the switch, too; keep it from this port: ${remedy}`,
  );
}

/** A change in words. */
function eventWords(event: WiredEvent): string {
  switch (event.event) {
    case 'link':
      return `the link is ${event.isUp ? 'up' : 'down'}`;
    case 'state':
      return `${event.before} to ${event.state}`;
    case 'authorized': {
      const [outer, inner] = event.methods;
      const keys = Object.entries(event.keys).map(([name, octets]) => `${name} of ${octets} octets`);
      const by = outer === undefined ? 'nobody asks' : [outer, inner].filter(Boolean).join(' with ');
      return [`authorized: ${by}`, ...keys].join(', ');
    }
    case 'held':
      return `held: nothing is tried for ${event.seconds} s, unless the switch asks`;
    case 'reauthenticating':
      return `authenticates again, by the wish of ${event.by === 'request' ? 'a command' : `the ${event.by}`}`;
    case 'failed':
      return `failed: ${event.reason}${event.remedy === undefined ? '' : `; ${event.remedy}`}`;
    default:
      return event.text;
  }
}

async function showInterfaces(output: Output): Promise<number> {
  const interfaces = await listEthernetInterfaces();
  const lines = interfaces.map(({ label, address, isUp, description }) =>
    [label.padEnd(16), address, isUp ? 'up  ' : 'down', description].join('  ').trimEnd(),
  );
  output.report(
    { exitCode: exitCodes.accepted, interfaces },
    lines.length === 0 ? ['there is no Ethernet interface'] : lines,
  );
  return exitCodes.accepted;
}

/** Where nobody listens the error says so. */
async function ask(word: string, port: string, control: string): Promise<object> {
  try {
    return await sendWord(control, word);
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined || !['ENOENT', 'ECONNREFUSED', 'ENOTSOCK'].includes(code)) throw error;
    throw new CommandError(
      `no eaphost wired keeps ${port}: nobody listens at ${control}`,
      'start it, or say with --control where it listens',
      'EAPHOST_NOT_RUNNING',
    );
  }
}

async function showHealth(port: string, control: string, output: Output): Promise<number> {
  const health: Readonly<Record<string, unknown>> = { ...(await ask('health', port, control)) };
  const isAuthorized = health['suppPortStatus'] === 'Authorized';
  const exitCode = isAuthorized ? exitCodes.accepted : exitCodes.rejected;
  const lines = Object.entries(health).map(([name, value]) => `${name.padEnd(34)} ${String(value)}`);
  output.report({ exitCode, ...health }, lines);
  return exitCode;
}

const stopLimit = 30_000;

/** Resolves when the port is given up. */
async function ended(port: string, control: string): Promise<void> {
  const end = performance.now() + stopLimit;
  while (await isAnswered(control)) {
    if (performance.now() > end) {
      throw new CommandError(`${port} is not given up in ${stopLimit / 1000} s`, 'look at its log');
    }
    await delay(50);
  }
}

async function tell(
  word: 'reauthenticate' | 'stop',
  port: string,
  control: string,
  output: Output,
): Promise<number> {
  await ask(word, port, control);
  if (word === 'stop') await ended(port, control);
  output.report({ exitCode: exitCodes.accepted, interface: port }, [
    word === 'stop' ? `${port} is given up` : `${port} is authenticated again`,
  ]);
  return exitCodes.accepted;
}

/** Options whose values are paths. */
const pathOptions = new Set(
  Object.entries<OptionRow>(row.options).flatMap(([name, { value }]) => (value === 'FILE' ? [name] : [])),
);

function showUnit(port: string, args: readonly string[], keep: string | undefined, output: Output): number {
  const own = args.filter((arg) => arg !== 'unit' && arg !== '--json');
  // Paths are this folder's: a service has another.
  const absolute = own.map((arg, at) => {
    const [, name = '', path = ''] = /^--([a-z-]+)=(.*)$/su.exec(arg) ?? [];
    if (pathOptions.has(name)) return `--${name}=${resolve(path)}`;
    return pathOptions.has((own[at - 1] ?? '').replace(/^--/u, '')) ? resolve(arg) : arg;
  });
  const command = [process.execPath, process.argv[1] ?? '', 'wired', ...absolute];
  const unit = unitText(port, command, keep === undefined ? [] : [dirname(resolve(keep))]);
  output.report({ exitCode: exitCodes.accepted, unit }, unit.trimEnd().split('\n'));
  return exitCodes.accepted;
}
