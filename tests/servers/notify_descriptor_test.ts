import { pipe } from "../../lib/core/pipe.ts";
import { ClosedError } from "../../lib/core/mod.ts";
import { capture, spawn } from "../../lib/processes/mod.ts";
import { notifyDescriptor } from "../../lib/servers/mod.ts";
import { assert, assertEquals, assertThrows, denoCommand, EMULATED, repository, test, within } from "../support/mod.ts";
import { readLines } from "../../lib/core/mod.ts";

test("notifyDescriptor() writes a line end and closes the descriptor", async () => {
  const { reader, writer } = pipe();
  await using child = spawn(["cat"], { stdin: reader, stdout: "piped" });
  reader.close();
  notifyDescriptor(writer);
  assert(writer.closed);
  assertEquals(await new Response(child.stdout).text(), "\n");
  assertThrows(() => notifyDescriptor(writer), ClosedError);
});

test("notifyDescriptor() minds neither a supervisor that is gone, nor one that has no such descriptor", () => {
  const { reader, writer } = pipe();
  reader.close();
  notifyDescriptor(writer.release());
  assertThrows(() => notifyDescriptor(9_999), Deno.errors.BadResource, "EBADF");
  assertThrows(() => notifyDescriptor(-1), RangeError);
});

test("notifyDescriptor() is how s6-supervise hears that a service is ready", async () => {
  const folder = await Deno.makeTempDir();
  const program = denoCommand(repository("tests/servers/programs/ready.ts"), { args: ["5"] });
  await Deno.writeTextFile(`${folder}/run`, `#!/bin/sh\nexec ${program.join(" ")}\n`, { mode: 0o755 });
  await Deno.writeTextFile(`${folder}/notification-fd`, "5\n");
  await using supervise = spawn(["s6-supervise", folder], { stdin: "null", stdout: "piped" });
  // The program says so once s6 has started it; then it waits for its line.
  for await (const line of readLines(supervise.stdout)) {
    assertEquals(line, "told");
    break;
  }
  await capture(["s6-svwait", "-t", `${within(5_000)}`, "-U", folder]);
  const { stdout } = await capture(["s6-svstat", "-o", "up,ready", folder]);
  assertEquals(stdout, "true true\n");
  await capture(["s6-svc", "-dx", folder]);
  assert((await supervise.status).success);
  await Deno.remove(folder, { recursive: true });
}, { needs: ["s6-supervise"], skip: EMULATED && "s6 is the same on every architecture" });
