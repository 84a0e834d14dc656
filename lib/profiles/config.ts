// EapHostConfig: the builders, and the parser that takes every one of them.

import { configDocument, documentsOf } from './document.js';
import { legacyMethods } from './inner.js';
import type {
  BlobOptions,
  MsChapV2Options,
  ParsedProfile,
  ParseOptions,
  PeapOptions,
  TeapOptions,
  TlsOptions,
  TtlsOptions,
} from './options.js';
import { teap as teapForm, ttls as ttlsForm } from './tunnel.js';

/** The methods with typed options. */
export const configForms = { ...legacyMethods, ttls: ttlsForm, teap: teapForm } as const;

const { build, blob: buildBlob, parse } = documentsOf(configDocument, configForms);

/**
 * EapHostConfig for EAP-TLS. Throws a TypeError or RangeError that names the option for a wrong type, a misspelt
 * option, an invalid thumbprint, or a character that XML 1.0 does not allow.
 */
export const tls = (options: TlsOptions): string => build('tls', options);

/** EapHostConfig for EAP-MSCHAPv2 by itself. Errors as of {@link tls}. */
export const mschapv2 = (options: MsChapV2Options): string => build('mschapv2', options);

/** EapHostConfig for PEAP with EAP-MSCHAPv2 or EAP-TLS inside. Errors as of {@link tls}. */
export const peap = (options: PeapOptions): string => build('peap', options);

/** EapHostConfig for EAP-TTLS, in the spelling that Windows takes. Errors as of {@link tls}. */
export const ttls = (options: TtlsOptions): string => build('ttls', options);

/** EapHostConfig for TEAP, in the spelling that Windows takes. Errors as of {@link tls}. */
export const teap = (options: TeapOptions): string => build('teap', options);

/** EapHostConfig for any method, with its opaque configuration as EAPHost gives it. Errors as of {@link tls}. */
export const blob = (options: BlobOptions): string => buildBlob(options);

/**
 * Reads an EapHostConfig document, in the builders' spelling or in that of Microsoft's documents (`eapTtls`,
 * `TrustedRootCAHashes`, `Eap` in place of a nested EapHostConfig). The parsed options go back into the builder.
 *
 * What no option expresses is named in `unknown`. Throws an EapError, EAP_E_EAPHOST_XML_MALFORMED, that says
 * where, for: XML that is not well-formed or has a document type; elements out of the schemas' order, missing or
 * repeated; wrong values; an inner method without typed options, or two where one is allowed; namespaces that begin
 * with https:. Throws TypeError if `xml` is not a string.
 */
export const parseConfig = (xml: string, options?: ParseOptions): ParsedProfile => parse(xml, options);
