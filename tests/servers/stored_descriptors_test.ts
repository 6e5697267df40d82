import { pipe } from "../../lib/core/pipe.ts";
import { ClosedError } from "../../lib/core/mod.ts";
import { removeStoredDescriptors, storeDescriptors } from "../../lib/servers/mod.ts";
import { listen } from "../../lib/sockets/mod.ts";
import { assert, assertEquals, assertRejects, test } from "../support/mod.ts";
import { Supervisor } from "./supervisor.ts";

test("storeDescriptors() has the supervisor keep them, removeStoredDescriptors() forget them", async () => {
  await using supervisor = await Supervisor.start();
  using listener = await listen({ hostname: "127.0.0.1" });
  const { reader, writer } = pipe();
  using _reader = reader;
  using _writer = writer;
  assert(await storeDescriptors("web", [listener, reader]));
  assertEquals(await supervisor.told(), { pid: Deno.pid, text: "FDSTORE=1\nFDNAME=web", fds: ["socket", "pipe"] });
  assert(await storeDescriptors("web", [writer], { poll: false }));
  assertEquals((await supervisor.told()).text, "FDSTORE=1\nFDNAME=web\nFDPOLL=0");
  assert(await removeStoredDescriptors("web"));
  assertEquals((await supervisor.told()).text, "FDSTOREREMOVE=1\nFDNAME=web");
}, { needs: ["python3"] });

test("storeDescriptors() refuses names that systemd would not take, and closed descriptors", async () => {
  const { reader, writer } = pipe();
  writer.close();
  using _reader = reader;
  for (const bad of ["", "a:b", "a\nb", "é", "x".repeat(256)]) {
    await assertRejects(() => storeDescriptors(bad, [reader]), TypeError);
    await assertRejects(() => removeStoredDescriptors(bad), TypeError);
  }
  await assertRejects(() => storeDescriptors("a", []), RangeError);
  await assertRejects(() => storeDescriptors("a", [writer]), ClosedError);
  assertEquals(await storeDescriptors("a", [reader]), false);
});
