// Turns the facts into the findings of `eaphost doctor`. Pure: the same facts give the same findings, which contain
// no secret.

import {
  error,
  info,
  ok,
  warning,
  type Fact,
  type Facts,
  type Finding,
  type SystemLibrary,
  unknownFinding,
  type WindowsFacts,
} from './facts.js';
import type { Firewall } from './firewall.js';
import { machineName } from './machine-type.js';
import { methodFindings } from './method-findings.js';
import { networkFindings } from './network-findings.js';

const oldestNode = [20, 19];

function nodeFinding({ nodeVersion }: Facts): Finding {
  const [major = 0, minor = 0] = nodeVersion.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = oldestNode;
  const isOld = major < oldestMajor || (major === oldestMajor && minor < oldestMinor);
  if (!isOld) return ok('node', `Node ${nodeVersion}`);
  return error(
    'node',
    `Node ${nodeVersion} is older than this package needs`,
    `install Node ${oldestNode.join('.')} or newer`,
  );
}

function systemFinding({ platform, arch, systemName, systemRelease }: Facts): Finding {
  const system = `${systemName} (${platform} ${systemRelease}), this process is ${arch}`;
  if (platform !== 'win32') {
    return info(
      'system',
      `${system}: there is no EAPHost here, only the embedded run-time`,
      "use openEapHost({ runtime: 'embedded' }), the default here; run this on Windows to look at its EAPHost",
    );
  }
  const [major = 0] = systemRelease.split('.').map(Number);
  if (major >= 10) return ok('system', system);
  return error('system', `${system}: older than Windows 10`, 'use Windows 10, Windows Server 2016 or newer');
}

function* ownFindings({ addon, embedded, session, packageVersion }: Facts): Generator<Finding> {
  if ('trouble' in addon) {
    yield error(
      'addon',
      `The package's native binary cannot be loaded: ${addon.trouble.message}`,
      'install the package again on this machine, or build it from a clone with: npm run build',
    );
    return;
  }
  const again = 'install the package again: a file beside the addon is missing, or is of another version';
  const own = (id: string, fact: Fact<true>, good: string, bad: string): Finding =>
    'value' in fact
      ? ok(id, good)
      : error(id, `${bad}: ${fact.trouble.message} (${fact.trouble.code})`, again);
  yield ok('addon', `eaphost ${packageVersion} loads its binary from ${addon.value}`);
  yield own('embedded', embedded, 'the embedded run-time opens', 'The embedded run-time cannot be opened');
  yield own(
    'session',
    session,
    'a session of the embedded run-time answers, through the method DLL shim',
    'A session of the embedded run-time does not work',
  );
}

/** Wine's version; undefined on Windows, and where it could not be asked. */
function wineOf({ process }: WindowsFacts): string | undefined {
  const version = 'value' in process ? process.value.wineVersion : '';
  return version === '' ? undefined : version;
}

const mediumIntegrity = 0x2000;
const systemIntegrity = 0x4000;

function* processFindings({ arch }: Facts, { process }: WindowsFacts): Generator<Finding> {
  if ('trouble' in process) {
    yield unknownFinding('rights', 'What this process may do', process.trouble);
    return;
  }
  const { isElevated, integrity, nativeMachine, wineVersion } = process.value;
  if (wineVersion !== '') {
    yield warning(
      'wine',
      `This is Wine ${wineVersion}, which has no EAPHost of its own`,
      "use openEapHost({ runtime: 'embedded' }); run this on Windows to look at the real EAPHost",
    );
  }
  if (nativeMachine !== 0) {
    const native = machineName(nativeMachine);
    yield native === arch
      ? ok('bitness', `this process and the system are ${arch}`)
      : warning(
          'bitness',
          `This process is ${arch} and the system is ${native}: method DLLs run in the system's ${native} service`,
          `register ${native} method DLLs, and use a ${native} Node where there is one`,
        );
  }
  if (isElevated) {
    const what = integrity >= systemIntegrity ? 'a service of the system' : 'an elevated administrator';
    yield ok('rights', `this process runs as ${what}`);
  } else {
    yield info(
      'rights',
      integrity !== 0 && integrity < mediumIntegrity
        ? 'This process runs with low integrity: EAPHost may refuse it'
        : 'This process is not elevated: it can authenticate, but not register methods or trace',
      'use a terminal that was started with “Run as administrator” for register, unregister and trace',
    );
  }
}

const running = 4;
const disabled = 4;
const start = 'in a terminal of an administrator: sc start EapHost';

