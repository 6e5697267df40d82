/** Reading the 2 GiB that a child writes, against `Deno.Command` and against what C can. */
import { type Child, spawn } from "../lib/processes/mod.ts";
import { missing } from "../tests/support/peers.ts";
import type { Scale } from "./main.ts";
import { type Contender, type Costs, median, ratio, samples, sideBySide, timedAsync } from "./measure.ts";
import { compiled, numberFrom } from "./peers.ts";
import { type Goal, notMeasured, type Row } from "./report.ts";

const GIB = 2 ** 30;
const KIB = 1024;
const DENO = "Deno.Command, for await";
const DENO_BYOB = "Deno.Command, BYOB reader of 256 KiB";
const C = "C's read(2)";
const BYOB = "a BYOB reader of 256 KiB";
const LARGE_BYOB = "a BYOB reader of 1 MiB";
const INTO = "readInto()";
const OWNED = "for await";

type Bytes = ReadableStream<Uint8Array<ArrayBuffer>>;

async function countChunks(stream: Bytes): Promise<number> {
  let total = 0;
  for await (const chunk of stream) total += chunk.length;
  return total;
}

function countByob(size: number): (stream: Bytes) => Promise<number> {
  return async (stream) => {
    const reader = stream.getReader({ mode: "byob" });
    let buffer = new Uint8Array(size);
    for (let total = 0;;) {
      const { value, done } = await reader.read(buffer);
      if (done) return total;
      total += value.length;
      buffer = new Uint8Array(value.buffer);
    }
  };
}

async function countInto({ stdout }: Child): Promise<number> {
  const buffer = new Uint8Array(KIB * KIB);
  let total = 0;
  for (let count; (count = await stdout.readInto(buffer)) !== null;) total += count;
  return total;
}

/** Seconds for a GiB; every byte that was written must have come. */
async function secondsPerGib(bytes: number, read: () => Promise<number>): Promise<number> {
  let total = 0;
  const ms = await timedAsync(async () => total = await read());
  if (total !== bytes) throw new Error(`${total} bytes came, not ${bytes}`);
  return ms / 1000 / (bytes / GIB);
}

/** `command` writes `bytes`. `reader` is the program in C, where there is one. */
function contenders(command: readonly [string, ...string[]], bytes: number, reader: string | undefined): Contender[] {
  const [program, ...args] = command;
  const theirs = (name: string, count: (stream: Bytes) => Promise<number>): Contender => ({
    name,
    cost: () =>
      secondsPerGib(bytes, async () => {
        await using child = new Deno.Command(program, { args, stdin: "null", stdout: "piped" }).spawn();
        return await count(child.stdout);
      }),
  });
  const ours = (name: string, count: (child: Child) => Promise<number>): Contender => ({
    name,
    cost: () =>
      secondsPerGib(bytes, async () => {
        await using child = spawn([...command], { stdin: "null", stdout: "piped" });
        return await count(child);
      }),
  });
  const all = [
    theirs(DENO, countChunks),
    theirs(DENO_BYOB, countByob(256 * KIB)),
    ours(BYOB, ({ stdout }) => countByob(256 * KIB)(stdout)),
    ours(LARGE_BYOB, ({ stdout }) => countByob(KIB * KIB)(stdout)),
    ours(INTO, countInto),
    ours(OWNED, ({ stdout }) => countChunks(stdout)),
  ];
  if (reader) all.push({ name: C, cost: () => numberFrom([reader, `${256 * KIB}`, ...command]) });
  return all;
}

function rate(costs: Costs, name: string): string {
  return `${(1 / median(samples(costs, name))).toFixed(2)} GiB/s`;
}

/** The rate of `one` in terms of that of `base`; a rate is the inverse of a cost. */
function compare(from: string, costs: Costs, one: string, base: string, goal?: Goal): Row {
  const what = `reading ${from}, ${one} to ${base}`;
  if (!costs.has(base)) return notMeasured(what, "needs gcc");
  const note = `${rate(costs, one)} to ${rate(costs, base)}`;
  return { what, measured: ratio(costs, base, one), unit: "times", goal, note };
}

/** A file of `bytes` zeros that takes no room; `using` removes it. */
function sparseFile(bytes: number): Disposable & { readonly path: string } {
  const path = Deno.makeTempFileSync();
  Deno.truncateSync(path, bytes);
  return { path, [Symbol.dispose]: () => Deno.removeSync(path) };
}

export async function readRows({ rounds, share }: Scale): Promise<Row[]> {
  const bytes = Math.max(16 * KIB * KIB, Math.round(2 * GIB * share));
  using reader = missing(["gcc"]).length === 0 ? compiled("pipe_read.c") : undefined;
  using zeros = sparseFile(bytes);
  // It writes 128 KiB at a time.
  const cat = await sideBySide(contenders(["cat", zeros.path], bytes, reader?.path), rounds);
  // It writes 8 KiB at a time, which is what all of them wait for.
  const head = await sideBySide(contenders(["head", "-c", `${bytes}`, "/dev/zero"], bytes, reader?.path), rounds);
  return [
    compare("cat", cat, BYOB, DENO, { least: 1.8 }),
    compare("cat", cat, LARGE_BYOB, DENO, { least: 1.8 }),
    compare("cat", cat, INTO, DENO, { least: 1.8 }),
    compare("cat", cat, OWNED, DENO, { least: 1 }),
    compare("cat", cat, BYOB, DENO_BYOB),
    compare("cat", cat, INTO, C, { least: 0.9 }),
    compare("head", head, BYOB, DENO),
    compare("head", head, INTO, DENO),
    compare("head", head, C, DENO),
    compare("head", head, OWNED, DENO, { least: 1 }),
    compare("head", head, BYOB, DENO_BYOB),
    compare("head", head, BYOB, C, { least: 0.9 }),
    compare("head", head, INTO, C, { least: 0.9 }),
  ];
}
