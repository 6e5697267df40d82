/** Who is at the other end of what a server handles. */
import type { WaitOptions } from "../core/limit.ts";
import {
  type CheckedName,
  checkedName,
  type Connection,
  type Datagram,
  type InetAddress,
  type SocketAddress,
} from "../sockets/mod.ts";

/** Who has connected, or sent a datagram. */
export interface Client {
  /** Counts from 1, through all addresses of its server. */
  readonly id: number;
  /** Its address; `{ path: "" }` of a Unix socket without a name, as clients mostly are. */
  readonly address: SocketAddress;
  /**
   * The address that it came to: where the server listens at all addresses (`0.0.0.0`) the one that the client has used. Asked
   * for while the connection is open, it is remembered.
   */
  readonly local: SocketAddress;
  /** Which of the server's addresses it came to, as `Server.addresses` has it. */
  readonly listening: SocketAddress;
  /** Aborted when the server begins to stop: a handler that waits for the client's next request can end then. */
  readonly stopping: AbortSignal;
  /**
   * Its name, looked up backwards and forwards, as `checkedName()` does; of a Unix socket its path. Needs `net` permission for
   * its address.
   */
  name(options?: WaitOptions): Promise<CheckedName>;
}

/** What every client of one address has. */
export interface ClientPlace {
  readonly listening: SocketAddress;
  readonly stopping: AbortSignal;
}

/** A client, whose names are asked for when somebody wants them. */
export class ServedClient implements Client {
  readonly id: number;
  readonly #place: ClientPlace;
  readonly #from: Connection | Datagram;

  constructor(id: number, place: ClientPlace, from: Connection | Datagram) {
    this.id = id;
    this.#place = place;
    this.#from = from;
  }

  get address(): SocketAddress {
    return "remoteAddr" in this.#from ? this.#from.remoteAddr : this.#from.address;
  }

  get local(): SocketAddress {
    if ("localAddr" in this.#from) return this.#from.localAddr;
    return this.#from.localAddress ?? this.listening;
  }

  get listening(): SocketAddress {
    return this.#place.listening;
  }

  get stopping(): AbortSignal {
    return this.#place.stopping;
  }

  async name(options: WaitOptions = {}): Promise<CheckedName> {
    const { address } = this;
    return "path" in address ? { name: address.path, checked: false } : await checkedName(address, options);
  }
}

/** As messages name it. */
export function clientText({ id, address }: Client): string {
  return "path" in address ? `client ${id}` : `client ${id} (${hostAndPort(address)})`;
}

/** An address and its port. */
export function hostAndPort({ hostname, port }: InetAddress): string {
  return `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
}
