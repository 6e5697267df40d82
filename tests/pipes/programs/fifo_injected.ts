/**
 * Says READY, waits for a line, and then does what its first argument names, with FIFOs in the folder that is its second,
 * while system calls fail; prints what came of it and how many descriptors are left of it.
 */
import { loop } from "../../../ffi/loop.ts";
import { mkfifo, openFifo, serveFifo, type SyscallError } from "../../../mod.ts";
import { opened } from "../../support/opened.ts";

const [action, folder] = Deno.args;
const path = `${folder}/fifo`;
const LIMIT = { timeout: 5_000 };

const ACTIONS: Record<string, () => Promise<unknown>> = {
  /** Both sides, of which either may fail. */
  open: async () => {
    const abort = new AbortController();
    const limit = { signal: AbortSignal.any([abort.signal, AbortSignal.timeout(LIMIT.timeout)]) };
    const sides = [openFifo(path, "r", limit), openFifo(path, "w", limit)] as const;
    for (const side of sides) side.catch(() => abort.abort());
    const [reader, writer] = await Promise.allSettled(sides);
    try {
      const refused = [reader, writer].find((side) =>
        side.status === "rejected" && typeof side.reason.code === "string"
      );
      if (refused?.status === "rejected") throw refused.reason;
      if (reader.status !== "fulfilled" || writer.status !== "fulfilled") return "neither";
      await writer.value.writable.getWriter().write(new TextEncoder().encode("hello"));
      writer.value.close();
      return await new Response(reader.value.readable).text();
    } finally {
      for (const side of [reader, writer]) if (side.status === "fulfilled") side.value.close();
    }
  },
  serve: async () => {
    const server = serveFifo(path, () => "served");
    const failed = server.finished.then(() => "stopped");
    failed.catch(() => {});
    try {
      using reader = await openFifo(path, "r", LIMIT);
      return await new Response(reader.readable).text() || await failed;
    } finally {
      await server.stop();
    }
  },
};

// So many waits move the loop to its thread, whose pipes are no leak.
await loop().promote();
if (action === "open") mkfifo(path);
await ACTIONS[action!]!();
const before = opened();
console.log("READY");
await Deno.stdin.read(new Uint8Array(1));
let said: unknown;
try {
  said = await ACTIONS[action!]!();
} catch (error) {
  const { code, syscall, message } = error as SyscallError;
  said = code === undefined ? `${error}` : `${message.replace(/ ".*/, "")}: ${code}, ${syscall}`;
}
console.log(JSON.stringify({ said, left: opened() - before }));
Deno.exit();
