// The cases of methods, in the order of lists and reports. A new file of cases is added here.

import { methodAuthenticatorOrderCases } from './authenticator-order.js';
import { authenticatorMethodCases } from './authenticator.js';
import { methodConfigurationCases } from './configuration.js';
import { methodKeyCases } from './keys.js';
import { methodMemoryCases } from './memory.js';
import { methodNullAttributeCases } from './null-attributes.js';
import { methodOrderCases } from './order.js';
import { peerMethodCases } from './peer.js';
import { forScript } from './script-remedies.js';
import { methodSequenceCases } from './sequence.js';
import { methodSizeCases } from './sizes.js';
import { methodUiCases } from './ui.js';
import { methodXmlCases } from './xml.js';

export const methodCatalogue = [
  ...peerMethodCases,
  ...authenticatorMethodCases,
  ...methodSequenceCases,
  ...methodOrderCases,
  ...methodAuthenticatorOrderCases,
  ...methodNullAttributeCases,
  ...methodSizeCases,
  ...methodKeyCases,
  ...methodUiCases,
  ...methodConfigurationCases,
  ...methodXmlCases,
  ...methodMemoryCases,
];

/** The same cases for a method in TypeScript, with remedies in its names. */
export const scriptCatalogue = methodCatalogue.map(forScript);
