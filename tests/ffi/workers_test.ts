import { ERRNO } from "../../ffi/abi/errno.ts";
import { bind } from "../../ffi/bind.ts";
import { newPipe } from "../../ffi/descriptors.ts";
import { Block } from "../../ffi/memory.ts";
import type { Wait } from "../../ffi/pending.ts";
import { tgkill } from "../../ffi/signal.ts";
import { kickSignal } from "../../ffi/signal_record.ts";
import { THREAD_NAME } from "../../ffi/threads.ts";
import { close, read as readNow, write } from "../../ffi/unistd.ts";
import { offload } from "../../ffi/workers.ts";
import { assert, assertEquals, deno, EMULATED, repository, test, within, workerThreads } from "../support/mod.ts";

const pause = bind("pause", [], "int");
const read = bind("read", ["int", "address", "long"], "long");
const closeAt = bind("close", ["int"], "int");

/** A pipe whose reading end blocks, and memory for one byte. */
class Source implements Disposable {
  readonly reader: number;
  readonly writer: number;
  readonly byte = new Block(1);
  constructor() {
    [this.reader, this.writer] = newPipe() as [number, number];
  }
  /** Read a byte on a worker. */
  read(): Wait {
    return offload(read, [this.reader, this.byte.address, 1]);
  }
  write(): void {
    write(this.writer, Uint8Array.of(7), 1);
  }
  [Symbol.dispose](): void {
    close(this.reader);
    close(this.writer);
    this.byte.free();
  }
}

for (const calls of [64, 500]) {
  test(`offload() holds up neither file reads nor timers, and ends ${calls} calls at once`, async () => {
    // A program of its own: what is measured is its event loop, and how many threads it has.
    const program = repository("tests/ffi/programs/blocked_calls.ts");
    const command = new Deno.Command(Deno.execPath(), { args: ["run", "--allow-all", program, String(calls)] });
    const { stdout, stderr } = await command.output();
    assertEquals(new TextDecoder().decode(stderr), "");
    const { blocked, fileRead, timer, cancel, ended, threads } = JSON.parse(new TextDecoder().decode(stdout));
    assertEquals([blocked, ended], [calls, calls]);
    // The limits, for the median of 50: with 32 calls parked in Deno's own pool a file read waits for one to end.
    assert(fileRead < within(20), `a file read took ${fileRead} ms`);
    assert(timer < within(20), `a timer was ${timer} ms late`);
    assert(cancel < within(100), `the last call ended ${cancel} ms after it was cancelled`);
    assert(threads <= 2, `${threads} threads stay`);
  });
}

test("offload() gives the value, and the errno of the thread that made the call", async () => {
  const pid = bind("getpid", [], "int");
  assertEquals(await offload(pid, []).result, Deno.pid);
  const failing = [
    [() => offload(closeAt, [-1]), -ERRNO.EBADF],
    [() => offload(bind("kill", ["int", "int"], "int"), [Deno.pid, 1_000]), -ERRNO.EINVAL],
    [() => offload(bind("no_such_function", [], "int"), []), -ERRNO.ENOSYS],
  ] as const;
  const calls = Array.from({ length: 300 }, (_, i) => failing[i % 3]!);
  const values = await Promise.all(calls.map(([call]) => call().result));
  assertEquals(values, calls.map(([, errno]) => errno));
});

test("offload() passes eight arguments, and 64-bit ones whole", async () => {
  using out = new Block(256);
  using format = new Block(64);
  format.put(new TextEncoder().encode("%ld %ld %ld %ld %ld\0"));
  const kinds = ["address", "long", "address", "long", "long", "long", "long", "long"] as const;
  const snprintf = bind("snprintf", kinds, "int");
  const values = [1, -2, 2 ** 40, -(2 ** 40), 5] as const;
  const length = await offload(snprintf, [out.address, 256, format.address, ...values]).result;
  assertEquals(new TextDecoder().decode(out.get(new Uint8Array(length))), values.join(" "));
});

