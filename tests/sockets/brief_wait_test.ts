import { waitReadable } from "../../lib/core/mod.ts";
import { pipe } from "../../lib/pipes/mod.ts";
import { BriefWait } from "../../lib/sockets/brief_wait.ts";
import { listenDatagram } from "../../lib/sockets/mod.ts";
import { assert, assertEquals, EMULATED, test, within } from "../support/mod.ts";
import { bytes } from "./loopback.ts";

/** One that has seen `count` answers come soon. */
function quick(count: number): BriefWait {
  const brief = new BriefWait();
  for (let i = 0; i < count; i++) brief.turned(0.1);
  return brief;
}

test("BriefWait.readable() waits where answers come soon, and no more once one does not", async () => {
  using one = listenDatagram({ transport: "unixpacket" });
  const fd = one.fd.number;
  await one.send(bytes("x"), one.addr);
  assertEquals(quick(3).readable(fd), false);
  const slow = quick(3);
  slow.turned(0.3);
  assertEquals([slow.turned(0.1), slow.readable(fd)], [undefined, false]);
  const brief = quick(4);
  assertEquals(Array.from({ length: 3 }, () => brief.readable(fd)), [true, true, true]);
  await one.receive();
  const begun = performance.now();
  assertEquals(brief.readable(fd), false);
  const took = performance.now() - begun;
  assert(took >= 3 && took < within(50), `${took} ms`);
  await one.send(bytes("x"), one.addr);
  // It takes twice as many to be tried again.
  for (let i = 0; i < 8; i++) {
    assertEquals(brief.readable(fd), false);
    brief.turned(0.1);
  }
  assertEquals(brief.readable(fd), true);
}, { skip: EMULATED && "emulation is slow: nothing comes soon" });

test("BriefWait.readable() leaves the thread to others that wait", async () => {
  using one = listenDatagram({ transport: "unixpacket" });
  await one.send(bytes("x"), one.addr);
  const { reader, writer } = pipe();
  using _reader = reader;
  const brief = quick(4);
  const reading = waitReadable(reader);
  assertEquals(brief.readable(one.fd.number), false);
  writer.close();
  await reading;
  assertEquals(brief.readable(one.fd.number), true);
});

test("BriefWait.overdue once much was received without a turn of the event loop", () => {
  const brief = new BriefWait();
  const received = (count: number) => {
    for (let i = 0; i < count; i++) brief.count();
    return brief.overdue;
  };
  assertEquals(received(100), false);
  const begun = performance.now();
  while (performance.now() - begun < 12);
  assertEquals([received(1), received(8)], [false, true]);
  brief.turned(0);
  assertEquals(received(8), false);
});
