/** Connected sockets on this machine, of every kind, gone at the end of the block. */
import { type Socket, socket, type SocketAddress, type SocketDomain, type SocketStyle } from "../../lib/sockets/mod.ts";

/** Kinds that connect. */
export const CONNECTED: [domain: SocketDomain, type: SocketStyle][] = [
  ["PF_INET", "SOCK_STREAM"],
  ["PF_INET6", "SOCK_STREAM"],
  ["PF_UNIX", "SOCK_STREAM"],
  ["PF_UNIX", "SOCK_SEQPACKET"],
];

/** Kinds that send datagrams. */
export const DATAGRAMS: [domain: SocketDomain, type: SocketStyle][] = [
  ["PF_INET", "SOCK_DGRAM"],
  ["PF_INET6", "SOCK_DGRAM"],
  ["PF_UNIX", "SOCK_DGRAM"],
];

/** A folder for paths of sockets. */
export class SocketFolder implements Disposable {
  readonly path: string = Deno.makeTempDirSync();
  #count = 0;

  /** A path of which there is no file yet. */
  next(): string {
    return `${this.path}/${++this.#count}`;
  }

  /** An address to bind to. */
  address(domain: SocketDomain): SocketAddress {
    if (domain === "PF_UNIX") return { path: this.next() };
    return { hostname: domain === "PF_INET" ? "127.0.0.1" : "::1", port: 0 };
  }

  /** A socket with a name. */
  bound(domain: SocketDomain, type: SocketStyle): Socket {
    const made = socket(domain, type);
    made.bind(this.address(domain));
    return made;
  }

  /** A socket that listens. */
  listener(domain: SocketDomain, type: SocketStyle, backlog?: number): Socket {
    const made = this.bound(domain, type);
    made.listen(backlog);
    return made;
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

/** Both ends of a connection. */
export class Connection implements Disposable {
  readonly client: Socket;
  readonly server: Socket;

  constructor(domain: SocketDomain, type: SocketStyle) {
    using folder = new SocketFolder();
    using listener = folder.listener(domain, type);
    this.client = socket(domain, type);
    this.client.connectSync(listener.getsockname());
    this.server = listener.acceptSync().socket;
  }

  [Symbol.dispose](): void {
    this.client.close();
    this.server.close();
  }
}

/** Send all of it. */
export async function sendAll(to: Socket, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await to.send(bytes.subarray(at));
}

/** All that comes until the end. */
export async function receiveAll(from: Socket): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for (;;) {
    const piece = await from.recv(65_536);
    if (piece.length === 0) return new Uint8Array(await new Blob(pieces).arrayBuffer());
    pieces.push(piece);
  }
}

/** Bytes that show when one is lost, or comes twice. */
export function pattern(length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(length).map((_, i) => i * 7 + (i >> 8));
}

export const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
export const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** The port of an address. */
export function portOf(address: SocketAddress): number {
  return "port" in address ? address.port : 0;
}

/** An address at which connections are neither taken nor refused: the kernel drops them while the queue is full. */
export class Deaf implements Disposable {
  readonly #sockets: Socket[] = [];
  readonly address: SocketAddress;

  constructor(port = 0, hostname = "127.0.0.1") {
    const listener = socket(hostname.includes(":") ? "PF_INET6" : "PF_INET", "SOCK_STREAM");
    this.#sockets.push(listener);
    listener.setOption("SO_REUSEADDR", true);
    listener.bind({ hostname, port });
    listener.listen(0);
    this.address = listener.getsockname();
    const first = socket(hostname.includes(":") ? "PF_INET6" : "PF_INET", "SOCK_STREAM");
    this.#sockets.push(first);
    first.connectSync(this.address);
  }

  [Symbol.dispose](): void {
    for (const one of this.#sockets) one.close();
  }
}

/** A port at which nobody listens. */
export function freePort(): number {
  using folder = new SocketFolder();
  using bound = folder.bound("PF_INET", "SOCK_STREAM");
  return portOf(bound.getsockname());
}
