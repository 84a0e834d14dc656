// The benchmarks. Usage: node dist/test/bench/main.js [--json] [--only NAME]…
// People get a line for each figure; the last line of standard output is all of it as JSON (with --json, the only
// line).

import { parseArgs } from 'node:util';

import { benchAuth } from './auth.js';
import { benchBlocking, benchStarvation } from './blocking.js';
import { benchConformance } from './conformance.js';
import { benchExchange, type ExchangeTimes } from './exchange.js';
import { benchFlood } from './flood.js';
import { benchHosting, type HostingRates } from './hosting.js';
import { benchImport, benchMemory, benchScale, binarySizes } from './footprint.js';
import { benchRadius, type RadiusRate } from './radius.js';
import { benchPipe } from './pipe.js';
import { benchTls } from './tls.js';
import { benchWired } from './wired.js';
import { benchWorkers } from './workers.js';

const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, only: { type: 'string', multiple: true } },
});

function say(line: string): void {
  if (!values.json) console.log(line);
}

const microseconds = (nanoseconds: number): string => `${(nanoseconds / 1000).toFixed(2)} µs`;

function sayExchange(sessions: string, { ns, koffiNs, cppNs }: ExchangeTimes): void {
  say(
    `exchange, ${sessions} sessions: ${microseconds(ns)}; koffi ${microseconds(koffiNs)}, ` +
      `${(koffiNs / ns).toFixed(1)} times as long; C++ loop ${microseconds(cppNs)}`,
  );
}

function sayRadius(what: string, all: Readonly<Record<string, RadiusRate>>): void {
  for (const [atOnce, { perSecond, serverCpu, ownCpu }] of Object.entries(all)) {
    const own = `${(ownCpu * 100).toFixed(0)} % of a CPU`;
    const server = `FreeRADIUS ${(serverCpu * 100).toFixed(0)} %`;
    say(`${what}, ${atOnce} at once: ${perSecond.toFixed(1)}/s; ${own}, ${server}`);
  }
}

function bestOf(all: Readonly<Record<string, RadiusRate>>): number {
  return Math.max(...Object.values(all).map(({ perSecond }) => perSecond));
}

function sayHosting(atOnce: string, { converse, isolated, cpp }: HostingRates): void {
  say(
    `conversations of method DLLs, ${atOnce} at once: ${converse.toFixed(0)}/s, isolated ${isolated.toFixed(0)}/s; ` +
      `C++ loop ${cpp.toFixed(0)}/s`,
  );
}

/** Each benchmark by its key in the JSON. */
const benchmarks: Readonly<Record<string, () => unknown>> = {
  exchange: async () => {
    const results = await benchExchange();
    for (const [sessions, each] of Object.entries(results)) sayExchange(sessions, each);
    return results;
  },
  blocking: async () => {
    const { lanesNs, poolNs } = await benchBlocking();
    say(
      `64 sessions that block 1 ms: ${microseconds(lanesNs)} for an exchange; thread pool ${microseconds(poolNs)}, ` +
        `${(poolNs / lanesNs).toFixed(1)} times as long`,
    );
    return { lanesNs, poolNs };
  },
  starvation: async () => {
    const { fsReadMs } = await benchStarvation();
    say(`reading a file while eight calls block for a second: ${fsReadMs.toFixed(2)} ms`);
    return { fsReadMs };
  },
  auth: async () => {
    const results = await benchAuth();
    const { native, mschapv2, ratio } = results;
    say(
      `authentications: ${native.perSecond.toFixed(0)}/s native, ${mschapv2.perSecond.toFixed(0)}/s MSCHAPv2, ` +
        `which costs ${ratio.toFixed(1)} times as much, its authenticator included`,
    );
    return results;
  },
  pipe: async () => {
    const results = await benchPipe();
    const { nativeAloneNs, nativeManyNs } = results;
    const sayWay = (way: string, aloneNs: number, manyNs: number): void => {
      say(
        `MD5 conversation ${way}: ${microseconds(aloneNs)} alone, ${(aloneNs / nativeAloneNs).toFixed(1)} times ` +
          `the C++ method's; ${microseconds(manyNs)} of 16 at once, ${(manyNs / nativeManyNs).toFixed(1)} times`,
      );
    };
    sayWay('through the pipe', results.aloneNs, results.manyNs);
    sayWay('in one process', results.inProcessAloneNs, results.inProcessManyNs);
    return results;
  },
  hosting: async () => {
    const { one, sixtyFour, perCallNs } = await benchHosting();
    sayHosting('1', one);
    sayHosting('64', sixtyFour);
    say(`driving a method DLL costs ${microseconds(perCallNs)} for each native call`);
    return { one, sixtyFour, perCallNs };
  },
  memory: () => {
    const { perSessionBytes } = benchMemory();
    say(`memory of an open session: ${perSessionBytes} bytes`);
    return { perSessionBytes };
  },
  scale: () => {
    const { begin, close, bytesPerSession } = benchScale();
    for (const [count, { nsPerSession }] of Object.entries(begin)) {
      const closing = microseconds(close[count]?.nsPerSession ?? Number.NaN);
      say(`${count} open sessions: ${microseconds(nsPerSession)} to begin each, ${closing} to close`);
    }
    say(`memory of an open session among the most: ${bytesPerSession} bytes`);
    return { begin, close, bytesPerSession };
  },
  import: () => {
    const costs = benchImport();
    const { ratio, cliRatio, extraBytes, bareMs } = costs;
    say(
      `import: ${ratio.toFixed(2)} times node -e 0 (${bareMs.toFixed(1)} ms) and ${(extraBytes / 2 ** 20).toFixed(1)} MiB ` +
        `more; eaphost --help: ${cliRatio.toFixed(2)} times`,
    );
    return costs;
  },
  sizes: () => {
    const sizes = binarySizes();
    for (const [name, bytes] of Object.entries(sizes)) say(`${name}: ${(bytes / 1024).toFixed(0)} KiB`);
    return sizes;
  },
};

