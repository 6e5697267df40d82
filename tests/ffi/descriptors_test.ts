import { ERRNO } from "../../ffi/abi/errno.ts";
import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { aboveStandard, newPipe, setNonBlocking } from "../../ffi/descriptors.ts";
import { fcntl } from "../../ffi/fcntl.ts";
import { close, read, write } from "../../ffi/unistd.ts";
import { assertEquals, deno, repository, sample, test } from "../support/mod.ts";

function withPipe(body: (reader: number, writer: number) => void): void {
  const ends = newPipe() as [number, number];
  try {
    body(...ends);
  } finally {
    ends.forEach((fd) => close(fd));
  }
}

test("newPipe() gives close-on-exec ends that carry bytes", () => {
  withPipe((reader, writer) => {
    for (const fd of [reader, writer]) assertEquals(fcntl(fd, FCNTL.F_GETFD, 0), FCNTL.FD_CLOEXEC);
    assertEquals(write(writer, Uint8Array.of(7), 1), 1);
    const byte = new Uint8Array(1);
    assertEquals([read(reader, byte, 1), byte[0]], [1, 7]);
  });
});

test("aboveStandard() leaves what is above 2, and errors, as they are", () => {
  assertEquals([aboveStandard(3), aboveStandard(-ERRNO.EMFILE)], [3, -ERRNO.EMFILE]);
});

test("setNonBlocking() sets and clears O_NONBLOCK, and says that a descriptor is not open", () => {
  withPipe((reader) => {
    assertEquals([setNonBlocking(reader, true), setNonBlocking(reader, true)], [0, 0]);
    assertEquals(read(reader, new Uint8Array(1), 1), -ERRNO.EAGAIN);
    assertEquals(setNonBlocking(reader, false), 0);
    assertEquals(fcntl(reader, FCNTL.F_GETFL, 0) & FCNTL.O_NONBLOCK, 0);
  });
  assertEquals(setNonBlocking(1_000_000, true), -ERRNO.EBADF);
});

// Every subset, since the kernel gives out the lowest number that is free.
for (const closed of [[0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]]) {
  test(`no descriptor of the library is among the standard three where ${closed} are closed`, async () => {
    const report = await Deno.makeTempFile();
    try {
      const flags = ["--allow-read=/proc/self/fd", `--allow-write=${report}`];
      const args = [report, ...closed.map(String)];
      const { code } = await deno(repository("tests/ffi/programs/closed_standard.ts"), { flags, args });
      assertEquals([code, await Deno.readTextFile(report)], [0, "only what was open\n"]);
    } finally {
      await Deno.remove(report);
    }
  }, { skip: sample(closed.length !== 2 && closed[0] === 0) });
}
