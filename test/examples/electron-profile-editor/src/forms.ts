// The forms: which options of a profile have a control, how each is read and written. An option without a control
// stays as it is.

import { formatMethodType } from 'eaphost';
import { profiles, type ParsedProfile } from 'eaphost/profiles';

import type { Control, Kind, Reading } from './api.js';

type Options = Readonly<Record<string, unknown>>;

/** A control without its value, and how that is got out of the options and into them. */
interface Part {
  readonly control: Omit<Control, 'value'>;
  /** It is there only where this option is: its place in the options. */
  readonly when?: readonly string[];
  readonly read: (options: Options) => string;
  /** The option's value; undefined leaves it out. */
  readonly write: (options: Options, value: string) => Options;
}

const isOptions = (value: unknown): value is Options => typeof value === 'object' && value !== null;

function get(options: unknown, [name, ...rest]: readonly string[]): unknown {
  if (name === undefined) return options;
  return isOptions(options) ? get(options[name], rest) : undefined;
}

function set(options: unknown, [name = '', ...rest]: readonly string[], value: unknown): Options {
  const { [name]: old, ...others } = isOptions(options) ? options : {};
  const changed = rest.length > 0 ? set(old, rest, value) : value;
  return changed === undefined ? others : { ...others, [name]: changed };
}

/** A control of the option at `path`, by how its value is shown and understood. */
function part(
  path: string,
  label: string,
  help: string,
  kind: Control['kind'],
  choices: Readonly<Record<string, string>>,
  [show, understand]: readonly [(value: unknown) => string, (text: string) => unknown],
): Part {
  const names = path.split('.');
  return {
    control: {
      id: path,
      label,
      help,
      kind,
      choices: Object.entries(choices).map(([value, label]) => ({ value, label })),
    },
    read: (options) => show(get(options, names)),
    write: (options, value) => set(options, names, understand(value)),
  };
}

const yesNo = { '': 'As Windows does by itself', yes: 'Yes', no: 'No' };
const bool = (path: string, label: string, help = ''): Part =>
  part(path, label, help, 'choice', yesNo, [
    (value) => (value === undefined ? '' : value === true ? 'yes' : 'no'),
    (text) => (text === '' ? undefined : text === 'yes'),
  ]);

const list = (path: string, label: string, help: string, kind: 'list' | 'thumbprints' = 'list'): Part =>
  part(path, label, help, kind, {}, [
    (value) => (Array.isArray(value) ? value.join('\n') : ''),
    (text) => {
      const lines = text.split('\n').map((line) => line.trim());
      const given = lines.filter((line) => line !== '');
      return given.length === 0 ? undefined : given;
    },
  ]);

const text = (path: string, label: string, help: string): Part =>
  part(path, label, help, 'text', {}, [
    (value) => (typeof value === 'string' ? value : ''),
    (text) => (text === '' ? undefined : text),
  ]);

/** A value to choose: how it is known again, and what it is set to. */
interface Choice {
  readonly shape: unknown;
  readonly value: unknown;
}

const like = (shape: unknown, value = shape): Choice => ({ shape, value });
const password = { mschapv2: { useWinlogonCredentials: false } };

/** One of several values, each with a name; what is none of them is shown as `other`, and cannot be chosen. */
function choice(
  path: string,
  label: string,
  help: string,
  names: Readonly<Record<string, string>>,
  values: Readonly<Record<string, Choice>>,
): Part {
  const isLike = (value: unknown, shape: unknown): boolean => {
    if (!isOptions(shape)) return value === shape;
    if (Array.isArray(shape)) {
      const list: readonly unknown[] = shape;
      return (
        Array.isArray(value) &&
        value.length === list.length &&
        list.every((each, index) => isLike(value[index], each))
      );
    }
    const [[name, inner] = []] = Object.entries(shape);
    if (name === undefined) return isOptions(value);
    return isOptions(value) && name in value && isLike(value[name], inner);
  };
  return part(path, label, help, 'choice', { ...names, other: 'As the XML says' }, [
    (value) => Object.keys(values).find((name) => isLike(value, values[name]?.shape)) ?? 'other',
    (name) => {
      const chosen = Object.hasOwn(values, name) ? values[name] : undefined;
      if (chosen === undefined) throw new RangeError(`${label} cannot be set to that in the form`);
      return chosen.value;
    },
  ]);
}

