import { newPipe } from "../../ffi/descriptors.ts";
import { POLL_HANGUP, POLL_NOT_OPEN, POLL_READ, POLL_WRITE, pollAny, pollEach, readingIsShut } from "../../ffi/poll.ts";
import { SOCKET } from "../../ffi/abi/sys_socket.ts";
import { shutdown, socketpair } from "../../ffi/sys_socket.ts";
import { close, write } from "../../ffi/unistd.ts";
import { assert, assertEquals, test } from "../support/mod.ts";

function withPipes(body: (...fds: [reader: number, writer: number, other: number, otherWriter: number]) => void): void {
  const [one, other] = [newPipe() as [number, number], newPipe() as [number, number]];
  try {
    body(...one, ...other);
  } finally {
    [...one, ...other].forEach((fd) => close(fd));
  }
}

test("pollAny() gives the descriptors that are ready, in the order they were asked for", () => {
  withPipes((reader, writer, otherReader, otherWriter) => {
    const wanted = [[otherWriter, POLL_WRITE], [reader, POLL_READ], [otherReader, POLL_READ]] as const;
    assertEquals(pollAny(wanted, 0), [otherWriter]);
    write(writer, Uint8Array.of(1), 1);
    assertEquals(pollAny(wanted, -1), [otherWriter, reader]);
    write(otherWriter, Uint8Array.of(1), 1);
    assertEquals(pollAny(wanted, -1), [otherWriter, reader, otherReader]);
  });
});

test("pollAny() gives up after its time", () => {
  withPipes((reader) => {
    const begin = performance.now();
    assertEquals(pollAny([[reader, POLL_READ]], 30), []);
    assert(performance.now() - begin >= 29);
    assertEquals(pollAny([], 0), []);
  });
});

test("pollAny() counts a hang-up, an error and a closed descriptor as ready: the next call tells which", () => {
  const pipe = newPipe() as [number, number];
  const broken = newPipe() as [number, number];
  close(pipe[1]);
  close(broken[0]);
  assertEquals(pollAny([[pipe[0], POLL_READ]], -1), [pipe[0]]);
  assertEquals(pollAny([[broken[1], POLL_WRITE]], -1), [broken[1]]);
  close(pipe[0]);
  close(broken[1]);
  assertEquals(pollAny([[pipe[0], POLL_READ]], -1), [pipe[0]]);
});

test("pollEach() gives what came for each descriptor, and nothing for one that is -1", () => {
  withPipes((reader, writer, other, otherWriter) => {
    const wanted = [[reader, POLL_READ], [-1, POLL_READ], [writer, POLL_WRITE], [other, 0]] as const;
    assertEquals(pollEach(wanted, -1), [0, 0, POLL_WRITE, 0]);
    close(otherWriter);
    assertEquals(pollEach(wanted, 0, false), [0, 0, POLL_WRITE, POLL_HANGUP]);
    assertEquals(pollEach([[otherWriter, 0]], 0), [POLL_NOT_OPEN]);
    assertEquals(pollEach(wanted.slice(0, 2), 0), [0, 0]);
  });
});

test("readingIsShut() knows a socket that reads no more from one that has nothing to read", () => {
  const ends = new Int32Array(2);
  assertEquals(socketpair(SOCKET.AF_UNIX, SOCKET.SOCK_DGRAM, 0, ends), 0);
  const [one, other] = ends as unknown as [number, number];
  const before = [one, other].map(readingIsShut);
  shutdown(one, SOCKET.SHUT_RD);
  assertEquals([...before, ...[one, other, -1].map(readingIsShut)], [false, false, true, false, false]);
  [one, other].forEach((fd) => close(fd));
});
