// Servers that the method DLL shim reaches within this process: what the addon tells of them, and what they tell it.
// native/addon/local_server.h is the other half. JavaScript thread.

/** What the binary has for it. */
export interface LocalBinding {
  /** Serves an address, `process:` and a name, to the shim of this path. Returns the server's number. */
  listenLocally(library: string, address: string): number;
  stopListening(server: number): void;
  /** Copies the frame. */
  answer(connection: number, frame: Uint8Array): void;
  hangUp(connection: number): void;
}

/** The server's end of a connection. */
export interface LocalConnection {
  /** A frame, whole; the caller may do with the memory as it likes. */
  onFrame: ((frame: Buffer) => void) | undefined;
  /** The other end hung up. */
  onClosed: (() => void) | undefined;
  /** Copies a frame to the other end. */
  send(frame: Uint8Array): void;
  hangUp(): void;
}

/** A server of this process. */
export interface LocalListener {
  /** Takes no more connections; those that there are go on. */
  close(): void;
}

/** The servers of this environment, and their connections. */
export class LocalServers {
  readonly #binding: LocalBinding;
  readonly #servers = new Map<number, (connection: LocalConnection) => void>();
  readonly #connections = new Map<number, LocalConnection>();

  constructor(binding: LocalBinding) {
    this.#binding = binding;
  }

  /** @throws NativeFailure */
  listen(library: string, address: string, accept: (connection: LocalConnection) => void): LocalListener {
    const server = this.#binding.listenLocally(library, address);
    this.#servers.set(server, accept);
    return {
      close: () => {
        this.#servers.delete(server);
        this.#binding.stopListening(server);
      },
    };
  }

  accepted(server: number, number: number): void {
    const accept = this.#servers.get(server);
    if (accept === undefined) {
      this.#binding.hangUp(number);
      return;
    }
    const connection: LocalConnection = {
      onFrame: undefined,
      onClosed: undefined,
      send: (frame) => {
        this.#binding.answer(number, frame);
      },
      hangUp: () => {
        this.#connections.delete(number);
        this.#binding.hangUp(number);
      },
    };
    this.#connections.set(number, connection);
    accept(connection);
  }

  /** `frame`: undefined where there was no memory for it. */
  received(number: number, frame: Buffer | undefined): void {
    const connection = this.#connections.get(number);
    if (frame === undefined) this.disconnected(number);
    else if (connection === undefined) frame.fill(0);
    else connection.onFrame?.(frame);
  }

  disconnected(number: number): void {
    const connection = this.#connections.get(number);
    this.#connections.delete(number);
    this.#binding.hangUp(number);
    connection?.onClosed?.();
  }
}
