// What the page may ask of the main process, and nothing else. Types only: the page, the preload script and the main
// process agree by them.

import type { FullMethodType, InputField } from 'eaphost';

/** The methods that have a form. */
export type Kind = 'tls' | 'mschapv2' | 'peap' | 'ttls' | 'teap';

/** Why something cannot be done, for the page to show. */
export interface Problem {
  readonly message: string;
  /** The stable name of the failure. */
  readonly code?: string;
  /** The XML element that it is about, by the names that lead to it. */
  readonly element?: string;
  /** The line of that element, from 1. */
  readonly line?: number;
}

/** What a call comes to: an error that crosses the border between processes would keep its message only. */
export type Answer<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly problem: Problem };

/** A method that is installed. */
export interface MethodSummary {
  readonly name: string;
  readonly author: string;
  /** Such as `25 (author 0)`. */
  readonly type: string;
  readonly properties: readonly string[];
}

/** What the page begins with. */
export interface Start {
  readonly runtime: 'system' | 'embedded';
  readonly methods: readonly MethodSummary[];
}

/** A profile's file. */
export interface OpenedFile {
  readonly name: string;
  readonly xml: string;
}

/** A certificate, for the user to choose. */
export interface Certificate {
  readonly subject: string;
  /** The last day of its validity, such as `2030-12-31`. */
  readonly expires: string;
  readonly isExpired: boolean;
  /** Its thumbprint, in hexadecimal. */
  readonly sha1: string;
}

/** A file with one or more certificates. */
export interface CertificateFile {
  readonly name: string;
  readonly certificates: readonly Certificate[];
}

/** One control of a form. A list has one entry a line; that of `thumbprints` may be filled from files. */
export interface Control {
  readonly id: string;
  readonly label: string;
  readonly help: string;
  readonly kind: 'choice' | 'list' | 'text' | 'thumbprints';
  readonly choices: readonly { readonly value: string; readonly label: string }[];
  readonly value: string;
}

/** A profile as the form shows it. */
export interface Reading {
  /** What the method is called. */
  readonly title: string;
  readonly method: FullMethodType;
  /** None for a method without a form. */
  readonly controls: readonly Control[];
  /** Elements that the form does not know: it would lose them, so it must not be used. */
  readonly unknown: readonly string[];
}

/** A connection blob, in hexadecimal. */
export interface BlobText {
  readonly method: FullMethodType;
  readonly hex: string;
}

/** A field to be filled in before a trial. */
export type Field = Pick<InputField, 'label' | 'data' | 'minLength' | 'maxLength'> & {
  readonly isSecret: boolean;
  readonly isReadOnly: boolean;
};

/** The RADIUS server of a trial. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
  readonly secret: string;
}

/** What to try. */
export interface TrialRequest {
  readonly xml: string;
  readonly server: ServerAddress;
  /** What was typed, in the fields' order. */
  readonly values: readonly string[];
}

/** A packet of a trial, as it passes. */
export interface Progress {
  readonly direction: 'received' | 'sent';
  readonly text: string;
}

/** How a trial ended. */
export interface Outcome {
  readonly isSuccess: boolean;
  /** The name of the failure, such as `EAP_E_USER_NAME_PASSWORD_REJECTED`. */
  readonly reason?: string;
  readonly explanation: string;
  /** Whether both sides have the same key; undefined where there is none. */
  readonly keysAgree?: boolean;
  /** The conversation as lines of text. */
  readonly ladder: readonly string[];
}

/** What an eap-config file offers: one way to authenticate of one provider. */
export interface Offer {
  /** Such as `University of Example: PEAP`. */
  readonly label: string;
  /** Why Windows cannot do it; undefined where it can. */
  readonly reason: string | undefined;
  /** The profile; empty where Windows cannot do it. */
  readonly xml: string;
  /** The networks that it is for. */
  readonly ssids: readonly string[];
  readonly isWired: boolean;
  /** What has to be done by hand, and what the file has that the profile has not, a sentence each. */
  readonly notes: readonly string[];
}

/** The network that a profile is put to. */
export interface Network {
  readonly kind: 'wlan' | 'lan' | 'vpn';
  /** The profile's name, the wired adapter's (such as `Ethernet`), or the VPN connection's. */
  readonly name: string;
  /** Names of wireless networks. */
  readonly ssids: readonly string[];
  /** How access points and computers authenticate. */
  readonly security: 'WPA2' | 'WPA3ENT' | 'WPA3ENT192';
  /** Whether every user of the computer has it, not this one alone. */
  readonly isForAll: boolean;
}

/** What to put to a network. */
export interface ApplyRequest {
  readonly xml: string;
  /** What was typed, in the fields' order. */
  readonly values: readonly string[];
  readonly network: Network;
  /** Where to try it before; undefined: it is not tried. */
  readonly server: ServerAddress | undefined;
}

/** What came of it. */
export interface Applied {
  /** Of the trial, if there was one. Where it did not succeed nothing was applied. */
  readonly outcome: Outcome | undefined;
  /** What was done, a sentence each. */
  readonly done: readonly string[];
  /** What was not, and why. */
  readonly problem: Problem | undefined;
}

/** What the preload script gives the page as `window.editor`. */
export interface EditorApi {
  start(): Promise<Answer<Start>>;
  /** A new profile, as XML. */
  create(kind: Kind): Promise<Answer<string>>;
  /** Asks for a file; undefined where the user cancelled. */
  open(): Promise<Answer<OpenedFile | undefined>>;
  /** Asks for a file with certificates; undefined where the user cancelled. */
  openCertificates(): Promise<Answer<CertificateFile | undefined>>;
  /** What an eap-config file offers. The text of one that was dropped; without it the user is asked for a file. */
  offers(text?: string): Promise<Answer<readonly Offer[] | undefined>>;
  /** Saves where the file came from, or asks. The file's name; undefined where the user cancelled. */
  save(xml: string, isElsewhere: boolean): Promise<Answer<string | undefined>>;
  read(xml: string): Promise<Answer<Reading>>;
  /** The profile with one control's value changed. */
  change(xml: string, id: string, value: string): Promise<Answer<string>>;
  toBlob(xml: string): Promise<Answer<BlobText>>;
  fromBlob(blob: BlobText): Promise<Answer<string>>;
  /** Raises the method's own dialog. The profile as it leaves it; undefined where the user cancelled. */
  configure(xml: string): Promise<Answer<string | undefined>>;
  /** What to ask the user before a trial; none where the method asks by itself. */
  fields(xml: string): Promise<Answer<readonly Field[]>>;
  tryIt(request: TrialRequest): Promise<Answer<Outcome>>;
  cancel(): Promise<Answer<undefined>>;
  /** Gives a network of this computer the profile and the user's credentials. */
  apply(request: ApplyRequest): Promise<Answer<Applied>>;
  /** Tells of each packet of a trial. */
  onProgress(listener: (progress: Progress) => void): void;
}

/** The calls, each a channel `editor:NAME`. */
export type CallName = Exclude<keyof EditorApi, 'onProgress'>;
