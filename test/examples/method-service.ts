// Serves EAP methods in TypeScript from a Windows service: started at boot, watched by a health check, stopped in
// order. Register the methods first:
//
//   eaphost register --module method-service.js --dir "C:\Program Files\Example EAP" --owner S-1-5-18
//
// Then, as an administrator, one of these makes the service. Each starts it at boot, as LocalSystem (S-1-5-18), before
// anybody logs on, and again where it ends:
//
//   WinSW   method-service.xml beside WinSW's program of the same name, then: method-service.exe install
//             <service>
//               <id>example-eap</id> <name>Example EAP methods</name>
//               <executable>C:\Program Files\nodejs\node.exe</executable>
//               <arguments>"C:\Program Files\Example EAP\method-service.js" serve</arguments>
//               <startmode>Automatic</startmode> <stoptimeout>15 sec</stoptimeout>
//               <onfailure action="restart" delay="5 sec"/>
//             </service>
//   NSSM    nssm install example-eap "C:\Program Files\nodejs\node.exe"
//           nssm set example-eap AppParameters "\"C:\Program Files\Example EAP\method-service.js\" serve"
//           nssm set example-eap Start SERVICE_AUTO_START
//           nssm set example-eap AppExit Default Restart
//   sc.exe  makes services of programs that talk to the service manager, which node.exe does not: it is for a wrapper's
//           program, and for what both wrappers leave to it:
//           sc.exe config example-eap depend= RpcSs
//           sc.exe sidtype example-eap unrestricted
//
// Both wrappers stop it with Ctrl+C, which Node calls SIGINT. The folder of this script and of Node must be ones that
// nobody but administrators can change: the service runs as LocalSystem.
//
// Health check, as LocalSystem or an administrator: method-service.js health. It ends with 0 where each method has a
// server that answers, else with 1.

import { realpathSync } from 'node:fs';

import { md5, type MethodDefinition } from 'eaphost/methods';
import { isServed, serveRegistered } from 'eaphost/registration';

/** The methods: yours instead, with your author number from IANA. */
export const methods: readonly MethodDefinition[] = [
  { ...md5, name: 'Example MD5', type: { type: 4, authorId: 99_999 } },
];

/** What the service's log gets. Never an error's own text: what a method throws may hold secrets. */
function log(text: string): void {
  process.stdout.write(`${new Date().toISOString()} ${text}\n`);
}

async function serve(): Promise<void> {
  const server = await serveRegistered(methods, {
    onError: (_error, method, call) => log(`${method.name} failed in ${call}`),
  });
  log(`serving ${methods.map(({ name }) => name).join(', ')}`);
  const stop = (): void => {
    void server.close().then(() => {
      log('stopped');
      process.exit(0);
    });
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGBREAK'] as const) process.once(signal, stop);
  // Under a parent that is Node's, it ends with it.
  process.once('disconnect', stop);
  process.send?.('serving');
}

async function health(): Promise<void> {
  const answers = await Promise.all(methods.map(({ type }) => isServed(type)));
  for (const [index, { name }] of methods.entries())
    log(`${name} ${answers[index] ? 'answers' : 'does not answer'}`);
  process.exitCode = answers.every(Boolean) ? 0 : 1;
}

// Run, and not imported by `eaphost register`. Node resolves the links on the way to a program, such as pnpm's.
if (import.meta.filename === realpathSync(process.argv[1] ?? '')) {
  const command = new Map([
    ['serve', serve],
    ['health', health],
  ]).get(process.argv[2] ?? '');
  if (command === undefined) {
    console.error('Usage: method-service.js serve|health');
    process.exitCode = 2;
  } else {
    await command();
  }
}