/** Those that only some machines can run. */
const linuxBenchmarks: typeof benchmarks = {
  conformance: async () => {
    const results = await benchConformance();
    for (const [server, runs] of Object.entries(results)) {
      for (const [method, { seconds, cases }] of Object.entries(runs)) {
        say(`all cases of conformance on ${server}, ${method}: ${cases} in ${seconds.toFixed(1)} s`);
      }
    }
    return results;
  },
  flood: async () => {
    const results = await benchFlood();
    const { begun, accepted, medianMs, floodPerSecond, serverCpu } = results;
    say(
      `PEAP in a flood of ${floodPerSecond.toFixed(0)} identities/s through the same client: ${accepted} of ${begun} ` +
        `accepted (${((100 * accepted) / begun).toFixed(1)} %), ${medianMs.toFixed(0)} ms each; server ` +
        `${(serverCpu * 100).toFixed(0)} % of a CPU`,
    );
    return results;
  },
  radius: async () => {
    const results = await benchRadius();
    for (const [method, { eaphost, eapolTest }] of Object.entries(results)) {
      sayRadius(`${method} over RADIUS, eaphost`, eaphost);
      sayRadius(`${method} over RADIUS, eapol_test`, eapolTest);
      const [ours, theirs] = [bestOf(eaphost), bestOf(eapolTest)];
      say(`${method} over RADIUS: ${(ours / theirs).toFixed(1)} times the best rate of eapol_test`);
    }
    return results;
  },
  tls: async () => {
    const results = await benchTls();
    for (const [keys, methods] of Object.entries(results)) {
      for (const [method, costs] of Object.entries(methods)) {
        const { clientCpuMs, freeradiusCpuMs, serverCpuMs, hostapdCpuMs, opensslCpuMs, opensslServerCpuMs } =
          costs;
        const ms = (value: number): string => `${value.toFixed(2)} ms`;
        say(
          `${method}, ${keys}: client ${ms(clientCpuMs)} of processor time, FreeRADIUS ${ms(freeradiusCpuMs)}; server ` +
            `${ms(serverCpuMs)}, hostapd ${ms(hostapdCpuMs)}; openssl ${ms(opensslCpuMs)} and ${ms(opensslServerCpuMs)}; ` +
            `${Object.values(costs.perSecond)
              .map((rate) => rate.toFixed(0))
              .join(', ')} a second, 1, 16 and 64 at once`,
        );
      }
    }
    return results;
  },
  wired: async () => {
    const results = await benchWired();
    for (const [name, { authorizedMs, bytes, idleCpuMsPerSecond }] of Object.entries(results)) {
      say(
        `${name} on a wire: ${authorizedMs.toFixed(1)} ms until the port is open, ${(bytes / 2 ** 20).toFixed(1)} MiB, ` +
          `${idleCpuMsPerSecond.toFixed(2)} ms of processor time in an idle second`,
      );
    }
    return results;
  },
  workers: async () => {
    const results = await benchWorkers();
    for (const [workers, { perSecond, serverCpuMs, clientCpuMs }] of Object.entries(results)) {
      say(
        `eaphost serve --workers ${workers}: ${perSecond.toFixed(0)} TLS handshakes begun a second; server ` +
          `${serverCpuMs.toFixed(2)} ms of processor time each, client ${clientCpuMs.toFixed(2)} ms`,
      );
    }
    const ratio = results[2].perSecond / results[1].perSecond;
    say(`two workers do ${ratio.toFixed(2)} times what one does`);
    return { ...results, ratio };
  },
};
const here = process.platform === 'linux' ? { ...benchmarks, ...linuxBenchmarks } : benchmarks;

const results: Record<string, unknown> = {};
for (const name of values.only ?? Object.keys(here)) {
  const benchmark = here[name];
  if (benchmark === undefined) {
    throw new Error(`there is no benchmark ${name}; there are ${Object.keys(here).join(', ')}`);
  }
  results[name] = await benchmark();
}
console.log(JSON.stringify(results));
