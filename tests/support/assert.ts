/** The assertions of Deno's standard library, with types: its npm package has none. */
// @ts-types="../../tools/std.d.ts"
export { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
