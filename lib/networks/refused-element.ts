// Which element of a document an EAP method would refuse, as far as lib/profiles can tell without asking Windows. Pure.

import { EapError } from '../base/errors.js';
import { formatMethodType, type FullMethodType, isSameMethodType } from '../eap/names.js';
import { profiles } from '../profiles/index.js';
import { readXml } from '../profiles/xml.js';

interface Read {
  readonly method?: string;
  readonly unknown: readonly string[];
}

/** How documents are read, by their outermost element. */
const readers: Readonly<Record<string, (xml: string) => Read>> = {
  EapHostConfig: (xml) => profiles.parseConfig(xml),
  EapHostUserCredentials: (xml) => profiles.parseCredentials(xml),
  WLANProfile: (xml) => profiles.parseWlan(xml),
  LANProfile: (xml) => profiles.parseLan(xml),
  VPNProfile: (xml) => profiles.parseVpn(xml),
};

/**
 * The first thing in a profile, in EapHostConfig or in EapHostUserCredentials that cannot be right, with its line, such as
 * `line 9: EapHostUserCredentials/…/Usrname is not known here; did you mean Username?`; undefined if there is nothing to be
 * seen. Quotes names of elements, and no text.
 */
export function refusedElement(xml: string): string | undefined {
  try {
    const { local } = readXml(xml).name;
    const read = Object.hasOwn(readers, local) ? readers[local]?.(xml) : undefined;
    // A method without typed options may have elements that only its DLL knows.
    return read === undefined || read.method === 'other' ? undefined : read.unknown[0];
  } catch (error) {
    if (error instanceof EapError) return error.message;
    throw error;
  }
}

/** Reads what may be no such document; undefined then. */
function whereReadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof EapError) return undefined;
    throw error;
  }
}

const nameOf = ({ method, type }: { readonly method: string; readonly type: FullMethodType }): string =>
  method === 'blob' || method === 'other' ? formatMethodType(type) : `${method} (${type.type})`;

/**
 * What of credentials does not fit a WLANProfile, a LANProfile or an EapHostConfig: another method, in a sentence;
 * undefined if both are of one method, or cannot be told.
 */
export function credentialsFault(profileXml: string, credentialsXml: string): string | undefined {
  const eapXml = whereReadable(() => {
    const { local } = readXml(profileXml).name;
    if (local === 'EapHostConfig') return profileXml;
    return local === 'LANProfile'
      ? profiles.parseLan(profileXml).eapXml
      : profiles.parseWlan(profileXml).eapXml;
  });
  const wanted = eapXml === undefined ? undefined : whereReadable(() => profiles.parseConfig(eapXml));
  const given = whereReadable(() => profiles.parseCredentials(credentialsXml));
  if (wanted === undefined || given === undefined || isSameMethodType(wanted.type, given.type))
    return undefined;
  return `the profile’s method is ${nameOf(wanted)}, and the credentials are of ${nameOf(given)}`;
}
