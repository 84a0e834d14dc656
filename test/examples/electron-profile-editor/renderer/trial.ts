// Trying a profile: the fields that the method wants, the packets as they pass, and how it ended. What is secret is
// in its field until the trial begins, and nowhere afterwards.

import type { Answer, EditorApi, Field, Outcome, ServerAddress } from '../src/api.js';
import { byId, make, say } from './dom.js';

const form = byId('trial', HTMLFormElement);
const fields = byId('fields', HTMLDivElement);
const note = byId('credentials-note', HTMLParagraphElement);
const host = byId('host', HTMLInputElement);
const port = byId('port', HTMLInputElement);
const secret = byId('secret', HTMLInputElement);
const tryButton = byId('try', HTMLButtonElement);
const cancel = byId('cancel', HTMLButtonElement);
const outcome = byId('outcome', HTMLParagraphElement);
const progress = byId('progress', HTMLOListElement);
const ladder = byId('ladder', HTMLDetailsElement);
const ladderText = byId('ladder-text', HTMLPreElement);

let inputs: readonly HTMLInputElement[] = [];
let shape = '';
let isRunning = false;
let isPossible = false;
let isRefused = false;

function enable(): void {
  tryButton.disabled = !isPossible || isRunning || isRefused;
  cancel.disabled = !isRunning;
}

/** Whether a trial would be of another profile than the form shows. */
export function refuseTrials(refused: boolean): void {
  isRefused = refused;
  enable();
}

function inputOf(field: Field): HTMLInputElement {
  return make('input', {
    type: field.isSecret ? 'password' : 'text',
    value: field.data,
    readOnly: field.isReadOnly,
    required: field.minLength > 0,
    minLength: field.minLength,
    maxLength: field.maxLength,
    autocomplete: 'off',
    spellcheck: false,
  });
}

/** Shows the fields that a profile wants, or why it cannot be tried; undefined: there is no profile. */
export function showFields(wanted: Answer<readonly Field[]> | undefined): void {
  isPossible = wanted?.ok === true;
  enable();
  const list = wanted?.ok === true ? wanted.value : [];
  const now = JSON.stringify(list);
  if (now !== shape) {
    shape = now;
    inputs = list.map(inputOf);
    const rows = inputs.map((input, index) => {
      input.id = `field-${index}`;
      return [make('label', { htmlFor: input.id }, list[index]?.label ?? ''), input];
    });
    fields.replaceChildren(...rows.flat());
  }
  if (wanted === undefined) note.textContent = 'There is no profile to try.';
  else if (!wanted.ok) note.textContent = `The profile cannot be tried: ${wanted.problem.message}`;
  else note.textContent = list.length === 0 ? 'The method asks by itself.' : '';
}

/** What was typed; the secrets are taken out of the page. */
export function take(): { values: string[]; server: ServerAddress } {
  const values = inputs.map((input) => input.value);
  const server = { host: host.value, port: Number(port.value), secret: secret.value };
  for (const input of [...inputs, secret]) {
    if (input.type === 'password') input.value = '';
  }
  return { values, server };
}

/** Whether the user, and on request the server, is filled in; says what is missing. */
export const areFilled = (isServerWanted: boolean): boolean =>
  [...(isServerWanted ? [host, port, secret] : []), ...inputs].every((input) => input.reportValidity());

function show(answer: Answer<Outcome>): void {
  const isSuccess = answer.ok && answer.value.isSuccess;
  outcome.className = isSuccess ? 'good' : 'bad';
  if (!answer.ok) {
    say(outcome, `Not tried: ${answer.problem.message}`);
    return;
  }
  const { explanation, reason, keysAgree, ladder: lines } = answer.value;
  const keys = keysAgree === undefined ? '' : keysAgree ? ' Both have the same key.' : ' The keys differ.';
  const code = reason === undefined ? '' : ` (${reason})`;
  say(outcome, `${isSuccess ? 'Accepted' : 'Not accepted'}: ${explanation}${code}${keys}`);
  ladderText.textContent = lines.join('\n');
  ladder.hidden = lines.length === 0;
}

/** Shows a trial while it goes on, and what of the answer to `work` is its outcome. */
export async function during<Value>(
  work: () => Promise<Answer<Value>>,
  outcomeIn: (value: Value) => Outcome | undefined,
): Promise<Answer<Value>> {
  isRunning = true;
  enable();
  progress.replaceChildren();
  ladder.hidden = true;
  outcome.className = '';
  say(outcome, 'Trying…');
  try {
    const answer = await work();
    const came = answer.ok ? outcomeIn(answer.value) : undefined;
    if (!answer.ok) show(answer);
    else if (came !== undefined) show({ ok: true, value: came });
    return answer;
  } finally {
    isRunning = false;
    enable();
  }
}

/** Lets the user try what `profile` gives; undefined: a field is red. */
export function useTrials(editor: EditorApi, profile: () => Promise<string | undefined>): void {
  const run = async (): Promise<void> => {
    const { values, server } = take();
    const attempt = async (): Promise<Answer<Outcome>> => {
      const xml = await profile();
      return xml === undefined
        ? { ok: false, problem: { message: 'a field is wrong.' } }
        : editor.tryIt({ xml, server, values });
    };
    await during(attempt, (came) => came);
  };
  editor.onProgress(({ direction, text }) => {
    progress.append(make('li', { className: direction }, text));
    progress.hidden = false;
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void run();
  });
  cancel.addEventListener('click', () => void editor.cancel());
}
