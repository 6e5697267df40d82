/** Run by terminals.ts: what terminals.c, terminals.py and the others measure, with this library. */
import { readLines } from "../lib/core/mod.ts";
import { Expect, type PtyChild, type ReadWriteTarget, spawnPty } from "../mod.ts";

const encoder = new TextEncoder();
const QUESTION = "how are you?";
const NEWLINE = 0x0a;
const MIB = 2 ** 20;
const PATTERNS = { string: "you?\n", regexp: /you\?\n/ };
const buffer = new Uint8Array(65_536);

/** Until `is` says so of what has come. */
async function until(child: PtyChild, is: (bytes: Uint8Array) => boolean): Promise<void> {
  for (let count; (count = await child.read(buffer)) !== null;) if (is(buffer.subarray(0, count))) return;
  throw new Error("The terminal has ended");
}

async function started(script: string): Promise<PtyChild> {
  const child = spawnPty(["sh", "-c", `stty raw -echo; echo READY; ${script}`]);
  await until(child, (bytes) => bytes.includes(NEWLINE));
  return child;
}

/** What does `count` round trips. */
type Trips = (count: number) => Promise<void>;

async function bareTrips(): Promise<Trips> {
  const child = await started("exec cat");
  const question = encoder.encode(`${QUESTION}\n`);
  return async (count) => {
    for (let i = 0; i < count; i++) {
      await child.write(question);
      await until(child, (bytes) => bytes.includes(NEWLINE));
    }
  };
}

async function dialogTrips(): Promise<Record<keyof typeof PATTERNS, Trips>> {
  const dialog = new Expect(await started("exec cat"), { timeout: 10_000 });
  const trips = (pattern: string | RegExp) => async (count: number) => {
    for (let i = 0; i < count; i++) {
      await dialog.sendLine(QUESTION);
      await dialog.expect(pattern);
    }
  };
  return { string: trips(PATTERNS.string), regexp: trips(PATTERNS.regexp) };
}

/** How the bytes of a terminal are taken, up to the END behind `size` of them. */
const POURS: Record<string, (child: PtyChild, size: number) => Promise<void>> = {
  read: async (child, size) => {
    let left = size + 4;
    await child.write(encoder.encode("go\n"));
    await until(child, (bytes) => (left -= bytes.length) <= 0);
  },
  readable: async (child, size) => {
    let left = size + 4;
    await child.write(encoder.encode("go\n"));
    for await (const { length } of child.readable) if ((left -= length) <= 0) return;
  },
  expect: async (child, size) => {
    const dialog = new Expect(child, { timeout: 60_000, maxBuffer: 2 * size });
    await dialog.sendLine("go");
    const { before } = await dialog.expect("END\n");
    if (before.length !== size) throw new Error(`${before.length} characters instead of ${size}`);
  },
};

async function pour(way: string, mebibytes: number): Promise<number> {
  const size = mebibytes * MIB;
  await using child = await started(`read x; head -c ${size} /dev/zero | cat; echo END; read x`);
  const begin = performance.now();
  await POURS[way]!(child, size);
  return performance.now() - begin;
}

/** Text from memory, in the pieces in which a terminal gives it, and what is looked for at its end. */
function pieces(length: number): ReadWriteTarget {
  const piece = encoder.encode("Some text of a program, line by line\n".repeat(111)).subarray(0, 4_095);
  const last = encoder.encode("the END\n");
  let left = length;
  return {
    read: (target) => {
      const bytes = left > 0 ? piece : last;
      left -= bytes.length;
      target.set(bytes);
      return Promise.resolve(bytes.length);
    },
    write: () => Promise.resolve(0),
  };
}

async function match(way: string, kibibytes: number): Promise<number> {
  await using dialog = new Expect(pieces(kibibytes * 1_024), { timeout: 600_000, maxBuffer: 2 ** 30 });
  const begin = performance.now();
  await dialog.expect(way === "string" ? "END\n" : /E[N]D\n/);
  return performance.now() - begin;
}

async function main(): Promise<void> {
  const trips: Record<string, Trips> = { bare: await bareTrips(), ...await dialogTrips() };
  const trip = async (way: string, count: number) => {
    const begin = performance.now();
    await trips[way]!(count);
    return (performance.now() - begin) / count;
  };
  const ways: Record<string, (way: string, count: number) => Promise<number>> = { trip, pour, match };
  for await (const line of readLines(Deno.stdin.readable)) {
    const [what, way, count] = line.split(" ");
    console.log((1e6 * await ways[what!]!(way!, Number(count))).toFixed(0));
  }
  Deno.exit();
}

if (import.meta.main) await main();
