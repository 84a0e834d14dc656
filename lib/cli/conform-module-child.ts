// A process of a module under test: loads its method, and runs one case after the other. conform-module.ts is the other
// half. What the module does to its process is seen there.

import { conformMethod, type MethodTarget } from '../conformance/index.js';
import { preflightMethod } from '../conformance/preflight.js';
import { isObject } from '../base/guards.js';
import { formatMethodType } from '../eap/names.js';
import { sameType } from '../eap/packet-type.js';
import type { MethodDefinition } from '../hosts/method.js';
import { describeError, UsageError } from './command.js';
import {
  beatMs,
  type MethodSubject,
  type ModuleReply,
  type ModuleRequest,
} from './conform-module-protocol.js';
import { loadMethods } from './register.js';

function tell(reply: ModuleReply): void {
  // A parent that is gone ends this process.
  process.send?.(reply, undefined, undefined, () => undefined);
}

/** The definitions of the one method that is asked for. Throws UsageError. */
async function definitionsOf({ files, type }: MethodSubject): Promise<readonly MethodDefinition[]> {
  const [own = '', other] = files;
  const given = await loadMethods(own, own);
  // With a second file, the authenticators are those of it.
  const all =
    other === undefined
      ? given
      : [
          ...given
            .map(({ authenticator: _own, ...rest }): MethodDefinition => rest)
            .filter(({ peer }) => peer),
          ...(await loadMethods(other, other)),
        ];
  const wanted = type ?? all[0]?.type;
  const found = all.filter((each) => wanted !== undefined && sameType(each.type, wanted));
  const [first] = found;
  if (type === undefined && found.length < all.length) {
    const types = [...new Set(all.map((each) => formatMethodType(each.type)))];
    throw new UsageError(`there are methods of several types; choose one with --type: ${types.join(', ')}`);
  }
  if (!first) throw new UsageError('there is no method of the type of --type');
  return found;
}

async function begin(subject: MethodSubject): Promise<MethodTarget> {
  const methods = await definitionsOf(subject);
  const { blobs } = subject;
  const { credentialsXml: xml, config = new Uint8Array() } = blobs;
  const configuration = methods.find((each) => each.peer)?.configuration;
  if (xml !== undefined && !configuration?.credentialsXmlToBlob) {
    throw new UsageError('--user is XML, and the method has no credentialsXmlToBlob');
  }
  const common = { flags: new Set<never>(), signal: new AbortController().signal, config };
  const credentials =
    xml === undefined ? blobs.credentials : await configuration?.credentialsXmlToBlob?.({ ...common, xml });
  const sides = (['peer', 'authenticator'] as const).filter((side) => methods.some((each) => each[side]));
  tell({ kind: 'ready', name: methods[0]?.name ?? '', sides });
  return { ...blobs, ...(credentials && { credentials }), methods };
}

let target: MethodTarget | undefined;

async function answer(request: ModuleRequest): Promise<void> {
  if (request.kind === 'begin') {
    try {
      target = await begin(request.subject);
    } catch (error) {
      tell({ kind: 'refused', reason: describeError(error) });
    }
    return;
  }
  if (request.kind === 'try') {
    tell({ kind: 'tried', ...(await preflightMethod(target ?? {})) });
    return;
  }
  const { id: only, budgetMs } = request;
  const [result] = await conformMethod(target ?? {}, { only: [only], budgetMs });
  if (!result) throw new Error(`there is no case ${only}`);
  tell({ kind: 'result', result });
}

function isRequest(value: unknown): value is ModuleRequest {
  return isObject(value) && ['begin', 'try', 'run'].includes(String(value['kind']));
}

process.on('message', (message: unknown) => {
  if (isRequest(message)) void answer(message);
});
process.on('disconnect', () => process.exit(0));
setInterval(() => tell({ kind: 'beat' }), beatMs);
