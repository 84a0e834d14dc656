// Reads keyfiles as glib does (GKeyFile) and as NetworkManager does what is in them. Not a line is shared with what
// writes them. What glib would let pass and a writer should not do is an error.

import { Buffer } from 'node:buffer';

const space = /^[ \t\n\v\f\r]+/u;
const unescaped: Readonly<Record<string, string>> = { s: ' ', n: '\n', t: '\t', r: '\r', '\\': '\\' };

export class KeyFile {
  readonly #groups = new Map<string, Map<string, string>>();

  constructor(text: string) {
    let group: Map<string, string> | undefined;
    for (const [index, line] of text.split('\n').entries()) {
      const bare = line.replace(/\r$/u, '').replace(space, '');
      if (bare === '' || bare.startsWith('#')) continue;
      const name = /^\[([^[\]\p{Cc}]+)\][ \t]*$/u.exec(bare)?.[1];
      if (name !== undefined) {
        if (this.#groups.has(name)) throw new Error(`line ${index + 1}: a second group ${name}`);
        group = new Map();
        this.#groups.set(name, group);
        continue;
      }
      const at = bare.indexOf('=');
      if (at < 1 || group === undefined) throw new Error(`line ${index + 1} is none of a keyfile`);
      const key = bare.slice(0, at).replace(/[ \t]+$/u, '');
      if (!/^[0-9A-Za-z-]+$/u.test(key)) throw new Error(`line ${index + 1}: a strange key`);
      if (group.has(key)) throw new Error(`line ${index + 1}: ${key} a second time`);
      group.set(key, bare.slice(at + 1).replace(space, ''));
    }
  }

  /** g_key_file_get_string. */
  string(group: string, key: string): string | undefined {
    const raw = this.#groups.get(group)?.get(key);
    return raw?.replaceAll(/\\(.?)/gsu, (whole, letter: string) => {
      const meant = unescaped[letter];
      if (meant === undefined) throw new Error(`${key} has ${JSON.stringify(whole)}`);
      return meant;
    });
  }

  /** g_key_file_get_string_list, without escapes: none of ours has any. */
  list(group: string, key: string): string[] | undefined {
    const raw = this.#groups.get(group)?.get(key);
    if (raw === undefined) return undefined;
    if (raw.includes('\\') || !raw.endsWith(';')) throw new Error(`${key} is no plain list`);
    return raw.slice(0, -1).split(';');
  }

  /** As NetworkManager reads an SSID: a list of octets, or text. */
  octets(group: string, key: string): Buffer | undefined {
    const text = this.string(group, key);
    if (text === undefined) return undefined;
    if (!/^(?:\d{1,3};)+$/u.test(text)) return Buffer.from(text);
    return Buffer.from(text.slice(0, -1).split(';').map(Number));
  }

  /** Every group with every string. */
  all(): Record<string, Record<string, string | undefined>> {
    return Object.fromEntries(
      [...this.#groups].map(([group, keys]) => [
        group,
        Object.fromEntries([...keys.keys()].map((key) => [key, this.string(group, key)])),
      ]),
    );
  }
}
