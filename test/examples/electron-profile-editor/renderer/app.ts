// The page: one profile, seen as a form, as XML and as a blob. The XML is what there is; the others are made of it,
// and change it. What cannot be understood stays where it was typed, with what is wrong beside it.

import type { Answer, EditorApi, Kind, Offer, Problem, Reading } from '../src/api.js';
import { allowApplying, proposeNetworks, useApplying } from './apply.js';
import { pick } from './certificates.js';
import { byId, make, say } from './dom.js';
import { isRed, onPick, onRed, settle, showForm } from './form.js';
import { useImports } from './offers.js';
import { refuseTrials, showFields, useTrials } from './trial.js';

declare global {
  interface Window {
    readonly editor: EditorApi;
  }
}

const { editor } = window;
const xml = byId('xml', HTMLTextAreaElement);
const blob = byId('blob', HTMLTextAreaElement);
const configure = byId('configure', HTMLButtonElement);
const problemBox = byId('problem', HTMLDivElement);
const problemShow = byId('problem-show', HTMLButtonElement);
const discard = byId('discard', HTMLDialogElement);

let saved = '';
let fileName: string | undefined;
let reading: Reading | undefined;
let problem: Problem | undefined;
/** Which reading of the profile is the latest: answers to older ones come too late. */
let latest = 0;

const isChanged = (): boolean => xml.value !== saved;

function showFile(): void {
  const name = xml.value === '' ? '' : (fileName ?? 'not saved yet');
  byId('file', HTMLParagraphElement).textContent = isChanged() ? `${name} •` : name;
  document.title = `${isChanged() ? '• ' : ''}${name === '' ? '' : `${name} – `}Profile editor`;
}

function showProblem(now: Problem | undefined): void {
  problem = now;
  problemBox.hidden = now === undefined;
  say(byId('problem-message', HTMLParagraphElement), now?.message);
  const line = now?.line === undefined ? '' : `line ${now.line}`;
  const place = [now?.element, line].filter((part) => part !== undefined && part !== '').join(', ');
  say(byId('problem-place', HTMLParagraphElement), place === '' ? undefined : place);
  problemShow.hidden = now?.line === undefined;
}

/** The value of an answer; a problem is shown. */
function valueOf<Value>(answer: Answer<Value>): Value | undefined {
  if (answer.ok) return answer.value;
  showProblem(answer.problem);
  return undefined;
}

/** Reads the profile anew: form, blob and fields of what the XML says. */
async function refresh(isOther = false): Promise<void> {
  latest += 1;
  const turn = latest;
  const text = xml.value;
  showFile();
  const [read, made, wanted] =
    text.trim() === ''
      ? []
      : await Promise.all([editor.read(text), editor.toBlob(text), editor.fields(text)]);
  if (turn !== latest) return;
  reading = read?.ok === true ? read.value : undefined;
  byId('title', HTMLHeadingElement).textContent =
    reading?.title ?? (text.trim() === '' ? 'No profile' : 'Not a profile');
  showForm(reading, isOther, change);
  xml.setAttribute('aria-invalid', String(read?.ok === false));
  blob.value = made?.ok === true ? made.value.hex : '';
  showFields(wanted);
  allowApplying(made?.ok === true && !isRed());
  configure.disabled = made?.ok !== true;
  const failed = [read, made].find((answer) => answer?.ok === false);
  showProblem(failed?.ok === false ? failed.problem : undefined);
}

async function load(text: string, name: string | undefined, isSaved: boolean): Promise<void> {
  xml.value = text;
  fileName = name;
  saved = isSaved ? text : '';
  await refresh(true);
}

async function apply(id: string, value: string): Promise<Problem | undefined> {
  for (;;) {
    const text = xml.value;
    const changed = await editor.change(text, id, value);
    // Where the profile changed meanwhile, that change stays: this one is made to what it became.
    if (xml.value !== text) continue;
    if (!changed.ok) return changed.problem;
    xml.value = changed.value;
    await refresh();
    return undefined;
  }
}

/** Changes of the form that are under way. */
let changes: Promise<unknown> = Promise.resolve();

async function change(id: string, value: string): Promise<Problem | undefined> {
  const made = apply(id, value);
  changes = Promise.allSettled([changes, made]);
  return made;
}

/** The profile as the form shows it; undefined where a field is red. */
async function profile(): Promise<string | undefined> {
  await settle();
  await changes;
  return isRed() ? undefined : xml.value;
}

/** Whether what is there may go. */
async function mayDiscard(): Promise<boolean> {
  await settle();
  await changes;
  if ((!isChanged() && !isRed()) || xml.value.trim() === '') return true;
  discard.returnValue = 'keep';
  discard.showModal();
  await new Promise((resolve) => discard.addEventListener('close', resolve, { once: true }));
  return discard.returnValue === 'discard';
}

async function open(): Promise<void> {
  if (!(await mayDiscard())) return;
  const file = valueOf(await editor.open());
  if (file !== undefined) await load(file.xml, file.name, true);
}

