// `eaphost method`: runs a peer and an authenticator method DLL against each other, and shows every call.

import {
  AuthenticatorMethod,
  converse,
  conversationLadder,
  PeerMethod,
  type Conversed,
  type MethodCall,
} from '../conversation/index.js';
import { EapError } from '../base/errors.js';
import type { DialogIdentity } from '../eap/identity.js';
import { errorCode } from './command.js';
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
  const load = {
    type,
    isolate,
    timeout: options.timeout * 1000,
    trace: true,
    onCall: ({ call }: MethodCall) => output.step(`after ${call}`),
  };
  output.step(`loading ${options.peer}`);
  await using peer = await PeerMethod.load({ ...load, path: options.peer });
  output.step(`loading ${options.authenticator}`);
  await using authenticator = await AuthenticatorMethod.load({ ...load, path: options.authenticator });
  const conversed = await hold(peer, authenticator, options);
  output.done();
  for (const line of conversationLadder(conversed.events, { withValues: trace, columns: output.columns }))
    output.line(line);
  const report = methodReport(conversed, type, trace, peer.routines);
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

function userBlobOf({ credentials }: DialogIdentity): Buffer {
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
