// Opens the run-time of a copy of the package, and ends with code 0 where it is refused with the right error.

const [, , index = '', code = '', message = ''] = process.argv;
const { openEapHost }: typeof import('../../../lib/index.js') = await import(index);
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
