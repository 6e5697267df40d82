import {
  addressError,
  addressWords,
  peerError,
  remarked,
  reworded,
  socketError,
} from "../../lib/sockets/socket_errors.ts";
import { assert, assertEquals, test } from "../support/mod.ts";

test("addressError() names what it is about, and a path as such", () => {
  const error = addressError("connect to", { hostname: "127.0.0.1", port: 9 }, -111, "connect");
  assertEquals([error.message, error.address, error.path], [
    "Cannot connect to 127.0.0.1:9: connection refused (ECONNREFUSED, connect)",
    "127.0.0.1:9",
    undefined,
  ]);
  const unix = addressError("bind to", { path: "/run/x" }, -98, "bind");
  assertEquals([unix.message, unix.address, unix.path], [
    `Cannot bind to "/run/x": address already in use (EADDRINUSE, bind)`,
    "/run/x",
    "/run/x",
  ]);
  assertEquals(addressError("bind to", { path: "\0x" }, -98, "bind").path, undefined);
});

test("addressWords() quotes paths; socketError() has the descriptor", () => {
  assertEquals(
    [{ hostname: "::1", port: 1 }, { path: "a b" }, { path: "\0x" }].map(addressWords),
    ["[::1]:1", `"a b"`, `"@x"`],
  );
  assertEquals(socketError("receive from", 7, -104, "recv").fd, 7);
});

test("peerError() has the peer beside the descriptor, where that has a name", () => {
  const error = peerError("receive from", 7, { hostname: "::1", port: 80 }, -104, "recv");
  assertEquals([error.message, error.address, error.fd], [
    "Cannot receive from [::1]:80: connection reset by peer (ECONNRESET, recv)",
    "[::1]:80",
    7,
  ]);
  assertEquals(peerError("send to", 7, { path: "/run/x" }, -32, "sendto").path, "/run/x");
  assertEquals(
    peerError("send to", 7, undefined, -32, "sendto").message,
    "Cannot send to socket 7: broken pipe (EPIPE, sendto)",
  );
});

test("remarked() says more, and so does the stack", () => {
  const error = remarked(addressError("bind to", { path: "/run/x" }, -98, "bind"), "a FIFO is there");
  assertEquals(error.message, `Cannot bind to "/run/x": address already in use (EADDRINUSE, bind): a FIFO is there`);
  assert(error.stack?.includes(error.message) && error instanceof Deno.errors.AddrInUse);
  assertEquals(reworded(error, "other words").message, "other words");
});
