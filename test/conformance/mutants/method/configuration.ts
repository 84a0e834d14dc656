// Peer method DLLs that are wrong in their fields, blobs and properties, each in the way that the case of its name is
// about.

import type { InputField } from '../../../../lib/eap/input-fields.js';
import type { MethodMutant } from '../../subjects.js';
import { crashingWhere, giving, givingLater, peerMutant } from './tools.js';

/** Other fields in place of the identity dialog. */
const fields = (change: Partial<InputField>): MethodMutant =>
  peerMutant({
    queryCredentialInputFields: giving((asked: readonly InputField[]) =>
      asked.map((field) => ({ ...field, ...change })),
    ),
  });

/** Forgets what was typed. */
const forgetting = giving(() => Buffer.from('identity=;password='));

export const configurationMethodMutants: Readonly<Record<string, MethodMutant>> = {
  'windows-EapPeerQueryCredentialInputFields-labels': fields({ label: '' }),
  'windows-EapPeerQueryCredentialInputFields-lengths': fields({ minLength: 8, maxLength: 1 }),
  'windows-EapPeerQueryCredentialInputFields-hidden-secrets': fields({ flags: [] }),
  'windows-EapPeerQueryUserBlobFromCredentialInputFields-identity': peerMutant({
    userBlobFromCredentialInputFields: forgetting,
  }),
  // Cuts the new one to the old one's size.
  'windows-EapPeerQueryUserBlobFromCredentialInputFields-larger-than-before': peerMutant({
    userBlobFromCredentialInputFields: giving((blob: Buffer) => blob.subarray(0, 1)),
  }),
  'windows-EapPeerQueryUserBlobFromCredentialInputFields-longest-values': peerMutant({
    userBlobFromCredentialInputFields: crashingWhere((filled) =>
      (filled as readonly InputField[]).some(({ data }) => data.length > 256),
    ),
  }),
  'windows-EapPeerQueryUserBlobFromCredentialInputFields-no-fields': peerMutant({
    userBlobFromCredentialInputFields: crashingWhere((filled) => (filled as readonly unknown[]).length === 0),
  }),
  'windows-EapPeerGetMethodProperties-again': peerMutant({
    getMethodProperties: givingLater({ properties: ['standalone'] }),
  }),
  'windows-EapPeerGetMethodProperties-without-blobs': peerMutant({
    getMethodProperties: crashingWhere((asked) => asked === undefined),
  }),
  // Believes whoever asks.
  'windows-EapPeerGetMethodProperties-mutual-authentication': peerMutant({
    getResult: giving({ isSuccess: true }),
  }),
  'windows-EapPeerGetConfigBlobAndUserBlob-identity': peerMutant({
    getConfigBlobAndUserBlob: giving({ credentials: Buffer.from('identity=nobody') }),
  }),
  'windows-EapPeerGetConfigBlobAndUserBlob-other-credentials': peerMutant({
    getConfigBlobAndUserBlob: crashingWhere((credential) => (credential as { kind: string }).kind === 'sim'),
  }),
};
