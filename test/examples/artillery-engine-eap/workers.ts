// Artillery starts a worker thread for each CPU but one, whatever WORKERS says. Loaded before it, this makes it WORKERS:
//
//   WORKERS=4 NODE_OPTIONS='--import artillery-engine-eap/workers' npx artillery run load-test.yml

import os from 'node:os';

const workers = Number(process.env['WORKERS']);
if (!Number.isInteger(workers) || workers < 1 || workers > 1024) {
  throw new Error('WORKERS must say how many worker threads there shall be, from 1 to 1024');
}
const [cpu] = os.cpus();
Object.assign(os, { cpus: () => Array.from({ length: workers + 1 }, () => cpu) });
