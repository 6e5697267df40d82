import { ClosedError } from "../../lib/core/mod.ts";
import { Packets } from "../../lib/pipes/packets.ts";
import { type SocketEnd, socketpair, type SocketType } from "../../lib/pipes/mod.ts";
import { assertEquals, assertRejects, test } from "../support/mod.ts";

/** One end to write to, and packets at the other. */
function pair(type: SocketType): { end: SocketEnd; other: SocketEnd; packets: Packets } {
  const [end, other] = socketpair({ type });
  return { end, other, packets: new Packets(other.fd, type === "seqpacket") };
}

for (const type of ["seqpacket", "datagram"] as const) {
  test(`Packets.next() gives each packet of a ${type} socket whole, whatever its size`, async () => {
    const { end, other, packets } = pair(type);
    using _end = end;
    using _other = other;
    const writer = end.writable.getWriter();
    for (const size of [1, 200_000, 70_000, 2]) {
      const next = packets.next();
      await writer.write(new Uint8Array(size).fill(size));
      const packet = await next;
      assertEquals(packet?.length, size);
      assertEquals(packet?.every((byte) => byte === size % 256), true);
    }
  });

  test(`Packets.next() of a ${type} socket ends with ClosedError when it is closed here`, async () => {
    const { end, other, packets } = pair(type);
    using _end = end;
    const next = packets.next();
    other.close();
    await assertRejects(() => next, ClosedError);
    await assertRejects(() => packets.next(), ClosedError);
  });
}

test("Packets.next() gives null at the end of a seqpacket socket, after what was written", async () => {
  const { end, other, packets } = pair("seqpacket");
  using _other = other;
  await end.writable.getWriter().write(Uint8Array.of(1));
  end.close();
  assertEquals([await packets.next(), await packets.next(), await packets.next()], [Uint8Array.of(1), null, null]);
});
