/**
 * The screen of a full-screen program, as a person sees it. It needs the npm package `@xterm/headless`, which is why it is not
 * part of the library's own module.
 *
 * ```ts
 * import { spawnPty } from "@vasty/vasty";
 * import { Screen } from "@vasty/vasty/screen";
 *
 * await using screen = new Screen(spawnPty(["sh", "-c", "printf '\\033[3;3Hhello'; sleep 9"], { rows: 5, cols: 20 }));
 * await screen.expectScreen("hello", { row: 2 });
 * console.assert(screen.svg().startsWith("<svg"));
 * ```
 *
 * @module
 */
export type { ScreenCell, ScreenColour } from "./cell.ts";
export type { ScreenCursor, ScreenSize } from "./emulator.ts";
export type { ScreenPlace } from "./finding.ts";
export { Screen, type ScreenCondition, type ScreenOptions, type ScreenWaitOptions } from "./screen.ts";
