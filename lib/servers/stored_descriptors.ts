/** Descriptors that the supervisor keeps while the program is started anew. */
import type { Fd } from "../core/fd.ts";
import type { WaitOptions } from "../core/limit.ts";
import { tell } from "./notify.ts";

/** How descriptors are stored, and when to give up. */
export interface StoreOptions extends WaitOptions {
  /**
   * Whether the supervisor drops them once they are hung up: `false` keeps them whatever becomes of them.
   * @default {true}
   */
  poll?: boolean;
}

/** @throws {TypeError} if systemd would not take it for a name. */
function checkName(name: string): void {
  if (/^[\x20-\x39\x3b-\x7e]{1,255}$/.test(name)) return;
  throw new TypeError(`Descriptors cannot be stored by the name ${JSON.stringify(name)}`);
}

/**
 * Have the supervisor keep descriptors, which it gives back when it starts the program the next time: {@linkcode inheritedSockets}
 * has them by this name. A service of systemd needs `FileDescriptorStoreMax`. They stay this program's as well, and may be closed
 * while this waits.
 *
 * Needs the permissions of {@linkcode notify}.
 *
 * @param name What they are called, several of them the same.
 * @param fds What to store: at most 253.
 * @param options When to give up.
 * @returns Whether there is a supervisor that was told.
 * @throws {TypeError} if the name is none.
 * @throws {RangeError} if there are none, or more than 253.
 * @throws {ClosedError} if one of them was closed.
 * @throws as {@linkcode notify} does.
 * @example
 * ```ts
 * import { listen, storeDescriptors } from "@vasty/vasty";
 *
 * using listener = await listen({ hostname: "127.0.0.1" });
 * await storeDescriptors("web", [listener]);
 * ```
 * @see sd_pid_notify_with_fds(3), `FDSTORE=1`
 */
export async function storeDescriptors(
  name: string,
  fds: readonly (Fd | { readonly fd: Fd })[],
  options: StoreOptions = {},
): Promise<boolean> {
  checkName(name);
  if (fds.length < 1 || fds.length > 253) throw new RangeError(`1 to 253 descriptors go at once, not ${fds.length}`);
  // While the supervisor has no room they may be closed, and their numbers be other files'.
  using copies = new DisposableStack();
  const numbers = fds.map((one) => copies.use(("fd" in one ? one.fd : one).duplicate()).number);
  const lines = ["FDSTORE=1", `FDNAME=${name}`, ...options.poll === false ? ["FDPOLL=0"] : []];
  return await tell(lines.join("\n"), numbers, { signal: options.signal, timeout: options.timeout });
}

/**
 * Have the supervisor forget descriptors that it keeps.
 *
 * Needs the permissions of {@linkcode notify}.
 *
 * @param name What they were stored as.
 * @param options When to give up.
 * @returns Whether there is a supervisor that was told.
 * @throws {TypeError} if the name is none.
 * @throws as {@linkcode notify} does.
 * @example
 * ```ts
 * import { removeStoredDescriptors } from "@vasty/vasty";
 *
 * await removeStoredDescriptors("web");
 * ```
 * @see sd_notify(3), `FDSTOREREMOVE=1`
 */
export async function removeStoredDescriptors(name: string, options: WaitOptions = {}): Promise<boolean> {
  checkName(name);
  return await tell(`FDSTOREREMOVE=1\nFDNAME=${name}`, [], options);
}
