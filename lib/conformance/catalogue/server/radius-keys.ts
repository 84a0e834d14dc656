// What RFC 2548 demands of the keys in an Access-Accept.

import { microsoft } from '../../../eap/attributes.js';
import { microsoftValuesOf } from '../../../radius/attributes.js';
import { demand, NotApplicable } from '../../case.js';
import { serverCases } from '../../kinds.js';
import type { ServerAnswer } from '../../server-probe.js';

export const radiusKeyServerCases = serverCases('RFC 2548', [
  {
    id: 'rfc2548-2.4.2-salt-has-top-bit',
    title: 'set the top bit of the Salt of each MS-MPPE key',
    level: 'MUST',
    remedy: 'or the first octet of each Salt with 0x80',
    methods: ['mschapv2', 'tls'],
    async run(probe) {
      const salts = saltsOf(await (await probe.begin()).expectAccept());
      demand(
        salts.every((salt) => salt >= 0x8000),
        `the Salts are ${salts.join(' and ')}`,
      );
    },
  },
  {
    id: 'rfc2548-2.4.2-salts-differ',
    title: 'give each MS-MPPE key of an Access-Accept a Salt of its own',
    level: 'MUST',
    remedy: 'make a Salt for each key of a packet that no other has',
    methods: ['mschapv2', 'tls'],
    async run(probe) {
      const salts = saltsOf(await (await probe.begin()).expectAccept());
      demand(new Set(salts).size === salts.length, `the Salts are ${salts.join(' and ')}`);
    },
  },
]);

/** The MS-MPPE keys as they were sent. Throws NotApplicable where there are none: no text demands any. */
export function mppeKeysOf({ attributes }: ServerAnswer): Buffer[] {
  const keys = [microsoft.mppeSendKey, microsoft.mppeRecvKey].flatMap((type) =>
    microsoftValuesOf(attributes, type),
  );
  if (keys.length === 0) throw new NotApplicable('the Access-Accept has no MS-MPPE keys');
  return keys;
}

const saltsOf = (answer: ServerAnswer): number[] => mppeKeysOf(answer).map((key) => key.readUInt16BE(0));
