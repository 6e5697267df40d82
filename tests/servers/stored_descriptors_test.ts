import { pipe } from "../../lib/core/pipe.ts";
import { ClosedError, SyscallError } from "../../lib/core/mod.ts";
import { removeStoredDescriptors, storeDescriptors } from "../../lib/servers/mod.ts";
import { listen, receiveFds, socket } from "../../lib/sockets/mod.ts";
import { SocketFolder } from "../sockets/loopback.ts";
import { assert, assertEquals, assertRejects, assertThrows, test, within } from "../support/mod.ts";
import { linkOf } from "../support/proc.ts";
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

test("storeDescriptors() stores what it was given, also if that is closed while the supervisor has no room", async () => {
  using folder = new SocketFolder();
  const path = folder.next();
  using supervisor = socket("PF_UNIX", "SOCK_DGRAM");
  supervisor.bind({ path });
  using crowd = socket("PF_UNIX", "SOCK_DGRAM");
  let messages = 0;
  const error = assertThrows(() => {
    for (;; messages++) crowd.sendSync(Uint8Array.of(1), { to: { path }, flags: ["MSG_DONTWAIT"] });
  }, SyscallError);
  assertEquals(error.code, "EAGAIN");
  using stack = new DisposableStack();
  stack.defer(() => Deno.env.delete("NOTIFY_SOCKET"));
  Deno.env.set("NOTIFY_SOCKET", path);
  const listener = await listen({ hostname: "127.0.0.1" });
  const its = linkOf(`/proc/self/fd/${listener.fd.number}`);
  const stored = storeDescriptors("web", [listener]);
  assertEquals(await Promise.race([stored, new Promise((turn) => setTimeout(turn, 0, "waits"))]), "waits");
  listener.close();
  // Other files get the number that is free.
  for (let i = 0; i < 20; i++) stack.use(Deno.openSync("/dev/null"));
  for (; messages > 0; messages--) await supervisor.recv(1);
  assert(await stored);
  const { fds } = await receiveFds(supervisor, { timeout: within(5_000) });
  for (const fd of fds) stack.use(fd);
  assertEquals(fds.map(({ number }) => linkOf(`/proc/self/fd/${number}`)), [its]);
});
