// Opens the run-time of a copy of the package, with the binary of a folder that it is given, and ends with code 0 where
// it is refused with the right error.

const [, , index = '', code = '', message = '', folder] = process.argv;
const { openEapHost, useBinary }: typeof import('../../../lib/index.js') = await import(index);
if (folder !== undefined) useBinary(folder);
try {
  await openEapHost({ runtime: 'embedded' });
  process.exitCode = 2;
} catch (error) {
  const isRight =
    error instanceof Error &&
    error.name === 'EapError' &&
    'code' in error &&
    error.code === code &&
    new RegExp(message, 'u').test(error.message);
  process.exitCode = isRight ? 0 : 3;
}
