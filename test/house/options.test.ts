// No option is ignored: every public function that takes options refuses a misspelt one, and names the one that was
// probably meant, and takes no value that its type does not have. The compiler lists the functions, so that a new one cannot
// be left out.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { inspect } from 'node:util';

import * as conformance from '../../lib/conformance/index.js';
import * as dlls from '../../lib/method-dlls/index.js';
import * as diagnostics from '../../lib/diagnostics/index.js';
import * as eaphost from '../../lib/index.js';
import * as methods from '../../lib/methods/index.js';
import { profiles } from '../../lib/profiles/index.js';
import * as networks from '../../lib/networks/index.js';
import * as radius from '../../lib/radius/index.js';
import * as registration from '../../lib/registration/index.js';
import * as wired from '../../lib/wired/index.js';
import { optionTypes } from './option-types.js';
import { loadAuthenticator, loadPeer, pairPath, pairType } from '../method-dlls/support.js';
import { pkcs12, university } from '../eap-config/campus.js';
import { wlanLibrary } from '../networks/support.js';

/** A name with its last letter but one twice. */
const misspelt = (name: string): string => `${name.slice(0, -1)}${name.slice(-2)}`;

type Call = (options: never) => unknown;

/** Messages of JavaScript and of Node, where a value was used before it was checked. */
const isUnchecked = /^Cannot |is not (?:a function|iterable|defined)|^The ".*" argument|^Invalid/u;

/**
 * What is wrong with the outcome of a call with a value for an option, or in place of them all; undefined if nothing is. It
 * must be refused in words that have `name`, with TypeError, a number also with RangeError, unless its type admits it: then it may be
 * taken, too, or fail in another way.
 */
async function faultOf(
  call: () => unknown,
  name: RegExp,
  isAdmitted: boolean,
  isNumber: boolean,
): Promise<string | undefined> {
  try {
    const taken = await call();
    if (typeof taken === 'object' && taken !== null && Symbol.asyncDispose in taken) {
      await Reflect.apply(taken[Symbol.asyncDispose] as () => Promise<void>, taken, []);
    }
    return isAdmitted ? undefined : 'was taken';
  } catch (error) {
    if (!(error instanceof Error)) return `${inspect(error)} was thrown`;
    const isNamed = !isUnchecked.test(error.message) && name.test(error.message);
    const isRange = error instanceof RangeError;
    const isRight = isAdmitted
      ? isNamed || !(error instanceof TypeError || isRange)
      : isNamed && (error instanceof TypeError || (isRange && isNumber));
    return isRight ? undefined : `${error.name}: ${error.message}`;
  }
}

/** What programs pass by mistake. */
const values = [undefined, null, 0, '', Number.NaN, {}, 'x', [null], [{}], ['x'] as [string]];

/** The tests' own: an object with a misspelt option, of any type. Of a side of a method its functions alone are looked at. */
const wrong = (name: string): never => ({ [misspelt(name)]: () => undefined }) as never;

