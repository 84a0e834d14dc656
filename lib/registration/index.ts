/**
 * Methods that Windows loads.
 *
 * @module eaphost/registration
 */

export {
  registerMethod,
  unregisterMethod,
  type RegisterOptions,
  type Registration,
  type Unregistration,
} from './register.js';
export { listMethods, type InstalledDll, type InstalledMethod, type InstalledMethods } from './list.js';
export { isServed, serveRegistered, type RegisteredServer } from './serve.js';
export type { Machine, Signature } from './machine.js';
export { serveMethods, type MethodServer, type ServeOptions } from '../shim-server/serve.js';
export type { ErrorListener } from '../shim-server/checks.js';
