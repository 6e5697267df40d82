import { Connection, socket } from "../../lib/sockets/mod.ts";
import { checkOpen, partsOf, takeTurn } from "../../lib/sockets/connection_base.ts";
import { ClosedError, SyscallError } from "../../lib/core/mod.ts";
import { assert, assertEquals, assertRejects, assertThrows, denoSource, test } from "../support/mod.ts";
import { Pair, STREAMS } from "./connections.ts";

for (const domain of STREAMS) {
  test(`ConnectionBase of ${domain}: addresses are known after the end, and traffic is counted`, async () => {
    using pair = new Pair(domain);
    const { client, server } = pair;
    assertEquals([client.remoteAddr, client.localAddr], [server.localAddr, server.remoteAddr]);
    await client.print("abc");
    await server.readBytes(1);
    assertEquals([client.bytesWritten, server.bytesRead, server.bytesWritten], [3, 3, 0]);
    assertEquals([client.fd.number, client.closed], [client.socket.fd.number, false]);
    server.close();
    client.close();
    assertEquals([client.remoteAddr, client.closed], [server.localAddr, true]);
    assertThrows(() => client.fd.number, ClosedError);
  });
}

test("ConnectionBase: a socket without a peer has no remote address", () => {
  using connection = new Connection(socket("PF_INET", "SOCK_STREAM"));
  assertThrows(() => connection.remoteAddr, SyscallError, "ENOTCONN");
});

test("ConnectionBase: a turn checks its limit and its connection before it begins", async () => {
  using pair = new Pair("PF_UNIX");
  const { client } = pair;
  const aborted = AbortSignal.abort("before");
  const never = () => assert(false);
  assertEquals(
    await (async () => await takeTurn(client, "reading", { signal: aborted }, never))().catch((reason) => reason),
    "before",
  );
  assertThrows(() => takeTurn(client, "reading", { timeout: -1 }, never), RangeError);
  const first = client.readLine();
  const second = takeTurn(client, "reading", {}, never);
  assert(!partsOf(client).reading.idle && partsOf(client).writing.idle);
  client.close();
  for (const turn of [first, second]) await assertRejects(() => turn as Promise<unknown>, ClosedError);
  assertThrows(() => checkOpen(client), ClosedError);
});

test("ConnectionBase: unref() lets a program end that waits for lines, one behind the other", async () => {
  const { stdout, stderr, code } = await denoSource(
    `import { Connection, socket } from "vasty/lib/sockets/mod.ts";
     const listener = socket("PF_UNIX", "SOCK_STREAM");
     listener.bind({ path: "\\0vasty-unref-" + Deno.pid });
     listener.listen();
     const one = socket("PF_UNIX", "SOCK_STREAM");
     await one.connect(listener.getsockname());
     const connection = new Connection(one);
     connection.unref();
     for (const timeout of [undefined, 600_000]) connection.readLine({ timeout }).finally(() => console.log("over"));
     console.log("end");`,
    { flags: ["--allow-net", "--allow-read", "--allow-write"] },
  );
  assertEquals([stdout, stderr, code], ["end\n", "", 0]);
});
