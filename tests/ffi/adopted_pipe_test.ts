/** The pipes that Deno's event loop reads. */
import { adoptPipe } from "../../ffi/adopted_pipe.ts";
import { newPipe, setNonBlocking } from "../../ffi/descriptors.ts";
import { close, write } from "../../ffi/unistd.ts";
import { assertEquals, test } from "../support/mod.ts";

test("adoptPipe brings all that is written, in order, also what its buffer cannot hold at once", async () => {
  const [reading, writing] = newPipe() as [number, number];
  setNonBlocking(reading, true);
  const written = Uint8Array.from({ length: 1_000 }, (_, i) => i);
  const buffer = new Uint8Array(64);
  const came: number[] = [];
  const lengths: number[] = [];
  const { promise: all, resolve } = Promise.withResolvers<void>();
  const pipe = adoptPipe(await import("node:net"), reading, buffer, (length) => {
    lengths.push(length);
    came.push(...buffer.subarray(0, length));
    if (came.length >= written.length) resolve();
  });
  write(writing, written, written.length);
  await all;
  assertEquals(Uint8Array.from(came), written);
  assertEquals(Math.max(...lengths), buffer.length);
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  (pipe as unknown as { on(event: "close", listener: () => void): void }).on("close", end);
  close(writing);
  // Deno closes what it was given: the leak check would find it.
  await ended;
});
