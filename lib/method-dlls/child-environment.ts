// What the processes that this package starts find in their environment.

/** What the command `eaphost` reads passwords and shared secrets from. */
const secretVariable = /^EAPHOST_(?:SERVER_)?(?:PASSWORD|SECRET)$/iu;

/** This process' environment without the variables that hold secrets: nobody else has business with them. */
export function environmentWithoutSecrets(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !secretVariable.test(name)));
}
