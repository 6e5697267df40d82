/** Children: how they start, what they write, how they end. */
import { pipe } from "../../lib/pipes/mod.ts";
import { capture, captureSync, exec, lines, linesSync, run, runSync, spawn } from "../../lib/processes/mod.ts";
import { children, failure, must, since, type Step } from "./step.ts";

const VOLUME = 512 * 1024 * 1024;
const MISSING = "/nowhere/no-such-program";

async function exactStatus(): Promise<string> {
  const exited = await run(["sh", "-c", "exit 3"], { check: false });
  const killed = await run(["sh", "-c", "kill -TERM $$"], { check: false });
  must(exited.raw === 768 && exited.code === 3, `exit 3 came as ${exited}, raw ${exited.raw}`);
  must(killed.raw === 15 && killed.signal === "SIGTERM", `SIGTERM came as ${killed}, raw ${killed.raw}`);
  return `${exited} is ${exited.raw}, ${killed} is ${killed.raw}`;
}

async function serial(): Promise<string> {
  const times = 100;
  const start = performance.now();
  for (let i = 0; i < times; i++) await run(["true"]);
  const each = (performance.now() - start) / times;
  return `${times} times true, ${each.toFixed(2)} ms each`;
}

async function captured(): Promise<string> {
  const { stdout } = await capture(["echo", "$(id)", "a  b"]);
  must(stdout === "$(id) a  b\n", `a shell saw the arguments: ${stdout}`);
  const { stdoutBytes } = await capture(["head", "-c", "1000000", "/dev/zero"]);
  must(stdoutBytes.length === 1_000_000, `${stdoutBytes.length} bytes of 1000000 came`);
  return `1000000 bytes, and arguments that no shell has seen`;
}

/** Into memory of our own: nothing is collected. */
async function volume(): Promise<string> {
  const start = performance.now();
  await using child = spawn(["head", "-c", `${VOLUME}`, "/dev/zero"], { stdout: "piped" });
  const buffer = new Uint8Array(256 * 1024);
  let total = 0;
  for (let n; (n = await child.stdout.readInto(buffer)) !== null;) total += n;
  must(total === VOLUME && (await child.status).success, `${total} bytes of ${VOLUME} came`);
  const seconds = (performance.now() - start) / 1_000;
  return `${VOLUME / 2 ** 20} MiB at ${(VOLUME / 2 ** 30 / seconds).toFixed(1)} GiB/s`;
}

async function leftEarly(): Promise<string> {
  let seen = 0;
  for await (const line of lines(["yes", "spirits"])) {
    must(line === "spirits", `the line ${line} came`);
    if (++seen === 3) break;
  }
  const left = children();
  must(left.length === 0, `these children are left: ${left.join(", ")}`);
  return `3 lines of an endless command, then 0 children and 0 zombies in /proc`;
}

async function execFailure(): Promise<string> {
  const spawned = await failure(() => spawn([MISSING]));
  must(spawned instanceof Deno.errors.NotFound && spawned.message.includes(MISSING), spawned.message);
  const executed = await failure(() => exec([MISSING]));
  must(executed instanceof Deno.errors.NotFound, executed.message);
  must(children().length === 0, "something was left behind");
  return spawned.message;
}

async function joined(): Promise<string> {
  const { reader, writer } = pipe();
  await using first = spawn(["echo", "will they come"], { stdout: writer });
  await using second = spawn(["tr", "a-z", "A-Z"], { stdin: reader, stdout: "piped" });
  reader.close();
  writer.close();
  const text = await new Response(second.stdout).text();
  const statuses = [await first.status, await second.status];
  must(text === "WILL THEY COME\n" && statuses.every(({ success }) => success), `${text}${statuses}`);
  return `echo | tr in the kernel: ${text.trim()}`;
}

async function timedOut(): Promise<string> {
  const start = performance.now();
  const error = await failure(() => run(["sleep", "60"], { timeout: 50 }));
  must(error instanceof DOMException && error.name === "TimeoutError", error.message);
  must(children().length === 0, "the child is still there");
  return `sleep 60 within 50 ms: gone and reaped after ${since(start)}`;
}

async function limited(): Promise<string> {
  const options = { umask: 0o27, nice: 3, rlimits: { NOFILE: 20, CORE: 0 }, session: true };
  const { stdout } = await capture(["sh", "-c", "umask; nice; ulimit -n"], options);
  must(stdout === "0027\n3\n20\n", stdout);
  const error = await failure(() => spawn(["true"], { affinity: [8000] }));
  must(error.message.includes("run on processors 8000"), error.message);
  return `umask, nice, limits, session; ${error.message}`;
}

async function wholeTree(): Promise<string> {
  await using child = spawn(["sh", "-c", "setsid sleep 600 & sleep 600 & echo READY; wait"], { stdout: "piped" });
  await child.stdout.readInto(new Uint8Array(6));
  await child.terminate({ tree: true });
  must(await new Response(child.stdout).text() === "", "somebody still holds the pipe");
  return "a shell, its child, and one in a session of its own: all gone";
}

function blocking(): string {
  const start = performance.now();
  must(runSync(["true"]).success, "runSync(true) was no success");
  must(captureSync(["echo", "hello"]).stdout === "hello\n", "captureSync(echo hello) gave something else");
  must([...linesSync(["seq", "3"])].join() === "1,2,3", "linesSync(seq 3) gave something else");
  return `runSync, captureSync and linesSync in ${since(start)}`;
}

/** A worker has its own copy of the library, in the same process. */
async function inWorker(): Promise<string> {
  const worker = new Worker(new URL("worker.ts", import.meta.url), { type: "module" });
  try {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(event.message));
    };
    const text = await promise;
    must(text === "from a child of the worker\n", `the worker says ${text}`);
    return text.trim();
  } finally {
    worker.terminate();
  }
}

/** In the order in which they are shown. */
export const processes: Step[] = [
  { area: "processes", title: "exact status", run: exactStatus },
  { area: "processes", title: "spawn and wait", run: serial },
  { area: "processes", title: "capture", run: captured },
  { area: "processes", title: "read volume", run: volume },
  { area: "processes", title: "leave the lines early", run: leftEarly },
  { area: "processes", title: "a program that is missing", run: execFailure },
  { area: "pipes", title: "join two children", run: joined },
  { area: "processes", title: "time limit", run: timedOut },
  { area: "processes", title: "attributes", run: limited },
  { area: "processes", title: "end a whole tree", run: wholeTree },
  { area: "processes", title: "blocking twins", run: blocking },
  { area: "processes", title: "in a Web Worker", run: inWorker },
];
