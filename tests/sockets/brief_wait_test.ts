import { waitReadable } from "../../lib/core/mod.ts";
import { pipe } from "../../lib/pipes/mod.ts";
import { BriefWait } from "../../lib/sockets/brief_wait.ts";
import { listenDatagram } from "../../lib/sockets/mod.ts";
import { assert, assertEquals, test, within } from "../support/mod.ts";
import { bytes } from "./loopback.ts";

test("BriefWait.readable() sees what is there, and is left out ever longer after it was in vain", async () => {
  using one = listenDatagram({ transport: "unixpacket" });
  const brief = new BriefWait();
  const fd = one.fd.number;
  const begun = performance.now();
  assertEquals(brief.readable(fd), false);
  assert(performance.now() - begun < within(50));
  await one.send(bytes("x"), one.addr);
  const tries = (count: number) => Array.from({ length: count }, () => brief.readable(fd));
  // Once left out, then it sees it, and is not left out any more.
  assertEquals(tries(3), [false, true, true]);
  await one.receive();
  assertEquals(brief.readable(fd), false);
  assertEquals(brief.readable(fd), false);
  assertEquals(brief.readable(fd), false);
  await one.send(bytes("x"), one.addr);
  assertEquals(tries(5), [false, false, false, true, true]);
});

test("BriefWait.readable() leaves the thread to others that wait", async () => {
  using one = listenDatagram({ transport: "unixpacket" });
  await one.send(bytes("x"), one.addr);
  const { reader, writer } = pipe();
  using _reader = reader;
  const brief = new BriefWait();
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
  while (performance.now() - begun < 5);
  assertEquals([received(1), received(8)], [false, true]);
  brief.turned();
  assertEquals(received(8), false);
});
