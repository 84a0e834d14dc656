// Servers that do what a text allows, though ours does otherwise: the case of that text does not fail them.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';

import { conformServer } from '../../lib/conformance/index.js';
import { attributeTypes } from '../../lib/eap/attributes.js';
import { openServer, type ServerMutant } from './subjects.js';

/** Makes each reply anew: it keeps none. */
const forgetful: ServerMutant = {
  onReply: (datagram, flow) =>
    flow.reply(datagram, ({ attributes }) => ({
      attributes: [...attributes, { type: attributeTypes.Class, value: randomBytes(16) }],
    })),
};

describe('What a text allows a server', function () {
  this.timeout(60_000);

  it('blames a server without a cache of replies for no forged request', async () => {
    await using server = await openServer('mschapv2', forgetful);
    const only = ['rfc5080-2.2.2-forged-request-leaves-cache'];
    const [result] = await conformServer(server.target, { only });
    assert.deepEqual(
      [result?.verdict, result?.reason],
      ['notApplicable', 'it keeps no reply to this request'],
    );
  });
});
