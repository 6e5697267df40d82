import { SyscallError } from "../../lib/core/mod.ts";
import { type DatagramSocket, listenDatagram } from "../../lib/sockets/mod.ts";
import { assertEquals, assertRejects, assertThrows, test, within } from "../support/mod.ts";
import { bytes, portOf, text } from "./loopback.ts";

const GROUP = "239.255.17.1";

/** A socket at `port` that shares it, and hears what this machine sends. */
const sharing = (port = 0, hostname = "0.0.0.0") =>
  listenDatagram({ transport: "udp", hostname, port, reuseAddress: true, loopback: true });

/** What it hears next, or nothing. */
async function heard(one: DatagramSocket, timeout = within(1_000)): Promise<string> {
  try {
    return text((await one.receive(undefined, { timeout }))[0]);
  } catch (error) {
    return (error as Error).name;
  }
}

test("DatagramSocket.broadcast says whether broadcast addresses may be sent to", async () => {
  using one = sharing();
  using other = sharing(portOf(one.addr));
  const to = { hostname: "127.255.255.255", port: portOf(one.addr) };
  await one.send(bytes("all"), to);
  assertEquals([await heard(one), await heard(other)], ["all", "all"]);
  one.broadcast = false;
  assertEquals((await assertRejects(() => one.send(bytes("all"), to), SyscallError)).code, "EACCES");
  one.broadcast = true;
  assertEquals([one.broadcast, await one.send(bytes("all"), to)], [true, 3]);
});

test("DatagramSocket.joinMulticastV4() has all members hear, until they leave", async () => {
  using one = sharing();
  using other = sharing(portOf(one.addr));
  using sender = sharing();
  sender.multicastInterface = "127.0.0.1";
  const to = { hostname: GROUP, port: portOf(one.addr) };
  const membership = await one.joinMulticastV4(GROUP, "127.0.0.1");
  await other.joinMulticastV4(GROUP, 1);
  await sender.send(bytes("first"), to);
  assertEquals([await heard(one), await heard(other)], ["first", "first"]);
  // What is sent to one member alone.
  one.socket.setOption("IP_MULTICAST_ALL", false);
  await membership.leave();
  await sender.send(bytes("second"), to);
  assertEquals([await heard(other), await heard(one, 20)], ["second", "TimeoutError"]);
});

test("DatagramSocket.joinMulticastV4() tells a datagram's group, and answers from its own address", async () => {
  using one = listenDatagram({ transport: "udp", port: 0, destination: true });
  using sender = sharing(0, "127.0.0.1");
  sender.multicastInterface = 1;
  await one.joinMulticastV4(GROUP, "127.0.0.1");
  await sender.send(bytes("who?"), { hostname: GROUP, port: portOf(one.addr) });
  const question = await one.receiveDatagram({ timeout: within(1_000) });
  assertEquals([question.localAddress?.hostname, question.interface], [GROUP, 1]);
  await question.reply(bytes("me"));
  const [answer, from] = await sender.receive(undefined, { timeout: within(1_000) });
  assertEquals([text(answer), from], ["me", { ...one.addr, hostname: "127.0.0.1" }]);
});

test("DatagramSocket: the options of multicast are of the socket's family", () => {
  using four = sharing();
  using six = sharing(0, "::1");
  for (const one of [four, six]) {
    assertEquals([one.multicastTTL, one.multicastLoopback], [1, true]);
    one.multicastTTL = 7;
    one.multicastLoopback = false;
    assertEquals([one.multicastTTL, one.multicastLoopback], [7, false]);
    assertThrows(() => one.multicastTTL = 256, SyscallError, "(EINVAL, setsockopt)");
  }
  assertEquals([four.multicastInterface, six.multicastInterface], ["0.0.0.0", 0]);
  four.multicastInterface = "127.0.0.1";
  six.multicastInterface = 1;
  assertEquals([four.multicastInterface, six.multicastInterface], ["127.0.0.1", 1]);
  assertThrows(() => six.multicastInterface = "::1", TypeError, "by its index");
  using unix = listenDatagram({ transport: "unixpacket" });
  assertThrows(() => unix.multicastTTL, SyscallError);
});
