// Throw-away authorities and certificates, made with the openssl program in a temporary folder.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Identity {
  readonly cert: string;
  readonly key: string;
}

export interface Certificates {
  readonly ca: string;
  readonly otherCa: string;
  /** `radius.example.org`, and by its common name `the server`. */
  readonly server: Identity;
  /** The same names, with RSA keys of 2048 and of 3072 bits. */
  readonly rsaServer: Identity;
  readonly largeServer: Identity;
  /** The same names, signed by an intermediate authority, which is in the text. */
  readonly chainedServer: Identity;
  readonly expiredServer: Identity;
  readonly revokedServer: Identity;
  /** The same names, signed by `otherCa`. */
  readonly foreignServer: Identity;
  /** May be used by clients only. */
  readonly serverForClients: Identity;
  /** RSA keys of 1024 bits: the server's, and that of an authority between it and `ca`. */
  readonly weakServer: Identity;
  readonly weaklySignedServer: Identity;
  readonly weakClient: Identity;
  /** `alice`, and by its e-mail address `alice@example.org`, as those that follow. */
  readonly client: Identity;
  /** With an RSA key of 2048 bits. */
  readonly rsaClient: Identity;
  readonly expiredClient: Identity;
  /** From the year 2045 on. */
  readonly earlyClient: Identity;
  readonly revokedClient: Identity;
  readonly foreignClient: Identity;
  /** The client with `ca` and `otherCa`, under the passphrase `secret`. */
  readonly pfx: Buffer;
  /** The revocation list of `ca`. */
  readonly crl: string;
}

const configuration = `
[req]
distinguished_name = name
[name]
[ca]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[server]
extendedKeyUsage = serverAuth
subjectAltName = DNS:radius.example.org
[client]
extendedKeyUsage = clientAuth
subjectAltName = email:alice@example.org
[lists]
database = index.txt
crlnumber = crlnumber
serial = serial
default_md = sha256
default_crl_days = 30
policy = any
[any]
commonName = supplied
`;

let made: Certificates | undefined;

/**
 * The certificates, made once for the whole run, or those of the file that EAPHOST_TEST_CERTIFICATES names. Throws with
 * the remedy where openssl is missing.
 */
export function certificates(): Certificates {
  const file = process.env['EAPHOST_TEST_CERTIFICATES'];
  made ??= file === undefined ? make() : read(file);
  return made;
}

/** What write-certificates has written. */
function read(file: string): Certificates {
  const written = JSON.parse(readFileSync(file, 'utf8')) as Certificates;
  return { ...written, pfx: Buffer.from(written.pfx) };
}

