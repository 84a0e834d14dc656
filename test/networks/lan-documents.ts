// A wired profile and credentials for it.

import { profiles } from '../../lib/profiles/index.js';

export const lanPassword = 'correct horse battery';
export const lanCredentials = profiles.credentials.peap({
  inner: { mschapv2: { username: 'alice', password: lanPassword } },
});

/** As Windows exports it, and programs that make it in a string. */
export const lanProfile = `<?xml version="1.0" encoding="UTF-16"?>
${profiles.lan({ oneX: { authMode: 'user', eap: { peap: { inner: { mschapv2: { useWinlogonCredentials: false } } } } } })}`;
