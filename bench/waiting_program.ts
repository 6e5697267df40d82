/** Run by waiting.ts: `waiting_program.ts LIBC TRIPS` prints microseconds a round trip as JSON; aborts, milliseconds. */
import { FCNTL } from "../ffi/abi/fcntl.ts";
import { ERRNO } from "../ffi/abi/errno.ts";
import { bind } from "../ffi/bind.ts";
import { fcntl } from "../ffi/fcntl.ts";
import { loop } from "../ffi/loop.ts";
import { Block } from "../ffi/memory.ts";
import { READABLE, ready } from "../ffi/reactor.ts";
import { read, write } from "../ffi/unistd.ts";
import { offload } from "../ffi/workers.ts";
import { pipe } from "../lib/pipes/mod.ts";
import { spawn } from "../lib/processes/mod.ts";
import { median, timedAsync } from "./measure.ts";

const [path, trips] = [Deno.args[0]!, Number(Deno.args[1])];
/** The loop leaves the parked mode after 64 waits. */
const PARKED = Math.min(trips, 25);
const LINE = new TextEncoder().encode("a line of some length, as dialogs have them\n");
const byte = new Uint8Array(1);

/** Microseconds a trip. */
async function each(count: number, trip: () => Promise<unknown>): Promise<number> {
  await trip();
  const ms = await timedAsync(async () => {
    for (let i = 0; i < count; i++) await trip();
  });
  return 1000 * ms / count;
}

function expectOk(ok: boolean): void {
  if (!ok) throw new Error("A round trip brought the wrong answer");
}

async function readyTrips(count: number): Promise<number> {
  const { reader, writer } = pipe();
  using _reader = reader;
  using _writer = writer;
  return await each(count, async () => {
    const wait = ready(reader.number, READABLE);
    write(writer.number, byte, 1);
    await wait.result;
    expectOk(read(reader.number, byte, 1) === 1);
  });
}

async function adoptedTrips(): Promise<number> {
  const { Socket } = await import("node:net");
  const { reader, writer } = pipe();
  using _writer = writer;
  const socket = new Socket({ fd: reader.release(), readable: true, writable: false });
  let came = () => {};
  socket.on("data", () => came());
  const cost = await each(trips, () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    came = resolve;
    write(writer.number, byte, 1);
    return promise;
  });
  socket.destroy();
  return cost;
}

const offloaded = async () => expectOk(await offload(fcntl, [0, FCNTL.F_GETFD, 0]).result >= 0);
const { symbols } = Deno.dlopen(path, {
  fcntl: { parameters: ["i32", "i32", "i32"], result: "i32", nonblocking: true },
});
const nonblocking = async () => expectOk(await symbols.fcntl(0, FCNTL.F_GETFD, 0) >= 0);

/** A line and its echo, over whatever streams `cat` has. */
async function echoes(stdin: WritableStream<Uint8Array<ArrayBuffer>>, stdout: ReadableStream<Uint8Array>) {
  const writer = stdin.getWriter();
  const reader = stdout.getReader();
  const cost = await each(trips, async () => {
    await writer.write(LINE);
    // The pipe keeps a line together: it is shorter than PIPE_BUF.
    expectOk((await reader.read()).value!.length === LINE.length);
  });
  await writer.close();
  reader.releaseLock();
  return cost;
}

async function ourEchoes(): Promise<number> {
  await using child = spawn(["cat"], { stdin: "piped", stdout: "piped" });
  return await echoes(child.stdin, child.stdout);
}

async function theirEchoes(): Promise<number> {
  await using child = new Deno.Command("cat", { stdin: "piped", stdout: "piped" }).spawn();
  return await echoes(child.stdin, child.stdout);
}

async function adoptedEchoes(): Promise<number> {
  const { Socket } = await import("node:net");
  const [input, output] = [pipe(), pipe()];
  await using _child = spawn(["cat"], { stdin: input.reader, stdout: output.writer });
  input.reader.close();
  output.writer.close();
  const sending = new Socket({ fd: input.writer.release(), readable: false, writable: true });
  const receiving = new Socket({ fd: output.reader.release(), readable: true, writable: false });
  let came = () => {};
  receiving.on("data", () => came());
  const cost = await each(trips, () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    came = resolve;
    sending.write(LINE);
    return promise;
  });
  sending.destroy();
  receiving.destroy();
  return cost;
}

/** Milliseconds from the cancellation of a read(2) that blocks to its end. */
async function abortTime(): Promise<number> {
  const readAt = bind("read", ["int", "address", "long"], "long");
  const { reader, writer } = pipe();
  using _reader = reader;
  using _writer = writer;
  using target = new Block(8);
  const times: number[] = [];
  for (let i = 0; i < 9; i++) {
    const wait = offload(readAt, [reader.number, target.address, 8]);
    // A second worker's round trip: by its end the first one is in its call, or so near that a kick is repeated.
    await offloaded();
    times.push(
      await timedAsync(async () => {
        wait.cancel();
        expectOk(await wait.result === -ERRNO.ECANCELED);
      }),
    );
  }
  return median(times);
}

const results: Record<string, number> = {};
results["ready(), parked"] = await readyTrips(PARKED);
results["offload(), parked"] = await each(PARKED, offloaded);
await loop().promote();
// Before those for which a moment's wait never pays, after which it is tried seldom.
results["a line to cat and back, spawn()"] = await ourEchoes();
results["a line to cat and back, Deno.Command"] = await theirEchoes();
results["a line to cat and back, pipes adopted by node:net"] = await adoptedEchoes();
results["ready(), promoted"] = await readyTrips(trips);
results["a pipe adopted by node:net"] = await adoptedTrips();
results["offload(), promoted"] = await each(trips, offloaded);
results["a nonblocking FFI call"] = await each(trips, nonblocking);
results["abort of a blocked worker call"] = await abortTime();
console.log(JSON.stringify(results));
