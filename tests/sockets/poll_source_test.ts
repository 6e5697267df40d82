import { POLL_PRIORITY, POLL_READ, POLL_WRITE } from "../../ffi/poll.ts";
import { pipe, socketpair } from "../../lib/pipes/mod.ts";
import { spawn } from "../../lib/processes/mod.ts";
import { Watched } from "../../lib/sockets/poll_source.ts";
import { assert, assertEquals, test } from "../support/mod.ts";

test("Watched waits for reading, where nothing else is asked for", () => {
  for (const item of [0, { source: 0 }, { source: 0, write: false }, { source: 0, read: true }]) {
    assertEquals(new Watched(item).events, POLL_READ);
  }
  assertEquals(new Watched({ source: 0, write: true }).events, POLL_WRITE);
  assertEquals(new Watched({ source: 0, priority: true }).events, POLL_PRIORITY);
  assertEquals(new Watched({ source: 0, read: false }).events, 0);
  assertEquals(new Watched({ source: 0, read: true, write: true }).events, POLL_READ | POLL_WRITE);
});

test("Watched knows the descriptor of each kind of source", async () => {
  const { reader, writer } = pipe();
  const [left, right] = socketpair();
  await using child = spawn(["cat"], { stdin: "piped", stdout: "piped" });
  assertEquals(new Watched(reader).state, { fd: reader.number, ready: false });
  assertEquals(new Watched(writer.number).state, { fd: writer.number, ready: false });
  assertEquals(new Watched({ fd: reader }).state, { fd: reader.number, ready: false });
  assertEquals(new Watched(left).state, { fd: left.fd.number, ready: false });
  assertEquals(new Watched(child.stdout).state.ready, false);
  assert(new Watched(child).state.wait !== undefined);
  for (const end of [reader, writer, left, right]) end.close();
});

test("Watched begins one wait for a descriptor, and another for what only its owner can wait for", async () => {
  const { reader, writer } = pipe();
  await using child = spawn(["cat"], { stdin: "piped" });
  for (const source of [reader, { source: writer, read: true, write: true }, child]) {
    const waits = new Watched<typeof reader | typeof child>(source).begin();
    assertEquals(waits.length, 1);
    for (const wait of waits) wait.cancel();
    await Promise.all(waits.map((wait) => wait.result));
  }
  reader.close();
  writer.close();
});
