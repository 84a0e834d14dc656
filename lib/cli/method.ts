// `eaphost method`: runs a peer and an authenticator method DLL against each other, and shows every call.

import {
  AuthenticatorMethod,
  converse,
  ladder,
  PeerMethod,
  type Conversed,
  type MethodCall,
} from '../conversation/index.js';
import { EapError } from '../base/errors.js';
import { errorCode, type Command } from './command.js';
import { readMethodOptions, type Material, type MethodCommandOptions } from './method-options.js';
import { methodReport, reportLines } from './method-report.js';
import type { Output } from './output.js';

const help = `Usage: eaphost method --peer DLL --authenticator DLL --type TYPE [OPTION]...

Loads a peer and an authenticator method DLL, holds one conversation between them without a network, and prints every
call and packet in order, the verdict, the reason, and whether both sides have the same keys.

  --peer DLL            the peer method DLL
  --authenticator DLL   the authenticator method DLL; default: the peer's
  --type TYPE           the EAP type, such as 26, or an expanded one as 254/VENDOR/TYPE
  --author NUMBER       the author's number; 0 if none is given
  --config FILE         the connection blob of both sides; a file named .xml is given to EapPeerConfigXml2Blob
                        (Windows)
  --server-config FILE  another connection blob for the authenticator
  --user FILE           the user blob; a file named .xml is given to EapPeerCredentialsXml2Blob (Windows)
  --mtu OCTETS          the largest EAP packet, 64 to 65535; 1400 if none is given
  --timeout SECONDS     how long one call may take before it is given up; 60 if nothing is given
  --isolate             run each DLL in a process of its own: a crash is reported with the function that crashed
  --trace               show the arguments of each call, too; secrets as their length
  --json                one JSON object on standard output: the verdict, packets and calls; all else is on standard
                        error
  -h, --help            this text

Where the method asks for a dialog, its own opens. The DLLs run in this process unless --isolate is given: load what
you trust.

The exit code is 0 if both sides say success, 1 if one of them refused, 2 if it came to no verdict.

Examples:
  eaphost method --peer mymethod.dll --type 254/99999/3 --author 99999 --user alice.blob
  eaphost method --peer peer.dll --authenticator server.dll --type 40 --author 311 --config profile.xml --trace
  eaphost method --peer mymethod.dll --type 40 --isolate --json
`;

/** `eaphost method`. */
export const method: Command = {
  summary: 'run a peer and an authenticator method DLL against each other',
  help,
  failure: { verdict: 'error' },
  async run(args, output) {
    const options = await readMethodOptions(args);
    try {
      return await run(options, output);
    } finally {
      if (options.user !== undefined && 'blob' in options.user) options.user.blob.fill(0);
    }
  },
};

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
  for (const line of ladder(conversed.events, { withValues: trace })) output.line(line);
  const report = methodReport(conversed, type, trace);
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
  { config: configured, serverConfig, user, mtu }: MethodCommandOptions,
): Promise<Conversed> {
  const config = await blobOf(configured, (xml) => peer.configFromXml(xml));
  const credentials = await blobOf(user, (xml) => peer.credentialsFromXml(xml, { config }));
  try {
    return await converse(peer, authenticator, {
      maxSendPacketSize: mtu,
      peer: {
        config,
        credentials,
        onIdentityUi: async () =>
          (await peer.invokeIdentityUi({ config, credentials }))?.credentials ?? cancelled('identity'),
        onUi: async (context) => (await peer.invokeInteractiveUi(context)) ?? cancelled('interactive'),
      },
      authenticator: { config: serverConfig ?? config },
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
