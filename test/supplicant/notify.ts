// What makes the embedded run-time call a NotificationHandler: an export of its own, reached through koffi.

import koffi from 'koffi';

import { libraryPath } from './support.js';

/** A GUID as it lies in memory. */
function guidBytes(text: string): Buffer {
  const bytes = Buffer.from(text.replaceAll('-', ''), 'hex');
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  return bytes;
}

/** EapEmbeddedNotify, on a thread of its own: gives its code, ERROR_NOT_FOUND for a connection that is not known. */
export function loadNotify(): (connectionId: string) => Promise<number> {
  const notify = koffi
    .load(libraryPath('eapembedded'))
    .func('EapEmbeddedNotify', 'uint32_t', ['const uint8_t *']);
  return (connectionId) =>
    new Promise((resolve, reject) => {
      notify.async(guidBytes(connectionId), (error: Error | null, code: number) => {
        if (error === null) resolve(code);
        else reject(error);
      });
    });
}
