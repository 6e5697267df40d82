/** Reading the 2 GiB that a child writes, against `Deno.Command`. */
import { type Child, spawn } from "../lib/processes/mod.ts";
import type { Scale } from "./main.ts";
import { type Contender, type Costs, median, ratio, samples, sideBySide, timedAsync } from "./measure.ts";
import type { Row } from "./report.ts";

const GIB = 2 ** 30;
const KIB = 1024;
const OWNED = "Deno.Command, for await";
const THEIR_BYOB = "Deno.Command, BYOB reader of 256 KiB";

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

function contenders(bytes: number): Contender[] {
  const args = ["-c", `${bytes}`, "/dev/zero"];
  const theirs = (name: string, count: (stream: Bytes) => Promise<number>): Contender => ({
    name,
    cost: () =>
      secondsPerGib(bytes, async () => {
        await using child = new Deno.Command("head", { args, stdin: "null", stdout: "piped" }).spawn();
        return await count(child.stdout);
      }),
  });
  const ours = (name: string, count: (child: Child) => Promise<number>): Contender => ({
    name,
    cost: () =>
      secondsPerGib(bytes, async () => {
        await using child = spawn(["head", ...args], { stdin: "null", stdout: "piped" });
        return await count(child);
      }),
  });
  return [
    theirs(OWNED, countChunks),
    theirs(THEIR_BYOB, countByob(256 * KIB)),
    ours("a BYOB reader of 256 KiB", ({ stdout }) => countByob(256 * KIB)(stdout)),
    ours("a BYOB reader of 1 MiB", ({ stdout }) => countByob(KIB * KIB)(stdout)),
    ours("readInto()", countInto),
    ours("for await", ({ stdout }) => countChunks(stdout)),
  ];
}

function rate(costs: Costs, name: string): string {
  return `${(1 / median(samples(costs, name))).toFixed(2)} GiB/s`;
}

/** The rate of `one` in terms of that of `base`; a rate is the inverse of a cost. */
function compare(costs: Costs, one: string, base: string, least?: number): Row {
  const note = `${rate(costs, one)} to ${rate(costs, base)}`;
  const goal = least === undefined ? undefined : { least };
  return { what: `reading, ${one} to ${base}`, measured: ratio(costs, base, one), unit: "times", goal, note };
}

export async function readRows({ rounds, share }: Scale): Promise<Row[]> {
  const bytes = Math.max(16 * KIB * KIB, Math.round(2 * GIB * share));
  const costs = await sideBySide(contenders(bytes), rounds);
  return [
    compare(costs, "a BYOB reader of 256 KiB", OWNED, 1.8),
    compare(costs, "a BYOB reader of 1 MiB", OWNED, 1.8),
    compare(costs, "readInto()", OWNED, 1.8),
    compare(costs, "for await", OWNED, 1),
    compare(costs, "a BYOB reader of 256 KiB", THEIR_BYOB),
  ];
}
