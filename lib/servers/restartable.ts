/** Making a program replaceable. */
import { Restarter } from "./restarter.ts";
import type { RestarterOptions } from "./restarter_options.ts";

/**
 * Have this program be replaceable by its new code while it serves, with nobody refused: by {@linkcode Restarter.restart} in
 * place, or by {@linkcode Restarter.handOver} to a new process. Call it once, before the sockets are made.
 *
 * @param options How it is replaced.
 * @returns What has the sockets of the generation before.
 * @throws {RangeError} if a time is none.
 * @throws {SyscallError} `EBADF` if a socket that was handed over is not open.
 * @example
 * ```ts
 * import { listen, restartable } from "@vasty/vasty";
 *
 * using restarter = restartable({ timeout: 5_000 });
 * using web = await restarter.inherited("web", () => listen({ hostname: "127.0.0.1" }));
 * restarter.ready();
 * console.assert(restarter.generation === 1 && restarter.role === "first" && "port" in web.addr);
 * ```
 */
export function restartable(options: RestarterOptions = {}): Restarter {
  return new Restarter(options);
}
