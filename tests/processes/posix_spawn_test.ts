import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { fcntl, open } from "../../ffi/fcntl.ts";
import { cString } from "../../ffi/memory.ts";
import { close } from "../../ffi/unistd.ts";
import { type Moves, planMoves } from "../../lib/processes/posix_spawn.ts";
import { run, runSync, spawn } from "../../lib/processes/mod.ts";
import { assert, assertEquals, count, deno, EMULATED, repository, test } from "../support/mod.ts";
import { listDescriptors, parseDescriptors } from "./programs/reports.ts";

/** What the kernel does: a table of descriptors, each a name and whether it is close-on-exec, through `moves` and an exec. */
function afterExec(before: Map<number, string>, moves: Moves): Map<number, string> {
  const table = new Map([...before].map(([fd, file]) => [fd, { file, cloexec: true }]));
  for (const [from, to] of moves.copies) {
    const source = table.get(from);
    if (source === undefined) throw new Error(`dup2(${from}, ${to}): not open`);
    table.set(to, { file: source.file, cloexec: false });
  }
  for (const fd of moves.gaps) table.delete(fd);
  const kept = [...table].filter(([fd, { cloexec }]) => fd < moves.closeFrom && !cloexec);
  return new Map(kept.map(([fd, { file }]): [number, string] => [fd, file]).sort(([a], [b]) => a - b));
}

/** What the child has to have: the file of the source at each of its numbers. */
function wanted(before: Map<number, string>, map: Map<number, number>): Map<number, string> {
  const entries = [...map].map(([to, from]): [number, string] => [to, before.get(from)!]);
  return new Map(entries.sort(([a], [b]) => a - b));
}

const OPEN = new Map(Array.from({ length: 12 }, (_, fd): [number, string] => [fd, `file ${fd}`]));

const SHAPES: Record<string, [number, number][]> = {
  "nothing moved": [[0, 0], [1, 1], [2, 2]],
  "3 and 4 swapped": [[0, 0], [1, 1], [2, 2], [3, 4], [4, 3]],
  "a cycle of three over the standard ones": [[0, 1], [1, 2], [2, 0]],
  "two cycles of three": [[0, 1], [1, 2], [2, 0], [3, 4], [4, 5], [5, 3]],
  "a chain": [[0, 3], [1, 4], [2, 5], [3, 6], [4, 7]],
  "a chain the other way": [[0, 0], [1, 1], [2, 2], [7, 4], [4, 3], [3, 6]],
  "one source for all": [[0, 3], [1, 3], [2, 3], [3, 3], [4, 3]],
  "one source for all, overwritten itself": [[0, 3], [1, 3], [2, 3], [3, 0], [9, 3]],
  "gaps": [[0, 2], [1, 1], [2, 0], [11, 0], [7, 11]],
};

for (const [name, pairs] of Object.entries(SHAPES)) {
  test(`planMoves() is right for ${name}`, () => {
    const map = new Map(pairs);
    assertEquals(afterExec(OPEN, planMoves(map)), wanted(OPEN, map));
  });
}

/** A random map of 3 to 10 numbers of a child to open numbers of the parent. */
function randomMap(numbers: number[], sources: number[]): Map<number, number> {
  const pick = <T>(from: T[]) => from[Math.floor(Math.random() * from.length)]!;
  const map = new Map([0, 1, 2].map((to) => [to, pick(sources)]));
  for (let more = Math.floor(Math.random() * 8); more > 0; more--) map.set(pick(numbers), pick(sources));
  return map;
}

test("planMoves() is right for every random map", () => {
  for (let round = 0; round < count(100_000); round++) {
    const map = randomMap([...OPEN.keys(), 20, 21], [...OPEN.keys()]);
    assertEquals(afterExec(OPEN, planMoves(map)), wanted(OPEN, map), Deno.inspect(map));
  }
});

/** Files of one folder, each open here, by their number. */
function openFiles(folder: string, many: number): Map<number, string> {
  const files = Array.from({ length: many }, (_, i) => `${folder}/file ${i}`);
  const flags = FCNTL.O_RDWR | FCNTL.O_CREAT | FCNTL.O_CLOEXEC;
  return new Map(files.map((path): [number, string] => [open(cString(path), flags, 0o600), path]));
}

test("spawn() gives the child each descriptor under the number asked for, in random order", async () => {
  const folder = await Deno.makeTempDir();
  const files = openFiles(folder, 8);
  try {
    for (let round = 0; round < count(1_000); round++) {
      const map = randomMap([...files.keys(), 3, 4, 5, 6, 7, 8], [...files.keys()]);
      const [stdin, stdout, stderr] = [map.get(0), map.get(1), map.get(2)];
      const fds = Object.fromEntries([...map].filter(([to]) => to > 2));
      assert(runSync(listDescriptors(`${folder}/report`), { stdin, stdout, stderr, fds }).success);
      const found = parseDescriptors(await Deno.readTextFile(`${folder}/report`));
      assertEquals(found, wanted(files, map), Deno.inspect(map));
    }
  } finally {
    for (const fd of files.keys()) close(fd);
    await Deno.remove(folder, { recursive: true });
  }
}, { needs: ["perl"] });

/** Every so many of the 720 permutations. */
const STEP = EMULATED ? 30 : 1;

test(
  "spawn() is right for the permutations of 0 to 5, in a program that was started with these",
  async () => {
    const folder = await Deno.makeTempDir();
    try {
      const under = ["sh", "-c", 'exec "$@" <a >b 2>c 3<d 4<e 5<f', "sh"];
      for (const name of "abcdef") await Deno.writeTextFile(`${folder}/${name}`, "");
      const flags = ["--allow-run=perl", "--allow-read", "--allow-write"];
      const program = repository("tests/processes/programs/permutations.ts");
      const { code } = await deno(program, { flags, under, cwd: folder, args: [folder, String(STEP)] });
      assertEquals([code, await Deno.readTextFile(`${folder}/c`)], [0, ""]);
      assertEquals(await Deno.readTextFile(`${folder}/b`), `${720 / STEP} right\n`);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
  { needs: ["perl"] },
);

test("startProgram() clears close-on-exec where a descriptor keeps its number", async () => {
  const fd = open(cString("/dev/zero"), FCNTL.O_RDONLY | FCNTL.O_CLOEXEC, 0);
  try {
    await run(["sh", "-c", `test "$(readlink /proc/self/fd/${fd})" = /dev/zero`], { fds: { [fd]: fd } });
    assertEquals(fcntl(fd, FCNTL.F_GETFD, 0), FCNTL.FD_CLOEXEC);
  } finally {
    close(fd);
  }
});

test("startProgram() leaves no descriptor of the working directory in the child", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await run(listDescriptors("report"), { cwd: folder });
    assertEquals([...parseDescriptors(await Deno.readTextFile(`${folder}/report`)).keys()], [0, 1, 2]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}, { needs: ["perl"] });

test("startProgram() gives a child a descriptor far above the others", async () => {
  await using child = spawn(["sh", "-c", "cat <&9"], { fds: { 9: "/dev/null", 1000: "null" } });
  assert((await child.status).success);
});
