import { CONTINUE, EOF, Expect, FULL_BUFFER, spawn } from "../../mod.ts";
import { assert, assertEquals, count, test, within } from "../support/mod.ts";

const MEBI = 1024 * 1024;

/** A child that writes `size` bytes, then `last`, and waits. */
function writer(size: number, last: string, options = {}): Expect {
  const program = `head -c ${size} /dev/zero | tr '\\0' x; printf '%s' "$0"; read x`;
  return new Expect(spawn(["sh", "-c", program, last], { stdin: "piped", stdout: "piped" }), options);
}

test("50 MB may come before the pattern", async () => {
  const size = count(50_000_000);
  for (const pattern of ["-END-", /-(E)N(D)-/, /(?<=-)END/]) {
    await using dialog = writer(size, "-END-rest");
    const begun = performance.now();
    const { before, match } = await dialog.expect(pattern);
    const took = performance.now() - begun;
    assertEquals(before.length + match.indexOf("END"), size + 1);
    assert(took < within(6_000), `${pattern}: ${took} ms`);
    await dialog.expect("rest");
  }
});

test("what nobody waits for is not read, and what fills the buffer does not grow it", async () => {
  const size = count(200 * MEBI);
  await using dialog = writer(size, "END", { maxBuffer: MEBI });
  const before = Deno.memoryUsage().rss;
  let taken = 0;
  const action = (match: { before: string }) => {
    taken += match.before.length;
    return CONTINUE;
  };
  const end = await dialog.expect(["END", { pattern: FULL_BUFFER, action }, EOF]);
  assertEquals([end.index, taken + end.before.length], [0, size]);
  const grown = (Deno.memoryUsage().rss - before) / MEBI;
  assert(grown < 150, `${grown} MiB`);
});
