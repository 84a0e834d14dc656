// Peer method DLLs that are wrong in what they ask their user or their host, each in the way that the case of its name
// is about.

import type { InteractiveUi } from '../../../../lib/eap/input-fields.js';
import type { MethodMutant } from '../../subjects.js';
import {
  crashing,
  crashingAgain,
  crashingWhere,
  giving,
  neverEnds,
  octetsOf,
  peerMutant,
  refusing,
} from './tools.js';

const lengthOf = (octets: unknown): number => (octets as Uint8Array).length;

/** Crashes where its fields are filled in like this. */
function filledIn(isBad: (context: unknown, ui: InteractiveUi) => boolean): MethodMutant {
  return peerMutant({
    uiBlobFromInteractiveUiInputFields: (call, ...args) =>
      isBad(args[0], args[1] as InteractiveUi) ? crashing(call) : call(...args),
  });
}

export const uiMethodMutants: Readonly<Record<string, MethodMutant>> = {
  // Waits for another answer.
  'windows-EapPeerSetUIContext-answer-of-its-dialog': peerMutant({
    setUiContext: async () => ({ action: 'none', allowNotifications: true }),
  }),
  'windows-EapPeerSetUIContext-random-octets': peerMutant({
    setUiContext: crashingWhere((answer) => lengthOf(answer) === 255),
  }),
  'windows-EapPeerSetUIContext-empty': peerMutant({
    setUiContext: crashingWhere((answer) => lengthOf(answer) === 0),
  }),
  // Does not know the flag.
  'windows-EapPeerBeginSession-SuppressUI-flag': peerMutant({
    beginSession: (call, begin) => call({ ...(begin as object), flags: [] }),
  }),
  'windows-EapPeerEndSession-EapPeerGetUIContext-not-called': peerMutant({ end: neverEnds }),
  'windows-EapPeerEndSession-EapPeerSetUIContext-not-called': peerMutant({ end: neverEnds }),
  'windows-EapPeerQueryInteractiveUIInputFields-fields': peerMutant({
    queryInteractiveUiInputFields: giving({ fields: [] }),
  }),
  'windows-EapPeerQueryInteractiveUIInputFields-damaged-context': peerMutant({
    queryInteractiveUiInputFields: crashingWhere((context) => lengthOf(context) === 7),
  }),
  // Wants at least one.
  'windows-EapPeerSetResponseAttributes-empty': peerMutant({
    setResponseAttributes: (call, attributes) =>
      (attributes as readonly unknown[]).length === 0 ? refusing(call) : call(attributes),
  }),
  // Wants those that it knows.
  'windows-EapPeerSetResponseAttributes-unknown': peerMutant({ setResponseAttributes: refusing }),
  'windows-EapPeerEndSession-GetResponseAttributes-not-called': peerMutant({ end: neverEnds }),
  'windows-EapPeerEndSession-SetResponseAttributes-not-called': peerMutant({ end: neverEnds }),
  // Adds to it each time.
  'windows-EapPeerGetUIContext-again': peerMutant({
    getUiContext: octetsOf((context, calls) => Buffer.concat([context, Buffer.alloc(calls)])),
  }),
  // Frees it with the first answer.
  'windows-EapPeerSetUIContext-again': peerMutant({ setUiContext: crashingAgain() }),
  'windows-EapPeerGetResponseAttributes-again': peerMutant({ getResponseAttributes: crashingAgain() }),
  'windows-EapPeerSetResponseAttributes-again': peerMutant({ setResponseAttributes: crashingAgain() }),
  'windows-EapPeerQueryUIBlobFromInteractiveUIInputFields-no-fields': filledIn(
    (_context, ui) => ui.fields.length === 0,
  ),
  'windows-EapPeerQueryUIBlobFromInteractiveUIInputFields-longest-values': filledIn((_context, ui) =>
    ui.fields.some(({ data }) => data.length > 256),
  ),
  'windows-EapPeerQueryUIBlobFromInteractiveUIInputFields-damaged-context': filledIn(
    (context) => lengthOf(context) === 7,
  ),
};
