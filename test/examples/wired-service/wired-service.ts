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
//   Off with Windows' own supplicant, the service dot3svc (Wired AutoConfig). It is off unless somebody started it:
//     it answers the same frames, and the switch would hear two. Disable it where no port needs it, and where one does,
//     take this port out: sc.exe stop dot3svc, sc.exe config dot3svc start= disabled; or for one port
//     netsh lan set autoconfig enabled=no interface="Ethernet"
//   A service out of it, started at boot and again where it ends, by WinSW or NSSM, as method-service.ts beside this
//     folder shows for its script: the arguments are wired-service.js serve CONFIG.
//     Both wrappers stop a service with Ctrl+C, which Node calls SIGINT: give it some seconds, it logs off.
//   The folder of this script, of Node and of CONFIG must be ones that nobody but administrators can change, and the
//     credentials ones that nobody else can read: the service runs as LocalSystem.
//
// On Linux it runs as root, or with CAP_NET_RAW, on the embedded run-time. Without libpcap it takes its frames from a
// bridge, such as socat: bridge-link.ts.
//
// What was run where: on Linux over libpcap and over socat, and as a Windows program under Wine, on the embedded
// run-time in place of Windows' EAPHost; each against hostapd, over a pair of virtual ports. Not on Windows: there the
// part that is most likely to need a hand is Npcap's, in pcap.ts.

import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';

import { openEapHost, peapPeer, ttlsPeer, type EapHost } from '../../../lib/index.js';
import { openBridgeLink } from './bridge-link.js';
import { readConfig, type ServiceConfig } from './config.js';
import { ask, listen } from './control.js';
import { codeOf, type SessionInput } from './eap-peer.js';
import type { EthernetLink, LinkEvents } from './link.js';
import { openPcapLink } from './pcap-link.js';
import { loadPcap } from './pcap.js';
import { addressOf } from './port.js';
import { openSupplicant } from './supplicant.js';

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
  const supplicant = await openSupplicant({
    host,
    openLink: (events) => openLink(config, events),
    load: () => load(host, config),
    times: config.times,
    portValid: config.portValid,
    flags: config.machine ? ['machineAuth'] : [],
    onEvent: log,
  });
  try {
    const server = await listen(config.control, {
      health: () => supplicant.status,
      reauthenticate() {
        supplicant.reauthenticate();
        return {};
      },
      stop() {
        stop('stop');
        return {};
      },
    });
    log({ event: 'serving', interface: config.interface, runtime: host.runtime });
    log({ event: 'stopping', by: await stopped });
    server.close();
  } finally {
    await supplicant.close();
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
  const commands: Readonly<Record<string, (path: string) => Promise<void>>> = {
    serve,
    health,
    reauthenticate: tell('reauthenticate'),
    stop: tell('stop'),
    devices,
  };
  const [word = '', path = ''] = process.argv.slice(2);
  const command = commands[word];
  if (command === undefined || (path === '' && command !== devices)) {
    throw new Error(`say one of ${Object.keys(commands).join(', ')}, and the configuration's file`);
  }
  await command(path);
  // A channel to a parent that is Node's would hold it.
  process.disconnect?.();
}
