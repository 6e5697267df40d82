/** Sockets that a supervisor has made for this program: socket activation. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { fcntl } from "../../ffi/fcntl.ts";
import { syscallError } from "../core/errors.ts";
import { Fd } from "../core/fd.ts";
import { isInetd, moveInetdSocket } from "./inetd_socket.ts";
import { type ActivationSource, InheritedSocket } from "./inherited_socket.ts";
import { forgetServerStarter, serverStarterSockets } from "./server_starter_sockets.ts";
import { type Announced, forgetSystemd, systemdSockets } from "./systemd_sockets.ts";

/** What {@linkcode inheritedSockets} looks for. */
export interface InheritedSocketsOptions {
  /** Whom to believe. @default {["systemd", "server-starter", "inetd"]} */
  from?: readonly ActivationSource[];
  /** Whether the variables stay, for a program that this one replaces itself by. @default {false} */
  keepEnvironment?: boolean;
}

const SOURCES: readonly ActivationSource[] = ["systemd", "server-starter", "inetd"];
/** What was taken already: it has owners now. */
const taken = new Set<ActivationSource>();

/**
 * Take the sockets that whoever has started this program has made for it, from
 *
 * - systemd, or what does as it does (systemd-socket-activate, podman): `LISTEN_FDS`, `LISTEN_PID`, `LISTEN_FDNAMES`;
 * - Perl's Server::Starter: `SERVER_STARTER_PORT`;
 * - inetd, xinetd, tcpserver, s6-tcpserver: standard input is a connection (`nowait`), or listens or is a datagram socket
 *   (`wait`). It is moved; the standard streams that were the same socket are /dev/null afterwards.
 *
 * What stands between (`deno task`, a shell that does not `exec`) is another process, for which `LISTEN_PID` was meant.
 *
 * They are taken once: another call finds none. They are close-on-exec, and the variables are removed, so that children do not
 * take them for theirs. If this throws, nothing was taken.
 *
 * Needs `env` permission for the variables: `LISTEN_FDS`, `LISTEN_PID`, `LISTEN_FDNAMES`, `LISTEN_PIDFDID`; `SERVER_STARTER_PORT`;
 * none for inetd alone. The sockets themselves are given, and need none.
 *
 * @param options Whom to believe.
 * @returns The sockets in their order, for the caller to close; none if the program was started without any, or they are
 *   another process's: `LISTEN_PID` is not this one's.
 * @throws {Deno.errors.InvalidData} if a variable is garbled, or a descriptor is announced twice; the message has it.
 * @throws {SyscallError} `EBADF` if a descriptor that was announced was not handed over: it is not open, or
 *   close-on-exec; `EMFILE` if there is none left to move one to.
 * @throws {TypeError} if there is no such source.
 * @throws {Deno.errors.NotCapable} without `env` permission.
 * @example
 * ```ts
 * import { inheritedSockets } from "@vasty/vasty";
 *
 * for (const inherited of inheritedSockets({ from: ["inetd"] })) {
 *   await using client = inherited.connection();
 *   await client.writeLine("hello");
 * }
 * ```
 * @see sd_listen_fds(3), inetd(8)
 */
export function inheritedSockets(options: InheritedSocketsOptions = {}): InheritedSocket[] {
  const { from = SOURCES, keepEnvironment = false } = options;
  for (const source of from) {
    if (!SOURCES.includes(source)) {
      throw new TypeError(`Sockets come from ${SOURCES.join(", ")}, not ${JSON.stringify(source)}`);
    }
  }
  const wanted = SOURCES.filter((source) => from.includes(source) && !taken.has(source));
  const announced = wanted.map((source) => [source, handedOver(source)] as const);
  requireOnce(announced.flatMap(([, sockets]) => sockets));
  const found = takeAll(announced);
  for (const source of wanted) {
    if (!keepEnvironment) FORGET[source]();
    taken.add(source);
  }
  return found;
}

const FORGET: Readonly<Record<ActivationSource, () => void>> = {
  "systemd": forgetSystemd,
  "server-starter": forgetServerStarter,
  "inetd": () => {},
};

function announcedBy(source: ActivationSource): Iterable<Announced> {
  if (source === "systemd") return systemdSockets();
  if (source === "server-starter") return serverStarterSockets();
  return isInetd() ? [{ name: "inetd", number: 0 }] : [];
}

/** What is announced, up to the first that was not handed over. */
function handedOver(source: ActivationSource): Announced[] {
  const found: Announced[] = [];
  for (const one of announcedBy(source)) {
    requireInherited(one);
    found.push(one);
  }
  return found;
}

/** What is close-on-exec came through no execve(2): Deno has opened it, or this program, and it has an owner. */
function requireInherited({ name, number }: Announced): void {
  const rc = fcntl(number, FCNTL.F_GETFD, 0);
  const errno = rc >= 0 && rc & FCNTL.FD_CLOEXEC ? ERRNO.EBADF : -rc;
  if (errno > 0) throw syscallError(`take over descriptor ${number} (${name})`, errno, "fcntl", { fd: number });
}

/** A descriptor has one owner. */
function requireOnce(announced: readonly Announced[]): void {
  const names = new Map<number, string>();
  for (const { name, number } of announced) {
    const first = names.get(number);
    if (first !== undefined) {
      const both = `${JSON.stringify(first)} and ${JSON.stringify(name)}`;
      throw new Deno.errors.InvalidData(`Descriptor ${number} is announced twice, as ${both}`);
    }
    names.set(number, name);
  }
}

/** All of them or none. */
function takeAll(announced: readonly (readonly [ActivationSource, Announced[]])[]): InheritedSocket[] {
  const found: InheritedSocket[] = [];
  try {
    for (const [source, sockets] of announced) for (const one of sockets) found.push(take(source, one));
    return found;
  } catch (error) {
    for (const one of found) one.release();
    throw error;
  }
}

function take(source: ActivationSource, { name, number }: Announced): InheritedSocket {
  const fd = Fd.adopt(source === "inetd" ? moveInetdSocket() : number);
  fcntl(fd.number, FCNTL.F_SETFD, FCNTL.FD_CLOEXEC);
  return new InheritedSocket(name, source, fd);
}
