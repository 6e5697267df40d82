/** Says READY, waits for its standard input to end, promoted if there is an argument, and says so. */
import { loop } from "../../../ffi/loop.ts";
import { READABLE, ready } from "../../../ffi/reactor.ts";
import { read } from "../../../ffi/unistd.ts";

if (Deno.args[0]) await loop().promote();
console.log("READY");
await ready(0, READABLE).result;
if (read(0, new Uint8Array(1), 1) === 0) console.log("the input has ended");
