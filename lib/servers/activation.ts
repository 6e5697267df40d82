/** Giving listening sockets to a child as supervisors do. */
import type { Fd } from "../core/fd.ts";
import { FIRST_DESCRIPTOR } from "./systemd_sockets.ts";

/** What {@linkcode activation} gives for `spawn`. */
export interface Activation {
  /** The child's descriptors, from 3 on. */
  fds: Record<number, Fd>;
  /** Variables that tell it what they are. */
  env: Record<string, string>;
  /** Variables that tell it that they are its own. */
  pidVariables: Record<string, string>;
}

/** How sockets are announced. */
export interface ActivationOptions {
  /** Whose protocol. @default {"systemd"} */
  as?: "systemd" | "server-starter";
}

/**
 * Options of `spawn` for a child that gets listening sockets, or others, as from a supervisor: it takes them by
 * {@linkcode inheritedSockets}, sd_listen_fds(3), or Server::Starter's `server_ports`. They stay this program's as well, which
 * closes its own when it has no use for them; both wait for the same connections until then.
 *
 * A socket of this library does not block, for the child either: one that does nothing but accept(2) has to be ready for `EAGAIN`.
 *
 * @param sockets The sockets by name; for Server::Starter a name is the port, `host:port`, or the path.
 * @param options Whose protocol.
 * @returns What to spread into the options of `spawn`.
 * @throws {TypeError} if a name is none that the protocol can carry, or one of the sockets is none.
 * @throws {ClosedError} if one of them was closed.
 * @example
 * ```ts
 * import { activation, listen, spawn } from "@vasty/vasty";
 *
 * using listener = await listen({ hostname: "127.0.0.1" });
 * const command = ["sh", "-c", 'test "$LISTEN_PID" = $$ && test "$LISTEN_FDS $LISTEN_FDNAMES" = "1 web"'];
 * await using child = spawn(command, { ...activation({ web: listener }), stdin: "null" });
 * console.assert((await child.status).success);
 * ```
 * @see sd_listen_fds(3)
 */
export function activation(
  sockets: Readonly<Record<string, Fd | { readonly fd: Fd }>>,
  options: ActivationOptions = {},
): Activation {
  const { as = "systemd" } = options;
  if (as !== "systemd" && as !== "server-starter") {
    throw new TypeError(`as is "systemd" or "server-starter", not ${JSON.stringify(as)}`);
  }
  const entries = Object.entries(sockets);
  const fds: Record<number, Fd> = {};
  entries.forEach(([name, socket], i) => {
    fds[FIRST_DESCRIPTOR + i] = open(socket);
    checkName(name, as);
  });
  if (as === "server-starter") {
    const list = entries.map(([name], i) => `${name}=${FIRST_DESCRIPTOR + i}`);
    return { fds, env: { SERVER_STARTER_PORT: list.join(";") }, pidVariables: {} };
  }
  const env = { LISTEN_FDS: String(entries.length), LISTEN_FDNAMES: entries.map(([name]) => name).join(":") };
  return { fds, env, pidVariables: { LISTEN_PID: "" } };
}

/** Its descriptor, which has to be open. */
function open(socket: Fd | { readonly fd: Fd }): Fd {
  if (typeof socket !== "object" || socket === null) throw new TypeError(`Not a socket: ${Deno.inspect(socket)}`);
  const fd = "fd" in socket ? socket.fd : socket;
  if (typeof fd.number !== "number") throw new TypeError(`Not a socket: ${Deno.inspect(socket, { depth: 0 })}`);
  return fd;
}

/** systemd's names are at most 255 printable characters but colons. */
function checkName(name: string, as: string): void {
  if (as === "systemd" ? /^[\x20-\x39\x3b-\x7e]{1,255}$/.test(name) : /^[^;\0]+$/.test(name)) return;
  throw new TypeError(`A socket cannot be announced by the name ${JSON.stringify(name)}`);
}
