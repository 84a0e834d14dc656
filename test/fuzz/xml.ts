// Mutations of XML by its grammar: most of what comes out is well formed, and wrong in another way. Elements are
// dropped, doubled, moved, renamed and put into another namespace; texts are replaced by what their kinds border on.

import { SaxesParser } from 'saxes';

import { mutateOctets, type Random } from './engine.js';

interface Element {
  name: string;
  attributes: Record<string, string>;
  children: (Element | string)[];
}

function parse(xml: string): Element | undefined {
  const parser = new SaxesParser();
  const root: Element = { name: '', attributes: {}, children: [] };
  const open = [root];
  try {
    parser.on('error', (error) => {
      throw error;
    });
    parser.on('opentag', ({ name, attributes }) => {
      const element = { name, attributes: { ...attributes }, children: [] };
      open.at(-1)!.children.push(element);
      open.push(element);
    });
    parser.on('text', (text) => open.at(-1)!.children.push(text));
    parser.on('closetag', () => open.pop());
    parser.write(xml).close();
  } catch {
    // One of those that are not well formed: mutated as octets.
    return undefined;
  }
  return root.children.find((child) => typeof child !== 'string');
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replaceAll(/[&<>"]/gu, (character) => escapes[character]!);

function write({ name, attributes, children }: Element): string {
  const list = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(value)}"`);
  const content = children.map((child) => (typeof child === 'string' ? escaped(child) : write(child)));
  return `<${name}${list.join('')}>${content.join('')}</${name}>`;
}

function elementsOf(element: Element): Element[] {
  return [
    element,
    ...element.children.flatMap((child) => (typeof child === 'string' ? [] : elementsOf(child))),
  ];
}

const texts = [
  '',
  ' ',
  'true',
  'false',
  '1',
  '0',
  '-1',
  '13',
  '25',
  '256',
  '4294967296',
  'a;b',
  '1.3.6.1',
  '\u0000',
];
const odd = [
  '00'.repeat(20),
  '0',
  'x'.repeat(300),
  '\u202E',
  ']]>',
  '&amp;',
  '\r\n',
  '\u{1F511}',
  '1e3',
  'TRUE',
];

/** One to four changes of a document; once in eight of its octets. */
export function mutateXml(input: Uint8Array, random: Random, pool: readonly Uint8Array[]): Buffer {
  const root = random(8) === 0 ? undefined : parse(Buffer.from(input).toString());
  if (root === undefined) return mutateOctets(input, random, pool);
  const pick = <T>(list: readonly T[]): T => list[random(list.length)]!;
  for (let count = 1 + random(4); count > 0; count -= 1) {
    const all = elementsOf(root);
    const element = pick(all);
    const { children } = element;
    const at = random(children.length + 1);
    const other = parse(Buffer.from(pick(pool)).toString());
    switch (random(8)) {
      case 0:
        children.splice(at, 1);
        break;
      case 1:
        if (at < children.length) children.splice(at, 0, structuredClone(children[at]!));
        break;
      case 2:
        children.push(...children.splice(at, 1));
        break;
      case 3:
        element.name = pick(all).name;
        break;
      case 4:
        element.children = [pick(random(2) === 0 ? texts : odd)];
        break;
      case 5:
        element.attributes[random(2) === 0 ? 'xmlns' : 'a'] = pick(all).attributes['xmlns'] ?? pick(texts);
        break;
      case 6:
        if (other !== undefined) children.splice(at, 0, structuredClone(pick(elementsOf(other))));
        break;
      default:
        delete element.attributes['xmlns'];
    }
    // Doubling grows by powers of two.
    if (elementsOf(root).length > 200) break;
  }
  return Buffer.from(write(root));
}
