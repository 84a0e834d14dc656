// What the page asks for, done: one object for each window, which has its file and its trial. Knows nothing of
// Electron; what it needs of it is given.

import { readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';

import { EapError, formatMethodType, type EapHost, type InputField } from 'eaphost';
import { profiles } from 'eaphost/profiles';

import type {
  Applied,
  ApplyRequest,
  CallName,
  EditorApi,
  Field,
  Outcome,
  Problem,
  Progress,
  TrialRequest,
} from './api.js';
import { readCertificates } from './certificates.js';
import { toApplyRequest, toBlobText, toFlag, toKind, toText, toTrialRequest, toXml } from './checks.js';
import { changeProfile, newProfile, readProfile } from './forms.js';
import type { ApplyTo, NetworkSettings } from './networks.js';
import { offersOf } from './offers.js';
import { answer, problemOf } from './problems.js';
import type { TrialJob } from './trial.js';
import type { Trial } from './trials.js';

export type FileKind = 'profile' | 'certificates' | 'eapConfig';

/** What the window gives. */
export interface EditorParts {
  readonly host: EapHost;
  /** Asks for a file to open; undefined where the user cancelled. */
  readonly chooseFile: (kind: FileKind) => Promise<string | undefined>;
  /** Asks where to save. */
  readonly chooseTarget: (suggested: string) => Promise<string | undefined>;
  /** The window that a method's dialog belongs to: what `getNativeWindowHandle()` gives. */
  readonly nativeWindow: () => Uint8Array;
  readonly startTrial: (job: TrialJob, onProgress: (progress: Progress) => void) => Trial;
  readonly onProgress: (progress: Progress) => void;
  /** The networks of this computer. */
  readonly applyTo: ApplyTo;
}

/** Each call takes what came from the page, unchecked. */
export type Calls = {
  readonly [Name in CallName]: (...args: readonly unknown[]) => ReturnType<EditorApi[Name]>;
};

/** A trial, from the click to its outcome. */
interface Trying {
  isCancelled: boolean;
  /** Once it is under way. */
  trial?: Trial;
}

/** A method, or a configuration of it, that has nothing to ask in fields: it asks by its own dialog, or not at all. */
const withoutFields: readonly string[] = [
  'EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED',
  'EAP_E_METHOD_CONFIG_DOES_NOT_SUPPORT_SSO',
];

async function unless<Value, Other extends string | readonly never[]>(
  codes: readonly string[],
  call: Promise<Value>,
  otherwise: Other,
): Promise<Value | Other> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof EapError && codes.includes(error.code)) return otherwise;
    throw error;
  }
}

/** A copy with memory of its own: a small Buffer shares its with others, and all of it would go along. */
const alone = (bytes: Uint8Array): Uint8Array => Uint8Array.from(bytes);

/** The calls of one window, and what ends with it. */
export class Editor {
  readonly #parts: EditorParts;
  #file: string | undefined;
  #trying: Trying | undefined;

  constructor(parts: EditorParts) {
    this.#parts = parts;
  }

