// Memory that its owner wipes or uses again as soon as he has made a call, which waits for something before it sends: what
// leaves is what was given, not what has come into its place.

import { equal } from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { attributeTypes } from '../../../lib/eap/attributes.js';
import { textOf } from '../../../lib/radius/attributes.js';
import { readProtectedFile, writeProtectedFile } from '../../../lib/wired/index.js';
import { loadPeer, pairPath } from '../../method-dlls/support.js';
import { accept, open, serve } from '../../radius/client-support.js';
import { decoded } from '../../radius/support.js';

describe('Memory that is used again at once', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'reused-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

  it('is not what a RADIUS request has in the place of its attributes', async () => {
    await using server = await serve(accept);
    await using client = open(server);
    const value = Buffer.from('alice');
    const reply = client.request({ attributes: [{ type: attributeTypes.UserName, value }] });
    value.fill('x');
    await reply;
    const [datagram = Buffer.alloc(0)] = server.received;
    equal(textOf(decoded(datagram).attributes, attributeTypes.UserName), 'alice');
    equal(value.toString(), 'xxxxx');
  });

  it('is not what a dialog in a DLL of its own has in the place of its context', async () => {
    const interactive = join(folder, basename(pairPath));
    copyFileSync(pairPath, interactive);
    await using peer = await loadPeer({ uiPaths: { interactive } });
    const context = Buffer.from('answer=alice');
    const answer = peer.invokeInteractiveUi(context);
    context.fill('x');
    equal((await answer)?.toString(), 'answer=alice');
  });

  it('is not what a protected file has in the place of its content', async () => {
    const path = join(folder, 'secret');
    const content = Buffer.from('correct horse');
    const written = writeProtectedFile(path, content);
    content.fill(0);
    await written;
    equal((await readProtectedFile(path))?.toString(), 'correct horse');
  });
});
