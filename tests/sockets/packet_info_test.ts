import { IncomingBatch } from "../../ffi/message_batch.ts";
import { askForInfo, INFO_ROOM, infoIn, PacketInfo4, PacketInfo6 } from "../../lib/sockets/packet_info.ts";
import { inetPton, socket } from "../../lib/sockets/mod.ts";
import { assertEquals, test } from "../support/mod.ts";
import { bytes, SocketFolder } from "./loopback.ts";

test("askForInfo() has the kernel tell where datagrams were sent to, of IPv4, IPv6, and not of Unix", async () => {
  using folder = new SocketFolder();
  for (const domain of ["PF_INET", "PF_INET6", "PF_UNIX"] as const) {
    using one = folder.bound(domain, "SOCK_DGRAM");
    const batch = new IncomingBatch(2, 10, INFO_ROOM);
    await one.send(bytes("x"), { to: one.getsockname() });
    assertEquals([batch.receive(one.fd.number, 2), infoIn(batch, 0)], [1, undefined]);
    askForInfo(one);
    await one.send(bytes("x"), { to: one.getsockname() });
    assertEquals(batch.receive(one.fd.number, 2), 1);
    const hostname = { PF_INET: "127.0.0.1", PF_INET6: "::1", PF_UNIX: undefined }[domain];
    assertEquals([infoIn(batch, 0)?.hostname, infoIn(batch, 0)?.interface], [hostname, hostname && 1]);
  }
});

test("infoIn() finds it among other control messages", async () => {
  using one = socket("PF_INET", "SOCK_DGRAM");
  one.bind({ hostname: "127.0.0.1", port: 0 });
  for (const option of ["IP_RECVTTL", "IP_RECVTOS", "IP_PKTINFO"] as const) one.setOption(option, true);
  await one.send(bytes("x"), { to: one.getsockname() });
  const batch = new IncomingBatch(1, 10, INFO_ROOM);
  batch.receive(one.fd.number, 1);
  assertEquals(infoIn(batch, 0)?.hostname, "127.0.0.1");
});

test("PacketInfo4 answers from the address that stands for a group, if there is one", () => {
  const answer = (source: number, destination: number) => {
    const info = new PacketInfo4(3, source, destination);
    return [info.hostname, info.answer && [...info.answer.data]];
  };
  assertEquals(answer(0x0a000001, 0xe0000001), ["224.0.0.1", [0, 0, 0, 0, 10, 0, 0, 1, 0, 0, 0, 0]]);
  assertEquals(answer(0, 0x7f000002), ["127.0.0.2", [0, 0, 0, 0, 127, 0, 0, 2, 0, 0, 0, 0]]);
  assertEquals(answer(0, 0xffffffff), ["255.255.255.255", undefined]);
});

test("PacketInfo6 names the interface where the address alone does not tell it", () => {
  const answer = (destination: string) => {
    const info = new PacketInfo6(3, inetPton("AF_INET6", destination)!);
    const { data } = info.answer;
    return [info.isLocalToLink, data.slice(0, 16).some((byte) => byte !== 0), data[16]];
  };
  assertEquals(answer("2001:db8::1"), [false, true, 0]);
  assertEquals(answer("fe80::1"), [true, true, 3]);
  assertEquals(answer("ff02::1"), [true, false, 3]);
});
