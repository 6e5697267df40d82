import { loopTurn } from "../../ffi/loop_turn.ts";
import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { newPipe } from "../../ffi/descriptors.ts";
import { fcntl } from "../../ffi/fcntl.ts";
import { close, write } from "../../ffi/unistd.ts";
import { ClosedError, SyscallError } from "../../lib/core/errors.ts";
import { Fd } from "../../lib/core/fd.ts";
import { Input } from "../../lib/core/input.ts";
import { assert, assertEquals, assertRejects, assertThrows, test } from "../support/mod.ts";

/** An input over a pipe, and the other end of it. */
class Source implements Disposable {
  readonly fd: Fd;
  readonly input: Input;
  #writer: number;
  constructor() {
    const [reader, writer] = newPipe() as [number, number];
    this.fd = Fd.adopt(reader);
    this.#writer = writer;
    this.input = new Input(this.fd);
  }
  give(...bytes: number[]): void {
    assertEquals(write(this.#writer, Uint8Array.from(bytes), bytes.length), bytes.length);
  }
  fill(bytes: Uint8Array<ArrayBuffer>): number {
    return write(this.#writer, bytes, bytes.length);
  }
  end(): void {
    if (this.#writer >= 0) close(this.#writer);
    this.#writer = -1;
  }
  [Symbol.dispose](): void {
    this.end();
    this.input.close();
  }
}

test("Input.read() gives what is there at once, without a promise", () => {
  using source = new Source();
  source.give(1, 2, 3);
  const target = new Uint8Array(2);
  // Where the loop is due for its turn a read gives a promise.
  loopTurn.now();
  assertEquals([source.input.read(target), ...target], [2, 1, 2]);
  assertEquals([source.input.read(target), target[0]], [1, 3]);
});

test("Input.read() waits for what is not there yet", async () => {
  using source = new Source();
  const target = new Uint8Array(4);
  const reading = source.input.read(target);
  assert(reading instanceof Promise);
  source.give(7);
  assertEquals([await reading, target[0]], [1, 7]);
});

test("Input.read() gives 0 at the end, again and again, and has closed the descriptor", async () => {
  using source = new Source();
  const reading = source.input.read(new Uint8Array(4));
  source.end();
  assertEquals([await reading, source.fd.closed], [0, true]);
  assertEquals(await source.input.read(new Uint8Array(4)), 0);
  source.input.close();
  assertEquals(await source.input.read(new Uint8Array(4)), 0);
});

test("Input.read() into nothing reads nothing and ends nothing", async () => {
  using source = new Source();
  source.give(1);
  assertEquals(await source.input.read(new Uint8Array(0)), 0);
  assertEquals(await source.input.read(new Uint8Array(4)), 1);
});

test("Input.close() rejects what waits and what comes later, with a ClosedError or the reason", async () => {
  for (const reason of [undefined, new Error("mine")]) {
    using source = new Source();
    const reading = source.input.read(new Uint8Array(4)) as Promise<number>;
    source.input.close(reason);
    source.input.close(new Error("too late"));
    const error = await assertRejects(() => reading);
    assert(reason === undefined ? error instanceof ClosedError : error === reason);
    assertEquals(assertThrows(() => source.input.read(new Uint8Array(4))), error);
    assert(source.fd.closed);
  }
});

test("Input.read() throws what the system refuses, names the descriptor, and keeps to it", () => {
  const [reader, writer] = newPipe() as [number, number];
  const input = new Input(Fd.adopt(writer));
  const error = assertThrows(() => input.read(new Uint8Array(1)), SyscallError as unknown as typeof Error);
  const { code, fd, syscall, message } = error as SyscallError;
  assertEquals([code, fd, syscall], ["EBADF", writer, "read"]);
  assertEquals(message, `Cannot read descriptor ${writer}: bad file descriptor (EBADF, read)`);
  assertEquals(assertThrows(() => input.read(new Uint8Array(1))), error);
  assertEquals(fcntl(writer, FCNTL.F_GETFD, 0) < 0, true);
  close(reader);
});

test("Input makes a pipe larger once it has carried 4 MiB, and not before", async () => {
  using source = new Source();
  const size = () => fcntl(source.fd.number, FCNTL.F_GETPIPE_SZ, 0);
  const small = size();
  const chunk = new Uint8Array(32_768);
  for (let total = 0; total < 4 * 1024 * 1024; total += chunk.length) {
    assertEquals(size(), small);
    assertEquals(source.fill(chunk), chunk.length);
    assertEquals(await source.input.read(chunk), chunk.length);
  }
  assert(size() > small, `${size()} bytes`);
});