function make(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), 'eaphost-certificates-'));
  try {
    return new Maker(folder).all();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

class Maker {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.#write('openssl.cnf', configuration);
    this.#write('index.txt', '');
    this.#write('crlnumber', '01\n');
    this.#write('serial', '1000\n');
  }

  all(): Certificates {
    const ca = this.#authority('ca');
    const otherCa = this.#authority('otherCa');
    const server = this.#issue('server', 'ca', 'server');
    const chain = this.#issue('middle', 'ca', 'ca');
    const chained = this.#issue('chained', 'middle', 'server');
    const weakMiddle = this.#issue('weakMiddle', 'ca', 'ca', weakKey);
    const weaklySigned = this.#issue('weaklySigned', 'weakMiddle', 'server');
    const client = this.#issue('client', 'ca', 'client');
    const revokedServer = this.#issue('revokedServer', 'ca', 'server');
    const revokedClient = this.#issue('revokedClient', 'ca', 'client');
    for (const name of ['revokedServer', 'revokedClient']) {
      this.#openssl(
        'ca',
        '-config',
        'openssl.cnf',
        '-name',
        'lists',
        ...ofAuthority,
        '-revoke',
        `${name}.pem`,
      );
    }
    this.#openssl(
      'ca',
      '-config',
      'openssl.cnf',
      '-name',
      'lists',
      ...ofAuthority,
      '-gencrl',
      '-out',
      'crl.pem',
    );
    this.#write('cas.pem', ca + otherCa);
    const pfx = [
      '-inkey',
      'client.key',
      '-in',
      'client.pem',
      '-certfile',
      'cas.pem',
      '-passout',
      'pass:secret',
    ];
    this.#openssl('pkcs12', '-export', ...pfx, '-out', 'client.pfx');
    return {
      ca,
      otherCa,
      server,
      rsaServer: this.#issue('rsa', 'ca', 'server', ['rsa:2048']),
      largeServer: this.#issue('large', 'ca', 'server', ['rsa:3072']),
      chainedServer: { ...chained, cert: chained.cert + chain.cert },
      expiredServer: this.#issue('expiredServer', 'ca', 'server', undefined, '-1'),
      revokedServer,
      foreignServer: this.#issue('foreign', 'otherCa', 'server'),
      serverForClients: this.#issue('forClients', 'ca', 'client'),
      weakServer: this.#issue('weakServer', 'ca', 'server', weakKey),
      weaklySignedServer: { ...weaklySigned, cert: weaklySigned.cert + weakMiddle.cert },
      weakClient: this.#issue('weakClient', 'ca', 'client', weakKey),
      client,
      rsaClient: this.#issue('rsaClient', 'ca', 'client', ['rsa:2048']),
      expiredClient: this.#issue('expiredClient', 'ca', 'client', undefined, '-1'),
      earlyClient: this.#issueEarly('earlyClient'),
      revokedClient,
      foreignClient: this.#issue('foreignClient', 'otherCa', 'client'),
      pfx: readFileSync(join(this.#folder, 'client.pfx')),
      crl: this.#read('crl.pem'),
    };
  }

  #authority(name: string): string {
    const out = ['-keyout', `${name}.key`, '-out', `${name}.pem`];
    const subject = ['-subj', `/CN=Authority ${name}`, '-config', 'openssl.cnf', '-extensions', 'ca'];
    this.#openssl('req', '-x509', '-newkey', ...smallKey, '-nodes', '-days', '30', ...subject, ...out);
    return this.#read(`${name}.pem`);
  }

  #issue(
    name: string,
    authority: string,
    kind: 'server' | 'client' | 'ca',
    key: readonly string[] = smallKey,
    days = '20',
  ): Identity {
    const out = ['-keyout', `${name}.key`, '-out', `${name}.csr`];
    this.#openssl(
      'req',
      '-newkey',
      ...key,
      '-nodes',
      '-subj',
      kind === 'client' ? '/CN=alice' : `/CN=the ${kind}`,
      '-config',
      'openssl.cnf',
      ...out,
    );
    const signer = ['-CA', `${authority}.pem`, '-CAkey', `${authority}.key`, '-CAcreateserial'];
    const extensions = ['-extfile', 'openssl.cnf', '-extensions', kind];
    const files = ['-in', `${name}.csr`, '-out', `${name}.pem`];
    this.#openssl('x509', '-req', '-days', days, ...signer, ...extensions, ...files);
    return { cert: this.#read(`${name}.pem`), key: this.#read(`${name}.key`) };
  }

  /** Reissues the client's request: `x509` sets no beginning. */
  #issueEarly(name: string): Identity {
    const times = ['-startdate', '20450101000000Z', '-enddate', '20460101000000Z'];
    const form = ['-batch', '-notext', '-outdir', '.', '-extfile', 'openssl.cnf'];
    const files = ['-extensions', 'client', '-in', 'client.csr', '-out', `${name}.pem`];
    this.#openssl(
      'ca',
      '-config',
      'openssl.cnf',
      '-name',
      'lists',
      ...ofAuthority,
      ...times,
      ...form,
      ...files,
    );
    return { cert: this.#read(`${name}.pem`), key: this.#read('client.key') };
  }

  #write(name: string, text: string): void {
    writeFileSync(join(this.#folder, name), text);
  }

  #read(name: string): string {
    return readFileSync(join(this.#folder, name), 'utf8');
  }

  #openssl(...words: readonly string[]): void {
    try {
      execFileSync('openssl', words, { cwd: this.#folder, stdio: ['ignore', 'ignore', 'pipe'] });
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
        throw new Error('These tests need the openssl program: apt-get install openssl', { cause: error });
      }
      throw error;
    }
  }
}

const smallKey = ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
const weakKey = ['rsa:1024'];
const ofAuthority = ['-cert', 'ca.pem', '-keyfile', 'ca.key'];
