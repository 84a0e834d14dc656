// EapHostConfig: the builders, and the parser that takes every one of them.

import { Report } from './codec.js';
import { configDocument, formOf, readHost, readMethod, writeBlob, writeMethod } from './host.js';
import { legacyMethods } from './inner.js';
import { prefixes, readXml, writeXml } from './xml.js';
import type {
  BlobOptions,
  MsChapV2Options,
  ParsedProfile,
  PeapOptions,
  TeapOptions,
  TlsOptions,
  TtlsOptions,
} from './options.js';
import { teap as teapForm, ttls as ttlsForm } from './tunnel.js';

const methods = { ...legacyMethods, ttls: ttlsForm, teap: teapForm };

function build(method: keyof typeof methods, options: unknown): string {
  const content = writeMethod(configDocument, methods[method], options, 'options');
  return writeXml({ name: configDocument.root, ...content }, prefixes);
}

/**
 * EapHostConfig for EAP-TLS. Throws TypeError or RangeError that names the option for what cannot be written: a
 * wrong type, a misspelt option, a thumbprint that is none, a character that XML 1.0 cannot hold.
 */
export function tls(options: TlsOptions): string {
  return build('tls', options);
}

/** EapHostConfig for EAP-MSCHAPv2 by itself. Errors as of {@link tls}. */
export function mschapv2(options: MsChapV2Options): string {
  return build('mschapv2', options);
}

/** EapHostConfig for PEAP with EAP-MSCHAPv2 or EAP-TLS inside. Errors as of {@link tls}. */
export function peap(options: PeapOptions): string {
  return build('peap', options);
}

/** EapHostConfig for EAP-TTLS, in the spelling that Windows takes. Errors as of {@link tls}. */
export function ttls(options: TtlsOptions): string {
  return build('ttls', options);
}

/** EapHostConfig for TEAP, in the spelling that Windows takes. Errors as of {@link tls}. */
export function teap(options: TeapOptions): string {
  return build('teap', options);
}

/** EapHostConfig for any method, with its opaque configuration as EAPHost gives it. Errors as of {@link tls}. */
export function blob(options: BlobOptions): string {
  const content = writeBlob(configDocument, options, 'options');
  return writeXml({ name: configDocument.root, ...content }, prefixes);
}

/**
 * Reads an EapHostConfig document, in the builders' spelling or in that of Microsoft's documents (`eapTtls`,
 * `TrustedRootCAHashes`, `Eap` in place of a nested EapHostConfig). The parsed options go back into the builder.
 *
 * What no option expresses is named in `unknown`. Throws an EapError, EAP_E_EAPHOST_XML_MALFORMED, that says
 * where, for: XML that is not well-formed or has a document type; elements out of the schemas' order, missing or
 * repeated; wrong values; an inner method without typed options, or two where one is allowed; namespaces that begin
 * with https:. Throws TypeError if `xml` is not a string.
 */
export function parseConfig(xml: string): ParsedProfile {
  const report = new Report();
  const { type, content } = readHost(configDocument, readXml(xml), report);
  const { unknown } = report;
  if (content instanceof Uint8Array) {
    return { method: 'blob', type, options: { type, blob: content }, unknown };
  }
  const method = formOf(methods, type);
  if (method === undefined) {
    for (const child of content.children) report.element(child);
    return { method: 'other', type, unknown };
  }
  const options = readMethod(methods[method], content, report);
  return { method, type, options, unknown };
}
