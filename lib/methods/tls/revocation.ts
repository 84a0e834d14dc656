// Revocation lists where no chain is demanded, only a certificate's own hash: OpenSSL looks into lists for chains alone.
// The lists are the owner's word, as the hash is: their signatures are not looked at.

import type { X509Certificate } from 'node:crypto';

/** A revocation list (RFC 5280, 5.1). */
interface RevocationList {
  /** DER. */
  readonly issuer: Buffer;
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly until: number;
  /** Numbers of certificates, in hex. */
  readonly revoked: ReadonlySet<string>;
  /** Says something of all certificates of its issuer. */
  readonly isWhole: boolean;
}

const tags = {
  boolean: 0x01,
  integer: 0x02,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  extensions: 0xa0,
} as const;
const listForm = /-----BEGIN X509 CRL-----(?<base64>[^-]*)-----END X509 CRL-----/gu;

/**
 * Asks lists, PEM texts of one or more each, about a certificate: gives OpenSSL's name of what is wrong, undefined if
 * a list vouches for it.
 * @throws RangeError for a list that is malformed, or where there is none
 */
export function revocationCheck(
  texts: readonly (string | Buffer)[],
): (certificate: X509Certificate) => string | undefined {
  const lists = texts
    .flatMap((text) => [...text.toString().matchAll(listForm)])
    .map(({ groups }) => readList(Buffer.from(groups?.['base64'] ?? '', 'base64')));
  if (lists.length === 0) throw new RangeError('there is no revocation list in PEM');
  return (certificate) => {
    const { issuer, serial } = certificateNumbers(certificate);
    const own = lists.filter((list) => list.issuer.equals(issuer));
    if (own.some(({ revoked }) => revoked.has(serial))) return 'CERT_REVOKED';
    const now = Date.now();
    if (own.some(({ isWhole, from, until }) => isWhole && from <= now && now <= until)) return undefined;
    return own.some(({ until }) => until < now) ? 'CRL_HAS_EXPIRED' : 'UNABLE_TO_GET_CRL';
  };
}

function readList(octets: Buffer): RevocationList {
  const [list] = values(octets);
  const [tbs] = values(contentOf(list, tags.sequence));
  const fields = values(contentOf(tbs, tags.sequence));
  if (fields[0]?.tag === tags.integer) fields.shift();
  const [, issuer, from, ...rest] = fields;
  // A list without an end is one that never can be trusted to be the latest.
  const until = rest[0] && isTime(rest[0]) ? timeOf(rest.shift()) : 0;
  const entries = rest[0]?.tag === tags.sequence ? values(rest[0].content) : [];
  const extensions = rest.find(({ tag }) => tag === tags.extensions);
  const [extensionList] = extensions ? values(extensions.content) : [];
  return {
    issuer: issuer?.whole ?? Buffer.alloc(0),
    from: timeOf(from),
    until,
    revoked: new Set(
      entries.map((entry) => contentOf(values(entry.content)[0], tags.integer).toString('hex')),
    ),
    isWhole: !(extensionList && values(extensionList.content).some(isCritical)),
  };
}

function certificateNumbers({ raw }: X509Certificate): { readonly issuer: Buffer; readonly serial: string } {
  const [certificate] = values(raw);
  const [tbs] = values(contentOf(certificate, tags.sequence));
  // The version stands in front in all but the first.
  const fields = values(contentOf(tbs, tags.sequence)).filter(({ tag }) => tag !== tags.extensions);
  const [serial, , issuer] = fields;
  return { issuer: issuer?.whole ?? raw, serial: contentOf(serial, tags.integer).toString('hex') };
}

/** An extension that changes what a list is about: some reasons or certificates only, or what changed. */
function isCritical({ content }: DerValue): boolean {
  const [, flag] = values(content);
  return flag?.tag === tags.boolean && flag.content[0] !== 0;
}

function contentOf(value: DerValue | undefined, tag: number): Buffer {
  if (value?.tag !== tag) throw new RangeError('a value of another form was expected');
  return value.content;
}

function isTime({ tag }: DerValue): boolean {
  return tag === tags.utcTime || tag === tags.generalizedTime;
}

/** YYMMDDhhmmssZ up to 2049, YYYYMMDDhhmmssZ from then on. */
function timeOf(value: DerValue | undefined): number {
  const digits = value && isTime(value) ? value.content.toString('latin1') : '';
  const full =
    value?.tag === tags.utcTime ? `${Number(digits.slice(0, 2)) < 50 ? '20' : '19'}${digits}` : digits;
  const form = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/u;
  const time = Date.parse(full.replace(form, '$1-$2-$3T$4:$5:$6Z'));
  if (Number.isNaN(time)) throw new RangeError('a time has another form than RFC 5280 gives it');
  return time;
}

/** A value that was read. */
export interface DerValue {
  readonly tag: number;
  readonly content: Buffer;
  /** With tag and length. */
  readonly whole: Buffer;
}

/**
 * The values in octets, one after the other.
 * @throws RangeError if they do not fill the octets
 */
export function values(octets: Buffer): DerValue[] {
  const found: DerValue[] = [];
  for (let at = 0; at < octets.length;) {
    const first = octets.readUInt8(at + 1);
    const more = first < 0x80 ? 0 : first & 0x7f;
    const start = at + 2 + more;
    const end = start + (more === 0 ? first : octets.readUIntBE(at + 2, more));
    if (end > octets.length) throw new RangeError('a value is cut short');
    found.push({
      tag: octets.readUInt8(at),
      content: octets.subarray(start, end),
      whole: octets.subarray(at, end),
    });
    at = end;
  }
  return found;
}
