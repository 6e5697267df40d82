/**
 * Makes as many failing calls as the first argument says, synchronous and on workers, while timers, file reads and
 * collections run, and prints how many results were wrong. Needs --expose-gc and leave to read itself.
 */
import { FCNTL } from "../../../ffi/abi/fcntl.ts";
import { bind } from "../../../ffi/bind.ts";
import { Block, cString } from "../../../ffi/memory.ts";
import { offload } from "../../../ffi/workers.ts";

const calls = Number(Deno.args[0]);
const promote = Deno.args[1] === "promote";
const collect = (globalThis as unknown as { gc: () => void }).gc;
const [EBADF, ENOENT, ENOTDIR, EINVAL] = [9, 2, 20, 22];

const open = bind("open", ["address", "int", "int"], "int");
const openBuffer = bind("open", ["buffer", "int", "int"], "int");
const close = bind("close", ["int"], "int");
const lseek = bind("lseek", ["int", "long", "int"], "long");
const chdir = bind("chdir", ["buffer"], "int");
const chdirAt = bind("chdir", ["address"], "int");
const fcntl = bind("fcntl", ["int", "int", "long"], "int");

const missing = cString("/no/such/file");
const device = cString("/dev/null");
/** What a worker reads has to stay where it is. */
function block(bytes: Uint8Array<ArrayBuffer>): Block {
  const memory = new Block(bytes.length);
  memory.put(bytes);
  return memory;
}
const [missingAt, deviceAt] = [block(missing).address, block(device).address];

const synchronous: [() => number, number][] = [
  [() => close(-1), EBADF],
  [() => openBuffer(missing, FCNTL.O_RDONLY, 0), ENOENT],
  [() => chdir(device), ENOTDIR],
  [() => lseek(-1, 0, 0), EBADF],
  [() => fcntl(0, FCNTL.F_DUPFD_CLOEXEC, -1), EINVAL],
];
const onWorkers: [() => Promise<number>, number][] = [
  [() => offload(close, [-1]).result, EBADF],
  [() => offload(open, [missingAt, FCNTL.O_RDONLY, 0]).result, ENOENT],
  [() => offload(chdirAt, [deviceAt]).result, ENOTDIR],
  [() => offload(lseek, [-1, 0, 0]).result, EBADF],
  [() => offload(fcntl, [0, FCNTL.F_DUPFD_CLOEXEC, -1]).result, EINVAL],
];

let wrong = 0;
let ended = false;
let timers = 0;
let reads = 0;

/** Timers that fire all the time, each of them with a collection or a bit of garbage. */
function tick(): void {
  if (++timers % 16 === 0) collect();
  if (!ended) setTimeout(tick, 0);
}

async function readFiles(): Promise<void> {
  while (!ended) {
    await Deno.readTextFile(new URL(import.meta.url));
    reads++;
  }
}

const BATCH = 100;
async function storm(): Promise<void> {
  for (let done = 0; done < calls; done += 2 * BATCH) {
    for (let i = 0; i < BATCH; i++) {
      const [call, errno] = synchronous[i % synchronous.length]!;
      if (call() !== -errno) wrong++;
    }
    const results = Array.from({ length: BATCH }, (_, i) => onWorkers[i % onWorkers.length]!);
    for (let at = 0; at < BATCH; at += 10) {
      const some = results.slice(at, at + 10);
      const values = await Promise.all(some.map(([call]) => call()));
      values.forEach((value, i) => value !== -some[i]![1] && wrong++);
    }
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

if (promote) await (await import("../../../ffi/loop.ts")).loop().promote();
tick();
const reading = readFiles();
await storm();
ended = true;
await reading;
console.log(`${wrong} wrong of ${calls}, ${timers > 0 && reads > 0 ? "disturbed" : "undisturbed"}`);
