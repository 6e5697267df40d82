import { ClosedError, Fd } from "../../lib/core/mod.ts";
import { InheritedSocket } from "../../lib/servers/mod.ts";
import { connect, listen, socket } from "../../lib/sockets/mod.ts";
import { assert, assertEquals, assertThrows, test } from "../support/mod.ts";

test("InheritedSocket becomes what it is, and nothing else", async () => {
  using web = await listen({ hostname: "127.0.0.1" });
  const inherited = new InheritedSocket("web", "systemd", web.fd.duplicate());
  assertEquals([inherited.name, inherited.from, inherited.kind?.listening], ["web", "systemd", true]);
  assertThrows(() => inherited.connection(), TypeError, "is a listening socket, not a connection");
  assert(!inherited.closed);
  using listener = inherited.listener();
  assertEquals([inherited.closed, listener.addr], [true, inherited.address]);
  inherited.close();
  assert(!listener.closed);
  assertThrows(() => inherited.socket(), ClosedError);
  using client = await connect(listener.addr as { hostname: string; port: number });
  using server = await web.accept();
  using connection = new InheritedSocket("c", "inetd", server.fd.duplicate()).connection();
  assert(!client.closed && !connection.closed);
});

test("InheritedSocket can be any socket, be released, and be closed", () => {
  using udp = socket("PF_INET", "SOCK_DGRAM");
  using one = new InheritedSocket("u", "systemd", udp.fd.duplicate()).socket();
  assertEquals(one.type, "SOCK_DGRAM");
  const second = new InheritedSocket("u", "systemd", udp.fd.duplicate());
  using released = Fd.adopt(second.release());
  assert(second.closed && !released.closed);
  const third = new InheritedSocket("u", "systemd", udp.fd.duplicate());
  third[Symbol.dispose]();
  assertThrows(() => third.fd.number, ClosedError);
});
