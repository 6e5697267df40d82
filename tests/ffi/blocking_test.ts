import { ERRNO } from "../../ffi/abi/errno.ts";
import { SIGNAL } from "../../ffi/abi/signal.ts";
import { bind } from "../../ffi/bind.ts";
import { block } from "../../ffi/blocking.ts";
import { newPipe } from "../../ffi/descriptors.ts";
import { Block } from "../../ffi/memory.ts";
import { kill } from "../../ffi/signal.ts";
import { close, write } from "../../ffi/unistd.ts";
import { sigaction } from "../../mod.ts";
import { assert, assertEquals, assertThrows, denoSource, test, within } from "../support/mod.ts";

const pause = bind("pause", [], "int");
const usleep = bind("usleep", ["int"], "int");
const readElsewhere = bind("read", ["int", "address", "long"], "long");
const never = () => {
  throw new Error("undone");
};

test("block() returns what the call returns, or -errno", () => {
  assertEquals(block(usleep, [1_000], Infinity, never), 0);
  assertEquals(block(bind("close", ["int"], "int"), [-1], 10_000, never), -ERRNO.EBADF);
});

test("block() gives up after its time", () => {
  const start = performance.now();
  assertEquals(block(pause, [], 30, never), -ERRNO.ETIMEDOUT);
  const took = performance.now() - start;
  assert(took >= 29 && took < within(130), `${took} ms`);
});

test("block() ends with what a handler throws, and undoes what has succeeded", async () => {
  using memory = new Block(8);
  const [reader, writer] = newPipe() as [number, number];
  let undone = 0;
  using _action = sigaction("SIGUSR2", () => {
    // The call returns before it can be interrupted.
    if (undone < 0) write(writer, new Uint8Array(1), 1);
    throw new Error("out of it");
  });
  for (const succeeds of [false, true]) {
    undone = succeeds ? -1 : 0;
    kill(Deno.pid, SIGNAL.SIGUSR2);
    const blocked = () => block(readElsewhere, [reader, memory.address, 1], Infinity, () => undone = 1);
    assertThrows(blocked, Error, "out of it");
    assert(succeeds || undone === 0);
  }
  close(reader);
  close(writer);
  await Promise.resolve();
});

test("block() lets the answers of other calls through to those who wait for them", async () => {
  const source = `
    import { bind } from "vasty/ffi/bind.ts";
    import { block } from "vasty/ffi/blocking.ts";
    import { offload } from "vasty/ffi/workers.ts";
    const usleep = bind("usleep", ["int"], "int");
    const others = Array.from({ length: 20 }, () => offload(usleep, [5_000]).result);
    console.log(block(usleep, [50_000], Infinity, () => {}), (await Promise.all(others)).join(""));`;
  const { stdout, stderr } = await denoSource(source);
  assertEquals([stderr, stdout], ["", `0 ${"0".repeat(20)}\n`]);
});

test("block() ends once a handler has made the call pointless", () => {
  let over = false;
  using _action = sigaction("SIGUSR2", () => void (over = true));
  kill(Deno.pid, SIGNAL.SIGUSR2);
  assertEquals(block(pause, [], within(5_000), never, () => over), -ERRNO.ECANCELED);
  assertEquals(block(usleep, [1_000_000], within(5_000), never, () => true), -ERRNO.ECANCELED);
});
