/** Telling the supervisor regularly that this program is alive. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { encodeText } from "../../ffi/text.ts";
import { SyscallError } from "../core/errors.ts";
import { LONGEST_TIMER } from "../core/limit.ts";
import type { SocketAddress } from "../sockets/mod.ts";
import { numericVariable, removeVariables } from "./environment.ts";
import { notifyAddress, notifySocket } from "./notify_socket.ts";

/** How the watchdog is fed. */
export interface WatchdogOptions {
  /** Asked each time; while it gives `false` nothing is said, and the supervisor takes the program for stuck. */
  healthy?: () => boolean;
  /** Whether to remove `WATCHDOG_USEC` and `WATCHDOG_PID`, so that children do not think it is theirs. @default {true} */
  unsetEnvironment?: boolean;
}

/** What {@linkcode watchdog} has started; `close()` or the end of a `using` block ends it. */
export interface Watchdog extends Disposable {
  /** Milliseconds within which the supervisor wants to hear of this program. */
  readonly timeout: number;
  /** Say no more. The supervisor then takes the program for stuck, unless it is about to end. */
  close(): void;
}

/**
 * Tell the supervisor that this program is alive, at once and then at half the time that it has asked for (`WATCHDOG_USEC`),
 * for as long as the event loop turns. It does not keep the program alive. A message that the supervisor has no room for is left
 * out: there is another one in time. It goes on where `NOTIFY_SOCKET` is removed later.
 *
 * Needs `env` permission for `WATCHDOG_USEC`, `WATCHDOG_PID` and `NOTIFY_SOCKET`, and those that Deno asks for to reach its path.
 *
 * @param options Whether the program is healthy.
 * @returns The watchdog; nothing if the supervisor has asked for none, or not of this process.
 * @throws {SyscallError} as {@linkcode notify} does, at once; later ones are left out.
 * @throws {Deno.errors.InvalidData} if a variable is garbled.
 * @throws {Deno.errors.NotCapable} without the permissions.
 * @example
 * ```ts
 * import { watchdog } from "@vasty/vasty";
 *
 * using _watchdog = watchdog({ healthy: () => performance.now() < 3_600_000 });
 * ```
 * @see sd_watchdog_enabled(3)
 */
export function watchdog(options: WatchdogOptions = {}): Watchdog | undefined {
  const { healthy = () => true, unsetEnvironment = true } = options;
  const microseconds = numericVariable("WATCHDOG_USEC");
  const pid = numericVariable("WATCHDOG_PID");
  if (unsetEnvironment) removeVariables(["WATCHDOG_USEC", "WATCHDOG_PID"]);
  if (!microseconds || (pid !== undefined && pid !== Deno.pid)) return undefined;
  const to = notifyAddress();
  if (to === undefined) return undefined;
  const timeout = microseconds / 1_000;
  if (healthy()) ping(to);
  const timer = setInterval(() => {
    if (healthy()) quietly(() => ping(to));
  }, Math.min(Math.max(1, timeout / 2), LONGEST_TIMER));
  Deno.unrefTimer(timer);
  const close = () => clearInterval(timer);
  return { timeout, close, [Symbol.dispose]: close };
}

const ALIVE = encodeText("WATCHDOG=1");

function ping(to: SocketAddress): void {
  using socket = notifySocket();
  try {
    socket.sendSync(ALIVE, { to, flags: ["MSG_DONTWAIT"] });
  } catch (error) {
    if (!(error instanceof SyscallError && error.errno === ERRNO.EAGAIN)) throw error;
  }
}

/** A supervisor that is being started anew is there again in a moment. */
function quietly(action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof SyscallError)) throw error;
  }
}
