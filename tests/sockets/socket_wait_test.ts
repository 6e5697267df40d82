import { ClosedError } from "../../lib/core/mod.ts";
import { again, tryUntil, tryUntilSync } from "../../lib/sockets/socket_wait.ts";
import { assertEquals, assertRejects, assertThrows, test } from "../support/mod.ts";
import { Connection } from "./loopback.ts";

test("again() calls until no signal interrupts", () => {
  const results = [-4, -4, 7];
  assertEquals([again(() => results.shift()!), again(() => -11)], [7, -11]);
});

test("tryUntil() tries when the socket is ready, and not before", async () => {
  using pair = new Connection("PF_UNIX", "SOCK_STREAM");
  const { client, server } = pair;
  let tries = 0;
  const attempt = () => ++tries > 1 ? tries : undefined;
  const waiting = tryUntil(server.fd, "read", attempt, {});
  assertEquals(tries, 1);
  await assertRejects(() => tryUntil(server.fd, "read", () => {}, { timeout: 5 }), DOMException, "5 ms");
  assertThrows(() => tryUntilSync(server.fd, "read", () => {}, { timeout: 5 }), DOMException, "5 ms");
  assertEquals(tries, 1);
  // One byte, which nobody reads: it is ready from now on.
  await client.send(new Uint8Array(1));
  assertEquals(await waiting, 2);
  assertEquals(tryUntilSync(server.fd, "write", () => "now", {}), "now");
  const end = tryUntil(client.fd, "read", () => undefined, {});
  client.close();
  await assertRejects(() => end, ClosedError);
});
