// Methods with dialogs of their own, as a module for the editor's `--methods`: EAP-MSCHAPv2, whose dialogs tell in what
// they give which window they belong to.

import { encodeCredentials, mschapv2, type MethodDefinition } from '../../../lib/methods/index.js';
import { profiles } from '../../../lib/profiles/index.js';
import { alice } from './support.js';

/** The windows that dialogs were raised for. */
export const windows: number[] = [];

const cancelled = Object.assign(new Error('the user cancelled'), { winError: 1223 });

export const methods: readonly MethodDefinition[] = [
  {
    ...mschapv2,
    name: 'With dialogs',
    configuration: {
      showConfigUi({ config, parentWindow }) {
        windows.push(parentWindow);
        const flags = Buffer.from(config).readUInt32LE(4);
        // The logon's credentials are not asked for here: as if the user closed the dialog.
        if (flags !== 0) throw cancelled;
        const blob = Buffer.from(config);
        blob.writeUInt32LE(2, 4);
        return blob;
      },
      showIdentityUi({ parentWindow }) {
        windows.push(parentWindow);
        return { identity: alice.username, credentials: encodeCredentials(alice) };
      },
    },
  },
];

/** What the dialog makes of a profile. */
export const configured = profiles.mschapv2({ useWinlogonCredentials: true });
