// eap-config files: chosen or dropped on the window; what one offers, for the user to choose from.

import type { Answer, EditorApi, Offer } from '../src/api.js';
import { byId, make } from './dom.js';

const chooser = byId('offers', HTMLDialogElement);
const place = byId('offers-list', HTMLUListElement);
const take = byId('offers-take', HTMLButtonElement);

function itemOf({ label, reason, notes }: Offer, index: number, isFirst: boolean): HTMLLIElement {
  const isPossible = reason === undefined;
  const id = `offer-${index}`;
  const box = make('input', {
    id,
    type: 'radio',
    name: 'offer',
    value: String(index),
    disabled: !isPossible,
    checked: isFirst,
    autofocus: isFirst,
  });
  const text = make('label', { htmlFor: id }, make('strong', {}, label));
  for (const line of isPossible ? notes : [`Windows cannot do it: ${reason}`]) {
    text.append(make('span', { className: isPossible ? '' : 'error' }, line));
  }
  return make('li', {}, box, text);
}

/** The offer that the user takes; undefined where there is none to take, or none was taken. */
async function choose(offers: readonly Offer[]): Promise<Offer | undefined> {
  const first = offers.findIndex(({ reason }) => reason === undefined);
  place.replaceChildren(...offers.map((offer, index) => itemOf(offer, index, index === first)));
  take.disabled = first < 0;
  chooser.returnValue = 'cancel';
  chooser.showModal();
  await new Promise((resolve) => chooser.addEventListener('close', resolve, { once: true }));
  const chosen = place.querySelector<HTMLInputElement>('input:checked');
  return chooser.returnValue === 'take' && chosen !== null ? offers[Number(chosen.value)] : undefined;
}

/** Lets the user import by the button and by dropping a file; `onOffer` gets what was taken, or what is wrong. */
export function useImports(editor: EditorApi, onOffer: (answer: Answer<Offer>) => Promise<void>): void {
  const run = async (text?: string): Promise<void> => {
    const answer = await editor.offers(...(text === undefined ? [] : [text]));
    if (!answer.ok) return onOffer(answer);
    const offer = answer.value && (await choose(answer.value));
    if (offer) await onOffer({ ok: true, value: offer });
  };
  byId('import', HTMLButtonElement).addEventListener('click', () => void run());
  // Without these the window would show the file in the page's place.
  document.addEventListener('dragover', (event) => event.preventDefault());
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    const [file] = event.dataTransfer?.files ?? [];
    if (file !== undefined && !chooser.open) void file.text().then(run);
  });
}
