// Escapes text from outside before it is shown, so that it cannot move a cursor, set a title, change a colour,
// reverse the reading direction or hide. Only this file decides what may be shown. Pure.

// Controls, formatting (the bidirectional ones too), separators of lines and paragraphs, halves of characters, code points
// that are no characters, such as U+FFFE, which no XML can hold, and whatever else leaves no mark.
const unprintable =
  /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Noncharacter_Code_Point}\p{Default_Ignorable_Code_Point}]/gu;

/** `text` with a visible escape in place of each character that could do more than be read. */
export function printable(text: string): string {
  return text.replaceAll(unprintable, (character) => {
    const digits = character.codePointAt(0)!.toString(16);
    if (digits.length > 4) return `\\u{${digits}}`;
    return digits.length > 2 ? `\\u${digits.padStart(4, '0')}` : `\\x${digits.padStart(2, '0')}`;
  });
}

/** JSON as `JSON.stringify` makes it, in which those characters are escapes of JSON's own: nothing is lost. */
export function printableJson(value: unknown, indent?: number): string {
  const lines = JSON.stringify(value, null, indent).split('\n');
  const escaped = (character: string): string =>
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join('');
  return lines.map((line) => line.replaceAll(unprintable, escaped)).join('\n');
}

/** XML in which those characters are references; its own line ends and tabs stay. */
export function printableXml(xml: string): string {
  const lines = xml.split(/\r\n?|\n/u).map((line) =>
    line
      .split('\t')
      .map((part) => part.replaceAll(unprintable, (each) => `&#x${each.codePointAt(0)!.toString(16)};`))
      .join('\t'),
  );
  return lines.join('\n');
}

/** Colours of a terminal (SGR). */
const colors = { dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;

/** A colour that means something: good, bad, to look at, to know; or less than the rest. */
export type Color = keyof typeof colors;

/** Text in a colour, where colours are wanted. */
export interface Painted {
  readonly color: Color;
  readonly text: string;
}

/** A line for people, in pieces: text is data, and only what is painted brings escapes with it. */
export type Line = string | Painted | readonly Line[];

/** `text` in a colour. */
export function paint(color: Color, text: string): Painted {
  return { color, text };
}

function isList(line: Line): line is readonly Line[] {
  return Array.isArray(line);
}

/** A line as a terminal takes it: the escapes of its colours are the only ones in it. */
export function drawn(line: Line, hasColors: boolean): string {
  if (typeof line === 'string') return printable(line);
  if (isList(line)) return line.map((piece) => drawn(piece, hasColors)).join('');
  const text = printable(line.text);
  return hasColors ? `\u001B[${colors[line.color]}m${text}\u001B[0m` : text;
}
