/** Run by errno.ts: `errno_program.ts LIBC CALLS ROUNDS` prints nanoseconds a call as JSON, by contender and round. */
import { read } from "../ffi/unistd.ts";
import { BARE, DOOR, POINTER } from "./errno.ts";
import { sideBySide, timed } from "./measure.ts";

const [path, calls, rounds] = [Deno.args[0]!, Number(Deno.args[1]), Number(Deno.args[2])];
const SIGNATURE = { parameters: ["i32", "buffer", "usize"], result: "isize" } as const;
const { symbols } = Deno.dlopen(path, {
  read: SIGNATURE,
  at: { name: "read", type: "pointer" },
});
const pointer = new Deno.UnsafeFnPointer(symbols.at as Deno.PointerObject<typeof SIGNATURE>, SIGNATURE);
const buffer = new Uint8Array(8);
const EBADF = -9;

/** Nanoseconds a call. The loops are written out: a shared one would measure how V8 inlines a callback. */
function each(loop: () => void): () => number {
  return () => 1e6 * timed(loop) / calls;
}

const costs = await sideBySide([
  {
    name: BARE,
    cost: each(() => {
      for (let i = 0; i < calls; i++) if (symbols.read(-1, buffer, 8n) !== -1n) throw new Error("read(-1) succeeded");
    }),
  },
  {
    name: DOOR,
    cost: each(() => {
      for (let i = 0; i < calls; i++) if (read(-1, buffer, 8) !== EBADF) throw new Error("read(-1) is not EBADF");
    }),
  },
  {
    name: POINTER,
    cost: each(() => {
      for (let i = 0; i < calls; i++) if (pointer.call(-1, buffer, 8n) !== -1n) throw new Error("read(-1) succeeded");
    }),
  },
], rounds);
console.log(JSON.stringify(Object.fromEntries(costs)));
