// OneX: IEEE 802.1X in the profiles of wireless and wired networks.

import { boolean, type Codec, sequence } from '../codec.js';
import { configDocument } from '../document.js';
import { fieldsOf } from '../fields.js';
import { networkVocabulary } from '../xml.js';
import type { EapConfiguration, OneXOptions, SingleSignOn } from './options.js';
import { wholeNumber, oneOf } from './values.js';

const x = networkVocabulary('OneX/v1');

/** The element. */
export const oneXName = x('OneX');

const sso = fieldsOf<SingleSignOn>();
const singleSignOn: Codec<SingleSignOn> = sequence([
  sso.one('type', x('type'), oneOf(['preLogon', 'postLogon']), 'required'),
  sso.one('maxDelay', x('maxDelay'), wholeNumber(0, 120)),
  sso.one('allowAdditionalDialogs', x('allowAdditionalDialogs'), boolean),
  sso.one('userBasedVirtualLan', x('userBasedVirtualLan'), boolean),
]);

const seconds = wholeNumber(1, 3600);
const times = wholeNumber(1, 100);
const f = fieldsOf<OneXOptions>();

/** OneX, with the EAP method as `eap` writes and reads it. */
export function oneX(eap: Codec<EapConfiguration>): Codec<OneXOptions> {
  const content = sequence<OneXOptions>([
    f.one('cacheUserData', x('cacheUserData'), boolean),
    f.one('heldPeriod', x('heldPeriod'), seconds),
    f.one('authPeriod', x('authPeriod'), seconds),
    f.one('startPeriod', x('startPeriod'), seconds),
    f.one('maxStart', x('maxStart'), times),
    f.one('maxAuthFailures', x('maxAuthFailures'), times),
    f.one(
      'supplicantMode',
      x('supplicantMode'),
      oneOf(['inhibitTransmission', 'includeLearning', 'compliant']),
    ),
    f.one('authMode', x('authMode'), oneOf(['machineOrUser', 'machine', 'user', 'guest'])),
    f.one('singleSignOn', x('singleSignOn'), singleSignOn),
    // The second is where the documents say that it is; Windows writes the first.
    f.one('eap', [x('EAPConfig'), { ...configDocument.root, local: 'EAPConfig' }], eap, 'required'),
  ]);
  return {
    ...content,
    write: (value, path) => ({ ...content.write(value, path), declares: true }),
  };
}
