// The picker of certificates: what the user's file holds, each with a box to tick; their thumbprints are what it gives.

import type { Certificate, CertificateFile } from '../src/api.js';
import { byId, make } from './dom.js';

const picker = byId('certificates', HTMLDialogElement);
const place = byId('certificates-list', HTMLUListElement);

function boxOf({ sha1 }: Certificate, isOnly: boolean, index: number): HTMLInputElement {
  const id = `certificate-${index}`;
  return make('input', { id, type: 'checkbox', value: sha1, checked: isOnly, autofocus: index === 0 });
}

function itemOf(box: HTMLInputElement, { subject, expires, isExpired, sha1 }: Certificate): HTMLLIElement {
  const label = make('label', { htmlFor: box.id }, make('strong', {}, subject));
  const until = isExpired ? `expired on ${expires}` : `valid until ${expires}`;
  label.append(make('span', { className: isExpired ? 'error' : '' }, until), make('code', {}, sha1));
  return make('li', {}, box, label);
}

/** Shows what a file holds. The SHA-1 thumbprints of those that the user ticked; none where the user cancelled. */
export async function pick({ name, certificates }: CertificateFile): Promise<string[]> {
  byId('certificates-title', HTMLHeadingElement).textContent = `Certificates in ${name}`;
  const boxes = certificates.map((each, index) => boxOf(each, certificates.length === 1, index));
  place.replaceChildren(...certificates.map((each, index) => itemOf(boxes[index]!, each)));
  picker.returnValue = 'cancel';
  picker.showModal();
  await new Promise((resolve) => picker.addEventListener('close', resolve, { once: true }));
  if (picker.returnValue !== 'add') return [];
  return boxes.filter(({ checked }) => checked).map(({ value }) => value);
}
