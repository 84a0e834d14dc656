// Opens the run-time of a copy of the package, and says what came of it. `setuid`: in a process whose effective user
// is not the one who started it.

const [, , index = '', how] = process.argv;
if (how === 'setuid') process.geteuid = () => 4242;
const { openEapHost }: typeof import('../../../../lib/index.js') = await import(index);
const says = async (): Promise<object> => {
  try {
    await using host = await openEapHost({ runtime: 'embedded' });
    return { opened: host.runtime };
  } catch (error) {
    if (!(error instanceof Error)) return {};
    const code: unknown = Reflect.get(error, 'code');
    return { code, message: error.message };
  }
};
process.send?.(await says());
process.disconnect();
