// The form of a profile: controls as the main process describes them, each with its label, its help and its error.

import type { Answer, Control, Problem, Reading } from '../src/api.js';
import { byId, make } from './dom.js';

type Input = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

/** Tries a changed value. What is wrong with it, if anything. */
export type Change = (id: string, value: string) => Promise<Problem | undefined>;

const place = byId('controls', HTMLDivElement);
const note = byId('form-note', HTMLParagraphElement);

function inputOf({ kind, choices, value }: Control): Input {
  if (kind === 'text') return make('input', { value, maxLength: 1024 });
  if (kind === 'list' || kind === 'thumbprints')
    return make('textarea', { value, rows: Math.max(2, value.split('\n').length) });
  const options = choices.map((each) =>
    // What only the XML can say is shown where it is so, and never offered.
    make('option', { value: each.value, hidden: each.value === 'other' }, each.label),
  );
  const select = make('select', {}, ...options);
  select.value = value;
  return select;
}

/** A control on the page. */
interface Row {
  readonly element: HTMLElement;
  readonly input: Input;
  /** What it is like, but for its value: another likeness needs another row. */
  readonly likeness: string;
  /** Tries what is typed. */
  readonly tell: () => Promise<void>;
}

let pickThumbprints: () => Promise<Answer<readonly string[]>>;

/** Sets how thumbprints are picked: those of the certificates that the user chooses in a file, or what is wrong with it. */
export function onPick(pick: typeof pickThumbprints): void {
  pickThumbprints = pick;
}

let rows: readonly Row[] = [];
/** What was typed and not tried yet. */
const typed = new Set<Row>();
let whenRed: (isWrong: boolean) => void = () => undefined;

/** Calls `listener` when a field has become red, or none is any more. */
export function onRed(listener: (isWrong: boolean) => void): void {
  whenRed = listener;
}

/** Whether a field shows what the profile does not say: it is wrong. */
export function isRed(): boolean {
  return rows.some(({ input }) => input.getAttribute('aria-invalid') === 'true');
}

/** Tries all that is typed: then the profile says what is on the screen, unless a field is red. */
export async function settle(): Promise<void> {
  await Promise.all([...typed].map((row) => row.tell()));
}

function rowOf(control: Control, likeness: string, isDisabled: boolean, change: Change): Row {
  const id = `control-${control.id}`;
  const input = inputOf(control);
  const error = make('p', { className: 'error', id: `${id}-error`, ariaLive: 'polite' });
  const help = make('p', { className: 'help', id: `${id}-help` }, control.help);
  Object.assign(input, { id, disabled: isDisabled, autocomplete: 'off', spellcheck: false });
  input.setAttribute('aria-describedby', `${help.id} ${error.id}`);
  const tell = async (): Promise<void> => {
    typed.delete(row);
    const problem = await change(control.id, input.value);
    input.setAttribute('aria-invalid', String(problem !== undefined));
    error.textContent = problem?.message ?? '';
    whenRed(isRed());
  };
  const pick = async (): Promise<void> => {
    const picked = await pickThumbprints();
    if (!picked.ok) {
      error.textContent = `${control.label}: ${picked.problem.message}`;
      return;
    }
    if (picked.value.length === 0) return;
    const lines = [...input.value.split('\n'), ...picked.value].filter((line) => line.trim() !== '');
    input.value = [...new Set(lines)].join('\n');
    await tell();
  };
  const label = make('label', { htmlFor: id }, control.label);
  const element = make('div', { className: 'control' }, label, input, help, error);
  element.classList.toggle('wide', input instanceof HTMLTextAreaElement);
  if (control.kind === 'thumbprints') {
    const button = make('button', { type: 'button', disabled: isDisabled }, 'Add from a file…');
    button.setAttribute('aria-describedby', error.id);
    button.addEventListener('click', () => void pick());
    help.before(button);
  }
  const row: Row = { element, input, likeness, tell };
  input.addEventListener('input', () => typed.add(row));
  input.addEventListener('change', () => void tell());
  return row;
}

/** Whether the user is at it: what is typed there is not to be replaced. */
function isInUse({ input }: Row): boolean {
  return input === document.activeElement || input.getAttribute('aria-invalid') === 'true';
}

/**
 * What the form shows of the profile; undefined: there is no profile that it could show. `isOther`: of another profile
 * than before. Rows that stay are not moved, so that they keep the focus.
 */
export function showForm(reading: Reading | undefined, isOther: boolean, change: Change): void {
  const { controls = [], unknown = [] } = reading ?? {};
  const isDisabled = unknown.length > 0;
  const old = new Map(isOther ? [] : rows.map((row) => [row.likeness, row]));
  rows = controls.map((control) => {
    const likeness = JSON.stringify([{ ...control, value: '' }, isDisabled]);
    const row = old.get(likeness) ?? rowOf(control, likeness, isDisabled, change);
    if (!isInUse(row)) row.input.value = control.value;
    return row;
  });
  const elements = rows.map(({ element }) => element);
  for (const row of typed) if (!rows.includes(row)) typed.delete(row);
  const gone = Array.from(place.children).filter((child) => !elements.some((element) => element === child));
  for (const child of gone) child.remove();
  for (const [index, element] of elements.entries()) {
    const there = place.children[index];
    if (there !== element) place.insertBefore(element, there ?? null);
  }
  whenRed(isRed());
  if (reading === undefined) note.textContent = 'Open a profile, or make a new one.';
  else if (isDisabled) {
    note.textContent = `The form would lose what it does not know: ${unknown.join(', ')}. Edit the XML instead.`;
  } else note.textContent = controls.length === 0 ? 'This method has no form here. Edit the XML.' : '';
}
