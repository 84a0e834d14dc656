// Keeps a wired port authenticated by 802.1X: a service in its shortest form, to begin one's own with. `eaphost wired` is
// the same as a command, with a health check and a unit for systemd; the guide "A supplicant" has both.
//
//   wired-service.js PORT PROFILE CREDENTIALS [CA]
//
//   PORT         "eth0", "Ethernet": eaphost wired interfaces lists them
//   PROFILE      EapHostConfig XML
//   CREDENTIALS  EapHostUserCredentials XML, read anew for each authentication. Passwords stand in it: let nobody but the
//                service's account and administrators read it
//   CA           PEM certificates among which the embedded run-time's PEAP and TTLS find the profile's roots
//
// It ends with Ctrl+C and SIGTERM, and logs off. On Windows a wrapper makes a service of it, as method-service.ts beside it
// shows for itself; the folders of this script, of Node and of the files must be ones that only administrators can change.

import { once } from 'node:events';
import { readFile } from 'node:fs/promises';

import { openEapHost } from 'eaphost';
import { peapPeer, ttlsPeer } from 'eaphost/methods';
import { openWiredSupplicant } from 'eaphost/wired';

const [port, profile, credentials, ca] = process.argv.slice(2);

async function keep(port: string, profile: string, credentials: string): Promise<void> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGBREAK'] as const) {
    process.once(signal, () => stop.abort(signal));
  }
  const trust = ca === undefined ? undefined : { ca: await readFile(ca, 'utf8'), onlyProfileRoots: true };
  await using host = await openEapHost(trust && { methods: [peapPeer(trust), ttlsPeer(trust)] });
  const { method, blob: config } = await host.configFromXml(await readFile(profile, 'utf8'));
  const load = async () => {
    const xml = await readFile(credentials, 'utf8');
    return { method, config, credentials: await host.credentialsFromXml(xml, { method, config }) };
  };
  await using supplicant = await openWiredSupplicant({ interface: port, host, load });
  // Its log. Names and numbers, no secret.
  supplicant.on('event', (event) => console.log(JSON.stringify({ time: new Date(), ...event })));
  if (!stop.signal.aborted) await once(stop.signal, 'abort');
}

if (port !== undefined && profile !== undefined && credentials !== undefined) {
  await keep(port, profile, credentials);
} else {
  console.error('Usage: wired-service.js PORT PROFILE CREDENTIALS [CA]');
  process.exitCode = 2;
}
