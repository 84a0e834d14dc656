// The README's programs: all of them compile against what ships, and the supplicant authenticates with the server.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../../', import.meta.url));
// Inside the package, so that it finds 'eaphost' by its own name.
const folder = join(root, 'build', 'readme');
const run = promisify(execFile);

const readme = readFileSync(join(root, 'README.md'), 'utf8');
const programs = [...readme.matchAll(/^```ts\r?\n([^]*?)^```/gmu)].map(([, program = '']) => program);

function programWith(piece: string): string {
  const found = programs.find((program) => program.includes(piece));
  assert.ok(found !== undefined, `no program of the README has ${piece}`);
  return found;
}

/** The program with one piece of it replaced. */
function changed(program: string, piece: string, replacement: string): string {
  assert.ok(program.includes(piece), `the program has no ${piece}`);
  return program.replace(piece, replacement);
}

/** A UDP port of this machine that is free. */
async function freePort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}

/** Compiles files of the folder, strictly, to JavaScript beside them. */
async function compile(files: readonly string[]): Promise<void> {
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const options = ['--strict', '--skipLibCheck', '--ignoreConfig', '--types', 'node', '--target', 'es2022'];
  options.push('--module', 'nodenext', '--lib', 'es2023,esnext.disposable');
  try {
    await run(process.execPath, [compiler, ...options, ...files], { cwd: folder });
  } catch (error) {
    const { stdout } = error as { stdout?: string };
    assert.fail(`the README does not compile:\n${stdout}`);
  }
}

describe('The programs of the README', () => {
  before(() => mkdirSync(folder, { recursive: true }));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('compile as they stand', async () => {
    assert.ok(programs.length >= 2);
    // The file that one of them says its reader has.
    writeFileSync(join(folder, 'method.ts'), "export { md5 as method } from 'eaphost';\n");
    const files = programs.map((program, index) => {
      const file = join(folder, `program${index}.ts`);
      writeFileSync(file, program);
      return file;
    });
    await compile(files);
    const wrong = join(folder, 'wrong.ts');
    writeFileSync(wrong, "import { openEapHost } from 'eaphost';\nawait openEapHost({ runtime: 'none' });\n");
    await assert.rejects(compile([wrong]), /does not compile[^]*wrong\.ts\(2,/u);
  });

  it('authenticate with each other', async () => {
    const port = await freePort();
    const server = changed(programWith('RadiusServer.listen'), "address: '127.0.0.1',", `$& port: ${port},`);
    const client = changed(programWith('openEapHost'), "host: '127.0.0.1',", `$& port: ${port},`);
    const embedded = changed(client, 'openEapHost()', "openEapHost({ runtime: 'embedded' })");
    const file = join(folder, 'both.ts');
    writeFileSync(file, `${server}\n${embedded}`);
    await compile([file]);
    const { stdout } = await run(process.execPath, [join(folder, 'both.js')], { cwd: folder });
    assert.match(stdout, /^true <Buffer /mu);
  });
});