const server = [
  list('serverValidation.serverNames', 'Server names', 'One a line. Empty: any name will do.'),
  list(
    'serverValidation.trustedRoots',
    'Trusted root certificates',
    'SHA-1 thumbprints, one a line.',
    'thumbprints',
  ),
  bool(
    'serverValidation.disablePrompt',
    'Refuse others without asking',
    'Otherwise the user may accept such a server.',
  ),
];
const isChecked = bool('performServerValidation', 'Check the server’s certificate');
const isNameChecked = bool('acceptServerName', 'Check the server’s name');
const logon = 'Use the Windows logon';
const privacy = [
  bool('identityPrivacy.enabled', 'Hide the user’s name'),
  text(
    'identityPrivacy.anonymousIdentity',
    'Name to show instead',
    'Outside of the tunnel, such as anonymous@example.org.',
  ),
];
/** Of EAP-MSCHAPv2 at `path`, where that is the method in the tunnel. */
const useLogon = (path: string): Part => ({
  ...bool(`${path}.useWinlogonCredentials`, logon),
  when: path.split('.'),
});

const forms: Readonly<Record<Kind, { readonly title: string; readonly parts: readonly Part[] }>> = {
  tls: {
    title: 'EAP-TLS',
    parts: [
      choice(
        'credentialsSource',
        'The user’s certificate',
        '',
        { '': 'As Windows does by itself', smartCard: 'On a smart card', store: 'In the certificate store' },
        {
          '': like(undefined),
          smartCard: like('smartCard'),
          store: like({}, { simpleCertSelection: true }),
        },
      ),
      ...server,
      isChecked,
      isNameChecked,
      bool('differentUsername', 'Ask for another user name'),
    ],
  },
  mschapv2: { title: 'EAP-MSCHAPv2', parts: [bool('useWinlogonCredentials', logon)] },
  peap: {
    title: 'PEAP',
    parts: [
      choice(
        'inner',
        'Method in the tunnel',
        '',
        { '': 'None (guest)', mschapv2: 'EAP-MSCHAPv2: a password', tls: 'EAP-TLS: a certificate' },
        { '': like(undefined), mschapv2: like({ mschapv2: {} }, password), tls: like({ tls: {} }) },
      ),
      useLogon('inner.mschapv2'),
      ...server,
      isChecked,
      isNameChecked,
      bool('fastReconnect', 'Fast reconnect'),
      bool('requireCryptoBinding', 'Demand crypto-binding', 'Keeps out a man in the middle.'),
      ...privacy,
    ],
  },
  ttls: {
    title: 'EAP-TTLS',
    parts: [
      choice(
        'inner',
        'Method in the tunnel',
        '',
        {
          '': 'None',
          pap: 'PAP',
          chap: 'CHAP',
          mschap: 'MS-CHAP',
          mschapv2: 'MS-CHAPv2',
          eapMschapv2: 'EAP-MSCHAPv2',
          eapTls: 'EAP-TLS',
        },
        {
          '': like(undefined),
          pap: like('pap'),
          chap: like('chap'),
          mschap: like('mschap'),
          mschapv2: like({ mschapv2: {} }, password),
          eapMschapv2: like({ eap: { mschapv2: {} } }, { eap: password }),
          eapTls: like({ eap: { tls: {} } }),
        },
      ),
      useLogon('inner.mschapv2'),
      useLogon('inner.eap.mschapv2'),
      ...server,
      ...privacy,
    ],
  },
  teap: {
    title: 'TEAP',
    parts: [
      choice(
        'inner',
        'Methods in the tunnel',
        'In order: the machine’s, then the user’s.',
        {
          '': 'None',
          mschapv2: 'EAP-MSCHAPv2: a password',
          tls: 'EAP-TLS: a certificate',
          both: 'EAP-TLS, then EAP-MSCHAPv2',
          twice: 'EAP-TLS, then EAP-TLS',
        },
        {
          '': like(undefined),
          mschapv2: like([{ mschapv2: {} }], [password]),
          tls: like([{ tls: {} }]),
          both: like([{ tls: {} }, { mschapv2: {} }], [{ tls: {} }, password]),
          twice: like([{ tls: {} }, { tls: {} }]),
        },
      ),
      ...server,
      bool('serverValidation.downloadTrustedServerRoot', 'Take a root from the server'),
      ...privacy,
    ],
  },
};

