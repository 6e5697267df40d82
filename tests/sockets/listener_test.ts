import { connect, Connection, listen, Listener, poll, Socket, socket } from "../../lib/sockets/mod.ts";
import { ownFile } from "../../lib/sockets/listener.ts";
import { SocketFile } from "../../lib/sockets/socket_file.ts";
import { ClosedError } from "../../lib/core/mod.ts";
import { pipe } from "../../lib/core/pipe.ts";
import { assert, assertEquals, assertRejects, assertThrows, denoSource, test } from "../support/mod.ts";
import { SocketFolder } from "./loopback.ts";

test("Listener gives connections in a loop, which close() ends", async () => {
  const listener = await listen({ hostname: "127.0.0.1" });
  const { port } = listener.addr as Deno.NetAddr;
  let served = 0;
  const serving = (async () => {
    for await (const connection of listener) {
      using one = connection;
      await one.writeLine(`${++served}`);
    }
  })();
  for (const expected of ["1", "2", "3"]) {
    using client = await connect({ port });
    assertEquals(await client.readLine({ timeout: 5_000 }), expected);
  }
  assert(!listener.closed);
  listener.close();
  listener.close();
  await serving;
  assert(listener.closed);
  await assertRejects(() => listener.accept(), ClosedError);
  assertEquals((listener.addr as Deno.NetAddr).port, port);
});

test("Listener.accept() that is given up takes nothing; poll() sees who waits", async () => {
  using listener = await listen({ hostname: "127.0.0.1" });
  const { port } = listener.addr as Deno.NetAddr;
  await assertRejects(() => listener.accept({ timeout: 5 }), DOMException, "5 ms");
  assertEquals((await poll([listener], { timeout: 0 })).readable.length, 0);
  using _client = await connect({ port });
  assertEquals((await poll([listener], { timeout: 1_000 })).readable, [listener]);
  using _server = await listener.accept();
});

test("Listener does not keep the program alive once it is unref'd", async () => {
  const { code, stderr } = await denoSource(
    `import { listen } from "vasty/lib/sockets/mod.ts";
     const listener = await listen({ hostname: "127.0.0.1" });
     listener.accept();
     listener.ref();
     listener.unref();`,
    { flags: ["--allow-net=127.0.0.1"] },
  );
  assertEquals([code, stderr], [0, ""]);
});

test("Listener.accept() without a free descriptor leaves the connection in the queue", async () => {
  const { stdout, stderr } = await denoSource(
    `import { connect, listen, socket } from "vasty/lib/sockets/mod.ts";
     using listener = await listen({ hostname: "127.0.0.1" });
     using client = await connect({ port: listener.addr.port });
     const spare = [];
     try { for (;;) spare.push(socket("PF_INET", "SOCK_STREAM")); } catch {}
     await listener.accept().catch((error) => console.log(error.code));
     for (const one of spare) one.close();
     using server = await listener.accept({ timeout: 1_000 });
     await server.writeLine("late");
     console.log(await client.readLine());`,
    { flags: ["--allow-net=127.0.0.1"], under: ["prlimit", "--nofile=96"] },
  );
  assertEquals([stdout, stderr], ["EMFILE\nlate\n", ""]);
}, { needs: ["prlimit"] });

test("new Listener() and Listener.fromFd() take sockets that listen for streams alone", async () => {
  using folder = new SocketFolder();
  using listening = folder.listener("PF_UNIX", "SOCK_STREAM");
  using packets = folder.listener("PF_UNIX", "SOCK_SEQPACKET");
  using fresh = socket("PF_INET", "SOCK_STREAM");
  for (
    const [one, nature] of [
      [packets, "a listening seqpacket socket"],
      [fresh, "a stream socket that is not connected"],
    ] as const
  ) {
    const words = `Descriptor ${one.fd.number} is ${nature}, not a listening socket`;
    assertThrows(() => new Listener(one), TypeError, words);
    assertThrows(() => Listener.fromFd(one.fd), TypeError, words);
    assert(!one.closed);
  }
  const { reader, writer } = pipe();
  assertThrows(() => Listener.fromFd(reader));
  reader.close();
  writer.close();
  using listener = Listener.fromFd(listening.fd.duplicate());
  assertEquals(listener.addr, listening.getsockname());
  using _client = await connect({ path: (listener.addr as Deno.UnixAddr).path });
  using server = await listener.accept();
  assert(server instanceof Connection && server.socket instanceof Socket);
});

test("Connection.fromFd() takes connections alone", async () => {
  using listener = await listen({ hostname: "127.0.0.1" });
  const { number } = listener.fd;
  const words = `Descriptor ${number} is a listening socket, not a connection`;
  assertThrows(() => Connection.fromFd(listener.fd), TypeError, words);
  assertThrows(() => Connection.fromFd(number), TypeError, words);
  using client = await connect({ port: (listener.addr as Deno.NetAddr).port });
  using accepted = await listener.accept();
  const fd = accepted.socket.release();
  assertThrows(() => Connection.fromFd(fd, { lineEnd: "" }), TypeError);
  assert(!fd.closed);
  using server = Connection.fromFd(fd, { lineEnd: "\n" });
  await server.writeLine("adopted");
  assertEquals(await client.readLine(), "adopted");
});

test("Listener removes its file, but none of another's, and none when it was released", async () => {
  using folder = new SocketFolder();
  const path = folder.next();
  const files = () => [...Deno.readDirSync(folder.path)].length;
  (await listen({ path })).close();
  assertEquals(files(), 0);
  const robbed = await listen({ path });
  Deno.removeSync(path);
  using heir = await listen({ path });
  robbed.close();
  assertEquals(files(), 1);
  const released = await listen({ path: folder.next() });
  released.socket.release().close();
  released.close();
  assertEquals([files(), released.closed], [2, true]);
  ownFile(heir, new SocketFile(`${path}.none`));
  heir.close();
  assertEquals(files(), 2);
});
