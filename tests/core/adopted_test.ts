import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { newPipe, setNonBlocking } from "../../ffi/descriptors.ts";
import { fcntl, open } from "../../ffi/fcntl.ts";
import { cString } from "../../ffi/memory.ts";
import { close, read, write } from "../../ffi/unistd.ts";
import { Adopted } from "../../lib/core/adopted.ts";
import { assert, assertEquals, denoSource, test } from "../support/mod.ts";

/** A pipe whose reading end is adopted: `node:net` is there once it has been asked for. */
async function adopt(): Promise<[adopted: Adopted, writer: number, reader: number]> {
  const [reader, writer] = newPipe() as [number, number];
  setNonBlocking(reader, true);
  let adopted = Adopted.take(reader, true);
  if (adopted === undefined) {
    await import("node:net");
    adopted = Adopted.take(reader, true);
  }
  return [adopted!, writer, reader];
}

function give(writer: number, ...bytes: number[]): void {
  assertEquals(write(writer, Uint8Array.from(bytes), bytes.length), bytes.length);
}

test("Adopted gives what Node has read in order, in parts as large as they are wanted, then the end", async () => {
  const [adopted, writer, reader] = await adopt();
  const target = new Uint8Array(2);
  assertEquals(adopted.take(target), 0);
  const waiting = adopted.readable();
  give(writer, 1, 2, 3);
  await waiting;
  assertEquals([adopted.direct, adopted.take(target), ...target], [false, 2, 1, 2]);
  await adopted.readable();
  assertEquals([adopted.take(target), target[0], adopted.ended], [1, 3, false]);
  close(writer);
  await adopted.readable();
  assertEquals([adopted.ended, adopted.direct, adopted.take(target), adopted.error], [true, false, 0, undefined]);
  adopted.close();
  await closed(reader);
});

test("Adopted lets its owner read directly only where nothing of Node's would come first", async () => {
  const [adopted, writer, reader] = await adopt();
  const waiting = adopted.readable();
  give(writer, 1);
  await waiting;
  adopted.take(new Uint8Array(1));
  if (adopted.direct) {
    give(writer, 2);
    const byte = new Uint8Array(1);
    assertEquals([read(reader, byte, 1), byte[0]], [1, 2]);
  }
  adopted.close();
  assertEquals(adopted.direct, false);
  close(writer);
  await closed(reader);
});

test("Adopted.close() wakes who waits, and closes the descriptor", async () => {
  const [adopted, writer, reader] = await adopt();
  const waiting = adopted.readable();
  adopted.close();
  await waiting;
  assert(adopted.ended);
  close(writer);
  await closed(reader);
});

test("Adopted.take() refuses a regular file, which stays open", async () => {
  await import("node:net");
  const file = open(cString("/etc/passwd"), FCNTL.O_RDONLY | FCNTL.O_CLOEXEC, 0);
  assertEquals(Adopted.take(file, true), undefined);
  assertEquals(fcntl(file, FCNTL.F_GETFD, 0), FCNTL.FD_CLOEXEC);
  close(file);
});

test("Adopted.hold() says whether waiting keeps the process alive", async () => {
  const { stdout, code } = await denoSource(
    `
    import { Adopted } from "vasty/lib/core/adopted.ts";
    import { newPipe, setNonBlocking } from "vasty/ffi/descriptors.ts";
    const [reader] = newPipe();
    setNonBlocking(reader, true);
    Adopted.take(reader, true);
    await import("node:net");
    const adopted = Adopted.take(reader, true);
    adopted.readable();
    setTimeout(() => adopted.hold(false), 10);
    console.log("waits");
  `,
    { under: ["timeout", "20"] },
  );
  assertEquals([stdout, code], ["waits\n", 0]);
});

/** Node closes a descriptor in a later turn of the loop. */
async function closed(fd: number): Promise<void> {
  const deadline = performance.now() + 5_000;
  while (fcntl(fd, FCNTL.F_GETFD, 0) >= 0 && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  assert(fcntl(fd, FCNTL.F_GETFD, 0) < 0);
}
