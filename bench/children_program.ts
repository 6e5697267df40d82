/** Run by children.ts: `children_program.ts NAME COUNT` prints how many KiB so many children add to this program. */
import { spawn } from "../lib/processes/mod.ts";

const [name, count] = [Deno.args[0]!, Number(Deno.args[1])];

interface AnyChild {
  stdin: WritableStream<Uint8Array<ArrayBuffer>>;
  stdout: ReadableStream<Uint8Array<ArrayBuffer>>;
  status: Promise<unknown>;
}

const START: Record<string, () => AnyChild> = {
  "spawn()": () => spawn(["cat"], { stdin: "piped", stdout: "piped" }),
  "Deno.Command": () => new Deno.Command("cat", { stdin: "piped", stdout: "piped" }).spawn(),
};

/** A byte there and back: the child runs and its streams are at work. */
async function used(child: AnyChild): Promise<void> {
  const writer = child.stdin.getWriter();
  await writer.write(Uint8Array.of(1));
  writer.releaseLock();
  const reader = child.stdout.getReader();
  await reader.read();
  reader.releaseLock();
}

const start = START[name]!;
const first = start();
await used(first);
const before = Deno.memoryUsage().rss;
const children = Array.from({ length: count }, start);
for (const child of children) await used(child);
const after = Deno.memoryUsage().rss;
for (const child of [first, ...children]) await child.stdin.close();
await Promise.all([first, ...children].map((child) => child.status));
console.log(((after - before) / 1024).toFixed(0));
Deno.exit(0);
