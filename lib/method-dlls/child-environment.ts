// The environment of the processes that this package starts.

/** The variables from which the command `eaphost` reads passwords and shared secrets. */
const secretVariable = /^EAPHOST_(?:SERVER_)?(?:PASSWORD|SECRET)$/iu;

/** This process' environment without the variables that hold secrets: no other process needs them. */
export function environmentWithoutSecrets(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !secretVariable.test(name)));
}
