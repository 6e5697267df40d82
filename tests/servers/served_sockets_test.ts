import { openAll, takesDatagrams } from "../../lib/servers/served_sockets.ts";
import { listen, listenDatagram } from "../../lib/sockets/mod.ts";
import { SocketFolder } from "../sockets/loopback.ts";
import { assertEquals, denoSource, test } from "../support/mod.ts";

test("openAll() opens each address by its kind, in their order, and replaces stale files", async () => {
  using folder = new SocketFolder();
  const [stream, datagram] = [folder.next(), folder.next()];
  // A program that ends without closing leaves its files.
  await denoSource(
    `import { listen, listenDatagram } from "vasty/mod.ts";
    await listen({ path: Deno.args[0] });
    listenDatagram({ transport: "unixpacket", path: Deno.args[1] });
    Deno.exit();`,
    { args: [stream, datagram], flags: ["--allow-net", `--allow-read=${folder.path}`, `--allow-write=${folder.path}`] },
  );
  assertEquals([...Deno.readDirSync(folder.path)].length, 2);
  const sockets = await openAll([{ path: stream }, { transport: "unixpacket", path: datagram }]);
  assertEquals(sockets.map(({ addr }) => addr), [
    { transport: "unix", path: stream },
    { transport: "unixpacket", path: datagram },
  ]);
  for (const socket of sockets) socket.close();
  assertEquals([...Deno.readDirSync(folder.path)], []);
});

test("takesDatagrams() tells by the transport, or by the socket", async () => {
  using listener = await listen({ hostname: "127.0.0.1" });
  using socket = listenDatagram({ transport: "unixpacket" });
  assertEquals([listener, socket, { port: 0 }, { path: "a" }].map(takesDatagrams), [false, true, false, false]);
  assertEquals(takesDatagrams({ transport: "unixpacket", path: "a" }), true);
});
