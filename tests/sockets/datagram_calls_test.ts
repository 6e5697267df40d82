import { ERRNO } from "../../ffi/abi/errno.ts";
import { DatagramCalls, LONGEST } from "../../lib/sockets/datagram_calls.ts";
import { assertEquals, assertThrows, test } from "../support/mod.ts";
import { bytes, DATAGRAMS, portOf, SocketFolder } from "./loopback.ts";

for (const [domain] of DATAGRAMS) {
  test(`DatagramCalls of ${domain} do one thing each, and tell -EAGAIN`, () => {
    using folder = new SocketFolder();
    using one = folder.bound(domain, "SOCK_DGRAM");
    using two = folder.bound(domain, "SOCK_DGRAM");
    const [first, second] = [new DatagramCalls(one), new DatagramCalls(two)];
    const target = new Uint8Array(2);
    assertEquals(second.receive(target), -ERRNO.EAGAIN);
    for (const from of [first, first, second, first]) {
      assertEquals(from.send(bytes("abc"), two.getsockname()), 3);
      assertEquals([second.receive(target), [...target]], [3, [97, 98]]);
      assertEquals(second.sender, (from === first ? one : two).getsockname());
    }
    // What is handed out is the caller's to change.
    Object.assign(second.sender, { port: 1, path: "" });
    assertEquals(second.sender, one.getsockname());
  });
}

test("DatagramCalls.send() goes to the address as it is now, whatever it went to before", () => {
  using folder = new SocketFolder();
  using one = folder.bound("PF_INET", "SOCK_DGRAM");
  using two = folder.bound("PF_INET", "SOCK_DGRAM");
  const [first, second] = [new DatagramCalls(one), new DatagramCalls(two)];
  const to = { hostname: "127.0.0.1", port: portOf(one.getsockname()) };
  const target = new Uint8Array(9);
  first.send(bytes("1"), to);
  to.port = portOf(two.getsockname());
  first.send(bytes("22"), to);
  assertEquals([first.receive(target), second.receive(target)], [1, 2]);
  assertThrows(() => first.send(bytes("3"), { ...to, port: -1 }), RangeError);
  assertThrows(() => first.send(bytes("3"), null as never), TypeError);
  assertEquals([first.send(bytes("4"), to), second.receive(target)], [1, 1]);
});

test("DatagramCalls.room() is as long as the next datagram, where that may be longer than those of UDP", () => {
  using folder = new SocketFolder();
  using one = folder.bound("PF_UNIX", "SOCK_DGRAM");
  const calls = new DatagramCalls(one);
  assertEquals(calls.room().length, LONGEST);
  calls.send(new Uint8Array(LONGEST + 1), one.getsockname());
  assertEquals([calls.room().length, calls.receive(calls.room())], [LONGEST + 1, LONGEST + 1]);
});