async function pickThumbprints(): Promise<Answer<readonly string[]>> {
  const opened = await editor.openCertificates();
  if (!opened.ok) return opened;
  return { ok: true, value: opened.value === undefined ? [] : await pick(opened.value) };
}

async function takeOffer(answer: Answer<Offer>): Promise<void> {
  const offer = valueOf(answer);
  if (offer === undefined || !(await mayDiscard())) return;
  await load(offer.xml, undefined, false);
  proposeNetworks(offer.ssids, offer.isWired);
}

async function create(kind: Kind): Promise<void> {
  if (!(await mayDiscard())) return;
  const text = valueOf(await editor.create(kind));
  if (text !== undefined) await load(text, undefined, false);
}

async function save(isElsewhere: boolean): Promise<void> {
  const text = await profile();
  if (text === undefined) return;
  const name = valueOf(await editor.save(text, isElsewhere));
  if (name === undefined) return;
  saved = text;
  fileName = name;
  showFile();
}

async function raiseDialog(): Promise<void> {
  const before = await profile();
  if (before === undefined) return;
  configure.disabled = true;
  const text = valueOf(await editor.configure(before));
  configure.disabled = false;
  if (text === undefined) return;
  if (xml.value !== before) {
    showProblem({ message: 'The profile was changed while the dialog was open: the dialog’s is discarded.' });
    return;
  }
  xml.value = text;
  await refresh();
}

async function takeBlob(): Promise<void> {
  const { method } = reading ?? {};
  if (method === undefined) {
    showProblem({ message: 'A blob belongs to a method: open or make a profile of it first.' });
    return;
  }
  const text = valueOf(await editor.fromBlob({ method, hex: blob.value }));
  if (text === undefined) return;
  xml.value = text;
  await refresh();
}

const tabs = ['tab-form', 'tab-xml', 'tab-blob'].map((id) => byId(id, HTMLButtonElement));

function showTab(shown: HTMLButtonElement): void {
  for (const tab of tabs) {
    const isShown = tab === shown;
    tab.setAttribute('aria-selected', String(isShown));
    tab.tabIndex = isShown ? 0 : -1;
    byId(tab.getAttribute('aria-controls') ?? '', HTMLElement).hidden = !isShown;
  }
}

function useTabs(): void {
  for (const [index, tab] of tabs.entries()) {
    tab.addEventListener('click', () => showTab(tab));
    tab.addEventListener('keydown', (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const next = step === undefined ? undefined : tabs[(index + step + tabs.length) % tabs.length];
      if (next === undefined) return;
      showTab(next);
      next.focus();
    });
  }
  showTab(byId('tab-form', HTMLButtonElement));
}

/** Selects the line that the problem is on. */
function showLine(): void {
  const { line } = problem ?? {};
  if (line === undefined) return;
  showTab(byId('tab-xml', HTMLButtonElement));
  const lines = xml.value.split('\n');
  const begin = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
  xml.focus();
  xml.setSelectionRange(begin, begin + (lines[line - 1]?.length ?? 0));
}

function onClick(id: string, work: () => Promise<void>): void {
  byId(id, HTMLButtonElement).addEventListener('click', () => void work());
}

async function start(): Promise<void> {
  useTabs();
  onRed((isWrong) => {
    for (const id of ['save', 'save-as']) byId(id, HTMLButtonElement).disabled = isWrong;
    refuseTrials(isWrong);
    allowApplying(!isWrong && !configure.disabled);
  });
  onPick(pickThumbprints);
  useTrials(editor, profile);
  useApplying(editor, profile);
  useImports(editor, takeOffer);
  onClick('open', open);
  onClick('save', () => save(false));
  onClick('save-as', () => save(true));
  onClick('configure', raiseDialog);
  onClick('from-blob', takeBlob);
  problemShow.addEventListener('click', showLine);
  xml.addEventListener('input', () => void refresh());
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-kind]')) {
    button.addEventListener('click', () => void create(button.dataset['kind'] as Kind));
  }
  document.addEventListener('keydown', (event) => {
    const shortcut =
      event.ctrlKey || event.metaKey ? { o: open, s: () => save(false) }[event.key] : undefined;
    if (shortcut === undefined) return;
    event.preventDefault();
    void shortcut();
  });
  window.addEventListener('beforeunload', (event) => {
    if ((isChanged() || isRed()) && xml.value.trim() !== '') event.preventDefault();
  });
  await refresh();
  const begun = valueOf(await editor.start());
  if (begun === undefined) return;
  const runtimes = { system: 'Windows’ EAPHost', embedded: 'The embedded run-time' };
  byId('runtime', HTMLParagraphElement).textContent = `${runtimes[begun.runtime]} has these:`;
  const items = begun.methods.map(({ name, author, type, properties }) => {
    const item = make('li', { title: properties.join(', ') });
    item.append(make('strong', {}, name), make('span', {}, `${type}${author === '' ? '' : `, ${author}`}`));
    return item;
  });
  byId('methods', HTMLUListElement).replaceChildren(...items);
}

void start();
