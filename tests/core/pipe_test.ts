import { pipe } from "../../lib/pipes/mod.ts";
import { capture, spawn } from "../../lib/processes/mod.ts";
import { assertEquals, test } from "../support/mod.ts";

test("pipe() gives ends that no child inherits", async () => {
  const { reader, writer } = pipe();
  using _reader = reader;
  using _writer = writer;
  const { stdout } = await capture(["sh", "-c", "ls /proc/self/fd"]);
  assertEquals(stdout.trim().split("\n").length, 4); // 0, 1, 2 and the listing's own
});

test("pipe() joins two children in the kernel", async () => {
  const { reader, writer } = pipe();
  await using first = spawn(["echo", "hello"], { stdout: writer });
  await using second = spawn(["tr", "a-z", "A-Z"], { stdin: reader, stdout: "piped" });
  reader.close();
  writer.close();
  assertEquals(await new Response(second.stdout).text(), "HELLO\n");
  assertEquals((await first.status).code, 0);
});