function serviceFinding({ service }: WindowsFacts, isWine: boolean): Finding {
  const id = 'eaphost-service';
  if ('trouble' in service) return unknownFinding(id, 'The state of the service EapHost', service.trouble);
  if (service.value === undefined) {
    return isWine
      ? info(id, 'there is no service EapHost under Wine')
      : error(
          id,
          'Windows has no service EapHost',
          'use an edition of Windows that has it (Server Core and Nano Server images may not), or the embedded run-time',
        );
  }
  const { state, startType } = service.value;
  if (state === running) return ok(id, 'the service EapHost runs');
  if (startType === disabled) {
    return error(
      id,
      'The service EapHost is disabled',
      'in a terminal of an administrator: sc config EapHost start= demand, then sc start EapHost',
    );
  }
  return warning(
    id,
    `The service EapHost does not run (state ${state}); Windows starts it when it is needed, as a rule`,
    start,
  );
}

function libraryFinding({ name, path, file }: SystemLibrary, arch: string, isWine: boolean): Finding {
  const id = name.replace(/\.dll$/u, '');
  if (file === undefined) {
    return (isWine ? warning : error)(
      id,
      `${path} does not exist`,
      isWine
        ? 'Wine does not have it; use the embedded run-time'
        : 'mend the installation of Windows: sfc /scannow, or use the embedded run-time',
    );
  }
  if (file.machine !== arch) {
    return error(
      id,
      `${path} is for ${file.machine ?? 'no machine that Windows runs on'}, and this process is ${arch}`,
      'mend the installation of Windows: sfc /scannow',
    );
  }
  const version = file.version === '' ? 'without a version' : `version ${file.version}`;
  return ok(id, `${path}, ${version}, ${file.machine}`);
}

function runtimeFinding({ runtime }: WindowsFacts, isWine: boolean): Finding {
  const id = 'system-runtime';
  if ('value' in runtime) return ok(id, "Windows' run-time opens in this process");
  return (isWine ? warning : error)(
    id,
    `Windows' run-time cannot be opened: ${runtime.trouble.message} (${runtime.trouble.code})`,
    isWine ? "use openEapHost({ runtime: 'embedded' })" : start,
  );
}

const ports = '1812,1813';
const openPorts = `in a terminal of an administrator: netsh advfirewall firewall add rule name="RADIUS" dir=in action=allow protocol=UDP localport=${ports}`;

function firewallFinding(firewall: Fact<Firewall>): Finding {
  const id = 'firewall';
  if ('trouble' in firewall)
    return unknownFinding(id, "What Windows' firewall says of RADIUS", firewall.trouble);
  const { activeIn, rules } = firewall.value;
  if (activeIn.length === 0) {
    return info(id, `Windows' firewall is off: RADIUS (UDP ${ports}) passes it`);
  }
  const blocking = rules.filter(({ action }) => action === 'block');
  if (blocking.length > 0) {
    const names = blocking.map(({ name, direction }) => `“${name}” (${direction})`).join(', ');
    return warning(
      id,
      `Windows' firewall has rules that block RADIUS: ${names}`,
      'remove these rules, or have the server use another port; a blocked request looks like a silent server',
    );
  }
  const open = new Set(
    rules
      .filter(({ action, direction }) => action === 'allow' && direction === 'in')
      .flatMap((rule) => rule.ports),
  );
  if (open.has(1812) && open.has(1813)) {
    return ok(id, `Windows' firewall lets RADIUS in (UDP ${ports})`);
  }
  return info(
    id,
    `Windows' firewall is on (${activeIn.join(', ')}) and lets no RADIUS request in; a client needs none`,
    `for a RadiusServer on this machine, ${openPorts}`,
  );
}

function windowsFindings(facts: Facts, windows: WindowsFacts): Finding[] {
  const isWine = wineOf(windows) !== undefined;
  const { libraries, process } = windows;
  return [
    ...processFindings(facts, windows),
    serviceFinding(windows, isWine),
    ...('value' in libraries
      ? libraries.value.map((library) => libraryFinding(library, facts.arch, isWine))
      : [unknownFinding('libraries', "EAPHost's libraries", libraries.trouble)]),
    runtimeFinding(windows, isWine),
    ...methodFindings(windows, 'value' in process ? process.value.nativeMachine : 0),
    firewallFinding(windows.firewall),
    ...networkFindings(windows),
  ];
}

const otherFirewall: Finding = info(
  'firewall',
  `firewalls are not looked at on this system; RADIUS uses UDP ${ports}`,
  'for a RadiusServer on this machine, let these ports in; a client needs nothing but the way out',
);

/** The findings, in the order in which to mend. */
export function findingsOf(facts: Facts): Finding[] {
  return [
    systemFinding(facts),
    nodeFinding(facts),
    ...ownFindings(facts),
    ...(facts.windows === undefined ? [] : windowsFindings(facts, facts.windows)),
    ...(facts.platform === 'win32' ? [] : [otherFirewall]),
  ];
}
