// The form of a profile: controls as the main process describes them, each with its label, its help and its error.

import type { Control, Problem, Reading } from '../src/api.js';
import { byId, make } from './dom.js';

type Input = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

/** Tries a changed value. What is wrong with it, if anything. */
export type Change = (id: string, value: string) => Promise<Problem | undefined>;

const place = byId('controls', HTMLDivElement);
const note = byId('form-note', HTMLParagraphElement);

function inputOf({ kind, choices, value }: Control): Input {
  if (kind === 'text') return make('input', { value, maxLength: 1024 });
  if (kind === 'list') return make('textarea', { value, rows: Math.max(2, value.split('\n').length) });
  const options = choices.map((each) =>
    // What only the XML can say is shown where it is so, and never offered.
    make('option', { value: each.value, hidden: each.value === 'other' }, each.label),
  );
  const select = make('select', {}, ...options);
  select.value = value;
  return select;
}

function controlOf(control: Control, isDisabled: boolean, change: Change): HTMLElement {
  const id = `control-${control.id}`;
  const input = inputOf(control);
  const error = make('p', { className: 'error', id: `${id}-error` });
  const help = make('p', { className: 'help', id: `${id}-help` }, control.help);
  Object.assign(input, { id, disabled: isDisabled, autocomplete: 'off', spellcheck: false });
  input.setAttribute('aria-describedby', `${help.id} ${error.id}`);
  const tell = async (): Promise<void> => {
    const problem = await change(control.id, input.value);
    input.setAttribute('aria-invalid', String(problem !== undefined));
    error.textContent = problem?.message ?? '';
  };
  input.addEventListener('change', () => {
    void tell();
  });
  const className = control.kind === 'list' ? 'control wide' : 'control';
  return make('div', { className }, make('label', { htmlFor: id }, control.label), input, help, error);
}

/** What the form shows of the profile; undefined: there is no profile that it could show. */
export function showForm(reading: Reading | undefined, change: Change): void {
  const { controls = [], unknown = [] } = reading ?? {};
  // A control that is used goes on being used: the form is made anew only where it has another shape.
  const focused = document.activeElement?.id;
  place.replaceChildren(...controls.map((each) => controlOf(each, unknown.length > 0, change)));
  if (focused?.startsWith('control-') === true) document.getElementById(focused)?.focus();
  if (reading === undefined) note.textContent = 'Open a profile, or make a new one.';
  else if (unknown.length > 0) {
    note.textContent = `The form would lose what it does not know: ${unknown.join(', ')}. Edit the XML instead.`;
  } else note.textContent = controls.length === 0 ? 'This method has no form here. Edit the XML.' : '';
}