  readonly calls: Calls = {
    start: () =>
      answer(async () => {
        const { host } = this.#parts;
        const methods = await host.getMethods();
        return {
          runtime: host.runtime,
          methods: methods.map(({ friendlyName, authorName, type, properties }) => ({
            name: friendlyName,
            author: authorName,
            type: formatMethodType(type),
            properties,
          })),
        };
      }),
    create: (kind) => {
      const wanted = toKind(kind);
      this.#file = undefined;
      return answer(() => newProfile(wanted));
    },
    open: () =>
      answer(async () => {
        const file = await this.#parts.chooseFile('profile');
        if (file === undefined) return undefined;
        const xml = await readFile(file, 'utf8');
        this.#file = file;
        return { name: basename(file), xml: toXml(xml) };
      }),
    openCertificates: () =>
      answer(async () => {
        const file = await this.#parts.chooseFile('certificates');
        return file === undefined ? undefined : readCertificates(file);
      }),
    offers: (text) => {
      const dropped = text === undefined ? undefined : toText(text, 'text', longestConfig);
      return answer(async () => {
        if (dropped !== undefined) return offersOf(dropped);
        const file = await this.#parts.chooseFile('eapConfig');
        return file === undefined
          ? undefined
          : offersOf(toText(await readFile(file, 'utf8'), 'the file', longestConfig));
      });
    },
    save: (xml, isElsewhere) => {
      const text = toXml(xml);
      const mustAsk = toFlag(isElsewhere, 'isElsewhere') || this.#file === undefined;
      return answer(async () => {
        const { chooseTarget } = this.#parts;
        const file = mustAsk ? await chooseTarget(this.#file ?? 'profile.xml') : this.#file;
        if (file === undefined) return undefined;
        await writeFile(file, text);
        this.#file = file;
        return basename(file);
      });
    },
    read: (xml) => this.#about(xml, (text) => readProfile(text)),
    change: (xml, id, value) => {
      const [name, wanted] = [toText(id, 'id'), toText(value, 'value', 1 << 16)];
      return this.#about(xml, (text) => changeProfile(text, name, wanted));
    },
    toBlob: (xml) =>
      this.#about(xml, async (text) => {
        const { method, blob } = await this.#parts.host.configFromXml(text);
        return { method, hex: blob.toString('hex') };
      }),
    fromBlob: (blob) => {
      const { method, hex } = toBlobText(blob);
      return answer(() => {
        const digits = hex.replaceAll(/\s/gu, '');
        if (!/^(?:[0-9a-f]{2})*$/iu.test(digits)) throw new RangeError('A blob is pairs of hex digits.');
        return this.#parts.host.configToXml({ method, blob: Buffer.from(digits, 'hex') });
      });
    },
    configure: (xml) =>
      this.#about(xml, async (text) => {
        const { host, nativeWindow } = this.#parts;
        const { method, blob } = await host.configFromXml(text);
        const edited = await host.invokeConfigUi({ method, config: blob, parentWindow: nativeWindow() });
        return edited && host.configToXml({ method, blob: edited });
      }),
    fields: (xml) => this.#about(xml, async (text) => (await this.#fields(text)).fields.map(toField)),
    tryIt: (request) => {
      const trial = toTrialRequest(request);
      return answer(() => this.#try(trial));
    },
    apply: (request) => {
      const wanted = toApplyRequest(request);
      return answer(() => this.#apply(wanted));
    },
    cancel: () =>
      answer(() => {
        this.close();
        return undefined;
      }),
  };

  /** Ends what goes on. */
  close(): void {
    if (this.#trying === undefined) return;
    this.#trying.isCancelled = true;
    this.#trying.trial?.cancel();
  }

  #about<Value>(xml: unknown, work: (xml: string) => Value | Promise<Value>) {
    const text = toXml(xml);
    return answer(() => work(text));
  }

  async #fields(xml: string) {
    const { host } = this.#parts;
    const { method, blob: config } = await host.configFromXml(xml);
    const fields = await unless(withoutFields, host.queryCredentialInputFields({ method, config }), []);
    return { method, config, fields };
  }

  async #try(request: TrialRequest): Promise<Outcome> {
    if (this.#trying !== undefined) throw new Error('A trial goes on already.');
    const trying: Trying = { isCancelled: false };
    this.#trying = trying;
    try {
      const job = await this.#job(request);
      const { startTrial, onProgress } = this.#parts;
      trying.trial = startTrial(job, onProgress);
      // Cancelled before there was anything to cancel.
      if (trying.isCancelled) trying.trial.cancel();
      return await trying.trial.outcome;
    } finally {
      this.#trying = undefined;
    }
  }

  async #apply({ network, server, ...rest }: ApplyRequest): Promise<Applied> {
    const outcome = server && (await this.#try({ ...rest, server }));
    const done: string[] = [];
    if (outcome?.isSuccess === false) return { outcome, done, problem: undefined };
    const settings = await this.#settings(rest);
    let problem: Problem | undefined;
    try {
      await this.#parts.applyTo[network.kind](network, settings, (each) => done.push(each));
    } catch (error) {
      problem = problemOf(error);
    } finally {
      settings.credentials?.blob.fill(0);
    }
    return { outcome, done, problem };
  }

  /** What a network is given: the profile, and the credentials in both forms that Windows keeps. */
  async #settings({ xml, values }: Pick<ApplyRequest, 'xml' | 'values'>): Promise<NetworkSettings> {
    const { host } = this.#parts;
    const { method, config, fields } = await this.#fields(xml);
    const filled = fields.map((field, index) => fill(field, values[index]));
    const document = credentialsOf(xml, filled);
    if (document === undefined) return { xml, config, credentials: undefined };
    const blob = await host.userBlobFromCredentialInputFields(filled, { method, config });
    return { xml, config, credentials: { xml: document, blob } };
  }

  /** What a trial needs: blobs of the profile and of what was typed. */
  async #job({ xml, server, values }: TrialRequest): Promise<TrialJob> {
    const { host } = this.#parts;
    const { method, config, fields } = await this.#fields(xml);
    const filled = fields.map((field, index) => fill(field, values[index]));
    const blob =
      filled.length > 0
        ? await host.userBlobFromCredentialInputFields(filled, { method, config })
        : await this.#askByDialog({ method, config });
    const credentials = blob && alone(blob);
    blob?.fill(0);
    return { method, config: alone(config), credentials, server };
  }

  /** The method's own dialog, where it has one; without an answer the method finds out by itself who the user is. */
  async #askByDialog(options: { method: TrialJob['method']; config: Uint8Array }) {
    const { host, nativeWindow } = this.#parts;
    const asked = host.invokeIdentityUi({ ...options, parentWindow: nativeWindow() });
    const identity = await unless(withoutFields, asked, 'no dialog');
    if (identity === undefined) throw new Error('Cancelled in the method’s dialog.');
    return identity === 'no dialog' ? undefined : identity.credentials;
  }
}

/** An eap-config file has certificates and a logo. */
const longestConfig = 4 << 20;

/** The user's name and password as Windows' own methods take them; undefined where the profile wants neither. */
function credentialsOf(xml: string, fields: readonly InputField[]): string | undefined {
  const [username, password] = (['username', 'password'] as const).map(
    (type) => fields.find((field) => field.type === type)?.data,
  );
  if (username === undefined || password === undefined) return undefined;
  const { method } = profiles.parseConfig(xml);
  if (method === 'mschapv2') return profiles.credentials.mschapv2({ username, password });
  if (method === 'peap') return profiles.credentials.peap({ inner: { mschapv2: { username, password } } });
  return method === 'ttls' ? profiles.credentials.ttls({ username, password }) : undefined;
}

const toField = ({ label, data, minLength, maxLength, flags }: InputField): Field => ({
  label,
  data,
  minLength,
  maxLength,
  isSecret: flags.includes('nonDisplayable'),
  isReadOnly: flags.includes('readOnly'),
});

/** The method's own field, with what was typed and nothing else of the page's. */
function fill(field: InputField, value = ''): InputField {
  if (field.flags.includes('readOnly')) return field;
  if (value.length < field.minLength || value.length > field.maxLength) {
    throw new RangeError(`${field.label} must have ${field.minLength} to ${field.maxLength} characters.`);
  }
  return { ...field, data: value };
}