describe('The options of every public function', function () {
  this.timeout(30_000);
  const md5 = { method: 'md5', credentials: { username: 'a', password: 'b' } } as const;
  const pair = { type: pairType, dllPath: pairPath };
  const context = new Uint8Array();
  const request = Uint8Array.of(1, 1, 0, 5, 1);
  const { ca, issue } = methods.makeTestAuthority();
  const identity = issue({ name: 'radius', purpose: 'server' });
  const silent = { receive: async () => 'timeout' as const, send: async () => undefined };
  const fuzzing = {
    host: '127.0.0.1',
    port: 1,
    secret: 's',
    seed: 1,
    rounds: 1,
    authenticate: async () => ({ isSuccess: false, said: 'no' }),
  };
  const link = {
    address: new Uint8Array(6),
    start: () => undefined,
    send: async () => undefined,
    close: async () => undefined,
  };
  let host: eaphost.EapHost;
  let session: eaphost.Session;
  let peer: dlls.PeerMethod;
  let peers: dlls.PeerMethodSession;
  let authenticator: dlls.AuthenticatorMethod;
  let servers: dlls.AuthenticatorMethodSession;
  const client = new radius.RadiusClient({ host: '127.0.0.1', secret: 's', timeoutMs: 1, retries: 0 });
  const users = methods.memoryUsers({});
  const definition = methods.md5Authenticator({ users });
  /** Nothing listens at it: all cases come to no end at once. */
  const silentServer = {
    host: '127.0.0.1',
    port: 9,
    secret: Buffer.from('secret'),
    identity: 'alice',
    method: methods.md5,
    credentials: Buffer.from('{}'),
    silenceMs: 1,
    answerMs: 3,
  };
  const silentPeer = { secret: 's', methods: [definition], authenticate: fuzzing.authenticate };
  const campus = {
    name: 'campus',
    ssids: ['campus'],
    security: { authentication: 'WPA2', encryption: 'AES' },
    oneX: { eap: { mschapv2: {} } },
  };
  const conversion = {
    lan: { oneX: { eap: { tls: { serverValidation: { serverNames: ['radius.example.org'] } } } } },
    folder: '/etc',
    pkcs12,
  };
  let server: radius.RadiusServer;
  let wlan: networks.Wlan;

  let folder: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'options-'));
    host = await eaphost.openEapHost({ runtime: 'embedded' });
    session = await host.beginSession(md5);
    [peer, authenticator] = [await loadPeer(), await loadAuthenticator()];
    [peers, servers] = [await peer.beginSession(), await authenticator.beginSession()];
    server = await radius.RadiusServer.listen({ secret: 's', methods: [definition], port: 0 });
    wlan = await networks.openWlan({ library: wlanLibrary });
  });
  after(async () => {
    await wlan.close();
    await session.end();
    await host.close();
    await peers.end();
    await servers.end();
    await peer.close();
    await authenticator.close();
    await server.close();
    await client.close();
    rmSync(folder, { recursive: true });
  });

  /** By function: an option, and a call with options `o`. */
  const table: Readonly<
    Record<string, readonly [option: string, call: Call, base?: object | (() => object)]>
  > = {
    openEapHost: ['runtime', (o: eaphost.OpenOptions) => eaphost.openEapHost(o), { runtime: 'embedded' }],
    'EapHost.beginSession': ['credentials', (o) => host.beginSession(o), md5],
    'EapHost.clearConnection': ['signal', (o) => host.clearConnection(crypto.randomUUID(), o)],
    'EapHost.getIdentity': ['config', (o) => host.getIdentity(o), md5],
    'EapHost.getEncryptedPassword': ['signal', (o) => host.getEncryptedPassword('p', o)],
    'EapHost.registerMethod': [
      'dllPath',
      (o) => host.registerMethod(o),
      { type: { type: 13 }, dllPath: wlanLibrary },
    ],
    'Configuration.getMethods': ['signal', (o) => host.getMethods(o)],
    'Configuration.getMethodProperties': ['config', (o) => host.getMethodProperties(o), md5],
    'Configuration.configFromXml': ['unknown', (o) => host.configFromXml('', o)],
    'Configuration.configToXml': ['method', (o) => host.configToXml(o), { method: 'md5', blob: context }],
    'the second of configToXml': ['signal', (o) => host.configToXml({ method: 'md5', blob: context }, o)],
    'Configuration.credentialsFromXml': ['config', (o) => host.credentialsFromXml('', o)],
    'Configuration.queryCredentialInputFields': ['flags', (o) => host.queryCredentialInputFields(o), md5],
    'Configuration.userBlobFromCredentialInputFields': [
      'config',
      (o) => host.userBlobFromCredentialInputFields([], o),
      md5,
    ],
    'Configuration.queryInteractiveUiInputFields': [
      'flags',
      (o) => host.queryInteractiveUiInputFields(context, o),
    ],
    'Configuration.uiBlobFromInteractiveUiInputFields': [
      'flags',
      (o) => host.uiBlobFromInteractiveUiInputFields(context, { kind: 'logon', fields: [] }, o),
    ],
    'Configuration.invokeConfigUi': ['parentWindow', (o) => host.invokeConfigUi(o), md5],
    'Configuration.invokeIdentityUi': ['parentWindow', (o) => host.invokeIdentityUi(o), md5],
    'Configuration.invokeInteractiveUi': ['parentWindow', (o) => host.invokeInteractiveUi(context, o)],
    'Session.process': ['signal', (o) => session.process(context, o)],
    'Session.setUiContext': ['signal', (o) => session.setUiContext(context, o)],
    'Session.setResponseAttributes': ['signal', (o) => session.setResponseAttributes([], o)],
    'Session.getResult': ['signal', (o) => session.getResult('timeout', o)],
    'Session.getAuthStatus': ['signal', (o) => session.getAuthStatus('authStatus' as never, o)],
    'Session.getDataToUnplumbCredentials': ['signal', (o) => session.getDataToUnplumbCredentials(o)],
    'Session.authenticate': ['timeoutMs', (o) => session.authenticate(silent, o)],
    'Session.restart': ['signal', (o) => session.restart(o)],
    mschapv2: ['useWinlogonCredentials', (o) => profiles.mschapv2(o)],
    vpn: ['servers', (o) => profiles.vpn(o), { servers: ['vpn.example.org'], eap: { mschapv2: {} } }],
    defineMethod: ['authenticator', (o) => methods.defineMethod<methods.MethodInput>(o), definition],
    encodeCredentials: ['password', (o) => methods.encodeCredentials(o), { username: 'a', password: 'b' }],
    md5Authenticator: ['serverName', (o) => methods.md5Authenticator(o), { users }],
    mschapv2Peer: ['askAgain', (o) => methods.mschapv2Peer(o)],
    mschapv2Authenticator: ['retries', (o) => methods.mschapv2Authenticator(o), { users }],
    gtcAuthenticator: ['users', (o) => methods.gtcAuthenticator(o), { users }],
    tlsPeer: ['serverNames', (o) => methods.tlsPeer(o), { ca }],
    tlsAuthenticator: ['checkIdentity', (o) => methods.tlsAuthenticator(o), { ...identity, clients: { ca } }],
    peapPeer: ['cryptoBinding', (o) => methods.peapPeer(o), { ca }],
    peapAuthenticator: [
      'minVersion',
      (o) => methods.peapAuthenticator(o),
      { ...identity, methods: [definition] },
    ],
    ttlsPeer: ['identity', (o) => methods.ttlsPeer(o), { ca, inner: 'pap' }],
    ttlsAuthenticator: ['passwordMethods', (o) => methods.ttlsAuthenticator(o), { ...identity, users }],
    makeTestAuthority: ['days', (o) => methods.makeTestAuthority(o)],
    RadiusClient: ['timeoutMs', (o) => new radius.RadiusClient(o), { host: '127.0.0.1', secret: 's' }],
    'RadiusClient.request': ['attributes', (o) => client.request(o), { attributes: [] }],
    'RadiusServer.listen': [
      'sessionTimeoutMs',
      (o) => radius.RadiusServer.listen(o),
      { secret: 's', methods: [definition], port: 0 },
    ],
    'RadiusServer.replaceSecrets': ['clients', (o) => server.replaceSecrets(o), { secret: 's' }],
    'RadiusWorkers.listen': [
      'workers',
      (o) => radius.RadiusWorkers.listen(o),
      {
        start: () => {
          throw new Error('no worker');
        },
        port: 0,
        workers: 1,
      },
    ],
    radiusTransport: ['callingStationId', (o) => radius.radiusTransport(client, o)],
    parseConfig: ['unknown', (o) => profiles.parseConfig(profiles.tls({}), o)],
    parseCredentials: ['unknown', (o) => profiles.parseCredentials('<a/>', o)],
    parseWlan: ['unknown', (o) => profiles.parseWlan('<a/>', o)],
    parseLan: ['unknown', (o) => profiles.parseLan('<a/>', o)],
    parseVpn: ['unknown', (o) => profiles.parseVpn('<a/>', o)],
    'PeerMethod.load': ['isolate', (o) => dlls.PeerMethod.load(o), pair],
    'PeerMethod.beginSession': ['attributes', (o) => peer.beginSession(o)],
    'PeerMethod.getIdentity': ['userToken', (o) => peer.getIdentity(o)],
    'PeerMethod.getMethodProperties': ['config', (o) => peer.getMethodProperties(o)],
    'PeerMethod.configFromXml': ['flags', (o) => peer.configFromXml('', o)],
    'PeerMethod.configToXml': ['flags', (o) => peer.configToXml(context, o)],
    'PeerMethod.credentialsFromXml': ['config', (o) => peer.credentialsFromXml('', o)],
    'PeerMethod.queryCredentialInputFields': ['config', (o) => peer.queryCredentialInputFields(o)],
    'PeerMethod.userBlobFromCredentialInputFields': [
      'config',
      (o) => peer.userBlobFromCredentialInputFields([], o),
    ],
    'PeerMethod.queryInteractiveUiInputFields': [
      'config',
      (o) => peer.queryInteractiveUiInputFields(context, o),
    ],
    'PeerMethod.uiBlobFromInteractiveUiInputFields': [
      'config',
      (o) => peer.uiBlobFromInteractiveUiInputFields(context, { kind: 'logon', fields: [] }, o),
    ],
    'PeerMethod.getConfigBlobAndUserBlob': [
      'flags',
      (o) => peer.getConfigBlobAndUserBlob({ kind: 'empty' }, o),
    ],
    'PeerMethod.invokeConfigUi': ['parentWindow', (o) => peer.invokeConfigUi(o)],
    'PeerMethod.invokeIdentityUi': ['parentWindow', (o) => peer.invokeIdentityUi(o)],
    'PeerMethod.invokeInteractiveUi': ['parentWindow', (o) => peer.invokeInteractiveUi(context, o)],
    'PeerMethod.toMethod': ['properties', (o) => peer.toMethod(o)],
    'PeerMethodSession.setCredentials': ['signal', (o) => peers.setCredentials('a', 'b', o)],
    'PeerMethodSession.processRequestPacket': ['signal', (o) => peers.processRequestPacket(request, o)],
    'PeerMethodSession.getResponsePacket': ['signal', (o) => peers.getResponsePacket(o)],
    'PeerMethodSession.getResult': ['signal', (o) => peers.getResult('success', o)],
    'PeerMethodSession.getUiContext': ['signal', (o) => peers.getUiContext(o)],
    'PeerMethodSession.setUiContext': ['signal', (o) => peers.setUiContext(context, o)],
    'PeerMethodSession.getResponseAttributes': ['signal', (o) => peers.getResponseAttributes(o)],
    'PeerMethodSession.setResponseAttributes': ['signal', (o) => peers.setResponseAttributes([], o)],
    'PeerMethodSession.process': ['signal', (o) => peers.process(request, o)],
    'PeerMethodSession.processUiContext': ['signal', (o) => peers.processUiContext(context, o)],
    'PeerMethodSession.processResponseAttributes': ['signal', (o) => peers.processResponseAttributes([], o)],
    'AuthenticatorMethod.load': ['endpoint', (o) => dlls.AuthenticatorMethod.load(o), pair],
    'AuthenticatorMethod.beginSession': ['identity', (o) => authenticator.beginSession(o)],
    'AuthenticatorMethod.invokeConfigUi': ['machineName', (o) => authenticator.invokeConfigUi(o)],
    'AuthenticatorMethod.toMethod': ['properties', (o) => authenticator.toMethod(o)],
    'AuthenticatorMethodSession.updateInnerMethodParams': [
      'flags',
      (o) => servers.updateInnerMethodParams('a', [], o),
    ],
    'AuthenticatorMethodSession.sendPacket': ['signal', (o) => servers.sendPacket(1, o)],
    'AuthenticatorMethodSession.receivePacket': ['signal', (o) => servers.receivePacket(context, o)],
    'AuthenticatorMethodSession.getAttributes': ['signal', (o) => servers.getAttributes(o)],
    'AuthenticatorMethodSession.setAttributes': ['signal', (o) => servers.setAttributes([], o)],
    'AuthenticatorMethodSession.getResult': ['signal', (o) => servers.getResult(o)],
    'AuthenticatorMethodSession.start': ['signal', (o) => servers.start(1, o)],
    'AuthenticatorMethodSession.receive': ['signal', (o) => servers.receive(context, o)],
    'AuthenticatorMethodSession.processAttributes': ['signal', (o) => servers.processAttributes([], o)],
    conformServer: [
      'budgetMs',
      (o) => conformance.conformServer(silentServer, o),
      { only: [], restartMs: 1 },
    ],
    'the target of conformServer': [
      'badCertificates',
      (o) => conformance.conformServer(o, { only: [] }),
      silentServer,
    ],
    conformPeer: ['budgetMs', (o) => conformance.conformPeer(silentPeer, o), { only: [] }],
    'the target of conformPeer': ['server', (o) => conformance.conformPeer(o, { only: [] }), silentPeer],
    conformMethod: ['budgetMs', (o) => conformance.conformMethod({}, o), { only: [] }],
    'the target of conformMethod': ['serverConfig', (o) => conformance.conformMethod(o, { only: [] })],
    fuzz: ['concurrency', (o) => conformance.fuzz(o), fuzzing],
    toJUnit: ['baseline', (o) => conformance.toJUnit([], o), { title: 'run', startedAt: 0 }],
    toTap: ['baseline', (o) => conformance.toTap([], o), { title: 'run', startedAt: 0 }],
    toResultsPage: ['baseline', (o) => conformance.toResultsPage([], o), { title: 'run', startedAt: 0 }],
    converse: ['retries', (o) => dlls.converse(methods.md5, definition, o)],
    'the peer of converse': ['authenticator', (o) => dlls.converse(o, definition), methods.md5],
    'the authenticator of converse': ['configuration', (o) => dlls.converse(methods.md5, o), definition],
    conversationLadder: ['columns', (o) => dlls.conversationLadder([], o)],
    registerMethod: [
      'directory',
      (o) => registration.registerMethod(o),
      { method: { ...definition, type: { type: 4, authorId: 1 } }, directory: wlanLibrary },
    ],
    serveRegistered: ['onError', (o) => registration.serveRegistered([], o)],
    serveMethods: ['helloTimeout', (o) => registration.serveMethods(o), { methods: [definition] }],
    isServed: ['timeout', (o) => registration.isServed({ type: 4 }, o)],
    openEthernetLink: ['interface', (o) => wired.openEthernetLink(o), { interface: 'none' }],
    writeProtectedFile: ['forMachine', (o) => wired.writeProtectedFile(join(folder, 'secret'), context, o)],
    openWlan: ['library', (o) => networks.openWlan(o)],
    'Wlan.interfaces': ['signal', (o) => wlan.interfaces(o)],
    'Wlan.profiles': ['interface', (o) => wlan.profiles(o)],
    'Wlan.getProfile': ['interface', (o) => wlan.getProfile('campus', o)],
    'Wlan.setProfile': ['overwrite', (o) => wlan.setProfile('<xml/>', o)],
    'the profile of Wlan.setProfile': ['macRandomization', (o) => wlan.setProfile(o), campus],
    'Wlan.deleteProfile': ['interface', (o) => wlan.deleteProfile('campus', o)],
    'Wlan.setOrder': ['interface', (o) => wlan.setOrder('campus', 0, o)],
    'Wlan.setCredentials': ['forAllUsers', (o) => wlan.setCredentials('campus', '<xml/>', o)],
    'Wlan.connect': ['interface', (o) => wlan.connect('campus', o)],
    'Wlan.disconnect': ['interface', (o) => wlan.disconnect(o)],
    'Wlan.networks': ['interface', (o) => wlan.networks(o)],
    openWiredSupplicant: ['heldPeriod', (o) => wired.openWiredSupplicant(o), () => ({ ...md5, host, link })],
    ladder: ['colours', (o) => diagnostics.ladder([], o)],
    toHtml: ['summary', (o) => diagnostics.toHtml([], o), { title: 'page' }],
  };

  /** Objects inside others, and what is no function of an entry. */
  const inner: typeof table = {
    'methodDlls[0]': [
      'dllPath',
      (o) => eaphost.openEapHost({ runtime: 'embedded', methodDlls: [o] }),
      { type: { type: 4 }, dllPath: wlanLibrary },
    ],
    userToken: ['session', (o) => host.beginSession({ ...md5, userToken: o })],
    credentials: [
      'routingIdentity',
      (o) => host.beginSession({ ...md5, credentials: o }),
      { username: 'a', password: 'b' },
    ],
    'method.peer': [
      'getIdentity',
      (o) => methods.defineMethod<methods.MethodInput>({ ...definition, peer: o }),
      methods.md5.peer,
    ],
    'method.configuration': [
      'showConfigUi',
      (o) => methods.defineMethod<methods.MethodInput>({ ...definition, configuration: o }),
    ],
    'users.alice': ['state', (o) => methods.memoryUsers({ alice: o }), { password: 'b' }],
    subject: ['dnsNames', (o) => methods.makeTestAuthority().issue(o), { name: 'a', purpose: 'server' }],
    clients: ['crl', (o) => methods.tlsAuthenticator({ ...identity, clients: o }), { ca }],
    uiPaths: ['interactive', (o) => loadPeer({ uiPaths: o })],
    peer: ['credentials', (o) => dlls.converse(definition, definition, { peer: o })],
    authenticator: ['config', (o) => dlls.converse(definition, definition, { authenticator: o })],
    'the second of request': ['onSent', (o) => client.request({ attributes: [] }, o)],
    'profiles.peap': ['fastReconnect', (o) => profiles.peap(o)],
    'profiles.tls': ['serverValidation', (o) => profiles.tls(o)],
    'profiles.ttls': ['identityPrivacy', (o) => profiles.ttls(o)],
    'profiles.teap': ['identityPrivacy', (o) => profiles.teap(o)],
    'profiles.blob': ['blob', (o) => profiles.blob(o), { type: { type: 13 }, blob: context }],
    'profiles.wlan': ['ssids', (o) => profiles.wlan(o), campus],
    'profiles.lan': ['oneXEnforced', (o) => profiles.lan(o)],
    'profiles.rasphone': ['blob', (o) => profiles.rasphone(o), { type: { type: 13 }, blob: context }],
    'profiles.lan.oneX': ['supplicantMode', (o) => profiles.lan({ oneX: o }), { eap: { mschapv2: {} } }],
    'wired.profiles': ['netsh', (o) => networks.wired.profiles(o)],
    'wired.getProfile': ['netsh', (o) => networks.wired.getProfile('Ethernet', o)],
    'wired.setProfile': ['netsh', (o) => networks.wired.setProfile('Ethernet', {}, o)],
    'wired.setCredentials': ['forAllUsers', (o) => networks.wired.setCredentials('Ethernet', '', o)],
    'wired.deleteProfile': ['netsh', (o) => networks.wired.deleteProfile('Ethernet', o)],
    'wired.reconnect': ['netsh', (o) => networks.wired.reconnect('Ethernet', o)],
    'vpn.setEap': ['credentials', (o) => networks.vpn.setEap('Campus', o)],
    'vpn.getEap': ['phonebook', (o) => networks.vpn.getEap('Campus', o)],
    'the profile of wired.setProfile': ['oneXEnabled', (o) => networks.wired.setProfile('Ethernet', o)],
    'profiles.credentials.tls': ['certificate', (o) => profiles.credentials.tls(o), { username: 'a' }],
    'profiles.credentials.mschapv2': ['logonDomain', (o) => profiles.credentials.mschapv2(o)],
    'profiles.credentials.peap': ['routingIdentity', (o) => profiles.credentials.peap(o)],
    'profiles.credentials.ttls': [
      'password',
      (o) => profiles.credentials.ttls(o),
      { username: 'a', password: 'b' },
    ],
    'profiles.credentials.blob': [
      'blob',
      (o) => profiles.credentials.blob(o),
      { type: { type: 13 }, blob: context },
    ],
    parseEapConfig: ['unknown', (o) => profiles.parseEapConfig('<a/>', o)],
    'the choice of fromEapConfig': ['certificate', (o) => profiles.fromEapConfig(university, o)],
    toNetworkManager: ['authorities', (o) => profiles.toNetworkManager(o), conversion],
    toWpaSupplicant: ['authorities', (o) => profiles.toWpaSupplicant(o), conversion],
  };

  for (const [name, [option, call]] of Object.entries({ ...table, ...inner })) {
    it(`${name} refuses a misspelt one by its name, with what was meant`, async () => {
      await assert.rejects(
        async () => call(wrong(option)),
        (error: unknown) =>
          error instanceof TypeError &&
          error.message.endsWith(`.${misspelt(option)} is no option; did you mean ${option}?`),
        `${name} takes { ${misspelt(option)} }`,
      );
    });
  }

  const { admitted, parameters, missing } = optionTypes('test/house/options.test.ts');

  describe('take undefined alone for their default', () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown): void => void unhandled.push(reason);
    before(() => process.on('unhandledRejection', note));
    after(() => process.off('unhandledRejection', note));

    for (const [name, [, call, base]] of Object.entries({ ...table, ...inner })) {
      it(name, async () => {
        const options = admitted.get(name);
        assert.ok(options !== undefined && options.size > 1, 'its options were not found');
        const given = typeof base === 'function' ? base() : base;
        const wrongs: string[] = [];
        const takesText = options.get('')?.[values.indexOf('x')] === true;
        for (const [option, admits] of options) {
          if (option === '') continue;
          for (const [at, value] of values.entries()) {
            const isAdmitted = value === undefined || admits[at] === true;
            const fault = await faultOf(
              () => call({ ...given, [option]: value } as never),
              new RegExp(`\\b${option}\\b`, 'u'),
              isAdmitted,
              typeof value === 'number',
            );
            if (fault !== undefined) wrongs.push(`${option}: ${inspect(value)}: ${fault}`);
          }
        }
        for (const value of [null, 0, '', Number.NaN, false, 'x', {}]) {
          const isAdmitted =
            typeof value === 'object' ? value !== null : typeof value === 'string' && takesText;
          const fault = await faultOf(() => call(value as never), / must | is missing$/u, isAdmitted, false);
          if (fault !== undefined) wrongs.push(`${inspect(value)} as options: ${fault}`);
        }
        await setImmediate();
        assert.deepEqual([...wrongs, ...unhandled.splice(0)], []);
      });
    }
  });

  it('are all in these tables', () => {
    assert.ok(parameters.length > 140, `${parameters.length} were found`);
    assert.deepEqual(missing, [], 'public functions with options that no case tries');
  });
});