const build: Readonly<Record<Kind, (options: object) => string>> = {
  tls: profiles.tls,
  mschapv2: profiles.mschapv2,
  peap: profiles.peap,
  ttls: profiles.ttls,
  teap: profiles.teap,
};

const beginnings: Readonly<Record<Kind, Options>> = {
  tls: {
    credentialsSource: { simpleCertSelection: true },
    serverValidation: { disablePrompt: true },
    performServerValidation: true,
    acceptServerName: true,
  },
  mschapv2: { useWinlogonCredentials: false },
  peap: {
    serverValidation: { disablePrompt: true },
    inner: { mschapv2: { useWinlogonCredentials: false } },
    performServerValidation: true,
    acceptServerName: true,
    identityPrivacy: { enabled: true, anonymousIdentity: 'anonymous' },
  },
  ttls: {
    serverValidation: { disablePrompt: true },
    inner: 'pap',
    identityPrivacy: { enabled: true, anonymousIdentity: 'anonymous' },
  },
  teap: {
    serverValidation: { disablePrompt: true },
    inner: [{ mschapv2: { useWinlogonCredentials: false } }],
    identityPrivacy: { enabled: true, anonymousIdentity: 'anonymous' },
  },
};

/** A new profile: safe, and for the user to complete. */
export const newProfile = (kind: Kind): string => build[kind](beginnings[kind]);

/** The form of a profile's method, and the options to fill it with; undefined where there is none. */
function formOf(profile: ParsedProfile) {
  if (profile.method === 'other' || profile.method === 'blob') return undefined;
  const options: Options = { ...profile.options };
  const { title, parts: all } = forms[profile.method];
  const parts = all.filter(({ when = [] }) => get(options, when) !== undefined);
  return { kind: profile.method, options, title, parts };
}

/** What the form shows of a profile. Throws EapError for what is none. */
export function readProfile(xml: string): Reading {
  const profile = profiles.parseConfig(xml);
  const { type: method, unknown } = profile;
  const form = formOf(profile);
  if (form === undefined) {
    return { title: `Method ${formatMethodType(method)}`, method, controls: [], unknown };
  }
  const { title, parts, options } = form;
  const controls = parts.map(({ control, read }) => ({ ...control, value: read(options) }));
  return { title, method, controls, unknown };
}

/** The error in the user's words: the label of the field in place of the option's path. */
function inWords({ message }: Error, parts: readonly Part[]): RangeError {
  const [, path, index, rest = message] = /^options\.([\w.]+)(?:\[(\d+)\])? (.*)$/su.exec(message) ?? [];
  const label = parts.find(({ control }) => control.id === path)?.control.label;
  if (label === undefined) return new RangeError(message);
  return new RangeError(`${label}${index === undefined ? '' : `, entry ${Number(index) + 1}`}: ${rest}`);
}

/** The profile with one option changed. Throws EapError, TypeError or RangeError that say what is wrong. */
export function changeProfile(xml: string, id: string, value: string): string {
  const profile = profiles.parseConfig(xml);
  const form = formOf(profile);
  const part = form?.parts.find(({ control }) => control.id === id);
  if (form === undefined || part === undefined) throw new RangeError(`there is no control ${id}`);
  const [stranger] = profile.unknown;
  if (stranger !== undefined) throw new RangeError(`the form would lose ${stranger}: edit the XML`);
  try {
    return build[form.kind](part.write(form.options, value));
  } catch (error) {
    throw error instanceof TypeError || error instanceof RangeError ? inWords(error, form.parts) : error;
  }
}
