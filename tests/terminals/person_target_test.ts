import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { fcntl } from "../../ffi/fcntl.ts";
import { borrowed } from "../../lib/terminals/person_target.ts";
import { openPty, pipe } from "../../mod.ts";
import { assert, assertEquals, test } from "../support/mod.ts";

const blocks = (fd: number) => (fcntl(fd, FCNTL.F_GETFL, 0) & FCNTL.O_NONBLOCK) === 0;

test("borrowed() opens a terminal once more, and leaves the one that was given blocking", () => {
  using pty = openPty();
  assert(blocks(pty.slave.number));
  {
    using own = borrowed(pty.slave, "read");
    assert(own.own && own.fd.number !== pty.slave.number && !blocks(own.fd.number));
  }
  assert(blocks(pty.slave.number) && !pty.slave.closed);
});

test("borrowed() takes a pipe, and the master of a pty, as they are", () => {
  const { reader, writer } = pipe();
  using pty = openPty();
  for (const fd of [reader, pty.master]) {
    using given = borrowed(fd, "read");
    assertEquals([given.own, given.fd.number], [false, fd.number]);
  }
  using number = borrowed(writer.number, "write");
  assertEquals([number.own, number.fd.number], [false, writer.number]);
  reader.close();
  writer.close();
});
