/** Connections by TCP. */
import { checkLimit, Deadline, Limit, type LimitOptions, type WaitOptions } from "../core/limit.ts";
import { type InetAddress, sockaddrOf, type SocketAddress } from "./address.ts";
import { bindTo } from "./binding.ts";
import { allFailed, noneInTime } from "./connect_error.ts";
import { connectTo } from "./connecting.ts";
import { ConnectionRace, interleaved, type Way } from "./connection_race.ts";
import {
  addressesOf,
  familyOf,
  type InternetPlace,
  type InternetTarget,
  ownAddressOf,
  requireTarget,
  targetOf,
} from "./internet_target.ts";
import { checkPort } from "./sockaddr.ts";
import { type Socket, socket } from "./socket.ts";
import { holdingOf, rememberPeer } from "./socket_base.ts";
import { addressError, addressWords } from "./socket_errors.ts";

/** Whom to connect to by TCP, from where, and when to give up. */
export interface TcpConnecting extends InternetPlace, WaitOptions {
  /** As Deno has it. */
  transport?: "tcp";
  /** The address of this machine that the connection comes from; only addresses of its family are tried. */
  localAddress?: string;
  /** The port that it comes from, also if an earlier connection had it just now. @default {one that the kernel chooses} */
  localPort?: number;
  /** Milliseconds after which the next address is tried while the last one has not answered. @default {250} */
  attemptDelay?: number;
  /** Whether what is written goes out at once, instead of waiting for what was sent before to be acknowledged. @default {true} */
  noDelay?: boolean;
}

/** The options, checked. */
interface Plan {
  readonly target: InternetTarget;
  readonly local: InetAddress | undefined;
  readonly localPort: number;
  readonly noDelay: boolean;
}

function planOf(options: TcpConnecting): Plan {
  const { localAddress, localPort = 0, noDelay = true, attemptDelay = 250 } = options;
  let target = targetOf(options, "127.0.0.1");
  if (localPort !== 0) checkPort(localPort);
  if (!(attemptDelay >= 0)) throw new RangeError(`attemptDelay is a number of milliseconds from 0 on: ${attemptDelay}`);
  const local = localAddress === undefined ? undefined : ownAddressOf(localAddress, localPort);
  if (local !== undefined) {
    const { address, family = familyOf(local) } = target;
    if ((address !== undefined && familyOf(address) !== familyOf(local)) || family !== familyOf(local)) {
      throw new TypeError(`localAddress ${localAddress} is of another family than ${address?.hostname ?? family}`);
    }
    target = { ...target, family };
  }
  return { target, local, localPort, noDelay };
}

/** A socket for one address, with all that was asked for. */
function made(address: InetAddress, { local, localPort, noDelay }: Plan): Socket {
  const six = familyOf(address) === "AF_INET6";
  const one = socket(six ? "PF_INET6" : "PF_INET", "SOCK_STREAM");
  try {
    if (noDelay) one.setOption("TCP_NODELAY", true);
    if (local === undefined && localPort === 0) return one;
    // Several tries may have the same port, and so may what is left of an earlier connection.
    if (localPort > 0) one.setOption("SO_REUSEADDR", true);
    const from = local ?? { hostname: six ? "::" : "0.0.0.0", port: localPort };
    bindTo(one.fd, sockaddrOf(from), from);
    return one;
  } catch (error) {
    one.close();
    throw error;
  }
}

/** Connect `one`, without asking for leave. @throws as {@linkcode Socket.connect}. */
export async function reach(one: Socket, address: SocketAddress, options: LimitOptions): Promise<void> {
  const name = sockaddrOf(address);
  const rc = await connectTo(one.fd, name, options, holdingOf(one));
  if (rc < 0) throw addressError("connect to", address, rc, "connect");
  rememberPeer(one, name);
}

/** Connect `one`, and close it if that cannot be done. A timeout tells what it was that took so long. */
export async function reachOnly(one: Socket, address: SocketAddress, options: LimitOptions): Promise<Socket> {
  try {
    await reach(one, address, options);
    return one;
  } catch (error) {
    one.close();
    const words = addressWords(address);
    throw explained(error, options, () => noneInTime(words, [{ address }], 0, { address: words }));
  }
}

/** A timeout of ours with its cause; anything else as it is. */
function explained(reason: unknown, { signal }: WaitOptions, cause: () => Error): unknown {
  const ours = reason instanceof DOMException && reason.name === "TimeoutError" && reason !== signal?.reason;
  if (ours) Object.defineProperty(reason, "cause", { value: cause(), configurable: true, writable: true });
  return reason;
}

/**
 * A connected socket.
 *
 * @throws as {@linkcode connect}.
 */
export async function connectedTcp(options: TcpConnecting): Promise<Socket> {
  const plan = planOf(options);
  const { address } = plan.target;
  checkLimit(options);
  requireTarget(plan.target);
  // An address needs no resolver, no race and no timer.
  if (address !== undefined) return await reachOnly(made(address, plan), address, options);
  const deadline = new Deadline(options);
  const addresses = interleaved(await addressesOf(plan.target, deadline.options));
  if (addresses.length > 1) return await race(addresses, plan, deadline, options.attemptDelay ?? 250);
  return await reachOnly(made(addresses[0]!, plan), addresses[0]!, deadline.options);
}

async function race(addresses: InetAddress[], plan: Plan, deadline: Deadline, delay: number): Promise<Socket> {
  const { host, port } = plan.target;
  const goal = `${JSON.stringify(host)} port ${port}`;
  const subject = { address: `${host}:${port}` };
  const way: Way = {
    make: (address) => made(address, plan),
    reach: (one, address) => reach(one, address, {}),
    failed: (tried) => allFailed(goal, tried, subject),
  };
  const running = new ConnectionRace(addresses, delay, way);
  const { options } = deadline;
  using _limit = new Limit(options, (reason) => {
    running.giveUp(explained(reason, options, () => noneInTime(goal, running.tried, running.left, subject)));
  });
  return await running.run();
}
