import { openSelf, pipe } from "../../mod.ts";
import { FreshDeno } from "../../lib/processes/fresh_deno.ts";
import { assert, assertEquals, assertRejects, assertThrows, children, denoSource, test } from "../support/mod.ts";

const MODULE = new URL("programs/self_exports.ts", import.meta.url);
const QUIET = { stdin: "null", stdout: "null", stderr: "null" } as const;

test("FreshDeno loads the module and waits; dismissed it ends by itself", async () => {
  const deno = new FreshDeno(MODULE, {}, QUIET);
  await deno.loaded;
  assertEquals(deno.ended, false);
  deno.dismiss();
  assertEquals(`${await deno.child.status}`, "exit 0");
  await deno.begun;
  assertEquals(deno.ended, true);
});

test("FreshDeno that cannot load its module resolves loaded and begun at its end", async () => {
  const deno = new FreshDeno(new URL("data:text/javascript,throw 1"), {}, QUIET);
  await Promise.all([deno.loaded, deno.begun]);
  assertEquals((await deno.child.status).code, 1);
  deno.dismiss();
});

test("FreshDeno whose report makes no sense is an error of its outcome, and of nobody who does not ask", async () => {
  const garbage = "data:text/javascript,Deno.writeTextFileSync('/proc/self/fd/4', 'no JSON\\n')";
  const deno = new FreshDeno(new URL(garbage), { read: true, write: true }, QUIET);
  await Promise.all([deno.loaded, deno.begun]);
  deno.dismiss();
  assertEquals((await deno.child.status).code, 0);
  const order = { name: "x", encoded: Promise.resolve(new Uint8Array(0)), limit: {}, check: true };
  await assertRejects(() => deno.outcome(deno.child.status, order), SyntaxError);
});

test("FreshDeno that cannot be started leaves nothing behind", () => {
  const { reader, writer } = pipe();
  reader.close();
  writer.close();
  const before = children().length;
  assertThrows(() => new FreshDeno(MODULE, {}, { ...QUIET, fds: { 3: reader } }), Deno.errors.BadResource);
  assertThrows(() => new FreshDeno(MODULE, {}, { ...QUIET, cwd: "/no/such/folder" }), Deno.errors.NotFound);
  assertEquals(children().length, before);
});

test("FreshDeno keeps out of the way of descriptors that the caller has numbered", async () => {
  await using child = openSelf("-|", MODULE, "descriptors", [], {
    fds: { 3: "/dev/null", 4: "/dev/null", 6: "/dev/null" },
  });
  const count = Number(await new Response(child.readable).text());
  await child.close();
  assert(count > 6, `${count}`);
});

test("FreshDeno takes orders longer than a pipe, and a child that ends without reading them is no broken pipe", async () => {
  const long = "x".repeat(1_000_000);
  await using child = openSelf("none", MODULE, "returns", [0, long]);
  assertEquals((await child.close()).code, 0);
  const broken = new FreshDeno(new URL("data:text/javascript,Deno.exit(5)"), {}, QUIET);
  broken.order({ name: "x", encoded: Promise.resolve(new Uint8Array(1_000_000)), limit: {}, check: true });
  assertEquals((await broken.child.status).code, 5);
});

test("openSelf() without a descriptor to spare says EMFILE, leaves nothing open and works later", async () => {
  const source = `
    import { openSelf, pipe } from "vasty/mod.ts";
    import { loop } from "vasty/ffi/loop.ts";
    import { opened } from "vasty/tests/support/opened.ts";
    // So many waits move the loop to its thread, whose pipes are no leak.
    await loop().promote();
    const run = async () => {
      await using child = openSelf("-|", "${MODULE.href}", "returns", [0]);
      await child.close();
    };
    await run();
    const open = opened();
    const codes = new Set();
    for (let free = 0; free < 12; free++) {
      const pipes = [];
      try { while (true) pipes.push(pipe()) } catch { /* there are no more */ }
      for (const { reader } of pipes.slice(0, free)) reader.close();
      const before = opened();
      await run().then(() => codes.add("ran"), (error) => codes.add(error.code));
      if (opened() !== before) console.log("left open with", free);
      for (const { reader, writer } of pipes) [reader, writer].forEach((end) => end.close());
    }
    console.log([...codes].join(), opened() - open);
  `;
  const { stdout, stderr } = await denoSource(source, { flags: ["--allow-run"], under: ["prlimit", "--nofile=100"] });
  assertEquals([stderr, stdout], ["", "EMFILE,ran 0\n"]);
}, { needs: ["prlimit"] });
