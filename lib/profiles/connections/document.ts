// A connection profile as a document: written from options, read into options, what is in it named.

import { type OptionNames, ownOptions } from '../../base/arguments.js';
import { type Codec, type GivenOptions, isGiven, parseNames, Report, withoutPrototype } from '../codec.js';
import { isSameQName, malformed, prefixes, type QName, readXml, writeXml } from '../xml.js';
import { textEap, typedEap } from './eap.js';
import type { EapConfiguration, ParseConnectionOptions, ParsedConnection } from './options.js';
import { oneOf } from './values.js';

export const parseConnectionNames: OptionNames<ParseConnectionOptions> = {
  ...parseNames,
  eap: ['typed', 'xml'],
};

/** What no single element shows: the option and the element that is wrong, and how. */
export interface Fault {
  readonly option: string;
  readonly element: string;
  readonly is: string;
}

/** What a document must have that an option need not say, and what must fit together. */
export interface Rules<Options> {
  /** The options that were not given and are written anyway. */
  readonly defaults: (given: GivenOptions<Options>) => GivenOptions<Options>;
  /** What an element means by not being there, where it is another thing than the default of its option. */
  readonly implied?: (options: Options) => Partial<Options>;
  /** What Windows would refuse though each element is right. */
  readonly fault?: (options: GivenOptions<Options>) => Fault | undefined;
}

/** `codec` under these rules, both ways. */
export function ruled<Options extends object>(
  codec: Codec<Options>,
  { defaults, implied, fault }: Rules<Options>,
): Codec<Options> {
  return {
    ...codec,
    write(value, path) {
      if (!isGiven<Options>(value)) return codec.write(value, path);
      const given = withoutPrototype(value);
      const options = withoutPrototype({ ...given, ...defaults(given) });
      const content = codec.write(options, path);
      const wrong = fault?.(options);
      if (wrong) throw new TypeError(`${path}.${wrong.option} ${wrong.is}`);
      return content;
    },
    read(element, report) {
      const options = codec.read(element, report);
      const wrong = options && fault?.(withoutPrototype(options));
      if (wrong) throw malformed(element, `${wrong.element} ${wrong.is}`);
      return options && { ...options, ...implied?.(withoutPrototype(options)) };
    },
  };
}

const forms = oneOf(['typed', 'xml']);

/**
 * The builder and the parser of the documents whose element is `root`. `content` is given the EAP method's codec, and
 * `eapIn` finds what that has read.
 */
export function connectionDocument<Options extends object>(
  root: QName,
  content: (eap: Codec<EapConfiguration>) => Codec<Options>,
  eapIn: (options: Options) => EapConfiguration | undefined,
) {
  const typed = content(typedEap);
  const text = content(textEap);
  return {
    build: (options: unknown): string =>
      writeXml({ name: root, declares: true, ...typed.write(options, 'options') }, prefixes),
    parse(this: void, xml: string, options?: ParseConnectionOptions): ParsedConnection<Options> {
      const given = ownOptions(options, 'options', parseConnectionNames);
      if (given.eap !== undefined) forms.write(given.eap, 'options.eap');
      const report = new Report();
      const element = readXml(xml);
      if (!isSameQName(element.name, root)) {
        const where = root.namespace === '' ? 'no namespace' : `the namespace ${root.namespace}`;
        throw malformed(element, `the document's element must be ${root.local} of ${where}`);
      }
      const read = (given.eap === 'xml' ? text : typed).read(element, report);
      const asText = text.read(element, new Report());
      if (read === undefined || asText === undefined) throw malformed(element, 'says nothing');
      const { unknown } = report;
      if (given.unknown === 'refuse' && unknown.length > 0) throw malformed('xml', unknown.join('\n'));
      const eapXml = eapIn(withoutPrototype(asText));
      return { options: read, eapXml: typeof eapXml === 'string' ? eapXml : undefined, unknown };
    },
  };
}
