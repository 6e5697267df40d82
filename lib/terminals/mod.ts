/**
 * Pseudo-terminals: programs that want a person before them.
 *
 * ```ts
 * import { spawnPty } from "@vasty/vasty/terminals";
 *
 * await using child = spawnPty(["sh", "-c", "tty"]);
 * console.assert(await new Response(child.readable).text() === `${child.path}\r\n`);
 * ```
 *
 * @module
 */
export { openPty } from "./open_pty.ts";
export { Pty } from "./pty.ts";
export { PtyBase, type PtyOptions } from "./pty_base.ts";
export { PtyChild, type SpawnPtyOptions } from "./pty_child.ts";
export { spawnPty } from "./spawn_pty.ts";
export type { WindowSize } from "./window_size.ts";
