// What other systems' supplicants are configured with: the options of the conversions and what they give.

import type { LanProfileOptions, WlanProfileOptions } from '../connections/options.js';
import type { EapConfigCredentials } from '../eap-config/types.js';

/** What is converted, and where its files will lie. */
export interface ConversionOptions {
  /** A wireless network: the options of `profiles.wlan()`, or a WLANProfile document. Give this or {@link lan}. */
  readonly wlan?: WlanProfileOptions | string | undefined;
  /** A wired network: the options of `profiles.lan()`, or a LANProfile document. */
  readonly lan?: LanProfileOptions | string | undefined;
  /**
   * The user's: the options of a builder of `profiles.credentials` below the builder's name, or an
   * EapHostUserCredentials document. Without a password the supplicant asks for it.
   */
  readonly credentials?: EapConfigCredentials | string | undefined;
  /**
   * Certificates of authorities, in PEM or DER. A Windows profile has only their thumbprints; those that it names must
   * be here, and those between them and the server's should be.
   */
  readonly authorities?: readonly (string | Uint8Array)[] | undefined;
  /** The user's certificate and key, for EAP-TLS. Copied. */
  readonly pkcs12?: Uint8Array | undefined;
  /** Opens {@link pkcs12}. */
  readonly passphrase?: string | undefined;
  /**
   * The folder where you will put the files, such as `/etc/eaphost`: an absolute path of printable ASCII without `"`,
   * `\` and `;`.
   */
  readonly folder: string;
}

/** A file that a configuration refers to. */
export interface ConversionFile {
  /** Below the folder that you gave. */
  readonly path: string;
  readonly content: Uint8Array;
  /** Whether it holds a key: only its owner may read it (mode 0600). Wipe {@link content} after use. */
  readonly secret: boolean;
}

/** A configuration for another system's supplicant. */
export interface Conversion {
  /**
   * Documents with names that are safe as file names. They hold the password, if there is one: only their owner may
   * read them (mode 0600).
   */
  readonly documents: readonly { readonly name: string; readonly text: string }[];
  readonly files: readonly ConversionFile[];
  /** What the profile says and the other system cannot, a sentence each. */
  readonly notes: readonly string[];
}
