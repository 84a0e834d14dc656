// The legacy methods as whole configurations, and as the inner method of TTLS and TEAP.

import { formatMethodType } from '../eap/names.js';
import { type Codec, holds, type Report, sequence } from './codec.js';
import { fieldsOf } from './fields.js';
import { eapCodec, type EapForm, onlyEntry, readEap, writeEap } from './eap.js';
import {
  configDocument,
  formOf,
  type MethodForm,
  methodType,
  readDocument,
  readMethod,
  writeBlob,
  writeMethod,
} from './document.js';
import { isSameQName, malformed, type ParsedElement, type QName, vocabulary } from './xml.js';
import type { InnerEap, MsChapV2Options, PeapOptions, TlsOptions } from './options.js';
import { peap, peapInnerForms } from './peap.js';

const b = vocabulary('BaseEapConnectionPropertiesV1');
const p = vocabulary('MsPeapConnectionPropertiesV1');

const legacyForms = { ...peapInnerForms, peap: { type: 25, name: p('EapType'), codec: peap } };

/** A method of author 0, whose options stand in an Eap element below Config or Credentials. */
export function legacyMethod(name: (local: string) => QName, form: EapForm<object>): MethodForm {
  holds(form.name, form.codec);
  return {
    type: methodType(form.type, 0),
    names: [name('Eap')],
    codec: {
      write: (options, path) => writeEap(name, form, options, path),
      read: (element, report) => readEap<{ method: object }>(name, { method: form }, element, report).method,
    },
  };
}

/** The methods that can be a configuration by themselves and stand inside TTLS and TEAP. */
export const legacyMethods = {
  mschapv2: legacyMethod(b, legacyForms.mschapv2),
  tls: legacyMethod(b, legacyForms.tls),
  peap: legacyMethod(b, legacyForms.peap),
} as const;

const innerKeys = ['mschapv2', 'tls', 'peap', 'blob'] as const;
const documented = eapCodec<{ mschapv2: MsChapV2Options; tls: TlsOptions; peap: PeapOptions }>(
  b,
  legacyForms,
);

function readNested(element: ParsedElement, report: Report): InnerEap {
  const { type, content } = readDocument(configDocument, element, report);
  if (content instanceof Uint8Array) return { blob: { type, blob: content } };
  const key = formOf(legacyMethods, type);
  if (key === undefined) {
    throw malformed(content, `the inner method ${formatMethodType(type)} has no typed options`);
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the form is the one of its key
  return { [key]: readMethod(legacyMethods[key], content, report) } as unknown as InnerEap;
}

/** An inner method: written as real profiles have it, a nested EapHostConfig; read as in the documents too, an Eap. */
export const innerEap: Codec<InnerEap> = {
  write(value, path) {
    const { key, options } = onlyEntry(value, path, innerKeys);
    const place = `${path}.${key}`;
    if (key === 'blob') return writeBlob(configDocument, options, place);
    return writeMethod(configDocument, legacyMethods[key], options, place);
  },
  read: (element, report) =>
    isSameQName(element.name, b('Eap')) ? documented.read(element, report) : readNested(element, report),
};

/** The names of an inner method's element. */
export const innerNames = [configDocument.root, b('Eap')] as const;

/** TEAP's InnerMethodConfig: the inner method, and Parameters of which nothing is known. */
export function innerMethodConfig(parameters: QName): Codec<InnerEap> {
  const f = fieldsOf<{ readonly method: InnerEap }>();
  const inner = f.one('method', innerNames, innerEap, 'required');
  const content = sequence([inner, f.open(parameters)]);
  return {
    // The array's place says enough: `options.inner[0].tls`.
    write: (value, path) => ({ children: [{ name: innerNames[0], ...innerEap.write(value, path) }] }),
    read: (element, report) => content.read(element, report)?.method,
  };
}
