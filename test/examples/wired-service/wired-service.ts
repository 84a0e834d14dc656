// Keeps a wired 802.1X session: a service that authenticates a port of this machine to its switch, and again whenever
// the switch or EAPHost asks for it, for as long as it runs. Frames go over a port (link.ts), the standard's state
// machines (pae.ts) say when what is sent, EAPHost says what (eap-peer.ts).
//
//   wired-service.js serve CONFIG           until SIGINT, SIGTERM, SIGBREAK or `stop`; then it logs off
//   wired-service.js health CONFIG          its state; ends with 0 where the port is authorized, else with 1
//   wired-service.js reauthenticate CONFIG  asks the switch for a new authentication
//   wired-service.js stop CONFIG
//   wired-service.js devices                what libpcap or Npcap calls the ports of this machine
//
// CONFIG is a JSON file: config.ts says what is in it.
//
//   { "interface": "Ethernet", "device": "\\Device\\NPF_{6B29FC40-CA47-1067-B31D-00DD010662DA}",
//     "profile": "peap.xml", "credentials": "alice.xml" }
//
// Installing it, as an administrator, with Npcap from https://npcap.com and `npm install eaphost koffi`:
//
//   Windows' own supplicant, the service dot3svc (Wired AutoConfig), does the same for a LAN profile of Windows
//     (`netsh lan`). It must be off for this port: both would answer the switch. It is off unless somebody started it;
//     else, for this port:   netsh lan set autoconfig enabled=no interface="Ethernet"
//     and where none needs it:   sc.exe stop dot3svc, then sc.exe config dot3svc start= disabled
//   Names, for CONFIG: `wired-service.js devices`, or in PowerShell Get-NetAdapter | fl Name, InterfaceGuid, MacAddress.
//   A service is made of it, started at boot and again where it ends, by WinSW or NSSM, as method-service.ts beside this
//     folder shows for itself; here the arguments are wired-service.js serve CONFIG. Both wrappers stop it with Ctrl+C,
//     which Node calls SIGINT: it logs off, and ends.
//   The folders of this script, of Node and of CONFIG must be ones that nobody but administrators can change, and the
//     credentials a file that nobody else can read: the service runs as LocalSystem.
//
// On Linux it runs as root, or with CAP_NET_RAW, on the embedded run-time. Where libpcap cannot be had it takes its
// frames from a bridge, such as socat: bridge-link.ts.
//
// What was run: this program against hostapd at the other end of a pair of virtual ports, over libpcap and over socat; on
// Linux, and as a Windows program under Wine, there by way of System32, the registry and an installed method DLL, with
// the embedded run-time in the place of Windows' EAPHost and Wine's wpcap.dll in the place of Npcap's. Not on Windows,
// not with Npcap, and not with a switch of iron.

import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';

import { openEapHost, type EapHost } from '../../../lib/index.js';
import { peapPeer, ttlsPeer } from '../../../lib/methods/index.js';
import { openBridgeLink } from './bridge-link.js';
import { readConfig, type ServiceConfig } from './config.js';
import { ask, listen } from './control.js';
import { codeOf, type SessionInput } from './eap-peer.js';
import type { EthernetLink, LinkEvents } from './link.js';
import { openPcapLink } from './pcap-link.js';
import { loadPcap } from './pcap.js';
import { addressOf } from './port.js';
import { openSupplicant, type Supplicant } from './supplicant.js';

/** The service's log: a JSON object each line. What it is given holds names and numbers, no secret. */
function log(fields: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), ...fields })}\n`);
}

async function openHost({ runtime, trustAnchors: file }: ServiceConfig): Promise<EapHost> {
  if (file === undefined) return openEapHost({ runtime });
  const trustAnchors = await readFile(file, 'utf8');
  return openEapHost({ runtime, methods: [peapPeer({ trustAnchors }), ttlsPeer({ trustAnchors })] });
}

function openLink(config: ServiceConfig, events: LinkEvents): Promise<EthernetLink> {
  const { interface: name, device, bridge, address = addressOf(name) } = config;
  return bridge === undefined
    ? openPcapLink({ address, device, name }, events)
    : openBridgeLink({ address, ...bridge, watch: name }, events);
}

async function load(host: EapHost, { profile, credentials }: ServiceConfig): Promise<SessionInput> {
  const { method, blob } = await host.configFromXml(await readFile(profile, 'utf8'));
  const user = await host.credentialsFromXml(await readFile(credentials, 'utf8'), { method, config: blob });
  return { method, config: blob, credentials: user };
}

async function serve(path: string): Promise<void> {
  const config = await readConfig(path);
  let stop = (_by: string): void => undefined;
  const stopped = new Promise<string>((resolve) => {
    stop = resolve;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGBREAK'] as const) process.once(signal, resolve);
    // Under a parent that is Node's, it ends with it.
    process.once('disconnect', () => resolve('disconnect'));
  });
  await using host = await openHost(config);
  let supplicant: Supplicant | undefined;
  // First of all: where another service has the port, there it ends.
  const server = await listen(
    config.control,
    new Map<string, () => unknown>([
      ['health', () => supplicant?.status ?? {}],
      ['reauthenticate', () => ({ done: supplicant?.reauthenticate() })],
      ['stop', () => ({ done: stop('stop') })],
    ]),
  );
  try {
    supplicant = await openSupplicant({
      host,
      openLink: (events) => openLink(config, events),
      load: () => load(host, config),
      times: config.times,
      portValid: config.portValid,
      flags: config.machine ? ['machineAuth'] : [],
      onEvent: log,
    });
    log({ event: 'serving', interface: config.interface, runtime: host.runtime });
    log({ event: 'stopping', by: await stopped });
  } finally {
    await supplicant?.close();
    server.close();
  }
  log({ event: 'stopped' });
}

async function health(path: string): Promise<void> {
  const { control } = await readConfig(path);
  const status: unknown = await ask(control, 'health').catch((error: unknown) => ({ code: codeOf(error) }));
  log({ event: 'health', ...(status as object) });
  const isOpen = (status as { readonly suppPortStatus?: string }).suppPortStatus === 'Authorized';
  process.exitCode = isOpen ? 0 : 1;
}

const tell = (word: string) => async (path: string) => {
  await ask((await readConfig(path)).control, word);
};

async function devices(): Promise<void> {
  for (const device of (await loadPcap()).devices()) log({ event: 'device', ...device });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const commands = new Map([
    ['serve', serve],
    ['health', health],
    ['reauthenticate', tell('reauthenticate')],
    ['stop', tell('stop')],
    ['devices', devices],
  ]);
  const [word = '', path = ''] = process.argv.slice(2);
  const command = commands.get(word);
  if (command === undefined || (path === '' && command !== devices)) {
    const words = [...commands.keys()].filter((each) => each !== 'devices').join('|');
    console.error(`Usage: wired-service.js ${words} CONFIG\n       wired-service.js devices`);
    process.exitCode = 2;
  } else {
    await command(path);
  }
  // A channel to a parent that is Node's would hold it.
  process.disconnect?.();
}
