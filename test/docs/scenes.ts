// The files and servers that a document expects its reader to have, made in the document's folder before a block runs.

import { createHash, X509Certificate } from 'node:crypto';
import { copyFileSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { makeTestAuthority } from '../../lib/methods/index.js';
import { profiles } from '../../lib/profiles/index.js';
import { pairPath } from '../method-dlls/support.js';
import { root } from './blocks.js';

/** A scene: what makes the files in `folder`. */
export type Scene = (folder: string) => void | Promise<void>;

function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
}

const sha1Of = (pem: string): string => createHash('sha1').update(new X509Certificate(pem).raw).digest('hex');

/** The scenes by their names in the documents. */
export const scenes: Readonly<Record<string, Scene>> = {
  /** Certificates of a network, and the profile that names their root. */
  certificates(folder) {
    if (existsSync(join(folder, 'roots.pem'))) return;
    const { ca, issue } = makeTestAuthority();
    const user = issue({ name: 'alice', purpose: 'client' });
    const server = issue({ name: 'radius', purpose: 'server', dnsNames: ['radius.example.org'] });
    const serverValidation = {
      disablePrompt: true,
      serverNames: ['radius.example.org'],
      trustedRoots: [sha1Of(ca)],
    };
    const peap = profiles.peap({ serverValidation, inner: { tls: { serverValidation } } });
    write(folder, { 'roots.pem': ca, 'alice.pem': user.cert, 'alice.key': user.key, 'peap.xml': peap });
    write(folder, { 'server.pem': server.cert, 'server.key': server.key });
  },
  /** The author's method DLLs, with what configures them. */
  dlls(folder) {
    for (const name of ['mypeer.dll', 'myserver.dll']) copyFileSync(pairPath, join(folder, name));
    write(folder, { 'profile.blob': 'password=tiger', 'alice.blob': 'identity=alice;password=tiger' });
  },
  /** A university's eap-config file. */
  eapConfig(folder) {
    const file = join(root, 'test', 'eap-config', 'fixtures', 'university.eap-config');
    copyFileSync(file, join(folder, 'eduroam.eap-config'));
  },
  /** A profile as XML. */
  profile(folder) {
    write(folder, { 'profile.xml': profiles.mschapv2({ useWinlogonCredentials: false }) });
  },
};
