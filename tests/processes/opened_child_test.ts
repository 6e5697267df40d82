import { OpenedChild } from "../../lib/processes/opened_child.ts";
import { open2, openPipe, spawn } from "../../lib/processes/mod.ts";
import { assert, assertEquals, assertRejects, assertThrows, test } from "../support/mod.ts";

test("OpenedChild.close() asked twice gives the same answer, and after the end as well", async () => {
  await using pipe = openPipe("|-", ["cat"], { stdout: "null" });
  assert(pipe instanceof OpenedChild);
  const [first, second] = await Promise.all([pipe.close(), pipe.close()]);
  assert(first === second && first === await pipe.close() && first === await pipe.status);
});

test("OpenedChild refuses to write where there is no pipe", async () => {
  class Bare extends OpenedChild {
    open = () => this.input;
  }
  const child = spawn(["cat"], { stdin: "null" });
  await using bare = new Bare(child, false, {});
  assertThrows(() => bare.open(), TypeError, "Its standard input is no pipe");
});

test("OpenedChild.writable that is aborted ends at once, though the pipe is full, and close() reports why", async () => {
  await using pipe = openPipe("|-", ["sleep", "600"], { check: false });
  const writer = pipe.writable.getWriter();
  const writing = assertRejects(() => writer.write(new Uint8Array(1_000_000)), Error, "enough");
  await writer.abort(new Error("enough"));
  await writing;
  Deno.kill(pipe.pid, "SIGTERM");
  await assertRejects(() => pipe.close(), Error, "enough");
  assertEquals((await pipe.status).signal, "SIGTERM");
});

test("OpenedChild.close() does not wait for what nobody reads", async () => {
  // It writes more than the pipe holds before it reads, and what is written here is more than that holds.
  await using both = open2(["sh", "-c", "trap '' PIPE; head -c 1000000 /dev/zero 2>/dev/null; cat >/dev/null; exit 0"]);
  both.write(new Uint8Array(1_000_000));
  assertEquals((await both.close()).code, 0);
});
