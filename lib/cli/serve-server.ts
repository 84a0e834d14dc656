// The server of `eaphost serve` in one thread: the only one, or one of several workers.

import { errorCodeName } from '../base/error-codes.js';
import { paint } from '../base/printable.js';
import { formatMethodType, isSameMethodType, type MethodType } from '../eap/names.js';
import {
  type ClientAddress,
  RadiusServer,
  type RadiusServerOptions,
  type VerdictEvent,
} from '../radius/index.js';
import { namedMethods } from '../supplicant/options.js';
import { type MethodChoice, methodForms } from './auth-methods.js';
import { describeError } from './command.js';
import { type ServeSource, toServeConfig } from './serve-config.js';
import type { DropReason, Say } from './serve-drops.js';

/** Who hears of what the server does. */
export interface Listeners {
  readonly say: Say;
  readonly drop: (reason: DropReason, client: ClientAddress) => void;
}

/** A server that goes by a file. */
export interface FileServer extends AsyncDisposable {
  readonly address: string;
  readonly port: number;
  /** Goes by another from now on. Resolves when it does. */
  replace(source: ServeSource): void | Promise<void>;
  close(): Promise<void>;
}

/** Starts it. `where` it gets its datagrams from. */
export async function serveFile(
  source: ServeSource,
  where: Pick<RadiusServerOptions, 'address' | 'port' | 'channel'>,
  { say, drop }: Listeners,
): Promise<FileServer> {
  let config = toServeConfig(source);
  const server = await RadiusServer.listen({
    ...config.secrets,
    // The policy has them: the file may be read again. A conversation keeps the methods that it began with.
    methods: [],
    policy: () => ({ methods: config.methods, bareInnerMethods: config.bareInnerMethods }),
    ...where,
    onEvent(event) {
      if (event.kind === 'verdict') tell(event, config.names, say);
      else if (event.kind === 'dropped') drop(event.reason, event.client);
      else if (event.kind === 'expired' && event.displaced) drop('displaced', event.client);
    },
  });
  return {
    address: server.address,
    port: server.port,
    replace(next) {
      const read = toServeConfig(next);
      server.replaceSecrets(read.secrets);
      config = read;
    },
    close: () => server.close(),
    [Symbol.asyncDispose]: () => server.close(),
  };
}

/** The name of a method that is served, as far as its outer type tells which it is. */
function nameOf(type: MethodType, served: readonly MethodChoice[]): string {
  const [outer] = Object.entries(namedMethods).find(([, each]) => isSameMethodType(each, type)) ?? [];
  const [name, ...others] = served.filter((each) => methodForms[each].outer === outer);
  return (others.length === 0 ? name : outer) ?? formatMethodType(type);
}

function tell(event: VerdictEvent, served: readonly MethodChoice[], say: Say): void {
  const { accepted, method, reason, failureReasonCode, rootCause, client, elapsedMs } = event;
  const verdict = accepted ? 'accepted' : 'rejected';
  const { identity, outerIdentity } = event;
  const code = failureReasonCode === undefined ? undefined : errorCodeName(failureReasonCode);
  const error = event.error === undefined ? undefined : describeError(event.error);
  const isRepeated = code !== undefined && error?.includes(code);
  const whys = [reason, isRepeated ? undefined : code, rootCause, error];
  const why = whys.filter((part) => part !== undefined).join(', ');
  const name = identity === undefined ? 'nobody' : quoted(identity);
  const isOther = outerIdentity !== undefined && outerIdentity !== identity;
  say({ kind: verdict, identity, outerIdentity, method, reason, code, rootCause, error, client, elapsedMs }, [
    paint(accepted ? 'green' : 'red', verdict),
    ` ${name}${isOther ? ` (outer identity ${quoted(outerIdentity)})` : ''} from ${client.address}:${client.port}`,
    `${method ? `, method ${nameOf(method, served)}` : ''}${why ? `: ${why}` : ''}, ${elapsedMs.toFixed(0)} ms`,
  ]);
}

/** What a stranger says of itself: in quotes, where it ends cannot be doubted. */
function quoted(name: string): string {
  return JSON.stringify(name.slice(0, 256));
}
