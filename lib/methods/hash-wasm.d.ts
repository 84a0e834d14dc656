// hash-wasm publishes its single-hash builds without types of their own; a single one loads in a fraction of the
// time of them all.
declare module 'hash-wasm/dist/md4.umd.min.js' {
  const builds: Pick<typeof import('hash-wasm'), 'createMD4'>;
  export default builds;
}
