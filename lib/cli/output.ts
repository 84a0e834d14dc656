// What a command writes: lines for people, one JSON object for machines, and on a terminal colours and what it is
// doing now. JavaScript thread.

import { Socket } from 'node:net';
import type { WriteStream } from 'node:tty';

import { drawn, type Line, paint, type Painted, printable, printableJson } from '../base/printable.js';

/** The part of a stream that output needs: of a file, a pipe or a terminal. */
export interface OutputStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  hasColors?(): boolean;
  write(text: string, done?: () => void): unknown;
}

const defaultColumns = 80;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Whether a stream takes colours: a terminal that has them does. As in Node itself, FORCE_COLOR goes before NO_COLOR,
 * and both before what the stream is.
 */
export function takesColors(stream: OutputStream, env: Environment = process.env): boolean {
  const { FORCE_COLOR: forced, NO_COLOR: none } = env;
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  if (none !== undefined && none !== '') return false;
  return stream.isTTY === true && (stream.hasColors?.() ?? false);
}

function piecesOf(line: Line): (string | Painted)[] {
  if (typeof line === 'string' || 'color' in line) return [line];
  return line.flatMap(piecesOf);
}

/** A line in as many as fit `columns`, set in as far as its text begins behind its first word. */
export function fitted(line: Line, columns: number): Line[] {
  const pieces = piecesOf(line);
  const whole = drawn(line, false);
  if (whole.length <= columns) return [line];
  const [label = ''] = /^ *(?:\S+ {2,})?/u.exec(whole) ?? [];
  const indent = ' '.repeat(label.length > columns / 2 ? 0 : label.length);
  const lines: (string | Painted)[][] = [[]];
  let [used, gap] = [0, ''];
  for (const piece of pieces) {
    const isText = typeof piece === 'string';
    for (const word of printable(isText ? piece : piece.text).split(/(?<= )(?! )/u)) {
      const text = word.trimEnd();
      if (used > indent.length && used + gap.length + text.length > columns) {
        lines.push([indent]);
        [used, gap] = [indent.length, ''];
      }
      lines.at(-1)?.push(gap, isText ? text : paint(piece.color, text));
      used += gap.length + text.length;
      gap = word.slice(text.length);
    }
  }
  return lines;
}

const clearLine = '\r\u001B[2K';

/**
 * Where a command writes to. Names, messages and files come from strangers, so each line is data: nothing in it reaches
 * a terminal but what can be read, and the colours are ours. JSON keeps it whole, escaped. Only `text` writes as it is.
 */
export class Output {
  /** Whether machines read standard output: then it has one JSON object, and people read standard error. */
  readonly json: boolean;
  readonly #out: OutputStream;
  readonly #err: OutputStream;
  readonly #colors: boolean;
  readonly #complainsInColor: boolean;
  readonly #showsSteps: boolean;
  #step: { readonly text: string; readonly since: number } | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    json: boolean,
    out: OutputStream = process.stdout,
    err: OutputStream = process.stderr,
    env: Environment = process.env,
  ) {
    this.json = json;
    this.#out = out;
    this.#err = err;
    this.#colors = takesColors(json ? err : out, env);
    this.#complainsInColor = takesColors(err, env);
    // The other end of a pipe may be the same terminal.
    const isPiped = out instanceof Socket && !('isTTY' in out);
    this.#showsSteps = !json && !isPiped && err.isTTY === true && env['TERM'] !== 'dumb';
  }

  /** How wide lines for people may be: as a terminal is, 80 elsewhere. */
  get columns(): number {
    return (this.json ? this.#err : this.#out).columns || defaultColumns;
  }

  /** A line for people, of a command whose lines are of use beside its JSON as well. */
  line(line: Line): void {
    this.#people(this.json ? this.#err : this.#out, line, this.#colors);
  }

  /** A line of JSON on standard output, with `--json`. Otherwise the lines, for people. */
  report(value: unknown, lines: readonly Line[] = []): void {
    if (this.json) this.#write(this.#out, `${printableJson(value)}\n`);
    else for (const line of lines) this.line(line);
  }

  /** Text of the package's own on standard output, as it is. */
  text(text: string): void {
    this.#write(this.#out, text);
  }

  /** What went wrong, in lines on standard error, with the name of the command that says it. */
  complain(who: string, [what = '', ...more]: readonly string[]): void {
    const first = [paint('red', `${who}:`), ` ${what}`];
    for (const line of [first, ...more]) this.#people(this.#err, line, this.#complainsInColor);
  }

  /** A line on standard error. */
  note(line: string): void {
    this.#people(this.#err, line, false);
  }

  /** A hint for a user at a terminal. */
  hint(text: string): void {
    if (this.#showsSteps) this.note(text);
  }

  /** What is being done now: a line on a terminal's standard error that the next one, or any other output, replaces. */
  step(text: string): void {
    if (!this.#showsSteps) return;
    this.#step = { text: printable(text), since: performance.now() };
    this.#timer ??= setInterval(() => this.#draw(), 1000).unref();
    this.#draw();
  }

  /** Nothing is being done any more: takes the line of `step` away. */
  done(): void {
    if (this.#step === undefined) return;
    this.#step = undefined;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#err.write(clearLine);
  }

  /** Resolves when what was written has left the process, or cannot. */
  async flush(): Promise<void> {
    for (const stream of [this.#out, this.#err]) {
      await new Promise<void>((resolve) => {
        stream.write('', () => resolve());
      });
    }
  }

  /** A terminal gets lines that fit; programs that read others get each whole. */
  #people(stream: OutputStream, line: Line, hasColors: boolean): void {
    const lines = stream.isTTY === true ? fitted(line, stream.columns || defaultColumns) : [line];
    this.#write(stream, lines.map((each) => `${drawn(each, hasColors)}\n`).join(''));
  }

  #write(stream: OutputStream, text: string): void {
    if (this.#step !== undefined) this.#err.write(clearLine);
    stream.write(text);
    if (this.#step !== undefined) this.#draw();
  }

  #draw(): void {
    if (this.#step === undefined) return;
    const { text, since } = this.#step;
    const seconds = Math.floor((performance.now() - since) / 1000);
    const line = `${text} ...${seconds === 0 ? '' : ` ${seconds} s`}`;
    // A terminal that does not know its size says 0.
    this.#err.write(`${clearLine}${line.slice(0, (this.#err.columns || defaultColumns) - 1)}`);
  }
}

/** A closed output pipe does not stop a command: it finishes its work without output. */
export function ignoreBrokenPipes(streams: readonly WriteStream[] = [process.stdout, process.stderr]): void {
  for (const stream of streams) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      // Windows says EOF.
      if (error.code !== 'EPIPE' && error.code !== 'EOF') throw error;
    });
  }
}
