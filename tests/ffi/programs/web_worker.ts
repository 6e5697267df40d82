/** A Web Worker that does what it is told by a message, and answers with one. */
import { bind } from "../../../ffi/bind.ts";
import { newPipe } from "../../../ffi/descriptors.ts";
import { Block } from "../../../ffi/memory.ts";
import { READABLE, ready } from "../../../ffi/reactor.ts";
import { close, write } from "../../../ffi/unistd.ts";
import { offload } from "../../../ffi/workers.ts";
import { capture, captureSync, pipe, spawn, waitReadable } from "../../../mod.ts";

const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<string>) => void;
  postMessage(message: unknown): void;
  close(): void;
};

/** Every kind of wait, twice. */
async function use(): Promise<string[]> {
  const found: string[] = [];
  for (let round = 0; round < 2; round++) {
    const { reader, writer } = pipe();
    write(writer.number, Uint8Array.of(1), 1);
    await waitReadable(reader);
    [reader, writer].forEach((end) => end.close());
    found.push(String(await offload(bind("getpid", [], "int"), []).result === Deno.pid));
    found.push((await capture(["echo", "captured"])).stdout.trim());
    found.push(captureSync(["echo", "at once"]).stdout.trim());
    await using child = spawn(["cat"], { stdin: "piped", stdout: "piped" });
    const writing = child.stdin.getWriter();
    await writing.write(new TextEncoder().encode("through cat"));
    await writing.close();
    found.push(await new Response(child.stdout).text());
    found.push(String((await child.status).code));
  }
  return found;
}

/** Has a wait and three blocked calls pending when it is terminated; the answer is the pipe that they read, and the other. */
function block(): number[] {
  const waited = newPipe() as [number, number];
  const blocked = newPipe() as [number, number];
  ready(waited[0], READABLE);
  for (let i = 0; i < 3; i++) {
    offload(bind("read", ["int", "address", "long"], "long"), [blocked[0], new Block(1).address, 1]);
  }
  return [...blocked, ...waited];
}

/** Is terminated while its first wait has just begun; the answer is the pipe. */
function begin(): number[] {
  const pipe = newPipe() as [number, number];
  ready(pipe[0], READABLE, false);
  return pipe;
}

/** Leaves its machinery idle: a thread, the reactor. */
async function idle(): Promise<void> {
  const [reader, writer] = newPipe() as [number, number];
  write(writer, Uint8Array.of(1), 1);
  await ready(reader, READABLE).result;
  await offload(bind("getpid", [], "int"), []).result;
  [reader, writer].forEach((fd) => close(fd));
}

scope.onmessage = async ({ data }) => {
  if (data === "use") scope.postMessage(await use());
  if (data === "block") scope.postMessage(block());
  if (data === "begin") scope.postMessage(begin());
  if (data === "idle" || data === "end") scope.postMessage(await idle());
  if (data === "end") scope.close();
};
