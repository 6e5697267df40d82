import { type Moves, planMoves } from "../../lib/processes/moves.ts";
import { assertEquals, count, test } from "../support/mod.ts";
import { randomMap, wanted } from "./programs/maps.ts";

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

test("planMoves() is right for every random map", () => {
  for (let round = 0; round < count(100_000); round++) {
    const map = randomMap([...OPEN.keys(), 20, 21], [...OPEN.keys()]);
    assertEquals(afterExec(OPEN, planMoves(map)), wanted(OPEN, map), Deno.inspect(map));
  }
});