test("Wait.cancel() ends a call that blocks with -ECANCELED, and has nothing to do after that", async () => {
  using source = new Source();
  const wait = source.read();
  wait.cancel();
  wait.cancel();
  assertEquals(await wait.result, -ERRNO.ECANCELED);
  wait.cancel();
  source.write();
  assertEquals(await source.read().result, 1);
});

test("Wait.cancel() takes nothing that it does not report: the byte is in the pipe or in the result", async () => {
  using source = new Source();
  const outcomes = new Set<number>();
  for (let round = 0; round < 200; round++) {
    const wait = source.read();
    // Sometimes the call has begun, sometimes not, and sometimes the byte is there before either.
    for (let turns = round % 5; turns > 0; turns--) await new Promise((resolve) => setTimeout(resolve, 0));
    if (round % 2 === 0) source.write();
    wait.cancel();
    if (round % 2 === 1) source.write();
    const value = await wait.result;
    outcomes.add(value);
    assertEquals(value === 1 || value === -ERRNO.ECANCELED, true);
    if (value !== 1) assertEquals(readNow(source.reader, new Uint8Array(2), 2), 1);
  }
  assert(outcomes.has(-ERRNO.ECANCELED));
});

test("Wait.cancel() after the call has succeeded reports what it returned", async () => {
  using source = new Source();
  source.write();
  const wait = source.read();
  // The byte is gone from the pipe only if the call has returned; the result has not been looked at.
  while (unread(source.reader) > 0) { /* the worker is another thread */ }
  wait.cancel();
  assertEquals(await wait.result, 1);
});

test("offload() begins a call anew that a signal interrupts and nobody has cancelled", async () => {
  using source = new Source();
  const wait = source.read();
  let settled = false;
  wait.result.then(() => settled = true);
  for (let kicks = 0; kicks < 20; kicks++) {
    for (const tid of await threadIds()) tgkill(Deno.pid, tid, kickSignal());
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  assertEquals(settled, false);
  source.write();
  assertEquals(await wait.result, 1);
});

test("offload() makes threads on demand, and ends what is idle beyond one", async () => {
  const sources = Array.from({ length: 20 }, () => new Source());
  const waits = sources.map((source) => source.read());
  assert(workerThreads() >= 20);
  sources.forEach((source) => source.write());
  assertEquals(new Set(await Promise.all(waits.map(({ result }) => result))), new Set([1]));
  sources.forEach((source) => source[Symbol.dispose]());
  // That the threads are gone is what the leak check waits for.
});

test("offload() of a call that never began ends when it is cancelled", async () => {
  const wait = offload(pause, []);
  wait.cancel();
  assertEquals(await wait.result, -ERRNO.ECANCELED);
});

test("a worker's thread is named and blocks every signal but the kick", async () => {
  const { stdout, stderr } = await deno(repository("tests/ffi/programs/worker_mask.ts"), {
    flags: ["--allow-run=cat"],
  });
  // qemu-user has no signals 63 and 64, and in /proc it shows the mask of its own thread.
  const all = (1n << (EMULATED ? 62n : 64n)) - 1n;
  // The kernel never blocks KILL and STOP, and libc keeps its first two real-time signals open.
  const open = [9, 19, 32, 33, kickSignal()].reduce((mask, signal) => mask | 1n << BigInt(signal - 1), 0n);
  const wanted = (all & ~open).toString(16).padStart(16, "0");
  const [asked, shown] = stdout.trim().split(" ");
  assertEquals([stderr, asked, EMULATED ? wanted : shown], ["", wanted, wanted]);
});

/** How many bytes wait in a pipe: FIONREAD. */
function unread(fd: number): number {
  const count = new Int32Array(1);
  assertEquals(bind("ioctl", ["int", "long", "buffer"], "int")(fd, 0x541b, count), 0);
  return count[0]!;
}

/** The threads of the library in this process. */
async function threadIds(): Promise<number[]> {
  const script = 'cd /proc/$1/task && grep -lx "$2" */comm';
  const command = new Deno.Command("sh", { args: ["-c", script, "sh", String(Deno.pid), THREAD_NAME] });
  const { stdout } = await command.output();
  return new TextDecoder().decode(stdout).trim().split("\n").map((path) => parseInt(path));
}
