/** Pipelines, named pipes, and messages between processes. */
import { readLines } from "../../lib/core/mod.ts";
import { mkfifo, openFifo, openMessages, socketpair } from "../../lib/pipes/mod.ts";
import { capture, openPipe, openSelf, pipeline, run, spawn } from "../../lib/processes/mod.ts";
import { children, failure, must, since, type Step } from "./step.ts";

async function brokenPipe(): Promise<string> {
  const { stdout, statuses } = await pipeline([["yes"], ["head", "-1"]]).output();
  must(stdout === "y\n" && statuses[0]!.signal === "SIGPIPE" && statuses[1]!.success, `${stdout} ${statuses}`);
  return `yes | head -1: ${statuses.join(", then ")}`;
}

async function stageMissing(): Promise<string> {
  const error = await failure(() => pipeline([["yes"], ["/nowhere/no-such-program"], ["head"]]));
  must(error instanceof Deno.errors.NotFound, error.message);
  // They are told to end, and given the time for it.
  const start = performance.now();
  while (children().length > 0) {
    must(performance.now() - start < 1_000, `left: ${children().join(", ")}`);
    await run(["true"]);
  }
  return "nothing is left of the stages before it";
}

async function merged(): Promise<string> {
  const { stdout } = await capture(["sh", "-c", "echo out; echo err >&2"], { stderr: { dup: 1 } });
  must(stdout === "out\nerr\n", stdout);
  return "standard error in standard output, in order";
}

async function pipeOpens(): Promise<string> {
  const reader = openPipe("-|", ["sh", "-c", "echo $((6 * 7)); exit 3"], { check: false });
  const lines = await Array.fromAsync(reader.lines());
  const status = await reader.close();
  must(lines.join() === "42" && status.raw === 768, `${lines} ${status}`);
  return `read 42, closed with ${status.raw}`;
}

/** A reader and a writer that wait for one another, in a folder that is removed again. */
async function fifo(): Promise<string> {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/fifo`;
    mkfifo(path);
    await using writer = spawn(["sh", "-c", `echo through a name >"$1"`, "sh", path]);
    using reader = await openFifo(path, "r", { timeout: 5_000 });
    const lines = await Array.fromAsync(readLines(reader.readable));
    must(lines.join() === "through a name" && (await writer.status).success, `${lines}`);
    return `${path.slice(folder.length + 1)}: ${lines}`;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function messages(): Promise<string> {
  const [one, other] = socketpair();
  using here = openMessages(one.fd);
  using there = openMessages(other.fd);
  const start = performance.now();
  const value = new Map<string, unknown>([["when", new Date(0)], ["many", new Set([1n, 2n])]]);
  await here.send(value);
  const message = await there.receive();
  must(Deno.inspect(message?.value) === Deno.inspect(value), `${Deno.inspect(message?.value)} came`);
  return `a Map with a Date and a Set of bigints in ${since(start)}`;
}

/** What {@linkcode itself} runs in a Deno of its own. */
export function child(first: number, last: number): number {
  for (let n = first; n <= last; n++) console.log(`${n} from ${Deno.pid}`);
  return 7;
}

async function itself(): Promise<string> {
  const start = performance.now();
  const reader = openSelf("-|", import.meta.url, "child", [1, 2], { check: false });
  const lines = await Array.fromAsync(reader.lines());
  const status = await reader.close();
  must(lines.join() === [1, 2].map((n) => `${n} from ${reader.pid}`).join() && status.code === 7, `${lines} ${status}`);
  return `an export of this module in a Deno of its own: ${status}, ${since(start)}`;
}

/** In the order in which they are shown. */
export const pipes: Step[] = [
  { area: "processes", title: "a pipeline", run: brokenPipe },
  { area: "processes", title: "a stage that is missing", run: stageMissing },
  { area: "processes", title: "2>&1", run: merged },
  { area: "processes", title: "a pipe open", run: pipeOpens },
  { area: "processes", title: "itself as its own child", run: itself },
  { area: "pipes", title: "a named pipe", run: fifo },
  { area: "pipes", title: "messages", run: messages },
];
