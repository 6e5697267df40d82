/**
 * Starts Web Workers that use the library, ends them, and prints what stays of them as JSON. The arguments: how many, one
 * after the other; what they are told; whether they are terminated.
 */
import { THREAD_NAME } from "../../../ffi/threads.ts";
import { close, read, write } from "../../../ffi/unistd.ts";
import { capture } from "../../../mod.ts";

const [count, task, end] = Deno.args;

/** How many threads of the library there are. */
function threads(): number {
  return [...Deno.readDirSync("/proc/self/task")].filter(({ name }) => {
    // A thread may end between the listing and the look at it.
    try {
      return Deno.readTextFileSync(`/proc/self/task/${name}/comm`).trim() === THREAD_NAME;
    } catch {
      return false;
    }
  }).length;
}

function descriptors(): number {
  return [...Deno.readDirSync("/proc/self/fd")].length;
}

/** Until there are at most `limit` of them, at most 10 s long; how many there are. */
async function settled(ask: () => number, limit: number): Promise<number> {
  const deadline = performance.now() + 10_000;
  while (ask() > limit && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 2));
  return ask();
}

async function tell(worker: Worker): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  worker.onmessage = ({ data }) => resolve(data);
  worker.onerror = (event) => reject(event.error ?? event.message);
  worker.postMessage(task);
  return await promise;
}

async function run(): Promise<unknown> {
  const worker = new Worker(new URL("./web_worker.ts", import.meta.url), { type: "module" });
  const answer = await tell(worker);
  if (end === "terminate") worker.terminate();
  return answer;
}

/** Whether Deno has installed its own signal handlers, some time after the start, with a pair of sockets for them. */
function started(): boolean {
  const caught = /^SigCgt:\s*(\w+)$/m.exec(Deno.readTextFileSync("/proc/self/status"))![1];
  return (BigInt(`0x${caught}`) & 1n << 9n) !== 0n;
}

// What Deno itself keeps from its first seconds and its first Web Worker on is there before anything is counted.
await settled(() => Number(!started()), 0);
// qemu-user catches every signal from the start, so there these sockets are made here.
const nothing = () => {};
Deno.addSignalListener("SIGTERM", nothing);
Deno.removeSignalListener("SIGTERM", nothing);
const idle = new Worker(new URL("./nothing.ts", import.meta.url), { type: "module" });
idle.terminate();
await capture(["true"]);
const before = { threads: threads(), descriptors: descriptors() };
const answers: unknown[] = [];
for (let i = 0; i < Number(count); i++) answers.push(await run());

const left = await settled(threads, before.threads) - before.threads;
const pipes = task === "block" || task === "begin" ? answers as number[][] : [];
let untaken = 0;
for (const [reader, writer, ...others] of pipes) {
  // What the blocked calls have waited for comes.
  write(writer!, new Uint8Array(3), 3);
  untaken += read(reader!, new Uint8Array(4), 4);
  for (const fd of [reader!, writer!, ...others]) close(fd);
}
const kept = await settled(descriptors, before.descriptors + Number(count)) - before.descriptors;
await capture(["true"]);
console.log(JSON.stringify({ answers: task === "use" ? answers : answers.length, left, kept, untaken }));
