// Makes the certificates for a run of the tests where there is no openssl program: `node write-certificates.js FILE`.

import { writeFileSync } from 'node:fs';
import { certificates } from './certificates.js';

const [, , file = 'certificates.json'] = process.argv;
writeFileSync(file, JSON.stringify(certificates()), { mode: 0o600 });
