/**
 * EAP over RADIUS, client and server.
 *
 * @module eaphost/radius
 */

export type { Secret } from './address.js';
export {
  integerAttribute,
  integerOf,
  type RadiusAttribute,
  RadiusError,
  type RadiusErrorCode,
  textAttribute,
  textOf,
  valuesOf,
} from './attributes.js';
export type { RefusalReason, ResponseFault } from '../hosts/authenticator-host.js';
export {
  RadiusClient,
  type RadiusClientCounters,
  type RadiusClientOptions,
  type RadiusReply,
  type RadiusRequest,
  type RadiusRequestOptions,
  type ReplyDropReason,
} from './client.js';
export type { MppeKeys } from './mppe.js';
export { type FormFault, type IntegrityFault, radiusCodes } from './packet.js';
export { RadiusServer } from './server.js';
export type {
  Authorization,
  AuthorizeRequest,
  ClientAddress,
  Policy,
  PolicyRequest,
  RadiusServerCounters,
  RadiusServerEvent,
  RadiusServerOptions,
  RejectReason,
  RequestDropReason,
  VerdictEvent,
} from './server-types.js';
export { RadiusWorkers, type RadiusWorkersOptions, type WorkerLostEvent } from './workers.js';
export {
  type RadiusAccept,
  type RadiusPacketEvent,
  type RadiusReject,
  type RadiusTransport,
  type RadiusTransportOptions,
  radiusTransport,
} from './transport.js';
