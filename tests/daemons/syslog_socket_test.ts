import { SyslogSocket } from "../../lib/daemons/syslog_socket.ts";
import { socket } from "../../lib/sockets/mod.ts";
import { assert, assertEquals, assertThrows, test } from "../support/mod.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

test("SyslogSocket sends datagrams, and finds a syslogd that was started anew", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/log`;
  using sender = new SyslogSocket(path);
  for (const round of ["one", "two"]) {
    using syslogd = socket("PF_UNIX", "SOCK_DGRAM");
    syslogd.bind({ path });
    sender.send(round);
    assertEquals(text(await syslogd.recv(100)), round);
    Deno.removeSync(path);
  }
  assertThrows(() => sender.send("nobody is there"), Deno.errors.NotFound);
  Deno.removeSync(folder);
});

test("SyslogSocket sends to a stream, each message with its end", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/log`;
  using listener = socket("PF_UNIX", "SOCK_STREAM");
  listener.bind({ path });
  listener.listen();
  using sender = new SyslogSocket(path);
  sender.send("one");
  sender.send("two");
  using accepted = (await listener.accept()).socket;
  assertEquals(text(await accepted.recv(100)), "one\0two\0");
  // It goes, and another one comes.
  accepted.close();
  sender.send("three");
  using again = (await listener.accept()).socket;
  assertEquals(text(await again.recv(100)), "three\0");
  Deno.removeSync(folder, { recursive: true });
});

test("SyslogSocket waits for a busy syslogd once, and for a moment", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/log`;
  using syslogd = socket("PF_UNIX", "SOCK_DGRAM");
  syslogd.bind({ path });
  using sender = new SyslogSocket(path);
  let sent = 0;
  const started = performance.now();
  assertThrows(
    () => {
      for (;; sent++) sender.send("x");
    },
    DOMException,
    "Timed out",
  );
  for (let i = 0; i < 100; i++) assertThrows(() => sender.send("x"), Deno.errors.WouldBlock);
  assert(performance.now() - started < 5_000);
  for (let i = 0; i < sent; i++) await syslogd.recv(10);
  sender.send("there is room");
  assertEquals(text(await syslogd.recv(100)), "there is room");
  Deno.removeSync(folder, { recursive: true });
});

test("SyslogSocket waits once for a syslogd that accepts nothing", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/log`;
  using listener = socket("PF_UNIX", "SOCK_STREAM");
  listener.bind({ path });
  listener.listen(0);
  // Its queue has one place.
  using first = socket("PF_UNIX", "SOCK_STREAM");
  first.connectSync({ path });
  using sender = new SyslogSocket(path);
  assertThrows(() => sender.connect(), DOMException, "after 100 ms");
  for (let i = 0; i < 10; i++) assertThrows(() => sender.send("x"), DOMException, "after 0 ms");
  (await listener.accept()).socket.close();
  sender.send("there is room");
  using accepted = (await listener.accept()).socket;
  assertEquals(text(await accepted.recv(100)), "there is room\0");
  Deno.removeSync(folder, { recursive: true });
});

test("SyslogSocket cuts what is too long for a datagram", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/log`;
  using syslogd = socket("PF_UNIX", "SOCK_DGRAM");
  syslogd.bind({ path });
  using sender = new SyslogSocket(path);
  sender.send("x".repeat(10_000_000));
  assertEquals((await syslogd.recv(10_000)).length, 2_048);
  Deno.removeSync(folder, { recursive: true });
});
