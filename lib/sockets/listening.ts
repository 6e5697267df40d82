/** Sockets that listen. */
import { checkLimit, Deadline, type WaitOptions } from "../core/limit.ts";
import { type InetAddress, sockaddrOf } from "./address.ts";
import { bindTo, checkBacklog, listenAt } from "./binding.ts";
import { addressesOf, familyOf, type InternetPlace, requireTarget, targetOf } from "./internet_target.ts";
import { type Socket, socket, SOMAXCONN } from "./socket.ts";
import { bindPath, setMode, SocketFile } from "./socket_file.ts";
import { requireAddress } from "./socket_permissions.ts";

/** Where to listen by TCP. */
export interface TcpListening extends InternetPlace, WaitOptions {
  /** As Deno has it. */
  transport?: "tcp";
  /** How many connections may wait to be accepted. @default {SOMAXCONN} */
  backlog?: number;
  /** Whether the port can be had while earlier connections of it are not forgotten yet. @default {true} */
  reuseAddress?: boolean;
  /** Whether several sockets share the port, each of which says so; the kernel deals the connections out. @default {false} */
  reusePort?: boolean;
  /** Of IPv6: whether it takes no connections of IPv4. @default {as the kernel is set up: mostly false} */
  v6Only?: boolean;
  /** Whether what is written to its connections goes out at once. @default {true} */
  noDelay?: boolean;
}

/** Where to listen in the file system. */
export interface UnixListening {
  /** As Deno has it. */
  transport?: "unix";
  /** The path, of at most 107 bytes; a name in the abstract name space begins with a NUL character. */
  path: string;
  /** Who may connect: the file's permissions, of which writing counts. @default {what the umask leaves of 0o777} */
  mode?: number;
  /** How many connections may wait to be accepted. @default {SOMAXCONN} */
  backlog?: number;
}

/** What listens, and the file that it has made. */
export interface Listening {
  readonly socket: Socket;
  readonly file?: SocketFile;
}

/** Have `begin` do what makes `one` listen, and close it if that fails. */
function begun<T>(one: Socket, begin: () => T): T {
  try {
    return begin();
  } catch (error) {
    one.close();
    throw error;
  }
}

/** @throws as {@linkcode listen}. */
export async function listeningTcp(options: TcpListening): Promise<Listening> {
  const target = targetOf(options, "0.0.0.0", 0);
  const backlog = checkBacklog(options.backlog ?? SOMAXCONN);
  checkLimit(options);
  requireTarget(target);
  const addresses = target.address ? [target.address] : await addressesOf(target, new Deadline(options).options);
  let failure: unknown;
  for (const address of addresses) {
    try {
      return { socket: listeningAt(address, options, backlog) };
    } catch (error) {
      failure ??= error;
    }
  }
  throw failure;
}

function listeningAt(address: InetAddress, options: TcpListening, backlog: number): Socket {
  const { reuseAddress = true, reusePort = false, v6Only, noDelay = true } = options;
  const six = familyOf(address) === "AF_INET6";
  const one = socket(six ? "PF_INET6" : "PF_INET", "SOCK_STREAM");
  return begun(one, () => {
    one.setOption("SO_REUSEADDR", reuseAddress);
    if (reusePort) one.setOption("SO_REUSEPORT", true);
    if (six && v6Only !== undefined) one.setOption("IPV6_V6ONLY", v6Only);
    // What is accepted has it from the socket that listens.
    if (noDelay) one.setOption("TCP_NODELAY", true);
    bindTo(one.fd, sockaddrOf(address), address, "listen at");
    listenAt(one.fd, address, backlog);
    return one;
  });
}

/** @throws as {@linkcode listen}. */
export function listeningUnix(options: UnixListening): Listening {
  const { path, mode } = options;
  const address = { path };
  if (typeof path !== "string" || path === "") {
    throw new TypeError(`A path is a string that is not empty, not ${Deno.inspect(path)}`);
  }
  sockaddrOf(address);
  const backlog = checkBacklog(options.backlog ?? SOMAXCONN);
  if (mode !== undefined && !(Number.isInteger(mode) && mode >= 0 && mode <= 0o777)) {
    throw new RangeError(`mode is an integer from 0 to 0o777, not ${mode}`);
  }
  const abstract = path.startsWith("\0");
  if (abstract && mode !== undefined) throw new TypeError("A name in the abstract name space has no mode");
  requireAddress(address);
  const one = socket("PF_UNIX", "SOCK_STREAM");
  return begun(one, () => {
    if (abstract) bindTo(one.fd, sockaddrOf(address), address, "listen at");
    else bindPath(one.fd, path);
    const file = abstract ? undefined : new SocketFile(path);
    try {
      // Nobody can connect before it listens, so the mode is right from the first one on.
      if (mode !== undefined) setMode(path, mode);
      listenAt(one.fd, address, backlog);
    } catch (error) {
      file?.remove();
      throw error;
    }
    return { socket: one, file };
  });
}
