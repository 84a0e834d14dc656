// The EapHostConfig inside a connection profile, as typed options or as its text.

import { type Codec, keysOf, noText, Report } from '../codec.js';
import { configForms } from '../config.js';
import { configDocument, formOf, readDocument, readMethod, writeBlob, writeMethod } from '../document.js';
import { onlyEntry } from '../eap.js';
import { isSameQName, malformed, type ParsedElement, readXml, type XmlElement } from '../xml.js';
import type { EapConfiguration } from './options.js';

const builders = [...keysOf(configForms), 'blob'] as const;

function write(value: unknown, path: string): XmlElement {
  const name = configDocument.root;
  if (typeof value === 'string') {
    const root = readXml(value);
    readDocument(configDocument, root, new Report());
    return { name, raw: root.outerXml() };
  }
  const { key, options } = onlyEntry(value, path, builders);
  const place = `${path}.${key}`;
  if (key === 'blob') return { name, ...writeBlob(configDocument, options, place) };
  return { name, ...writeMethod(configDocument, configForms[key], options, place) };
}

function readTyped(element: ParsedElement, report: Report): EapConfiguration {
  const { type, content } = readDocument(configDocument, element, report);
  if (content instanceof Uint8Array) return { blob: { type, blob: content } };
  const key = formOf(configForms, type);
  if (key === undefined) return element.outerXml();
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the form is the one of its key
  return { [key]: readMethod(configForms[key], content, report) } as unknown as EapConfiguration;
}

function readText(element: ParsedElement, _report: Report): EapConfiguration {
  readDocument(configDocument, element, new Report());
  return element.outerXml();
}

/** The element around an EapHostConfig: EAPConfig of OneX, Configuration of a VPN. */
function around(read: (element: ParsedElement, report: Report) => EapConfiguration): Codec<EapConfiguration> {
  return {
    names: [configDocument.root],
    write: (value, path) => ({ children: [write(value, path)] }),
    read(element, report) {
      noText(element);
      report.attributes(element);
      const isIts = ({ name }: ParsedElement): boolean => isSameQName(name, configDocument.root);
      const [document, ...others] = element.children.filter(isIts);
      for (const child of element.children) if (!isIts(child)) report.element(child, [configDocument.root]);
      if (!document || others.length > 0) throw malformed(element, 'must have one EapHostConfig');
      return read(document, report);
    },
  };
}

/** As typed options where the method has some, else as text. */
export const typedEap = around(readTyped);

/** As text. */
export const textEap = around(readText);
