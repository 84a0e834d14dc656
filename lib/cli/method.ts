// `eaphost method`: runs a peer and an authenticator method DLL against each other, and shows every call.

import {
  AuthenticatorMethod,
  converse,
  conversationLadder,
  PeerMethod,
  type Conversed,
  type MethodCall,
} from '../method-dlls/index.js';
import { EapError } from '../base/errors.js';
import type { DialogIdentity } from '../eap/identity.js';
import { formatMethodType, type MethodType } from '../eap/names.js';
import { CommandError, errorCode } from './command.js';
import { readMethodOptions, type Material, type MethodCommandOptions } from './method-options.js';
import { methodReport, reportLines } from './method-report.js';
import type { Output } from './output.js';

/** `eaphost method`. */
export async function method(args: readonly string[], output: Output): Promise<number> {
  const options = await readMethodOptions(args);
  try {
    return await run(options, output);
  } finally {
    if (options.user !== undefined && 'blob' in options.user) options.user.blob.fill(0);
  }
}

async function run(options: MethodCommandOptions, output: Output): Promise<number> {
  const { type, isolate, trace } = options;
  const claims = new Set<string>();
  const load = {
    type,
    isolate,
    timeout: options.timeout * 1000,
    trace: true,
    onCall(made: MethodCall) {
      output.step(`after ${made.call}`);
      const claim = otherType(made, type);
      if (claim !== undefined) claims.add(claim);
    },
  };
  output.step(`loading ${options.peer}`);
  await using peer = await accepted(PeerMethod.load({ ...load, dllPath: options.peer }), 'peer', type);
  output.step(`loading ${options.authenticator}`);
  await using authenticator = await accepted(
    AuthenticatorMethod.load({ ...load, dllPath: options.authenticator }),
    'authenticator',
    type,
  );
  const conversed = await hold(peer, authenticator, options);
  output.done();
  for (const line of conversationLadder(conversed.events, { withValues: trace, columns: output.columns }))
    output.line(line);
  const report = methodReport(conversed, type, trace, peer.routines, [...claims]);
  wipe(conversed);
  for (const line of reportLines(report)) output.line(line);
  if (output.json) output.report(report);
  if (!isolate && [conversed.peer, conversed.authenticator].some(({ error }) => isHang(error))) {
    // A native thread hangs that would keep the process for ever.
    await output.flush();
    process.exit(report.exitCode);
  }
  return report.exitCode;
}

/** What GetInfo says to --type and --author: a DLL that refuses them is not one that does not work. */
async function accepted<T>(loading: Promise<T>, side: string, type: MethodType): Promise<T> {
  try {
    return await loading;
  } catch (error) {
    if (!(error instanceof EapError) || !/^Eap\w+GetInfo$/u.test(error.call ?? '') || isHang(error))
      throw error;
    if (error.code === 'EAPHOST_METHOD_CRASHED') throw error;
    throw new CommandError(
      `the ${side} method DLL refuses the method ${formatMethodType(type)} of --type and --author: ${error.message}`,
      'give the type and the author that the DLL was written for',
      error.code,
    );
  }
}

/** What a DLL says that it is, where that is not what was asked of it. */
function otherType({ call, values }: MethodCall, asked: MethodType): string | undefined {
  if (values['claimedType'] === undefined) return undefined;
  const { type, vendorId = 0, vendorType = 0, authorId = 0 } = asked;
  const numbers = [
    [values['claimedType'], type],
    [values['claimedVendorId'], vendorId],
    [values['claimedVendorType'], vendorType],
    [values['claimedAuthorId'] ?? authorId, authorId],
  ] as const;
  if (numbers.every(([claimed, given]) => claimed === given)) return undefined;
  const side = call.startsWith('EapPeer') ? 'peer' : 'authenticator';
  const [own, vendor, vendorOwn, author] = numbers.map(([claimed]) => Number(claimed));
  const claimed = `${own === 254 ? `254/${vendor}/${vendorOwn}` : own} (author ${author})`;
  return (
    `the ${side} method DLL takes ${formatMethodType(asked)}, and says that it is ${claimed}; EAPHost knows a method by ` +
    'what it is registered as'
  );
}

async function hold(
  peer: PeerMethod,
  authenticator: AuthenticatorMethod,
  { config: configured, serverConfig, user, mtu, flags }: MethodCommandOptions,
): Promise<Conversed> {
  const config = await blobOf(configured, (xml) => peer.configFromXml(xml));
  const credentials = await blobOf(user, (xml) => peer.credentialsFromXml(xml, { config }));
  try {
    return await converse(peer, authenticator, {
      maxSendPacketSize: mtu,
      peer: {
        flags,
        config,
        credentials,
        onIdentityUi: async () =>
          userBlobOf((await peer.invokeIdentityUi({ flags, config, credentials })) ?? cancelled('identity')),
        onUi: async (context) => (await peer.invokeInteractiveUi(context)) ?? cancelled('interactive'),
      },
      authenticator: { flags, config: serverConfig ?? config },
    });
  } finally {
    credentials?.fill(0);
  }
}

async function blobOf(
  material: Material | undefined,
  convert: (xml: string) => Promise<Buffer>,
): Promise<Buffer | undefined> {
  if (material === undefined) return undefined;
  return 'blob' in material ? Buffer.from(material.blob) : convert(material.xml);
}

function cancelled(which: string): never {
  throw new EapError(`the method's ${which} dialog was cancelled`, { code: 'ERROR_CANCELLED' });
}

/** What the identity dialog gave; an empty answer is named as such. Throws EapError. */
export function userBlobOf({ credentials }: Pick<DialogIdentity, 'credentials'>): Buffer {
  if (credentials !== undefined && credentials.length > 0) return credentials;
  throw new EapError("the method's identity dialog was answered, and gave an empty user blob", {
    code: 'ERROR_INVALID_DATA',
  });
}

/** The keys and blobs of both sides. */
function wipe({ peer, authenticator }: Conversed): void {
  for (const { keys, result } of [peer, authenticator]) {
    for (const key of Object.values(keys)) if (key instanceof Uint8Array) key.fill(0);
    for (const { value } of result?.attributes ?? []) value.fill(0);
  }
  peer.result?.saveCredentials?.fill(0);
}

function isHang(error: unknown): boolean {
  return errorCode(error) === 'EAPHOST_METHOD_TIMEOUT';
}
