import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { newPipe } from "../../ffi/descriptors.ts";
import { fcntl } from "../../ffi/fcntl.ts";
import { close } from "../../ffi/unistd.ts";
import { ClosedError, SyscallError } from "../../lib/core/errors.ts";
import { Fd } from "../../lib/core/fd.ts";
import { waitReadable } from "../../lib/core/readiness.ts";
import { assert, assertEquals, assertRejects, assertThrows, test } from "../support/mod.ts";

function isOpen(fd: number): boolean {
  return fcntl(fd, FCNTL.F_GETFD, 0) >= 0;
}

/** Both ends of a new pipe. */
function pair(): [reader: Fd, writer: Fd] {
  const [reader, writer] = newPipe() as [number, number];
  return [Fd.adopt(reader), Fd.adopt(writer)];
}

test("Fd.close() closes once, and forgets the number", () => {
  const [reader, writer] = pair();
  const number = reader.number;
  reader.close();
  assertEquals([isOpen(number), reader.closed], [false, true]);
  // Another file gets the number, and is not closed by the second close().
  const copy = fcntl(writer.number, FCNTL.F_DUPFD_CLOEXEC, number);
  assertEquals(copy, number);
  reader.close();
  reader[Symbol.dispose]();
  assert(isOpen(number));
  close(copy);
  writer.close();
});

test("Fd throws a ClosedError wherever its number is asked for after the end", () => {
  const [reader, writer] = pair();
  reader.close();
  close(writer.release());
  for (const fd of [reader, writer]) {
    for (const use of [() => fd.number, () => fd.duplicate(), () => fd.release()]) assertThrows(use, ClosedError);
  }
});

test("Fd is closed at the end of its block", () => {
  let number: number;
  {
    const [reader, writer] = pair();
    using _reader = reader;
    using _writer = writer;
    number = reader.number;
    assert(isOpen(number));
  }
  assertEquals(isOpen(number), false);
});

test("Fd.release() gives the number away, open", () => {
  const [reader, writer] = pair();
  const number = reader.release();
  reader.close();
  assertEquals([isOpen(number), reader.closed], [true, true]);
  close(number);
  writer.close();
});

test("Fd.duplicate() is a second owner of the same file, close-on-exec and above 2", () => {
  const [reader, writer] = pair();
  const copy = reader.duplicate();
  reader.close();
  assertEquals(fcntl(copy.number, FCNTL.F_GETFD, 0), FCNTL.FD_CLOEXEC);
  assert(copy.number > 2);
  copy.close();
  writer.close();
});

test("Fd.adopt() refuses what is no descriptor before any system call", () => {
  for (const number of [-1, 1.5, NaN, Infinity, 2 ** 31, -0.5]) {
    const error = assertThrows(() => Fd.adopt(number), RangeError);
    assertEquals(error.message, `A descriptor is an integer from 0 on, not ${number}`);
  }
  assertThrows(() => Fd.adopt("3" as unknown as number), RangeError);
});

test("Fd.adopt() says that a descriptor is not open", () => {
  const error = assertThrows(() => Fd.adopt(1_000_000), Deno.errors.BadResource) as SyscallError;
  assert(error instanceof SyscallError);
  assertEquals([error.code, error.fd, error.syscall], ["EBADF", 1_000_000, "fcntl"]);
  assertEquals(error.message, "Cannot adopt descriptor 1000000: bad file descriptor (EBADF, fcntl)");
});

for (const [how, end] of [["close", (fd: Fd) => fd.close()], ["release", (fd: Fd) => close(fd.release())]] as const) {
  test(`Fd.${how}() ends the waits for it with a ClosedError`, async () => {
    const [reader, writer] = pair();
    const waits = [waitReadable(reader), waitReadable(reader)];
    end(reader);
    await Promise.all(waits.map((wait) => assertRejects(() => wait, ClosedError)));
    writer.close();
  });
}
