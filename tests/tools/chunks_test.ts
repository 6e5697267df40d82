import { joined } from "../../tools/chunks.ts";
import { assert, assertEquals, test } from "../support/mod.ts";

/** What `area` loads of `areas`, as indexes. */
const loads = (area: number, areas: readonly number[]) => areas.flatMap((set, i) => set & area ? [i] : []);

test("joined() has areas load a little more, where that saves them a file", () => {
  const [A, B, C] = [1, 2, 4];
  const chunk = (areas: number, kib: number) => ({ areas, bytes: 1024 * kib, uses: [] });
  // B can as well load 1 KiB of A's, but not 50; nor anybody C's 100.
  assertEquals(joined([chunk(A, 1), chunk(A | B, 50), chunk(C, 100)]), [A | B, A | B, C]);
  assertEquals(joined([chunk(A, 50), chunk(A | B, 50), chunk(C, 100)]), [A, A | B, C]);
});

test("joined() has others load more, where that saves a file for an area that counts more", () => {
  const [A, B, C] = [1, 2, 4];
  const chunks = [{ areas: A, bytes: 20 * 1024, uses: [] }, { areas: A | B | C, bytes: 50 * 1024, uses: [] }];
  assertEquals(joined(chunks), [A, A | B | C]);
  assertEquals(joined(chunks, [1, 8]), [A, A | B | C]);
  assertEquals(joined(chunks, [8]), [A | B | C, A | B | C]);
});

test("joined() has who loads a chunk load what that imports, and all that it did before", () => {
  let seed = 1;
  const random = (below: number) => (seed = seed * 48_271 % 2_147_483_647) % below;
  for (let round = 0; round < 100; round++) {
    const chunks = Array.from({ length: 8 }, (_, i) => ({
      areas: 1 + random(15),
      bytes: random(60_000),
      uses: i < 7 ? [i + 1 + random(7 - i)] : [],
    }));
    for (const { areas, uses } of chunks) for (const used of uses) chunks[used]!.areas |= areas;
    const better = joined(chunks);
    for (const area of [1, 2, 4, 8]) {
      const loaded = new Set(loads(area, better));
      const needed = loads(area, chunks.map(({ areas }) => areas));
      for (const i of [...needed, ...[...loaded].flatMap((i) => chunks[i]!.uses)]) assert(loaded.has(i), `${round}`);
    }
  }
});
