/** What warmSelf() adds to openSelf(). */
import { warmSelf } from "../../mod.ts";
import { assertEquals, assertMatch, assertRejects, assertThrows, denoSource, sample, test } from "../support/mod.ts";

const MODULE = new URL("programs/self_exports.ts", import.meta.url).href;

test("warmSelf() has a Deno ready that runs the function, and then the next one", async () => {
  await using warm = warmSelf("-|", MODULE);
  const pids = new Set<number>();
  for (const word of ["one", "two", "three"]) {
    await warm.ready();
    await using child = warm.open("show", [word]);
    assertEquals(await Array.fromAsync(child.lines()), [`[ "${word}" ]`]);
    assertEquals((await child.close()).code, 0);
    pids.add(child.pid);
  }
  assertEquals(pids.size, 3);
});

test("warmSelf() serves several at once", async () => {
  await using warm = warmSelf("-|", MODULE);
  const children = ["a", "b", "c"].map((word) => warm.open("show", [word]));
  for (const [i, child] of children.entries()) {
    assertEquals(await Array.fromAsync(child.lines()), [`[ "${"abc"[i]}" ]`]);
    await child.close();
  }
});

test("warmSelf() has user and time limit told with each order", async () => {
  await using warm = warmSelf("-|", MODULE);
  await using child = warm.open("stays", [], { timeout: 1_000 });
  assertMatch((await child.lines().next()).value!, /^READY/);
  await assertRejects(() => child.close(), DOMException);
  await warm[Symbol.asyncDispose]();
  assertThrows(() => warm.open("show"), TypeError, "was disposed of");
  await warm.ready();
});

test("warmSelf() neither keeps the program alive nor outlives it, however that ends", async () => {
  for (const end of ["", "Deno.exit()", "Deno.kill(Deno.pid, 'SIGKILL')"]) {
    const source = `
      import { warmSelf } from "vasty/mod.ts";
      export function main() {}
      if (import.meta.main) {
        await warmSelf("none", import.meta.url).ready();
        console.log("ready");
        ${end}
      }
    `;
    // The spare one has the same standard output, whose end is seen here once both are gone.
    const { stdout, stderr, signal } = await denoSource(source, { flags: ["--allow-run"] });
    assertEquals([stdout, stderr, signal], ["ready\n", "", end.includes("KILL") ? "SIGKILL" : null]);
  }
}, { skip: sample(false) });
