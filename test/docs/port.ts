// Loaded before the documents' programs: they name RADIUS' port, or take it by default, and share it here with
// whatever else runs on this machine. So it becomes the port of EAPHOST_DOCS_PORT, underneath node:dgram.

import { Socket } from 'node:dgram';

const named = 1812;
const real = Number(process.env['EAPHOST_DOCS_PORT']);
const socket = Socket.prototype as unknown as Record<
  'bind' | 'send' | 'emit',
  (...args: unknown[]) => unknown
>;
const { bind, send, emit } = socket;

const hasPort = (value: unknown, port: number): value is { port: number } =>
  typeof value === 'object' && value !== null && Reflect.get(value, 'port') === port;
const moved = (value: unknown, from: number, to: number): unknown =>
  value === from ? to : hasPort(value, from) ? { ...value, port: to } : value;

socket.bind = function (this: Socket, ...args) {
  return Reflect.apply(
    bind,
    this,
    args.map((value) => moved(value, named, real)),
  );
};
socket.send = function (this: Socket, ...args) {
  return Reflect.apply(
    send,
    this,
    args.map((value) => moved(value, named, real)),
  );
};
socket.emit = function (this: Socket, ...args) {
  return Reflect.apply(
    emit,
    this,
    args.map((value) => moved(value, real, named)),
  );
};
