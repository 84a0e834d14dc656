// A worker thread with sessions of its own: `answer` says what its method answers; `spin` works until terminated,
// with calls that take `microseconds`.

import { parentPort, workerData } from 'node:worker_threads';

import { openEapHost } from '../../../lib/index.js';
import { answerTo, identityRequest, request, scriptMethod, scriptType } from '../script-method.js';
import { openTestHost, trivialType } from '../support.js';

/** What a worker is told to do. */
export interface Task {
  readonly task: 'answer' | 'spin' | 'idle';
  readonly text: string;
  readonly microseconds: number;
}

async function answer({ text }: Task): Promise<void> {
  const method = scriptMethod({
    process: (packet) => ({
      action: 'send',
      packet: answerTo(request(packet.readUInt8(1), Buffer.from(text))),
    }),
  });
  await using host = await openEapHost({ runtime: 'embedded', methods: [method] });
  const answers = new Set<string>();
  for (let round = 0; round < 20; round += 1) {
    await using session = await host.beginSession({ method: scriptType, credentials: Buffer.of(1) });
    await session.process(identityRequest);
    const step = await session.process(request(2));
    if (step.action === 'send') answers.add(step.packet.toString('utf8', 12));
  }
  parentPort?.postMessage([...answers], []);
}

async function spin({ task, microseconds }: Task): Promise<void> {
  const host = await openTestHost();
  const config = Buffer.alloc(4);
  config.writeUInt32LE(microseconds);
  const begin = () => host.beginSession({ method: trivialType, credentials: Buffer.of(1, 0), config });
  const sessions = await Promise.all(Array.from({ length: 8 }, begin));
  await Promise.all(sessions.map((session) => session.process(identityRequest)));
  parentPort?.postMessage('ready', []);
  if (task === 'idle') return;
  const loop = async (index: number): Promise<never> => {
    for (let id = 2; ; id += 1) {
      await sessions[index]?.process(request(id % 256, Buffer.of(0), trivialType));
    }
  };
  await Promise.all(sessions.map((_, index) => loop(index)));
}

const task: Task = workerData;
await (task.task === 'answer' ? answer(task) : spin(task));
