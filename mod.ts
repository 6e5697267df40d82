/**
 * Unix interprocess communication for Deno: every public name.
 *
 * ```ts
 * import { capture } from "@vasty/vasty";
 *
 * const { stdout } = await capture(["echo", "hello"]);
 * console.assert(stdout === "hello\n");
 * ```
 *
 * Importing it opens nothing and asks for nothing; libc is opened by the first call, which needs
 * `--allow-ffi=<path of libc>`: the error names the path.
 *
 * @module
 */
import "./lib/graph.ts";
export * from "./lib/core/mod.ts";
export * from "./lib/daemons/mod.ts";
export * from "./lib/locks/mod.ts";
export * from "./lib/pipes/mod.ts";
export * from "./lib/processes/mod.ts";
export * from "./lib/servers/mod.ts";
export * from "./lib/signals/mod.ts";
export * from "./lib/sockets/mod.ts";
export * from "./lib/sysv/mod.ts";
export * from "./lib/terminals/mod.ts";
