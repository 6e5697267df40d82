import { connect, getSocketOption, listen, poll, setSocketOption, socket } from "../../lib/sockets/mod.ts";
import { ClosedError } from "../../lib/core/mod.ts";
import { assert, assertEquals, assertThrows, denoSource, test } from "../support/mod.ts";
import { SocketFolder } from "./loopback.ts";

test("setSocketOption() and getSocketOption() work on Deno's sockets and on ours", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepting = listener.accept();
  using client = await Deno.connect({ hostname: "127.0.0.1", port: (listener.addr as Deno.NetAddr).port });
  using server = await accepting;
  assertEquals([listener, client].map((one) => getSocketOption(one, "SO_ACCEPTCONN")), [true, false]);
  setSocketOption(client, "TCP_NODELAY", true);
  client.setNoDelay(false);
  assertEquals(getSocketOption(client, "TCP_NODELAY"), false);
  // What Deno sets of one end is read of that end.
  server.setKeepAlive(true);
  assertEquals([client, server].map((one) => getSocketOption(one, "SO_KEEPALIVE")), [false, true]);
  server.close();
  assertThrows(() => setSocketOption(server, "SO_KEEPALIVE", true), ClosedError);
  using ours = socket("PF_INET", "SOCK_STREAM");
  setSocketOption(ours, "SO_KEEPALIVE", true);
  assertEquals(getSocketOption(ours, "SO_KEEPALIVE"), true);
});

test("setSocketOption() needs no permission beside Deno's own", async () => {
  const { stdout, stderr } = await denoSource(
    `import { getSocketOption, setSocketOption } from "vasty/mod.ts";
     const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
     setSocketOption(listener, "IP_TTL", 7);
     console.log(getSocketOption(listener, "IP_TTL"));
     listener.close();`,
    { flags: ["--allow-net=127.0.0.1"] },
  );
  assertEquals([stdout, stderr], ["7\n", ""]);
});

test("getSocketOption(), setSocketOption() and poll() take a Connection and a Listener by what they have as fd", async () => {
  using folder = new SocketFolder();
  const path = folder.next();
  using listener = await listen({ path });
  const waiting = poll([listener], { timeout: 5_000 });
  using client = await connect({ path });
  assert((await waiting).readable[0] === listener);
  using server = await listener.accept();
  setSocketOption(client, "SO_RCVBUF", 20_000);
  assertEquals([client, listener].map((one) => getSocketOption(one, "SO_ACCEPTCONN")), [false, true]);
  assertEquals(client.socket.getOption("SO_RCVBUF"), getSocketOption(client, "SO_RCVBUF"));
  await server.print("x");
  assert((await poll([client, server], { timeout: 5_000 })).readable[0] === client);
});
